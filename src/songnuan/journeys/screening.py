"""Screening (排查): rounds are opened, units say how far they are, rounds are closed."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from tempfile import TemporaryFile
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import screening
from songnuan.emergency.actions.screening import Days
from songnuan.emergency.models import ScreeningReport, ScreeningRound, ScreeningShare
from songnuan.emergency.screening_file import faulty, read
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import earlier
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import AT_OWN_UNIT, Permission
from songnuan.organisation.queries import day_of, units_by_name
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure


@journey
def open_screening(
    *, measure_id: int, days: Days, file: tuple[str, bytes] | None, key: UUID, actor: Actor, at: datetime
) -> int:
    """Open a round, once for each `key`; the liaisons of its units are told. Return its id.

    Args:
        measure_id: The measure.
        days: Title and days.
        file: Name and content of a table of units and people; None for the staff that the house knows.
        key: Of the page.
        actor: The emergency office.
        at: When.

    Raises:
        Refusal: As `emergency.screening_file.read` and `emergency.actions.screening.open_round`.

    """
    found = earlier(key, "screening", (measure_id, days, file and file[1]), actor=actor, at=at)
    if found is not None:
        return found
    people = _people(measure_id, days, file) if file else None
    made = screening.open_round(measure_id=measure_id, days=days, people=people, actor=actor, at=at)
    units = ScreeningShare.objects.filter(round=made).values("unit")
    posts = Post.objects.filter(
        live(day_of(at)), unit__in=units, role__in=AT_OWN_UNIT[Permission.SITUATION_REPORT]
    )
    tell(
        User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("pk"),
        partial(_words, made),
        topic="screening.opened",
        key=f"screening.opened:{made.pk}",
        url=f"/screening/rounds/{made.pk}/",
        plan=made.measure.plan.title,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(made.pk))
    return made.pk


def _words(made: ScreeningRound) -> tuple[str, str]:
    facts = {"title": made.title, "day": written(made.last_on)}
    return _("Screening: %(title)s, until %(day)s") % facts, _("Say how many have been screened so far.")


def _people(measure_id: int, days: Days, file: tuple[str, bytes]) -> Mapping[int, int]:
    name, content = file
    with TemporaryFile() as opened:
        opened.write(content)
        told = read(opened, name)
    plan = Measure.objects.filter(pk=measure_id).values_list("plan__unit", flat=True).first()
    units = units_by_name(told, days.first_on, under=plan)
    for unit, (row, _count) in told.items():
        if unit not in units:
            words = _("“%(unit)s” is no unit of the plan, or several bear this name.") % {"unit": unit}
            raise faulty(row, words)
    return {units[unit]: count for unit, (_row, count) in told.items()}


@journey
def report_screening(
    *, share_id: int, screened: int, unwell: int, reason: str, key: UUID, actor: Actor, at: datetime
) -> ScreeningReport:
    """Say how far a unit is, once for each key.

    Raises:
        Refusal: As `emergency.actions.screening.report_screening`.

    """
    return screening.report_screening(
        share_id=share_id, screened=screened, unwell=unwell, reason=reason, key=key, actor=actor, at=at
    )


@journey
def close_screening(*, round_id: int, actor: Actor, at: datetime) -> ScreeningRound:
    """Close a round.

    Raises:
        Refusal: As `emergency.actions.screening.close_round`.

    """
    return screening.close_round(round_id=round_id, actor=actor, at=at)
