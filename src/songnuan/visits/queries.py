"""What others read of visits: lists of work and the report of one. Figures stand in `figures`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery

from songnuan.kernel.names import mask_name
from songnuan.organisation.models import Unit
from songnuan.plans.models import MeasureStatus
from songnuan.visits.figures import (
    InspectionFigures,
    ReportFigures,
    VisitFigures,
    inspection_figures,
    progress,
    report_figures,
)
from songnuan.visits.later import LaterDayRow, WaitingDay, of_visit, waiting_for, waiting_of
from songnuan.visits.models import Result, Visit, VisitForm, VisitProblem, VisitStatus
from songnuan.visits.recorded import (
    RecordedRow,
    failed_of,
    has_failed,
    inspected,
    received_of_plan,
    recorded,
)
from songnuan.visits.rules import InspectionAnswer, Member, is_overdue

__all__ = [
    "FeedRow",
    "InspectionFigures",
    "LaterDayRow",
    "ProblemRow",
    "RecordedRow",
    "ReportFigures",
    "VisitDetail",
    "VisitFigures",
    "VisitRow",
    "WaitingDay",
    "detail",
    "failed_of",
    "feed",
    "for_lead",
    "inspected",
    "inspection_figures",
    "of_measure",
    "progress",
    "received_of_plan",
    "recorded",
    "report_figures",
    "row_of",
    "waiting_for",
]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit in a list. `overdue` as of the day asked for; `problems` counts those raised there.

    `asked_on` is a day after the deadline that waits for its approval, with `asked_reason`; until then
    `planned_on` stands. `start`, in minutes after midnight, and `minutes` are when it begins and how long
    it is to last; `team_name` is "" for the lead office as a whole. `lapsed`: not made, and not to be made
    any more, since its measure is closed.
    """

    visit_id: int
    measure_id: int
    unit_id: int
    lead_id: int
    planned_on: date | None
    due_on: date
    status: str
    happened_at: datetime | None
    received_at: datetime | None
    prevention: str
    overdue: bool
    late: bool
    late_entry: bool
    entry_reason: str
    late_approved: bool
    late_reason: str
    problems: int
    asked_on: date | None = None
    asked_reason: str = ""
    lapsed: bool = False
    start: int | None = None
    minutes: int | None = None
    team_id: int | None = None
    team_name: str = ""
    pinned: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One recorded visit as it comes in; `delay` is from its taking place to its receipt.

    `written_at` is when its device took it down (None: nobody knows). `corrected`: its report was corrected
    since; `failed` items of its inspection do not comply.
    """

    visit_id: int
    measure_id: int
    unit_id: int
    lead_id: int
    happened_at: datetime
    received_at: datetime
    delay: timedelta
    prevention: str
    problems: int
    late: bool
    late_entry: bool
    entry_reason: str
    late_approved: bool
    form: str = VisitForm.ON_SITE
    written_at: datetime | None = None
    corrected: bool = False
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem raised at a visit, and the task it became."""

    task_id: int
    title: str
    detail: str
    answer: str
    owner_id: int
    due_on: date
    original_due_on: date
    status: str
    feedback: str
    raised_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class VisitDetail:
    """All that is known of one visit; what was not recorded yet is empty.

    `receiver_name` is masked unless it was asked for unmasked.
    """

    visit_id: int
    measure_id: int
    plan_slug: str
    unit_id: int
    lead_id: int
    planned_on: date | None
    due_on: date
    start: int | None
    minutes: int | None
    team_id: int | None
    team_name: str
    pinned: bool
    revision: int
    break_reason: str
    status: str
    form: str
    form_reason: str
    happened_at: datetime | None
    device_at: datetime | None
    received_at: datetime | None
    clock_skew_seconds: int
    recorded_by: str
    prevention: str
    prevention_note: str
    conditions: str
    receiver_name: str
    signature_id: int | None
    late: bool
    late_entry: bool
    before_plan: bool
    entry_reason: str
    late_reason: str
    late_approved: bool
    confirmed_by_name: bool
    signed_for: str
    short_reason: str
    version: int
    corrected_at: datetime | None
    corrected_by: str
    correction_reason: str
    later_days: tuple[LaterDayRow, ...]
    members: tuple[Member, ...]
    inspection: tuple[InspectionAnswer, ...]
    problems: tuple[ProblemRow, ...]


def of_measure(measure_id: int, on: date) -> list[VisitRow]:
    """Return a measure's visits, by planned date, those without a date last."""
    return _rows(Visit.objects.filter(measure_id=measure_id), on)


def row_of(visit_id: int, on: date) -> VisitRow | None:
    """Return one visit as it stands in a list, or None when there is none."""
    return next(iter(_rows(Visit.objects.filter(pk=visit_id), on)), None)


def for_lead(unit_ids: Collection[int], on: date) -> list[VisitRow]:
    """Return the visits that these lead offices still have to do, by planned date, undated ones last.

    What a closed measure asked for is not to be done any more.
    """
    to_do = Visit.objects.filter(lead_id__in=unit_ids, status=VisitStatus.PLANNED)
    return _rows(to_do.exclude(measure__status=MeasureStatus.CLOSED), on)


