"""The office lets a portion be picked up that was settled otherwise."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Portion
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def reopen_portion(*, portion_id: int, reason: str, actor: Actor, at: datetime) -> Portion:
    """Open a portion again.

    Raises:
        Refusal: As `goods.actions.reopen_portion`.

    """
    return goods.reopen_portion(portion_id=portion_id, reason=reason, actor=actor, at=at)
