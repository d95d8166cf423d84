"""A desk gets kits out of the store."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Movement
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def allot_to_desk(*, desk_id: int, kits: int, actor: Actor, at: datetime) -> Movement:
    """Give a desk whole kits; a closed desk is open again.

    Raises:
        Refusal: As `goods.actions.allot`.

    """
    return goods.allot(desk_id=desk_id, kits=kits, actor=actor, at=at)