def feed(
    units: QuerySet[Unit],
    since: int | None = None,
    limit: int = 50,
    *,
    leads: QuerySet[Unit] | None = None,
    failing: bool = False,
) -> list[FeedRow]:
    """Return recorded visits at `units`, received last first, one page.

    Args:
        units: The units that the reader may see.
        since: The visit at which the page before ended; None for the first page.
        limit: Rows of a page.
        leads: Only the visits of these lead offices.
        failing: Only those whose inspection found something that does not comply.

    """
    recorded = Visit.objects.filter(status=VisitStatus.RECORDED, unit__in=units.values("pk"))
    if leads is not None:
        recorded = recorded.filter(lead__in=leads.values("pk"))
    if failing:
        recorded = recorded.filter(has_failed())
    if since is not None:
        received_at = Visit.objects.filter(pk=since).values("received_at")[:1]
        recorded = recorded.filter(Q(received_at__lt=received_at) | Q(received_at=received_at, pk__lt=since))
    counted = recorded.annotate(
        count=Count("problems", distinct=True),
        failed=Count("inspection", filter=Q(inspection__result=Result.FAIL), distinct=True),
    )
    newest = counted.order_by("-received_at", "-pk")[:limit]
    return [
        FeedRow(
            visit_id=visit.pk,
            measure_id=visit.measure_id,
            unit_id=visit.unit_id,
            lead_id=visit.lead_id,
            happened_at=visit.happened_at,
            received_at=visit.received_at,
            delay=visit.received_at - visit.happened_at,
            prevention=visit.prevention,
            problems=visit.count,
            late=visit.late,
            late_entry=visit.late_entry,
            entry_reason=visit.entry_reason,
            late_approved=visit.late_approved,
            form=visit.form,
            written_at=visit.device_at,
            corrected=visit.version > 1,
            failed=visit.failed,
        )
        for visit in newest.defer("receiver_name")
        # The table's own constraint says so; the type does not.
        if visit.happened_at is not None and visit.received_at is not None
    ]


# What a visit tells of itself as its columns have it.
_TOLD = (
    "measure_id", "unit_id", "lead_id", "planned_on", "due_on", "pinned", "revision", "break_reason",
    "status", "form", "form_reason", "happened_at", "device_at", "received_at", "clock_skew_seconds",
    "prevention", "prevention_note", "conditions", "signature_id", "late", "late_entry",
    "before_plan", "entry_reason", "late_reason", "late_approved", "confirmed_by_name",
    "signed_for", "short_reason", "version", "corrected_at", "correction_reason",
)  # fmt: skip


def detail(visit_id: int, *, unmasked: bool = False) -> VisitDetail | None:
    """Return one visit with its report, or None when there is none.

    Args:
        visit_id: The visit.
        unmasked: Whether the receiver's name is shown; whoever asks for it notes the view in the trail.

    """
    visit = (
        Visit.objects.select_related("measure__plan", "recorded_by", "planned_team", "corrected_by")
        .filter(pk=visit_id)
        .first()
    )
    if visit is None:
        return None
    told: dict[str, Any] = {name: getattr(visit, name) for name in _TOLD}
    return VisitDetail(
        **told,
        visit_id=visit.pk,
        plan_slug=visit.measure.plan.slug,
        start=visit.planned_start,
        minutes=visit.planned_minutes,
        team_id=visit.planned_team_id,
        team_name=visit.planned_team.name if visit.planned_team else "",
        recorded_by=visit.recorded_by.name if visit.recorded_by else "",
        receiver_name=visit.receiver_name if unmasked else mask_name(visit.receiver_name),
        corrected_by=visit.corrected_by.name if visit.corrected_by else "",
        later_days=of_visit(visit.pk),
        members=tuple(Member(row.name, row.user_id) for row in visit.members.order_by("position")),
        inspection=tuple(
            InspectionAnswer(row.item_key, row.result, row.note) for row in visit.inspection.order_by("pk")
        ),
        problems=tuple(_problem(row) for row in visit.problems.select_related("task").order_by("pk")),
    )


def _problem(row: VisitProblem) -> ProblemRow:
    return ProblemRow(
        task_id=row.task_id,
        title=row.task.title,
        detail=row.task.detail,
        answer=row.answer,
        owner_id=row.task.owner_id,
        due_on=row.task.due_on,
        original_due_on=row.task.original_due_on,
        status=row.task.status,
        feedback=row.task.feedback,
        raised_at=row.task.raised_at,
        done_at=row.task.done_at,
    )


def _rows(visits: QuerySet[Visit], on: date) -> list[VisitRow]:
    ordered = (
        visits.select_related("planned_team")
        .annotate(
            count=Count("problems"),
            is_closed=Q(measure__status=MeasureStatus.CLOSED),
            asked_on=Subquery(waiting_of().values("day")[:1]),
            asked_reason=Subquery(waiting_of().values("reason")[:1]),
        )
        .order_by(
            F("planned_on").asc(nulls_last=True), F("planned_start").asc(nulls_last=True), "due_on", "pk"
        )
    )
    return [
        VisitRow(
            visit_id=visit.pk,
            measure_id=visit.measure_id,
            unit_id=visit.unit_id,
            lead_id=visit.lead_id,
            planned_on=visit.planned_on,
            due_on=visit.due_on,
            status=visit.status,
            happened_at=visit.happened_at,
            received_at=visit.received_at,
            prevention=visit.prevention,
            overdue=visit.status == VisitStatus.PLANNED
            and not visit.is_closed
            and is_overdue(visit.planned_on, visit.due_on, on),
            late=visit.late,
            late_entry=visit.late_entry,
            entry_reason=visit.entry_reason,
            late_approved=visit.late_approved,
            late_reason=visit.late_reason,
            problems=visit.count,
            asked_on=None if visit.is_closed else visit.asked_on,
            asked_reason="" if visit.is_closed else visit.asked_reason or "",
            lapsed=visit.is_closed and visit.status == VisitStatus.PLANNED,
            start=visit.planned_start,
            minutes=visit.planned_minutes,
            team_id=visit.planned_team_id,
            team_name=visit.planned_team.name if visit.planned_team else "",
            pinned=visit.pinned,
            revision=visit.revision,
        )
        for visit in ordered.defer("receiver_name")
    ]
