"""Visits to units (走访): every unit once, by its lead office, by a day."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import UNITS_MOST, Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import beside, written
from songnuan.organisation import queries as organisation
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, Day, PlanFile
from songnuan.visits import actions as visits
from songnuan.visits import queries
from songnuan.visits.owed import owed
from songnuan.visits.pace import Pace, paces


class UnitVisitsSettings(Settings):
    """Until when, how many units, and whether the kit is handed over on the occasion."""

    due_on: Day = Field(description="完成期限 / last day in principle")
    units: Count = Field(gt=0, le=UNITS_MOST, description="一线单位数 / units to visit")
    hand_over: bool = Field(
        default=True, description="走访时发放慰问品 / the kit is handed over at the visit"
    )


def lint(plan: PlanFile, clause: ClauseEntry, settings: UnitVisitsSettings) -> Iterator[LintFinding]:
    """The visits end within the plan."""
    if plan.due_on is not None and settings.due_on > plan.due_on:
        yield LintFinding(
            code="measure_after_plan",
            severity=Severity.ERROR,
            clause=clause.heading,
            message=_("The visits are due on %(visits)s, after the plan itself ends on %(plan)s.")
            % {"visits": beside(settings.due_on, plan.due_on), "plan": written(plan.due_on, "full")},
            mend=_("Set the earlier of the two days, or a later end of the plan."),
        )


def open_(opening: Opening) -> None:
    """Plan a visit for each pair, on the day that the workbook named."""
    plan_from_pairs(opening.measure, opening.actor, opening.at)


def follow(opening: Opening) -> None:
    """Give the visits still to do the new deadline; the days that were set stand, where they are in time."""
    day = opening.at.astimezone(CHINA).date()
    visits.plan_visits(
        measure_id=opening.measure.pk,
        rows=[
            visits.PlannedVisit(unit_id=pair.unit_id, lead_id=pair.lead_id)
            for pair in organisation.pairs(opening.measure.plan.slug, day)
        ],
        due_on=opening.settings.due_on,
        actor=opening.actor,
        at=opening.at,
    )


def plan_from_pairs(
    measure: Measure, actor: Actor, at: datetime, *, moved: Collection[int] = frozenset()
) -> None:
    """Bring the visits in line with the pairing table; repeating it changes nothing.

    `moved` are the units whose pair names another day than before: their visit moves with it. The day of
    any other pair gives way to one that was set since.
    """
    settings = UnitVisitsSettings.model_validate(measure.settings)
    visits.plan_visits(
        measure_id=measure.pk,
        rows=[
            visits.PlannedVisit(
                unit_id=pair.unit_id,
                lead_id=pair.lead_id,
                planned_on=pair.planned_on,
                late_reason=pair.late_reason,
                moved=pair.unit_id in moved,
            )
            for pair in organisation.pairs(measure.plan.slug, at.astimezone(CHINA).date())
        ],
        due_on=settings.due_on,
        actor=actor,
        at=at,
    )


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count visits made, overdue and waiting for a later day, name who is late, forecast the last day."""
    day = at.astimezone(CHINA).date()
    figures = queries.progress([measure.pk for measure in measures], at)
    lacking = Counter(row.measure_id for row in owed(measures))
    names = organisation.unit_names({unit for row in figures.values() for unit in row.overdue_unit_ids}, day)
    found = {pace.measure_id: pace for pace in paces([measure.pk for measure in measures], day)}
    return {
        measure.pk: _one(measure, figures[measure.pk], lacking[measure.pk], names, found.get(measure.pk))
        for measure in measures
    }


