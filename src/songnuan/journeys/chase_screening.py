"""The office asks units that are late with screening how far they are (催办)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.emergency.actions import screening_chases
from songnuan.emergency.actions.screening_chases import Asked
from songnuan.emergency.models import ScreeningRound
from songnuan.journeys.base import journey
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.journeys.who_chased import office_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, names_then

MOST = 200
"""Units that are asked at once."""


@dataclass(frozen=True, slots=True)
class AskedUnits:
    """How many units were asked, how many a moment before; who has nobody to be told; how many are left."""

    asked: int
    before: int
    unreached: tuple[str, ...]
    left: int


@journey
def chase_screening(*, share_id: int, actor: Actor, at: datetime) -> bool:
    """Ask one unit, by a notice; return False where it was asked just now.

    Raises:
        Refusal: As `emergency.actions.screening_chases.chase_share`.

    """
    made = screening_chases.chase_share(share_id=share_id, actor=actor, at=at)
    if made is None:
        return False
    _tell([made], actor, at)
    return True


@journey
def chase_round(*, round_id: int, actor: Actor, at: datetime) -> AskedUnits:
    """Ask all units of a round that are late.

    Raises:
        Refusal: As `emergency.actions.screening_chases.chase_round`.

    """
    told = screening_chases.chase_round(round_id=round_id, most=MOST, actor=actor, at=at)
    _tell(told.now, actor, at)
    names = names_then(told.unreached, day_of(at))
    unreached = tuple(names[one] for one in told.unreached if one in names)
    return AskedUnits(len(told.now), told.before, unreached, told.left)


def _tell(rows: Sequence[Asked], actor: Actor, at: datetime) -> None:
    if not rows:
        return
    found = rows[0].chase.share.round
    names = names_then([one.chase.share.unit_id for one in rows], day_of(at))
    office = office_of(actor, Permission.EMERGENCY_MANAGE, at)
    for one in rows:
        share = one.chase.share
        left = share.expected - share.screened
        tell(
            one.readers,
            partial(_words, found, names.get(share.unit_id, "")[:NAME_SHOWN], left, office),
            topic="screening.chased",
            key=f"screening.chased:{one.chase.pk}",
            url=f"/screening/rounds/{found.pk}/",
            plan=found.measure.plan.title,
            actor=actor,
            at=at,
        )


def _words(found: ScreeningRound, unit: str, left: int, office: str) -> tuple[str, str]:
    title = _("Screening “%(title)s”: %(unit)s") % {"title": found.title, "unit": unit}
    body = _("%(office)s asks for it: until %(day)s all were to be screened, and %(left)s are left.")
    return title, body % {"office": office, "day": written(found.last_on), "left": left}
