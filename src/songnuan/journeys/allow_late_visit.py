"""The day of a visit after the deadline is approved."""

from datetime import date, datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits import actions as visits


@journey
def allow_late_visit(*, visit_id: int, planned_on: date, actor: Actor, at: datetime) -> None:
    """Allow the day `planned_on` that the actor saw.

    Raises:
        Refusal: `not_permitted`, `own_plan`, `wrong_state` when the day is another by now, `visit_unknown`.

    """
    visits.allow_late(visit_id=visit_id, planned_on=planned_on, actor=actor, at=at)
