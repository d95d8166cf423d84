"""Reads of what belongs to visits beside their reports: photos, position, receipts, chases."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from songnuan.kernel.names import mask_name
from songnuan.organisation.models import Assignment
from songnuan.tasks.models import TaskStatus
from songnuan.visits.models import (
    LaterReceipt,
    Visit,
    VisitChase,
    VisitPhoto,
    VisitPosition,
    VisitProblem,
    VisitStatus,
)
from songnuan.visits.positions import Position


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo of a visit by its place, from 1; the files are ids of stored ones."""

    number: int
    picture_id: int
    thumbnail_id: int
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """How a unit confirmed that it got its kit later; the receiver is masked."""

    receiver: str
    signature_id: int | None
    signed_for: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What a unit told at its last recorded visit, and which of the problems raised there are open."""

    visit_id: int
    happened_at: datetime
    conditions: str
    problems: tuple[tuple[int, str], ...] = ()


def photos(visit_id: int) -> list[PhotoRow]:
    """Return the photos of a visit in their order."""
    rows = VisitPhoto.objects.filter(visit_id=visit_id).select_related("added_by").order_by("position")
    return [
        PhotoRow(
            number=row.position,
            picture_id=row.picture_id,
            thumbnail_id=row.thumbnail_id,
            added_by=row.added_by.name if row.added_by else "",
            added_at=row.added_at,
        )
        for row in rows
    ]


def position(visit_id: int) -> Position | None:
    """Return where the visitors' device stood; None where they did not ask it."""
    row = VisitPosition.objects.filter(visit_id=visit_id).first()
    return Position.read(row.place) if row else None


def later_receipt(visit_id: int) -> ReceiptRow | None:
    """Return how the unit confirmed that it got its kit later; None where it did not."""
    row = LaterReceipt.objects.filter(visit_id=visit_id).first()
    if row is None:
        return None
    return ReceiptRow(mask_name(row.receiver_name), row.signature_id, row.signed_for, row.signed_at)


def first_day(plan_slug: str, unit_id: int) -> date | None:
    """Return the first day that the plan's table of units set for the visit there; None where it set none."""
    pairs = Assignment.objects.filter(purpose=plan_slug, subject=unit_id, planned_on__isnull=False)
    return pairs.order_by("starts_on", "pk").values_list("planned_on", flat=True).first()


def chases(visit_ids: Collection[int]) -> dict[int, int]:
    """Return how often the lead was asked for each of these visits; those never asked for are left out."""
    rows = (
        VisitChase.objects.filter(visit_id__in=visit_ids).values_list("visit_id").annotate(count=Count("pk"))
    )
    return dict(rows)


def chased_on(visit_ids: Collection[int], day: date) -> set[int]:
    """Return those of these visits whose lead was asked on the day."""
    rows = VisitChase.objects.filter(visit_id__in=visit_ids, day=day)
    return set(rows.values_list("visit_id", flat=True))


def heard(unit_ids: Collection[int]) -> dict[int, Heard]:
    """Return what each unit told last, under whatever plan; units never visited are left out. Two queries."""
    rows = Visit.objects.filter(unit_id__in=unit_ids, status=VisitStatus.RECORDED).order_by(
        "happened_at", "pk"
    )
    last: dict[int, Heard] = {}
    for pk, unit_id, happened_at, conditions in rows.values_list(
        "pk", "unit_id", "happened_at", "conditions"
    ):
        if happened_at is not None:
            last[unit_id] = Heard(pk, happened_at, conditions)
    still_open = VisitProblem.objects.filter(visit__unit_id__in=last, task__status=TaskStatus.OPEN)
    problems: dict[int, list[tuple[int, str]]] = {}
    for unit_id, task_id, title in still_open.order_by("task__due_on", "pk").values_list(
        "visit__unit_id", "task_id", "task__title"
    ):
        problems.setdefault(unit_id, []).append((task_id, title))
    return {
        unit_id: Heard(row.visit_id, row.happened_at, row.conditions, tuple(problems.get(unit_id, ())))
        for unit_id, row in last.items()
    }
