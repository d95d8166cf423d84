"""Recorded visits as evidence: where, when each took place, and when its report came in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from songnuan.visits.models import InspectionResult, Result, Visit, VisitStatus


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """One recorded visit as evidence: where, when it took place, and when its report came in.

    `entry_reason` says why it was entered late, and is empty where it was not.
    """

    visit_id: int
    unit_id: int
    happened_at: datetime
    received_at: datetime
    entry_reason: str


def recorded(measure_id: int) -> list[RecordedRow]:
    """Return a measure's recorded visits in the order they took place."""
    return _recorded(Visit.objects.filter(measure_id=measure_id).order_by("happened_at", "pk"))


def received_of_plan(plan_id: int) -> list[RecordedRow]:
    """Return a plan's recorded visits in the order their reports were received."""
    return _recorded(Visit.objects.filter(measure__plan_id=plan_id).order_by("received_at", "pk"))


def inspected(plan_id: int) -> list[RecordedRow]:
    """Return a plan's recorded visits that carried an inspection, in the order they took place."""
    carried = Exists(InspectionResult.objects.filter(visit=OuterRef("pk")))
    return _recorded(Visit.objects.filter(carried, measure__plan_id=plan_id).order_by("happened_at", "pk"))


def has_failed() -> Exists:
    """Return the condition that a visit's inspection found something that does not comply."""
    return Exists(InspectionResult.objects.filter(visit=OuterRef("pk"), result=Result.FAIL))


def failed_of(visit_ids: Collection[int]) -> dict[int, int]:
    """Return how many items of these visits' inspections do not comply; those without are left out."""
    failed = InspectionResult.objects.filter(visit__in=visit_ids, result=Result.FAIL)
    return dict(failed.values_list("visit_id").annotate(count=Count("pk")))


def _recorded(visits: QuerySet[Visit]) -> list[RecordedRow]:
    columns = visits.filter(status=VisitStatus.RECORDED).values_list(
        "pk", "unit_id", "happened_at", "received_at", "entry_reason"
    )
    return [
        RecordedRow(pk, unit_id, happened_at, received_at, reason)
        for pk, unit_id, happened_at, received_at, reason in columns
        # The table's own constraint says so; the type does not.
        if happened_at is not None and received_at is not None
    ]
