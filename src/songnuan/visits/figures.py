"""Figures over many visits: progress, how fast reports come in. How fast visits are made stands in `pace`."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from songnuan.kernel.clock import CHINA
from songnuan.plans.models import MeasureStatus
from songnuan.visits.later import waiting_of
from songnuan.visits.models import InspectionResult, Result, Visit, VisitChase, VisitStatus


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """How far a measure's visits are: total = recorded + scheduled + without_plan + lapsed.

    `scheduled` are to do and have a date, `without_plan` have none. `overdue`, among both, missed their
    day, or the deadline where they have none; `overdue_unit_ids` are their units, longest overdue first, and
    `overdue_since` the day that the first of them missed.
    `asked_later`, among both too, wait for the approval of a day after the deadline. `late_recorded`
    took place after the deadline, `entered_late` were entered late (补录). The two times are receipts.
    `lapsed` were not made and are not to be made any more, since the measure is closed. `chased_today` are
    those of `overdue` whose lead was asked today.
    """

    total: int = 0
    recorded: int = 0
    overdue: int = 0
    late_recorded: int = 0
    entered_late: int = 0
    scheduled: int = 0
    without_plan: int = 0
    asked_later: int = 0
    lapsed: int = 0
    chased_today: int = 0
    overdue_unit_ids: tuple[int, ...] = ()
    overdue_since: date | None = None
    first_recorded_at: datetime | None = None
    last_recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InspectionFigures:
    """Of a plan's `visits` how many were `inspected`, and how many items were found not in order."""

    visits: int = 0
    inspected: int = 0
    failed: int = 0


def progress(measure_ids: Collection[int], at: datetime) -> dict[int, VisitFigures]:
    """Return the figures of many measures, in two queries however many there are.

    Overdue is a visit still to do whose day, or deadline where it has none, lies before today in China.
    Every id asked for has an entry, of zeros where there are no visits.
    """
    today = at.astimezone(CHINA).date()
    closed = Q(measure__status=MeasureStatus.CLOSED)
    to_do = Q(status=VisitStatus.PLANNED) & ~closed
    visits = Visit.objects.filter(measure_id__in=measure_ids)
    units: dict[int, list[int]] = defaultdict(list)
    chased: dict[int, int] = defaultdict(int)
    since: dict[int, date] = {}
    # The same as `rules.last_day`.
    missed = visits.filter(to_do).annotate(day=Coalesce("planned_on", "due_on"))
    asked_today = Exists(VisitChase.objects.filter(visit=OuterRef("pk"), day=today))
    late_units = missed.filter(day__lt=today).annotate(asked_today=asked_today).order_by("day", "pk")
    columns = ("measure_id", "unit_id", "asked_today", "day")
    for measure_id, unit_id, was_asked, day in late_units.values_list(*columns):
        since.setdefault(measure_id, day)
        units[measure_id].append(unit_id)
        chased[measure_id] += was_asked
    counted = visits.values("measure_id").annotate(
        total=Count("pk"),
        recorded=Count("pk", filter=Q(status=VisitStatus.RECORDED)),
        late_recorded=Count("pk", filter=Q(status=VisitStatus.RECORDED, late=True)),
        entered_late=Count("pk", filter=Q(late_entry=True)),
        scheduled=Count("pk", filter=to_do & Q(planned_on__isnull=False)),
        without_plan=Count("pk", filter=to_do & Q(planned_on__isnull=True)),
        asked_later=Count("pk", filter=to_do & Q(Exists(waiting_of()))),
        lapsed=Count("pk", filter=Q(status=VisitStatus.PLANNED) & closed),
        first_recorded_at=Min("received_at"),
        last_recorded_at=Max("received_at"),
    )
    figures = dict.fromkeys(measure_ids, VisitFigures())
    for row in counted:
        late = tuple(units[row["measure_id"]])
        figures[row["measure_id"]] = VisitFigures(
            total=row["total"],
            recorded=row["recorded"],
            overdue=len(late),
            late_recorded=row["late_recorded"],
            entered_late=row["entered_late"],
            scheduled=row["scheduled"],
            without_plan=row["without_plan"],
            asked_later=row["asked_later"],
            lapsed=row["lapsed"],
            chased_today=chased[row["measure_id"]],
            overdue_unit_ids=late,
            overdue_since=since.get(row["measure_id"]),
            first_recorded_at=row["first_recorded_at"],
            last_recorded_at=row["last_recorded_at"],
        )
    return figures


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """Of a plan's `visits`, done or to do, how long each report took, in the order received.

    `missing` are the units whose visit is due and whose report, made on its day, would be overdue, in the
    order of these days.
    """

    visits: int
    delays: tuple[timedelta, ...]
    missing: tuple[int, ...]


