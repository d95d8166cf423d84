"""The authority to end a response is handed over: offered, and accepted or declined (移交)."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.emergency.actions import command
from songnuan.emergency.models import Activation, Handover
from songnuan.emergency.noting import held_activation
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import tell_group
from songnuan.journeys.measures.response import allowed_by
from songnuan.kernel.actor import Actor


@journey
def offer_handover(
    *, activation_id: int, successor_id: int, reason: str, actor: Actor, at: datetime
) -> Handover:
    """Offer the authority to somebody (a user) of the group; the group is told.

    Raises:
        Refusal: As `emergency.actions.command.offer_handover`.

    """
    held = held_activation(activation_id)
    offer = command.offer_handover(
        activation_id=activation_id,
        successor_id=successor_id,
        reason=reason,
        allowed=allowed_by(held.measure),
        actor=actor,
        at=at,
    )
    names = {"giver": actor.label, "successor": offer.successor.user.name}

    def say() -> tuple[str, str]:
        return _("%(giver)s asks %(successor)s to take on the authority to end the response") % names, reason

    tell_group(held, say, "offered", actor=actor, at=at)
    return offer


@journey
def answer_handover(
    *, activation_id: int, accept: bool, remark: str = "", actor: Actor, at: datetime
) -> Activation:
    """Take on the authority to end a response, or decline it; the group is told.

    Raises:
        Refusal: As `emergency.actions.command.answer_handover`.

    """
    allowed = allowed_by(held_activation(activation_id).measure)
    row = command.answer_handover(
        activation_id=activation_id, accept=accept, remark=remark, allowed=allowed, actor=actor, at=at
    )

    def say() -> tuple[str, str]:
        title = (
            _("%(who)s may now end the response, and nobody else")
            if accept
            else _("%(who)s declines to take on the authority to end the response")
        )
        return title % {"who": actor.label}, remark

    tell_group(row, say, "answered", actor=actor, at=at)
    return row


@journey
def take_back_handover(*, activation_id: int, actor: Actor, at: datetime) -> Activation:
    """Take back an offer that was not answered yet.

    Raises:
        Refusal: As `emergency.actions.command.take_back_handover`.

    """
    return command.take_back_handover(activation_id=activation_id, actor=actor, at=at)
