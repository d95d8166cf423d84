"""The portions of a kit are brought in line with the roster as it stands."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.pickup_rules import Difference
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def align_distribution(*, distribution_id: int, expected: str = "", actor: Actor, at: datetime) -> Difference:
    """Return what changed; what was picked up or settled stays.

    Raises:
        Refusal: As `goods.actions.align`.

    """
    return goods.align(distribution_id=distribution_id, expected=expected, actor=actor, at=at)
