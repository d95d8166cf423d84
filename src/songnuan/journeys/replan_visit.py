"""The day of a visit still to do is changed; who records it hears of it."""

from datetime import date, datetime

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_moves import spots_of, tell_of_moves
from songnuan.kernel.actor import Actor
from songnuan.visits import actions as visits


@journey
def replan_visit(*, visit_id: int, planned_on: date, late_reason: str, actor: Actor, at: datetime) -> None:
    """Set another day; one after the deadline needs `late_reason`, and waits until somebody else allows it.

    A day that breaks a hard rule of the schedule needs it too. Team and time stay where they can.

    Raises:
        Refusal: `not_permitted`, `planned_in_past`, `planned_too_far`, `late_reason_missing`,
            `late_reason_too_long`, `rule_broken`, `reason_too_long`, `day_unchanged`, `wrong_state`,
            `visit_unknown`.

    """
    before = spots_of([visit_id])
    visits.replan(visit_id=visit_id, planned_on=planned_on, late_reason=late_reason, actor=actor, at=at)
    tell_of_moves(before, actor=actor, at=at)
