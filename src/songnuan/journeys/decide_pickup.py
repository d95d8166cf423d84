"""Somebody decides about a record of a desk that is in doubt."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Pickup
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def decide_pickup(*, pickup_id: int, went_out: bool, reason: str, actor: Actor, at: datetime) -> Pickup:
    """Decide: the goods went out, or it did not happen.

    Raises:
        Refusal: As `goods.actions.decide_pickup`.

    """
    return goods.decide_pickup(pickup_id=pickup_id, went_out=went_out, reason=reason, actor=actor, at=at)
