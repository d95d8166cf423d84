"""The days of batches are changed: one that has not begun is moved, or one more is added after the last."""

from datetime import date, datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Batch
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def move_batch(
    *, distribution_id: int, batch: int, on: date, place: str, actor: Actor, at: datetime
) -> Batch:
    """Put a batch, by its position, on another day or to another place.

    Raises:
        Refusal: As `goods.actions.move_batch`.

    """
    return goods.move_batch(
        distribution_id=distribution_id, batch=batch, on=on, place=place, actor=actor, at=at
    )


@journey
def add_batch(*, distribution_id: int, on: date, place: str, actor: Actor, at: datetime) -> tuple[Batch, int]:
    """Add a batch after the last one; return it, and how many who picked nothing up can come again.

    Raises:
        Refusal: As `goods.actions.add_batch`.

    """
    return goods.add_batch(distribution_id=distribution_id, on=on, place=place, actor=actor, at=at)
