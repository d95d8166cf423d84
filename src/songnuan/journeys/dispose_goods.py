"""Expired or spoilt goods are disposed of: one person asks for it, another decides."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def propose_disposal(*, lot_id: int, quantity: int, reason: str, actor: Actor, at: datetime) -> int:
    """Ask that packs of a lot be disposed of, and return the id of what waits.

    Raises:
        Refusal: `reason_missing`, `quantity_invalid`, `stock_short`, `disposal_waits`, `not_permitted`.

    """
    row = goods.propose_disposal(lot_id=lot_id, quantity=quantity, reason=reason, actor=actor, at=at)
    return row.pk


@journey
def decide_disposal(*, disposal_id: int, accept: bool, remark: str, actor: Actor, at: datetime) -> None:
    """Dispose of the packs, or leave them in the store with a remark.

    Raises:
        Refusal: `reason_missing`, `own_disposal`, `wrong_state`, `stock_short`, `held`, `not_permitted`.

    """
    goods.decide_disposal(disposal_id=disposal_id, accept=accept, remark=remark, actor=actor, at=at)