def _one(
    measure: Measure,
    row: queries.VisitFigures,
    lacking: int,
    names: Mapping[int, str],
    pace: Pace | None,
) -> Progress:
    due = max(int(measure.settings["units"]), row.total)
    parts = [_("%(count)s visited") % {"count": row.recorded}]
    if row.scheduled:
        parts.append(_("%(count)s planned") % {"count": row.scheduled})
    if row.without_plan:
        parts.append(_("%(count)s without a date") % {"count": row.without_plan})
    if row.overdue:
        parts.append(_("of them %(count)s late") % {"count": row.overdue})
    if row.lapsed:
        parts.append(_("%(count)s not made") % {"count": row.lapsed})
    if pace is not None and row.lapsed:  # what was not made is not to be made any more
        pace = None
    forecast = pace.forecast if pace is not None and pace.remaining else None
    return Progress(
        done=row.recorded,
        due=due,
        late=row.overdue,
        headline=" · ".join(parts),
        late_names=tuple(names.get(unit, "") for unit in row.overdue_unit_ids),
        notes=tuple(_notes(row, lacking, pace, forecast)),
        next=_next(row, due),
        forecast=forecast,
        at_risk=not row.overdue and pace is not None and pace.is_late,
        later_until=pace.later_until if pace is not None else None,
    )


def _notes(
    row: queries.VisitFigures, lacking: int, pace: Pace | None, forecast: date | None
) -> Iterator[str]:
    """Yield what else is to be said of the visits of a measure."""
    if row.asked_later:
        asked = ngettext(
            "%(count)s later day waits for approval",
            "%(count)s later days wait for approval",
            row.asked_later,
        )
        yield asked % {"count": row.asked_later}
    if row.late_recorded:
        yield _("%(count)s took place after the deadline") % {"count": row.late_recorded}
    if row.entered_late:
        words = ngettext("%(count)s late entry", "%(count)s late entries", row.entered_late)
        yield words % {"count": row.entered_late}
    if lacking:
        yield owed_words(lacking)
    if forecast is not None:
        yield _("At this pace done by %(day)s") % {"day": written(forecast)}
    elif pace is not None and pace.is_late:
        yield no_forecast(pace)
    if pace is not None and pace.later_until is not None:
        words = ngettext(
            "%(count)s allowed for a later day, %(day)s",
            "%(count)s allowed for later days, up to %(day)s",
            pace.later,
        )
        yield words % {"count": pace.later, "day": written(pace.later_until)}


def no_forecast(pace: Pace) -> str:
    """Return in words why nobody knows the day by which what is left is done."""
    facts = {"left": pace.remaining}
    if pace.calendar_ends:
        words = _("The known working days end before the %(left)s left are done, so there is no forecast.")
        return words % facts
    return _("No visit was made lately, so there is no forecast; %(left)s are left.") % facts


def owed_words(count: int) -> str:
    """Return how many kits are owed to units that were visited, in words."""
    words = ngettext("%(count)s kit owed to a unit visited", "%(count)s kits owed to units visited", count)
    return words % {"count": count}


def _next(row: queries.VisitFigures, due: int) -> str:
    if to_chase := row.overdue - row.chased_today:
        words = ngettext("Chase the %(count)s late visit", "Chase the %(count)s late visits", to_chase)
        return words % {"count": to_chase}
    if row.overdue:
        words = ngettext(
            "%(count)s late visit, chased today", "%(count)s late visits, all chased today", row.overdue
        )
        return words % {"count": row.overdue}
    if left := due - row.recorded:
        words = ngettext("%(count)s visit still to make", "%(count)s visits still to make", left)
        return words % {"count": left}
    return ""


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List the visit reports."""
    rows = queries.recorded(measure.pk)
    names = organisation.unit_names({row.unit_id for row in rows}, _at.astimezone(CHINA).date())
    return [
        Evidence(
            kind="visit",
            ref=str(row.visit_id),
            at=row.happened_at,
            label=names.get(row.unit_id, ""),
            note=entered_late_words(row),
        )
        for row in rows
    ]


def entered_late_words(row: queries.RecordedRow) -> str:
    """Return that a visit was entered late, when, and why; nothing where it was not."""
    if not row.entry_reason:
        return ""
    facts = {"time": written(row.received_at.astimezone(CHINA), "moment"), "reason": row.entry_reason}
    return _("Late entry, made %(time)s: %(reason)s") % facts


KIND = Kind(
    name="unit_visits",
    label=lambda: _("Visits"),
    settings=UnitVisitsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    follow=follow,
)
