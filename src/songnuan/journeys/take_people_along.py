"""A device takes the people who get a kit along to a desk; that it did is noted, once a day."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def take_people_along(*, distribution_id: int, device: int, actor: Actor, at: datetime) -> None:
    """Note which device did.

    Raises:
        Refusal: As `goods.actions.take_people_along`.

    """
    goods.take_people_along(distribution_id=distribution_id, device=device, actor=actor, at=at)
