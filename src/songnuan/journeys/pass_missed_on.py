"""What was not picked up on its day goes on to the next batch, or to the office."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def pass_missed_on(*, distribution_id: int, actor: Actor, at: datetime) -> tuple[int, int]:
    """Return how many portions went on, and how many became the office’s.

    Raises:
        Refusal: As `goods.actions.pass_missed_on`.

    """
    return goods.pass_missed_on(distribution_id=distribution_id, actor=actor, at=at)
