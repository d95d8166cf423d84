"""Somebody else decides about what a count found: it is booked, or the store is counted again."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def decide_count(*, count_id: int, accept: bool, reason: str, actor: Actor, at: datetime) -> None:
    """Accept the differences of a count, or order another; with the reason.

    Raises:
        Refusal: `reason_missing`, `own_count`, `wrong_state`, `stock_short`, `not_permitted`.

    """
    goods.decide_count(count_id=count_id, accept=accept, reason=reason, actor=actor, at=at)
