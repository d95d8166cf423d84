"""Screening (排查): rounds over all staff or residents of the units, with their coverage."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.emergency.models import ScreeningReport, ScreeningRound
from songnuan.emergency.screening_queries import rounds_of, totals
from songnuan.emergency.screening_rules import Coverage
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress, Settings
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of, last_names
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile


class ScreeningSettings(Settings):
    """Nothing has to be said before a round is opened."""


def lint(plan: PlanFile, clause: ClauseEntry, _settings: ScreeningSettings) -> Iterator[LintFinding]:
    """The plan has an office that opens rounds."""
    if not plan.office:
        message = _("People are screened, but the plan names no office that opens the rounds.")
        mend = _("Name the office in the head of the plan.")
        yield LintFinding("screening_no_office", Severity.ERROR, clause.heading, message, mend)


def open_(_opening: Opening) -> None:
    """Nothing to prepare: the office opens rounds."""


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Say how far the newest round is; rounds whose last day has passed with people lacking are late."""
    rounds: dict[int, list[ScreeningRound]] = {measure.pk: [] for measure in measures}
    for row in rounds_of(list(rounds)):
        rounds[row.measure_id].append(row)
    counted = totals([row.pk for rows in rounds.values() for row in rows])
    return {pk: _one(rows, counted, at) for pk, rows in rounds.items()}


def _one(rows: Sequence[ScreeningRound], counted: Mapping[int, Coverage], at: datetime) -> Progress:
    if not rows:
        return Progress(headline=_("No round yet"))
    newest, day = counted[rows[0].pk], day_of(at)
    late = [
        row
        for row in rows
        if row.closed_at is None and row.last_on < day and counted[row.pk].screened < counted[row.pk].expected
    ]
    words = _("%(title)s: %(screened)s of %(expected)s screened, until %(day)s")
    facts = {
        "title": rows[0].title,
        "screened": newest.screened,
        "expected": newest.expected,
        "day": written(rows[0].last_on),
    }
    return Progress(
        done=newest.screened,
        due=newest.expected,
        late=sum(counted[row.pk].expected - counted[row.pk].screened for row in late),
        late_names=tuple(row.title for row in late),
        headline=words % facts,
    )


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List what units said."""
    rows = ScreeningReport.objects.filter(share__round__measure=measure).select_related("share__round", "by")
    found = list(rows.order_by("pk"))
    names = last_names({row.share.unit_id for row in found})
    label = _("%(title)s · %(unit)s · %(screened)s of %(expected)s · %(who)s")
    return [
        Evidence(
            kind="screening",
            ref=str(row.pk),
            at=row.at,
            label=label
            % {
                "title": row.share.round.title,
                "unit": names.get(row.share.unit_id, ""),
                "screened": row.screened,
                "expected": row.share.expected,
                "who": row.by.name,
            },
        )
        for row in found
    ]


KIND = Kind(
    name="screening",
    label=lambda: _("Screening"),
    settings=ScreeningSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
)
