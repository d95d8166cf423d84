"""A visit is put on a day, at a time, with a team, by hand; who records it hears of it."""

from datetime import date, datetime

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_moves import spots_of, tell_of_moves
from songnuan.kernel.actor import Actor
from songnuan.visits.actions import arranging as visits


@journey
def place_visit(
    *,
    visit_id: int,
    planned_on: date,
    start: int,
    team_id: int | None,
    reason: str,
    revision: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Put the visit there; a hard rule is broken only with a `reason`. `revision` is what the actor saw.

    Raises:
        Refusal: `not_permitted`, `planned_in_past`, `planned_too_far`, `later_day_by_asking`, `rule_broken`,
            `reason_too_long`, `time_wrong`, `time_over`, `team_unknown`, `visit_not_to_make`,
            `visit_unknown`, `visit_changed`.

    """
    before = spots_of([visit_id])
    visits.place(
        visit_id=visit_id,
        planned_on=planned_on,
        start=start,
        team_id=team_id,
        reason=reason,
        revision=revision,
        actor=actor,
        at=at,
    )
    tell_of_moves(before, actor=actor, at=at)
