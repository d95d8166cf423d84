"""A deputy leader acts for somebody who signs orders, for some hours or days."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.emergency.actions import group
from songnuan.emergency.models import StandIn
from songnuan.emergency.noting import held_measure
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import concerned
from songnuan.journeys.measures.response import allowed_by
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written


@journey
def record_stand_in(
    *,
    measure_id: int,
    absent_id: int,
    deputy_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    actor: Actor,
    at: datetime,
) -> StandIn:
    """Let a deputy leader act for somebody of the group; the group is told.

    Raises:
        Refusal: As `emergency.actions.group.record_stand_in`.

    """
    measure = held_measure(measure_id)
    row = group.record_stand_in(
        absent_id=absent_id,
        member_id=deputy_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        issuers=allowed_by(measure).issuers,
        actor=actor,
        at=at,
    )
    tell(
        concerned(measure, at, but=actor.user_id),
        partial(_words, row),
        topic="emergency.stand_in",
        key=f"emergency.stand_in:{row.pk}",
        url=f"/emergency/{measure_id}/",
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )
    return row


def _words(row: StandIn) -> tuple[str, str]:
    facts = {
        "deputy": row.member.user.name,
        "absent": row.absent.user.name,
        "from": written(row.starts_at),
        "to": written(row.ends_at),
    }
    return _("%(deputy)s acts for %(absent)s from %(from)s to %(to)s") % facts, row.reason


@journey
def end_stand_in(*, stand_in_id: int, actor: Actor, at: datetime) -> StandIn:
    """Let the acting in somebody's stead end before its time.

    Raises:
        Refusal: As `emergency.actions.group.end_stand_in`.

    """
    return group.end_stand_in(stand_in_id=stand_in_id, actor=actor, at=at)
