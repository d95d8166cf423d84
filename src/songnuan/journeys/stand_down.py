"""A response is ended by whoever may end it, and nobody else (终止)."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import command
from songnuan.emergency.models import Activation
from songnuan.emergency.noting import held_activation
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import STAND_DOWN, earlier, next_serial, tell_group
from songnuan.journeys.measures.response import number_of
from songnuan.kernel.actor import Actor


@journey
def stand_down(
    *,
    activation_id: int,
    reason: str,
    order_id: int | None = None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """End a response, once for each `key`; return its id.

    Raises:
        Refusal: As `emergency.actions.command.stand_down`, and `key_reused`.

    """
    told = (activation_id, reason, order_id)
    if (found := earlier(key, STAND_DOWN, told, actor=actor, at=at)) is not None:
        return found
    held = held_activation(activation_id)
    row = command.stand_down(
        activation_id=activation_id,
        reason=reason,
        order_id=order_id,
        serial=next_serial(held.measure, STAND_DOWN, is_drill=held.is_drill, at=at),
        actor=actor,
        at=at,
    )
    tell_group(row, partial(_words, row), "ended", actor=actor, at=at)
    jobs.settle(key=key, result=str(row.pk))
    return row.pk


def _words(row: Activation) -> tuple[str, str]:
    number = number_of(row, is_end=True)
    return _("%(number)s: the response is stood down") % {"number": number}, row.end_reason
