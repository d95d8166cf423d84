"""The office asks after returnees whose daily status is missing (催办)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.actions import returnee_chases
from songnuan.emergency.actions.returnee_chases import Asked
from songnuan.emergency.actions.returnees import held
from songnuan.emergency.models import Returnee
from songnuan.emergency.returnee_queries import KIND
from songnuan.journeys.base import journey
from songnuan.journeys.returnee_settings import policy_of
from songnuan.journeys.telling import listed, tell
from songnuan.journeys.who_chased import office_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure

MOST = 200
"""People who are asked after at once."""


@dataclass(frozen=True, slots=True)
class AskedAfter:
    """After how many was asked, after how many a moment before, after which numbers nobody could be asked."""

    asked: int
    before: int
    unreached: tuple[int, ...]
    left: int


@journey
def chase_returnee(*, returnee_id: int, actor: Actor, at: datetime) -> bool:
    """Ask after one, by a notice; return False where it was asked just now.

    Raises:
        Refusal: As `emergency.actions.returnee_chases.chase_returnee`.

    """
    policy = policy_of(held(returnee_id).measure)
    made = returnee_chases.chase_returnee(returnee_id=returnee_id, policy=policy, actor=actor, at=at)
    if made is None:
        return False
    _tell([made], actor, at)
    return True


@journey
def chase_missed(*, measure_id: int, actor: Actor, at: datetime) -> AskedAfter:
    """Ask after all whose status is missing; each reader gets one notice.

    Raises:
        Refusal: As `emergency.actions.returnee_chases.chase_missed`.

    """
    measure = Measure.objects.filter(pk=measure_id, kind=KIND).first()
    if measure is None:
        raise Refusal("measure_unknown", _("There is no such part of a plan."), measure=measure_id)
    policy = policy_of(measure)
    told = returnee_chases.chase_missed(measure_id=measure_id, policy=policy, most=MOST, actor=actor, at=at)
    _tell(told.now, actor, at)
    numbers = sorted(row.number for row in told.unreached)
    return AskedAfter(len(told.now), told.before, tuple(numbers), told.left)


def _tell(rows: Sequence[Asked], actor: Actor, at: datetime) -> None:
    """Leave one notice for each reader, by the numbers of the entries; it leads to where they are seen to."""
    if not rows:
        return
    measure = rows[0].chase.returnee.measure
    office = office_of(actor, Permission.EMERGENCY_MANAGE, at)
    whom: dict[tuple[int, bool], list[Asked]] = defaultdict(list)
    people: dict[int, User] = {}
    for one in rows:
        for user in one.readers:
            people[user.pk] = user
            whom[user.pk, one.chase.returnee.helper_id == user.pk].append(one)
    for (user_id, is_own), mine in whom.items():
        board = f"/returnees/measures/{measure.pk}/?show=late"
        tell(
            [people[user_id]],
            partial(_words, [one.chase.returnee for one in mine], office),
            topic="returnees.chased",
            key=f"returnees.chased:{mine[0].chase.pk}",
            url="/returnees/" if is_own else board,
            plan=measure.plan.title,
            actor=actor,
            at=at,
        )


def _words(rows: Sequence[Returnee], office: str) -> tuple[str, str]:
    title = ngettext(
        "Nothing was said about %(count)s returnee", "Nothing was said about %(count)s returnees", len(rows)
    )
    body = _(
        "%(office)s asks for it. By number: %(numbers)s. Ask after them, and put down how they are; who was "
        "not reached is put down with what was tried."
    )
    numbers = listed([str(number) for number in sorted(row.number for row in rows)])
    return title % {"count": len(rows)}, body % {"office": office, "numbers": numbers}
