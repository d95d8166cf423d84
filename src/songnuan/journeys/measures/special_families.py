"""Special families (计生特殊家庭): a contact person and a deputy for each; one office leads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.casework import actions as casework
from songnuan.journeys.case_settings import SPECIAL, SpecialSettings
from songnuan.journeys.measures import families
from songnuan.journeys.measures.base import Kind, Opening, Progress
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of, units_by_name
from songnuan.plans.lint import LintFinding
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile


def lint(plan: PlanFile, clause: ClauseEntry, settings: SpecialSettings) -> Iterator[LintFinding]:
    """Who is to be contacted first after the interval would be contacted less often than the clause says."""
    yield from families.lint(plan, clause, settings)


def open_(opening: Opening) -> None:
    """Find the unit that leads; the families are put down by it.

    Raises:
        Refusal: `owner_unknown`.

    """
    settings: SpecialSettings = opening.settings
    plan = opening.measure.plan
    found = units_by_name([settings.office], day_of(opening.at), under=plan.unit_id)
    if settings.office not in found:
        sentence = _(
            "The unit that leads the special families is not among the units of the house, or not under one "
            "name: %(units)s. Create it, or correct the plan."
        )
        raise Refusal("owner_unknown", sentence % {"units": settings.office}, count=1)
    casework.name_office(measure=opening.measure, unit_id=found[settings.office])


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Show how many families have a contact person and a deputy, what is overdue, which needs are open."""
    return {
        pk: one
        if one.due
        else replace(one, headline=_("No family is put down yet"), next=_("Put the special families down"))
        for pk, one in families.progress(measures, at).items()
    }


KIND = Kind(
    name=SPECIAL,
    label=lambda: _("Special families"),
    settings=SpecialSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=families.evidence,
    fixed=frozenset({"office"}),
)
