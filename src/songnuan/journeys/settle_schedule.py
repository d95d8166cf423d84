"""What holds for all visits of a plan is said: how long they last, the ways, the hours."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits.actions import teams
from songnuan.visits.schedule_rules import Usual


@journey
def settle_schedule(*, plan_id: int, usual: Usual, actor: Actor, at: datetime) -> None:
    """Set it; visits planned already stay where they are.

    Raises:
        Refusal: `not_permitted`, `hours_wrong`, `number_wrong`.

    """
    teams.settle_schedule(plan_id=plan_id, usual=usual, actor=actor, at=at)