def report_figures(within: Mapping[int, timedelta], at: datetime) -> dict[int, ReportFigures]:
    """Return how fast the reports of many plans came in and which did not, in one query.

    Args:
        within: How soon after the visit the report is due, by plan.
        at: Now.

    """
    totals: dict[int, int] = defaultdict(int)
    delays: dict[int, list[timedelta]] = defaultdict(list)
    missing: dict[int, list[tuple[date, int]]] = defaultdict(list)
    today = at.astimezone(CHINA).date()
    before = {plan_id: min(today, (at - limit).astimezone(CHINA).date()) for plan_id, limit in within.items()}
    # The same as `rules.last_day`.
    last = Coalesce("planned_on", "due_on")
    visits = Visit.objects.filter(measure__plan_id__in=within).annotate(last_on=last)
    columns = (
        "measure__plan_id", "measure__status", "status", "unit_id", "last_on", "happened_at", "received_at",
    )  # fmt: skip
    rows = visits.order_by("received_at", "pk").values_list(*columns)
    for plan_id, of_measure, status, unit_id, last_on, happened_at, received_at in rows:
        totals[plan_id] += 1
        if happened_at and received_at:
            delays[plan_id].append(received_at - happened_at)
        is_to_do = status == VisitStatus.PLANNED and of_measure != MeasureStatus.CLOSED
        if is_to_do and last_on < before[plan_id]:
            missing[plan_id].append((last_on, unit_id))
    return {
        plan_id: ReportFigures(
            totals[plan_id],
            tuple(delays[plan_id]),
            tuple(unit_id for _day, unit_id in sorted(missing[plan_id])),
        )
        for plan_id in within
    }


@dataclass(frozen=True, slots=True)
class ReportTimes:
    """When a visit took place, when its report was `written` on the device (None: nobody knows), received."""

    visit_id: int
    unit_id: int
    happened: datetime
    written: datetime | None
    received: datetime


def report_times(plan_ids: Collection[int]) -> list[ReportTimes]:
    """Return the times of every report of these plans, in the order received, in one query."""
    visits = Visit.objects.filter(measure__plan_id__in=plan_ids, status=VisitStatus.RECORDED)
    columns = ("pk", "unit_id", "happened_at", "device_at", "received_at")
    return [
        ReportTimes(pk, unit_id, happened_at, device_at, received_at)
        for pk, unit_id, happened_at, device_at, received_at in visits.order_by(
            "received_at", "pk"
        ).values_list(*columns)
        # The table's own constraint says so; the type does not.
        if happened_at is not None and received_at is not None
    ]


def inspection_figures(plan_ids: Collection[int]) -> dict[int, InspectionFigures]:
    """Return what inspections covered and found, for many plans in two queries; zeros where none."""
    visits = Visit.objects.filter(measure__plan_id__in=plan_ids)
    inspected = Exists(InspectionResult.objects.filter(visit=OuterRef("pk")))
    counted = visits.annotate(inspected=inspected).values("measure__plan_id")
    totals = counted.annotate(
        visits=Count("pk"), inspections=Count("pk", filter=Q(inspected=True))
    ).values_list("measure__plan_id", "visits", "inspections")
    failed = dict(
        InspectionResult.objects.filter(visit__measure__plan_id__in=plan_ids, result=Result.FAIL)
        .values_list("visit__measure__plan_id")
        .annotate(count=Count("pk"))
    )
    figures = dict.fromkeys(plan_ids, InspectionFigures())
    for plan_id, total, inspections in totals:
        figures[plan_id] = InspectionFigures(total, inspections, failed.get(plan_id, 0))
    return figures
