"""A day after the deadline that was asked for a visit is returned with a remark."""

from datetime import datetime

from songnuan.journeys.allow_late_visit import tell_of_decision
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits import actions as visits


@journey
def return_late_visit(*, later_day_id: int, remark: str, actor: Actor, at: datetime) -> None:
    """Return the day that the actor saw, and tell the one who asked for it; the old day stands.

    Raises:
        Refusal: `not_permitted`, `own_plan`, `remark_missing`, `remark_too_long`, `wrong_state` when it was
            decided or taken back, `later_day_unknown`.

    """
    returned = visits.return_late(later_day_id=later_day_id, remark=remark, actor=actor, at=at)
    tell_of_decision(returned, topic="visit.returned", actor=actor, at=at)
