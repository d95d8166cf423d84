"""A desk is closed, and what it has left goes back to the store."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Movement
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def close_desk(*, desk_id: int, actor: Actor, at: datetime) -> Movement | None:
    """Return how it was booked, if anything was.

    Raises:
        Refusal: As `goods.actions.close_desk`.

    """
    return goods.close_desk(desk_id=desk_id, actor=actor, at=at)
