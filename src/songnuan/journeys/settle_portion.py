"""The office says what became of a kit that nobody picked up."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Portion
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def settle_portion(*, portion_id: int, reason: str, actor: Actor, at: datetime) -> Portion:
    """Settle a portion.

    Raises:
        Refusal: As `goods.actions.settle_portion`.

    """
    return goods.settle_portion(portion_id=portion_id, reason=reason, actor=actor, at=at)
