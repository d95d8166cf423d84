"""What the epidemic office's board says beside the reports: pace, problems by owner, delays."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.measures.unit_visits import no_forecast
from songnuan.kernel.days import beside, written
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.queries import open_by_owner
from songnuan.visits.figures import ReportTimes, report_times
from songnuan.visits.models import Prevention, VisitForm
from songnuan.visits.owed import lacks
from songnuan.visits.pace import Pace, paces
from songnuan.visits.queries import FeedRow
from songnuan.visits.rules import ENTRY_IN_TIME
from songnuan.web.views.shared import names_on

_SLOW_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PaceLine:
    """How fast one plan's visits are made, in words; `late`: at this pace the deadline is missed."""

    plan_title: str
    pace: str
    forecast: str
    needed: str
    late: bool


@dataclass(frozen=True, slots=True)
class Report:
    """One report that came in.

    `report_minutes` after the visit it was received, `written_minutes` after it the device took it down
    (None: nobody knows). `form_label` is "" for a visit on site. `failed` items do not comply; `corrected`
    since; `owes`: its unit still lacks goods.
    """

    visit_id: int
    unit_name: str
    lead_name: str
    happened_at: datetime
    received_at: datetime
    report_minutes: int
    written_minutes: int | None
    form_label: str
    prevention: str
    prevention_label: str
    late: bool
    late_approved: bool
    late_entry: bool
    entry_reason: str
    problems: int
    failed: int
    corrected: bool
    owes: bool


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A unit that has open problems."""

    owner_id: int
    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class SlowLine:
    """A report that came in more than a day after its visit."""

    visit_id: int
    unit_name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Delays:
    """Minutes from visits to their reports, in the middle; None where there are none.

    `written` until the device took the report down, `received` until it was here. `slow` came more than 24
    hours after the visit, the slowest of them are `slowest`.
    """

    count: int
    written: int | None
    received: int | None
    slow: int
    slowest: list[SlowLine]


def pace_lines(measures: Sequence[Measure], on: date) -> list[PaceLine]:
    """Return the pace of each measure of visits that has some left to make."""
    titles = {measure.pk: measure.plan.title for measure in measures}
    return [
        _pace(titles[pace.measure_id], pace, on)
        for pace in paces(list(titles), on)
        if pace.remaining or pace.later
    ]


def _pace(title: str, pace: Pace, on: date) -> PaceLine:
    facts = {
        "done": pace.done,
        "days": pace.workdays,
        "rate": f"{pace.per_day:.1f}".removesuffix(".0"),
        "left": pace.remaining,
        "due": beside(pace.due_on, on),
    }
    words = ngettext(
        "%(done)s visit in the last %(days)s working days: %(rate)s a day.",
        "%(done)s visits in the last %(days)s working days: %(rate)s a day.",
        pace.done,
    )
    forecast = ""
    if pace.forecast is None and pace.remaining:
        forecast = no_forecast(pace)
    elif pace.forecast is not None and pace.remaining:
        said = _("At this pace the %(left)s left are done on %(day)s, within the deadline %(due)s.")
        if pace.is_late:
            said = _("At this pace the %(left)s left are done on %(day)s, after the deadline %(due)s.")
        forecast = said % {**facts, "day": written(pace.forecast)}
    return PaceLine(
        plan_title=title,
        pace=words % facts,
        forecast=" ".join(filter(None, (forecast, _later(pace)))),
        needed=_needed(pace, on) if pace.is_late or _waits(pace) else "",
        late=pace.is_late,
    )


def _waits(pace: Pace) -> bool:
    return bool(pace.remaining) and not pace.is_begun


def _later(pace: Pace) -> str:
    """Return how many were allowed to be made after the deadline, in words; nothing where none was."""
    if pace.later_until is None:
        return ""
    words = ngettext(
        "%(count)s more was allowed for a later day, %(day)s.",
        "%(count)s more were allowed for later days, up to %(day)s.",
        pace.later,
    )
    return words % {"count": pace.later, "day": written(pace.later_until)}


def _needed(pace: Pace, on: date) -> str:
    """Return what would meet the deadline, counted from tomorrow on as the forecast is."""
    if pace.due_on < on:
        return _("The deadline is over.")
    if pace.days_left is None:
        return ""
    if pace.needed is None:
        return _("Today is the last working day before the deadline.")
    words = ngettext(
        "%(needed)s visit each working day from tomorrow on would meet it; %(days)s working days are left"
        " after today.",
        "%(needed)s visits each working day from tomorrow on would meet it; %(days)s working days are left"
        " after today.",
        pace.needed,
    )
    return words % {"needed": pace.needed, "days": pace.days_left}


def owner_lines(plans: Collection[Plan], on: date) -> list[OwnerLine]:
    """Return who has open problems, those with overdue ones first."""
    rows = open_by_owner([plan.slug for plan in plans], on)
    names = names_on([row.owner_id for row in rows], on)
    return [OwnerLine(row.owner_id, names[row.owner_id], row.open, row.overdue) for row in rows]


def delays_of(plans: Collection[Plan], seen: Collection[int], on: date) -> Delays:
    """Return how long the reports took at the units that the reader sees."""
    rows = [row for row in report_times([plan.pk for plan in plans]) if row.unit_id in seen]
    slow = sorted(
        (row for row in rows if row.received - row.happened > ENTRY_IN_TIME),
        key=lambda row: row.happened - row.received,
    )
    shown = slow[:_SLOW_SHOWN]
    names = names_on([row.unit_id for row in shown], on)
    return Delays(
        count=len(rows),
        written=_middle([row.written - row.happened for row in rows if row.written]),
        received=_middle([row.received - row.happened for row in rows]),
        slow=len(slow),
        slowest=[_slow(row, names) for row in shown],
    )


def _slow(row: ReportTimes, names: Mapping[int, str]) -> SlowLine:
    return SlowLine(row.visit_id, names[row.unit_id], _minutes(row.received - row.happened))


def _middle(spans: Sequence[timedelta]) -> int | None:
    return round(median(_minutes(span) for span in spans)) if spans else None


def _minutes(span: timedelta) -> int:
    return max(span // timedelta(minutes=1), 0)


def reports_of(
    rows: Sequence[FeedRow], names: Mapping[int, str], known: Iterable[Measure] = ()
) -> list[Report]:
    """Return reports as lists show them; `known` are measures read before, with their plans."""
    units: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        units[row.measure_id].add(row.unit_id)
    measures = {measure.pk: measure for measure in known if measure.pk in units}
    if others := units.keys() - measures.keys():
        measures |= Measure.objects.select_related("plan").in_bulk(others)
    owing = {pk: set(lacks(measure, units[pk])) for pk, measure in measures.items()}
    return [_report(row, names, owes=row.unit_id in owing[row.measure_id]) for row in rows]


def _report(row: FeedRow, names: Mapping[int, str], *, owes: bool) -> Report:
    return Report(
        visit_id=row.visit_id,
        unit_name=names[row.unit_id],
        lead_name=names[row.lead_id],
        happened_at=row.happened_at,
        received_at=row.received_at,
        report_minutes=_minutes(row.delay),
        written_minutes=_minutes(row.written_at - row.happened_at) if row.written_at else None,
        form_label="" if row.form == VisitForm.ON_SITE else str(VisitForm(row.form).label),
        prevention=row.prevention,
        prevention_label=str(Prevention(row.prevention).label),
        late=row.late,
        late_approved=row.late_approved,
        late_entry=row.late_entry,
        entry_reason=row.entry_reason,
        problems=row.problems,
        failed=row.failed,
        corrected=row.corrected,
        owes=owes,
    )
