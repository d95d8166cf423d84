"""A response is ended by whoever may end it, and nobody else (终止)."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import command
from songnuan.emergency.models import Activation
from songnuan.emergency.noting import held_activation
from songnuan.emergency.still_open import require_read
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
    has_read: bool = False,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """End a response, once for each `key`; return its id.

    Args:
        activation_id: Which response.
        reason: Why it ends.
        order_id: The superior's order to end it, if it rests on one.
        has_read: Whether who ends it has read what is still open.
        key: The form's.
        actor: The holder.
        at: When.

    Raises:
        Refusal: As `emergency.actions.command.stand_down`, `key_reused`, `still_open_unread`.

    """
    told = (activation_id, reason, order_id)
    if (found := earlier(key, STAND_DOWN, told, actor=actor, at=at)) is not None:
        return found
    held = held_activation(activation_id)
    if held.holder.user_id == actor.user_id:  # anybody else is told first that they may not end it
        require_read(held, at, has_read=has_read)
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
