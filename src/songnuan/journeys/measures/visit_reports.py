"""Reports after each visit (及时报告): in the epidemic office's hands within some hours."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.journeys.measures.unit_visits import entered_late_words
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import span_words
from songnuan.organisation.queries import unit_names
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile
from songnuan.visits import queries

_NAMED = 5  # units without a report that are named


class VisitReportsSettings(Settings):
    """How soon a report is due."""

    within_hours: Count = Field(gt=0, le=240, description="走访后几小时内报告 / hours after the visit")


def lint(plan: PlanFile, clause: ClauseEntry, _settings: VisitReportsSettings) -> Iterator[LintFinding]:
    """Somebody must be there to report to."""
    if not plan.office:
        yield LintFinding(
            code="nobody_to_report_to",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("Reports are due, but the plan names no office that receives them."),
            mend=_("Name the office in the head of the plan."),
        )


def open_(_opening: Opening) -> None:
    """Nothing to prepare: the record of a visit is the report."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count the reports, the late ones, and how long they took (median); name who has sent none."""
    figures = queries.report_figures({measure.plan_id: _limit(measure) for measure in measures}, at)
    ids = {unit_id for found in figures.values() for unit_id in found.missing}
    names = unit_names(ids, at.astimezone(CHINA).date()) if ids else {}
    return {
        measure.pk: _one(
            measure,
            figures[measure.plan_id],
            [names.get(unit_id, "") for unit_id in figures[measure.plan_id].missing],
        )
        for measure in measures
    }


def _limit(measure: Measure) -> timedelta:
    return timedelta(hours=int(measure.settings["within_hours"]))


def _one(measure: Measure, figures: queries.ReportFigures, missing: Sequence[str]) -> Progress:
    delays = figures.delays
    limit = _limit(measure)
    slow = sum(delay > limit for delay in delays)
    notes = []
    if delays:
        middle = round(median(max(delay // timedelta(minutes=1), 0) for delay in delays))
        notes.append(_("Half of them within %(span)s of the visit") % {"span": span_words(middle)})
    if slow:
        notes.append(
            _("%(count)s came later than %(hours)s hours after the visit")
            % {"count": slow, "hours": measure.settings["within_hours"]}
        )
    if missing:
        words = _("%(count)s without a report: %(names)s")
        listed = "、".join(missing[:_NAMED]) + ("…" if missing[_NAMED:] else "")
        notes.append(words % {"count": len(missing), "names": listed})
    return Progress(
        done=len(delays),
        due=figures.visits,
        headline=ngettext("%(count)s report received", "%(count)s reports received", len(delays))
        % {"count": len(delays)},
        notes=tuple(notes),
    )


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the reports by the time they were received."""
    rows = queries.received_of_plan(measure.plan_id)
    names = unit_names({row.unit_id for row in rows}, at.astimezone(CHINA).date())
    return [
        Evidence(
            kind="report",
            ref=str(row.visit_id),
            at=row.received_at,
            label=names.get(row.unit_id, ""),
            note=entered_late_words(row),
        )
        for row in rows
    ]


KIND = Kind(
    name="visit_reports",
    label=lambda: _("Reports"),
    settings=VisitReportsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
