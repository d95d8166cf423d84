"""A kit is given back at the desk that handed it out."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Pickup
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def give_back(*, pickup_id: int, reason: str, actor: Actor, at: datetime) -> Pickup:
    """Take the goods back that were picked up or booked by mistake.

    Raises:
        Refusal: As `goods.actions.give_back`.

    """
    return goods.give_back(pickup_id=pickup_id, reason=reason, actor=actor, at=at)
