"""The leading group is named: who is in it from when on, and who is not any more."""

from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.emergency.actions import group
from songnuan.emergency.models import Member
from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.models import User


@journey
def appoint_member(
    *,
    measure_id: int,
    member_id: int,
    position: str,
    turn: int,
    duty: str,
    starts_on: date,
    actor: Actor,
    at: datetime,
) -> Member:
    """Take somebody (`member_id`: the user) into the leading group; they are told.

    Raises:
        Refusal: As `emergency.actions.group.appoint_member`.

    """
    row = group.appoint_member(
        measure_id=measure_id,
        user_id=member_id,
        position=position,
        turn=turn,
        duty=duty,
        starts_on=starts_on,
        actor=actor,
        at=at,
    )
    tell(
        User.objects.filter(pk=member_id),
        partial(_words, row),
        topic="emergency.appointed",
        key=f"emergency.appointed:{row.pk}",
        url=f"/emergency/{measure_id}/",
        plan=row.measure.plan.title,
        actor=actor,
        at=at,
    )
    return row


def _words(row: Member) -> tuple[str, str]:
    title = _("You are in the leading group from %(day)s: %(position)s")
    return title % {"day": written(row.starts_on), "position": row.get_position_display()}, row.duty


@journey
def end_member(*, member_id: int, ends_on: date, actor: Actor, at: datetime) -> Member:
    """Let somebody's place in the group end: it is theirs until the day before.

    Raises:
        Refusal: As `emergency.actions.group.end_member`.

    """
    return group.end_member(member_id=member_id, ends_on=ends_on, actor=actor, at=at)
