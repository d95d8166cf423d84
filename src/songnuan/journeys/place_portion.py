"""Portions are put into another batch by hand: one of them, or those of a whole unit."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Portion
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def place_portion(*, portion_id: int, batch: int, actor: Actor, at: datetime) -> Portion:
    """Put a portion into a batch, by its position.

    Raises:
        Refusal: As `goods.actions.place_portion`.

    """
    return goods.place_portion(portion_id=portion_id, batch=batch, actor=actor, at=at)


@journey
def place_unit(*, distribution_id: int, unit_id: int, batch: int, actor: Actor, at: datetime) -> int:
    """Put the portions of a unit into a batch, by its position; return how many.

    Raises:
        Refusal: As `goods.actions.place_unit`.

    """
    return goods.place_unit(distribution_id=distribution_id, unit_id=unit_id, batch=batch, actor=actor, at=at)
