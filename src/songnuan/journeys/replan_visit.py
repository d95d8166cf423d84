"""The day of a visit still to do is changed."""

from datetime import date, datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits import actions as visits


@journey
def replan_visit(*, visit_id: int, planned_on: date, late_reason: str, actor: Actor, at: datetime) -> None:
    """Set another day; one after the deadline needs `late_reason`, and waits until somebody else allows it.

    Raises:
        Refusal: `not_permitted`, `planned_in_past`, `late_reason_missing`, `late_reason_too_long`,
            `day_unchanged`, `wrong_state`, `visit_unknown`.

    """
    visits.replan(visit_id=visit_id, planned_on=planned_on, late_reason=late_reason, actor=actor, at=at)
