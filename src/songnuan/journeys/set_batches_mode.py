"""What the batches of a kit are to each other is decided."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Distribution
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def set_batches_mode(*, distribution_id: int, mode: Mode, actor: Actor, at: datetime) -> Distribution:
    """Say it once; the same again changes nothing.

    Raises:
        Refusal: As `goods.actions.set_mode`.

    """
    return goods.set_mode(distribution_id=distribution_id, mode=mode, actor=actor, at=at)
