"""Situation reports (有事报事、无事报平安): every unit reports each period, by a due time, and is counted."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.models import ReportPeriod, ReportSummary
from songnuan.emergency.report_queries import TopCount, missing, top_counts
from songnuan.emergency.report_rules import Tally, permille, spans
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress
from songnuan.journeys.report_periods import open_periods_of, period_name
from songnuan.journeys.report_settings import SituationReportsSettings, clock, settings_of
from songnuan.kernel.clock import CHINA
from songnuan.organisation.queries import day_of, names_then
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.plans.planfile import ClauseEntry, PlanFile

_SHOWN = 20  # missing units named in the margin
_HOUR = re.compile(r"([0-9]{1,2})(?:时|点)前")


# The check -----------------------------------------------------------------------------------------


def lint(plan: PlanFile, clause: ClauseEntry, settings: SituationReportsSettings) -> Iterator[LintFinding]:
    """Times lie in their order and agree with the text; somebody receives the reports and asks for them."""
    yield from _lint_times(clause, settings)
    yield from _lint_response(plan, clause, settings)
    for key, count in Counter(one.key for one in settings.figures).items():
        if count > 1:
            message = _("Two figures of the reports have the key “%(key)s”.") % {"key": key}
            yield _finding("figure_twice", clause, message, _("Give every figure a key of its own."))
    if not settings.ladder:
        message = _("Reports are asked for, but nobody is reminded when one is missing.")
        mend = _("Say with ladder after how many minutes whom.")
        yield _finding("ladder_missing", clause, message, mend, Severity.WARNING)
    if not plan.office:
        message = _("Units report, but the plan names no office that receives their reports.")
        yield _finding("reports_no_office", clause, message, _("Name the office in the head of the plan."))


def _lint_response(
    plan: PlanFile, clause: ClauseEntry, settings: SituationReportsSettings
) -> Iterator[LintFinding]:
    kinds = {measure.kind for one in plan.clauses for measure in one.measures}
    if settings.during == "response" and "response" not in kinds:
        message = _("Units report while a response is in force, but the plan has none.")
        mend = _("Add a response to the plan, or let units report always.")
        yield _finding("reports_no_response", clause, message, mend)


def _lint_times(clause: ClauseEntry, settings: SituationReportsSettings) -> Iterator[LintFinding]:
    last = settings.second if settings.period == "half_day" and settings.second else settings.due
    if settings.period == "half_day" and not (
        clock(settings.due) <= time(12) and settings.second and clock(settings.second) > time(12)
    ):
        message = _("Half-daily reports need a due time until noon and another one after it.")
        yield _finding("report_halves", clause, message, _("Give due and second, such as 11:00 and 16:00."))
    if clock(settings.due) == time(0):
        message = _("The due time is midnight, at which the period begins.")
        yield _finding("report_due_unfit", clause, message, _("Give a time within the day, such as 16:00."))
    if clock(settings.superior_due) <= clock(last):
        message = _("The consolidated report is due at %(superior)s, before the units' reports at %(due)s.")
        mend = _("Let it be due after them.")
        facts = {"superior": settings.superior_due, "due": last}
        yield _finding("report_superior_early", clause, message % facts, mend)
    hours = {int(hour) for hour in _HOUR.findall(clause.text or "")}
    if hours and hours.isdisjoint(
        {clock(settings.due).hour, clock(last).hour, clock(settings.superior_due).hour}
    ):
        message = _("The text says %(text)s o'clock, but reports are due at %(due)s.")
        facts = {"text": "、".join(map(str, sorted(hours))), "due": settings.due}
        mend = _("Write the same time in both places.")
        yield _finding("report_due_differs", clause, message % facts, mend, Severity.WARNING)


def _finding(
    code: str, clause: ClauseEntry, message: str, mend: str, severity: Severity = Severity.ERROR
) -> LintFinding:
    return LintFinding(code, severity, clause.heading, message, mend)


# How far it is -------------------------------------------------------------------------------------


def open_(opening: Opening) -> None:
    """Open the period that runs, if it can still be reported in time."""
    measure = opening.measure
    open_periods_of(measure, opening.settings, opening.at, opening.actor, opening.at)


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the periods in which nothing is missing, and name who is in the newest one that is due."""
    counted = top_counts([measure.pk for measure in measures])
    return {measure.pk: _one(measure, counted.get(measure.pk, []), at) for measure in measures}


