"""A desk is opened, at which kits are handed out."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Desk
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def open_desk(*, distribution_id: int, name: str, actor: Actor, at: datetime) -> Desk:
    """Open a desk; it has nothing yet.

    Raises:
        Refusal: As `goods.actions.open_desk`.

    """
    return goods.open_desk(distribution_id=distribution_id, name=name, actor=actor, at=at)
