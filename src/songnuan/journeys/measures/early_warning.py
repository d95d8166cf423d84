"""Early warning (预警): figures of the situation reports that are watched, and what becomes of each alert."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.models import Alert, AlertStatus
from songnuan.emergency.report_queries import KIND as REPORTS
from songnuan.emergency.warning_queries import alerts_of
from songnuan.emergency.warning_rules import bound_words
from songnuan.journeys.alert_words import alert_how, alert_names, alert_period
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress
from songnuan.journeys.warning_settings import EarlyWarningSettings, settings_of
from songnuan.organisation.queries import day_of
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

_SHOWN = 20  # units with late alerts, named in the margin


# The check -----------------------------------------------------------------------------------------


def lint(plan: PlanFile, clause: ClauseEntry, settings: EarlyWarningSettings) -> Iterator[LintFinding]:
    """The reports and figures that are watched are there, each once; somebody sees to an alert."""
    reports = [one for part in plan.clauses for one in part.measures if one.kind == REPORTS]
    watched = next((one for one in reports if one.key == settings.reports), None)
    if reports and watched is None:
        message = _("The early warning watches reports called “%(key)s”, which the plan does not have.")
        mend = _("Give at reports the key of the measure of situation reports: %(keys)s.")
        facts = {"keys": "、".join(one.key for one in reports)}
        yield _finding("warning_reports_unknown", clause, message % {"key": settings.reports}, mend % facts)
    if watched is not None:
        told = watched.settings.get("figures") or ()
        known = {one.get("key") for one in told if isinstance(one, dict)}
        for one in settings.watches:
            if one.figure not in known:
                message = _("The early warning watches “%(key)s”, which the reports do not ask for.")
                mend = _("Add the figure to the reports, or watch one of theirs.")
                yield _finding("watch_unknown", clause, message % {"key": one.figure}, mend)
    for key, count in Counter(one.figure for one in settings.watches).items():
        if count > 1:
            message = _("The figure “%(key)s” is watched twice.") % {"key": key}
            yield _finding("watch_twice", clause, message, _("Watch each figure once, by one method."))
    if not settings.ladder:
        message = _("Nobody is told when an alert is not acknowledged.")
        mend = _("Say with ladder after how many minutes whom.")
        yield _finding("alert_ladder_missing", clause, message, mend, Severity.WARNING)
    if not plan.office:
        message = _("Counts raise alerts, but the plan names no office that sees to them.")
        yield _finding("alerts_no_office", clause, message, _("Name the office in the head of the plan."))


def _finding(
    code: str, clause: ClauseEntry, message: str, mend: str, severity: Severity = Severity.ERROR
) -> LintFinding:
    return LintFinding(code, severity, clause.heading, message, mend)


# How far it is -------------------------------------------------------------------------------------


def due_on(alert: Alert, settings: EarlyWarningSettings) -> date:
    """Return by when an alert is to be closed."""
    return day_of(alert.raised_at) + timedelta(days=settings.days)


def open_(_opening: Opening) -> None:
    """Nothing to prepare: the counts are looked at as they come due."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the alerts and those that are closed; late are those that should be."""
    found: dict[int, list[Alert]] = {measure.pk: [] for measure in measures}
    for alert in alerts_of(list(found)):
        found[alert.measure_id].append(alert)
    return {measure.pk: _one(measure, found[measure.pk], at) for measure in measures}


def _one(measure: Measure, alerts: Sequence[Alert], at: datetime) -> Progress:
    settings = settings_of(measure)
    waiting = [one for one in alerts if one.status != AlertStatus.CLOSED]
    late = [one for one in waiting if due_on(one, settings) < day_of(at)]
    headline = _("no alert so far")
    if alerts:
        headline = ngettext("%(count)s alert", "%(count)s alerts", len(alerts)) % {"count": len(alerts)}
        headline += " · " + _("%(count)s open") % {"count": len(waiting)}
    notes = []
    judged = [one.is_true for one in alerts if one.is_true is not None]
    if judged:
        words = _("true signals %(true)s, false signals %(false)s")
        notes.append(words % {"true": judged.count(True), "false": judged.count(False)})
    names = alert_names(late[:_SHOWN])
    return Progress(
        done=len(alerts) - len(waiting),
        due=len(alerts),
        late=len(late),
        late_names=tuple(dict.fromkeys(names[one.pk] for one in late[:_SHOWN])),
        headline=headline,
        next=_("See to the alerts that are open") if waiting else "",
        notes=tuple(notes),
    )


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the alerts, with what became of each."""
    alerts = list(alerts_of([measure.pk]))
    names = alert_names(alerts)
    found = []
    for one in alerts:
        words = _("%(who)s · %(figure)s %(count)s, bound %(upper)s · %(period)s")
        facts = {"who": names[one.pk], "figure": one.figure_label, "count": one.count}
        label = words % {**facts, "upper": bound_words(one.upper), "period": alert_period(one)}
        state = one.get_outcome_display() if one.outcome else one.get_status_display()
        found.append(
            Evidence(
                kind="alert",
                ref=str(one.pk),
                at=one.raised_at,
                label=label,
                note=f"{alert_how(one)} · {state}",
            )
        )
    return found


KIND = Kind(
    name="early_warning",
    label=lambda: _("Early warning"),
    settings=EarlyWarningSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"reports"}),
)
