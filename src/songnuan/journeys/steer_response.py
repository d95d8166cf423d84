"""A response under way is assessed, and its level is raised or lowered by whoever may end it."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.emergency.actions import command
from songnuan.emergency.models import Activation
from songnuan.emergency.noting import held_activation
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import tell_group
from songnuan.journeys.measures.response import allowed_by
from songnuan.kernel.actor import Actor


@journey
def change_level(*, activation_id: int, level: str, reason: str, actor: Actor, at: datetime) -> Activation:
    """Raise or lower the level of a response; the group is told.

    Raises:
        Refusal: As `emergency.actions.command.change_level`.

    """
    allowed = allowed_by(held_activation(activation_id).measure)
    row = command.change_level(
        activation_id=activation_id, level=level, reason=reason, allowed=allowed, actor=actor, at=at
    )

    def say() -> tuple[str, str]:
        return _("The level is now: %(level)s") % {"level": row.level_label}, reason

    tell_group(row, say, "level", actor=actor, at=at)
    return row


@journey
def assess_response(
    *, activation_id: int, should_end: bool, text: str, actor: Actor, at: datetime
) -> Activation:
    """Record that the response goes on or should end; the group is told, and it ends nothing.

    Raises:
        Refusal: As `emergency.actions.command.assess`.

    """
    row = command.assess(activation_id=activation_id, should_end=should_end, text=text, actor=actor, at=at)
    tell_group(row, partial(_assessed, actor.label, should_end, text), "assessed", actor=actor, at=at)
    return row


def _assessed(who: str, should_end: bool, text: str) -> tuple[str, str]:  # noqa: FBT001 - bound by name of the call
    title = _("%(who)s: the response should end") if should_end else _("%(who)s: the response goes on")
    return title % {"who": who}, text