def _one(measure: Measure, rows: Sequence[TopCount], at: datetime) -> Progress:
    settings = settings_of(measure)
    rows = [row for row in rows if not row.is_drill]
    due = [row for row in rows if row.due_at < at]
    whole = sum(row.tally.lacking == 0 for row in due)
    running = next((row for row in reversed(rows) if row.due_at >= at), None)
    notes = []
    if due:
        asked, received = sum(row.tally.asked for row in due), sum(row.tally.received for row in due)
        on_time = sum(row.tally.on_time for row in due)
        words = _("so far complete %(completeness)s, in time %(timeliness)s")
        rate = [permille(part * 1000 // asked if asked else None) for part in (received, on_time)]
        notes.append(words % {"completeness": rate[0], "timeliness": rate[1]})
    latest = due[-1] if due else None
    lacks = latest.tally.lacking if latest else 0
    names = _names(latest) if latest and lacks else ()
    if running is not None:
        headline = _("%(received)s of %(asked)s units have reported now")
        told = running.tally
    else:
        headline = _("%(received)s of %(asked)s units reported last")
        told = latest.tally if latest else Tally()
    return Progress(
        done=whole,
        due=_periods(measure, settings, rows, at),
        late=lacks,
        late_names=names,
        headline=headline % {"received": told.received, "asked": told.asked} if rows else _("not begun"),
        next=_next(running, lacks),
        notes=tuple(notes),
    )


def _periods(
    measure: Measure, settings: SituationReportsSettings, rows: Sequence[TopCount], at: datetime
) -> int:
    """Return how many periods there are in all, as far as the plan says when it ends."""
    last = measure.plan.due_on
    is_open = measure.status == MeasureStatus.OPEN and settings.during == "always"
    if last is None or measure.opened_at is None or not is_open:
        return max(len(rows), 1)
    end = max(at, datetime.combine(last, time(23, 59), CHINA))
    return sum(1 for _span in spans(settings.rhythm, measure.opened_at, last, end))


def _names(row: TopCount) -> tuple[str, ...]:
    units = list(missing(row.period_id, row.node_id).values_list("unit_id", flat=True)[:_SHOWN])
    names = names_then(units, day_of(row.due_at))
    return tuple(names[unit] for unit in units if unit in names)


def _next(running: TopCount | None, lacks: int) -> str:
    if lacks:
        return _("Ask those who are missing")
    if running is None or not running.tally.lacking:
        return ""
    due = running.due_at.astimezone(CHINA).strftime("%H:%M")
    words = ngettext(
        "%(count)s unit still has until %(due)s",
        "%(count)s units still have until %(due)s",
        running.tally.lacking,
    )
    return words % {"count": running.tally.lacking, "due": due}


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the periods that are due with their figures, and the consolidated reports with their receipts."""
    counted = {row.period_id: row.tally for row in top_counts([measure.pk]).get(measure.pk, [])}
    rhythm = settings_of(measure).rhythm
    found = []
    for row in ReportPeriod.objects.filter(measure=measure, due_at__lt=at).order_by("pk"):
        if (told := counted.get(row.pk)) is None:
            continue
        words = _("%(period)s · expected %(asked)s, received %(received)s, in time %(on_time)s")
        facts = {"asked": told.asked, "received": told.received, "on_time": told.on_time}
        label = words % {"period": period_name(row, rhythm), **facts}
        found.append(Evidence(kind="report_period", ref=str(row.pk), at=row.due_at, label=label))
    for one in ReportSummary.objects.filter(period__measure=measure).defer("snapshot").order_by("pk"):
        note = ""
        if one.received_at is not None:
            note = _("receipt: %(who)s %(number)s") % {"who": one.received_by, "number": one.receipt_number}
        label = f"{one.number} · {one.title}"
        found.append(
            Evidence(kind="report_summary", ref=str(one.pk), at=one.made_at, label=label, note=note.strip())
        )
    return found


KIND = Kind(
    name="situation_reports",
    label=lambda: _("Situation reports"),
    settings=SituationReportsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"period"}),
)
