"""A proposal of who visits whom when is taken, all of it or some visits; who records them hears of it."""

from collections.abc import Collection
from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.tell_of_moves import spots_of, tell_of_moves
from songnuan.kernel.actor import Actor
from songnuan.visits.actions import arranging as visits
from songnuan.visits.schedule_rules import Taken


@journey
def take_schedule(*, proposal_id: int, visit_ids: Collection[int], actor: Actor, at: datetime) -> Taken:
    """Give the visits the spots of the proposal; those changed since, or in the way, are named and left.

    Taken twice, the second is told so and changes nothing.

    Raises:
        Refusal: `not_permitted`, `proposal_unknown`, `nothing_chosen`, `schedule_over`, `schedule_taken`,
            `schedule_changed`.

    """
    before = spots_of(visit_ids)
    done = visits.take(proposal_id=proposal_id, visit_ids=visit_ids, actor=actor, at=at)
    tell_of_moves({pk: before[pk] for pk in done.taken}, actor=actor, at=at)
    return done
