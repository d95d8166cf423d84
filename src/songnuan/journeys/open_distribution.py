"""A kit is handed out to everybody on a roster, in batches, under a measure of the plan."""

from collections.abc import Sequence
from datetime import date, datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Distribution
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.base import journey
from songnuan.journeys.pickup_settings import planned_days
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Measure


@journey
def open_distribution(
    *,
    measure: Measure,
    kit_id: int,
    roster_id: int,
    mode: Mode | None,
    batches: Sequence[tuple[date, str]],
    actor: Actor,
    at: datetime,
) -> Distribution:
    """Open the handing out; the same once more returns what was opened.

    Raises:
        Refusal: As `goods.actions.open_distribution`.

    """
    return goods.open_distribution(
        measure=measure,
        kit_id=kit_id,
        roster_id=roster_id,
        mode=mode,
        batches=batches,
        planned=planned_days(measure),
        actor=actor,
        at=at,
    )
