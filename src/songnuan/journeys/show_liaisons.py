"""Who asks for missing reports looks at whom to call."""

from collections.abc import Collection
from datetime import datetime

from songnuan.emergency import actions as emergency
from songnuan.journeys.base import journey
from songnuan.journeys.report_find import found_period
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User


@journey
def show_liaisons(
    *, period_id: int, slot_ids: Collection[int], actor: Actor, at: datetime
) -> dict[int, list[User]]:
    """Return the liaisons of units whose reports are missing, with their numbers, by the slot.

    Each look is noted in the trail.

    Raises:
        Refusal: `period_unknown`, or from `emergency.actions.show_liaisons`.

    """
    period = found_period(period_id)
    return emergency.show_liaisons(period=period, slot_ids=slot_ids, actor=actor, at=at)
