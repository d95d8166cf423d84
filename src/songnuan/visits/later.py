"""Reads of days after the deadline that were asked for: what waits, and what became of the others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, QuerySet

from songnuan.plans.models import MeasureStatus
from songnuan.visits.models import LaterDay, LaterDayStatus, VisitStatus


@dataclass(frozen=True, slots=True)
class LaterDayRow:
    """A later day of one visit; `decided_at` is also when it was taken back. Names are "" for the house."""

    later_day_id: int
    day: date
    reason: str
    asked_by_id: int | None
    asked_by: str
    asked_at: datetime
    status: str
    decided_by: str
    decided_at: datetime | None
    remark: str

    @property
    def waits(self) -> bool:
        """Whether it waits for its approval."""
        return self.status == LaterDayStatus.WAITING


@dataclass(frozen=True, slots=True)
class WaitingDay:
    """A later day that waits for its approval, in a list; `planned_on` is the day that stands, if any."""

    visit_id: int
    unit_id: int
    plan_id: int
    day: date
    planned_on: date | None
    reason: str
    asked_by: str


def of_visit(visit_id: int) -> tuple[LaterDayRow, ...]:
    """Return every later day that was asked for the visit, oldest first."""
    rows = LaterDay.objects.filter(visit_id=visit_id).select_related("asked_by", "decided_by")
    return tuple(
        LaterDayRow(
            later_day_id=row.pk,
            day=row.day,
            reason=row.reason,
            asked_by_id=row.asked_by_id,
            asked_by=row.asked_by.name if row.asked_by else "",
            asked_at=row.asked_at,
            status=row.status,
            decided_by=row.decided_by.name if row.decided_by else "",
            decided_at=row.decided_at,
            remark=row.remark,
        )
        for row in rows.order_by("pk")
    )


def waiting_for(user_id: int | None, plan_ids: Collection[int]) -> list[WaitingDay]:
    """Return the later days in these plans that wait for somebody other than who asked, longest first."""
    waiting = LaterDay.objects.filter(
        status=LaterDayStatus.WAITING,
        visit__status=VisitStatus.PLANNED,
        visit__measure__plan_id__in=plan_ids,
    ).exclude(visit__measure__status=MeasureStatus.CLOSED)
    if user_id is not None:
        waiting = waiting.exclude(asked_by_id=user_id)
    rows = waiting.select_related("visit__measure", "asked_by").defer("visit__receiver_name")
    return [
        WaitingDay(
            visit_id=row.visit_id,
            unit_id=row.visit.unit_id,
            plan_id=row.visit.measure.plan_id,
            day=row.day,
            planned_on=row.visit.planned_on,
            reason=row.reason,
            asked_by=row.asked_by.name if row.asked_by else "",
        )
        for row in rows.order_by("asked_at", "pk")
    ]


def waiting_of() -> QuerySet[LaterDay]:
    """Return what waits for the visit of an outer query, for use in it."""
    return LaterDay.objects.filter(visit=OuterRef("pk"), status=LaterDayStatus.WAITING)
