"""Reporting burden (填报负担): how much the plan asks people to fill in, held against what it promises."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field

from songnuan.journeys.measures.base import Count, Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile
from songnuan.reporting.queries import Burden, of_form

VISIT = "visit"


class BurdenSettings(Settings):
    """How many inputs a report may ask to be typed."""

    most: Count = Field(
        gt=0, le=200, description="每份走访记录手填项目上限 / most inputs typed for one report of a visit"
    )


def lint(_plan: PlanFile, _clause: ClauseEntry, _settings: BurdenSettings) -> Iterator[LintFinding]:
    """Nothing in the file can be wrong with it beyond its settings."""
    yield from ()


def open_(_opening: Opening) -> None:
    """Nothing to prepare: inputs are counted as forms are handed in."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Hold the inputs typed for a report, on average, against the most that the plan allows."""
    weeks = _weeks(measures, at)
    return {measure.pk: _one(measure, weeks[measure.pk]) for measure in measures}


def _one(measure: Measure, weeks: Mapping[date, Burden]) -> Progress:
    whole = sum(weeks.values(), Burden())
    if not whole.posted:
        return Progress(headline=_("Nothing was typed for a report so far"))
    most = int(measure.settings["most"])
    is_more = whole.per_form > most
    words = ngettext(
        "%(each)s input typed for a report on average, at most %(most)s allowed",
        "%(each)s inputs typed for a report on average, at most %(most)s allowed",
        most,
    )
    return Progress(
        done=whole.posted,
        late=int(is_more),
        headline=words % {"each": f"{whole.per_form:.1f}".removesuffix(".0"), "most": most},
        next=_("Find out which inputs can go") if is_more else "",
    )


def _weeks(measures: Sequence[Measure], at: datetime) -> dict[int, dict[date, Burden]]:
    """Return what reports asked of the units of each measure's plan, by week since it began."""
    day = at.astimezone(CHINA).date()
    counted = of_form(VISIT, {measure.plan.unit_id for measure in measures}, day)
    return {
        measure.pk: {
            week: row
            for week, row in counted[measure.plan.unit_id].items()
            if week > (measure.plan.starts_on or day) - timedelta(days=7)
        }
        for measure in measures
    }


def evidence(measure: Measure, at: datetime) -> list[Evidence]:
    """List the weeks with what was asked in each."""
    words = _("Week from %(day)s: %(posted)s reports, %(typed)s inputs typed")
    return [
        Evidence(
            kind="burden",
            ref=week.strftime("%Y%m%d"),
            at=datetime.combine(week, time.min, CHINA),
            label=words % {"day": written(week, "full"), "posted": row.posted, "typed": row.typed},
        )
        for week, row in _weeks([measure], at)[measure.pk].items()
    ]


KIND = Kind(
    name="burden",
    label=lambda: _("Burden"),
    settings=BurdenSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
