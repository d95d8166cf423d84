"""The handing out of a kit is withdrawn before anything came of it."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def withdraw_distribution(*, distribution_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Withdraw it; the measure can hand out anew.

    Raises:
        Refusal: As `goods.actions.withdraw_distribution`.

    """
    goods.withdraw_distribution(distribution_id=distribution_id, reason=reason, actor=actor, at=at)
