"""The days of batches are changed: one that has not begun is moved, or one more is added after the last."""

from datetime import date, datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Batch, Distribution
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.base import journey
from songnuan.journeys.pickup_settings import planned_days
from songnuan.kernel.actor import Actor
from songnuan.people.models import RosterStatus


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

    A round more for all, on a day that the plan names by now, is everybody's at once.

    Raises:
        Refusal: As `goods.actions.add_batch`.

    """
    row = Distribution.objects.select_related("measure", "roster").get(pk=distribution_id)
    made, again = goods.add_batch(
        distribution_id=distribution_id,
        on=on,
        place=place,
        planned=planned_days(row.measure),
        actor=actor,
        at=at,
    )
    if row.mode == Mode.ROUNDS and row.roster.status == RosterStatus.OPEN:
        goods.align(distribution_id=distribution_id, actor=actor, at=at)
    return made, again
