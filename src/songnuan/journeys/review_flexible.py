"""An arrangement is looked at again: it goes on, is changed, or ends."""

from datetime import datetime

from songnuan.casework.actions import flexible
from songnuan.casework.actions.flexible import Review
from songnuan.journeys.base import journey
from songnuan.journeys.flexible import allowed_by, find_flexible
from songnuan.kernel.actor import Actor
from songnuan.people.queries.still import stand_still


@journey
def review_flexible(*, request_id: int, review: Review, actor: Actor, at: datetime) -> int:
    """Decide about an arrangement, having read its newest decision; return the id of the new one.

    Raises:
        Refusal: `flexible_unknown`, `staff_office_unknown`, or from `casework.actions.flexible`.

    """
    row = find_flexible(request_id)
    stand_still()  # what the family data tell is noted with it
    act = flexible.review_flexible(
        request_id=request_id, review=review, allowed=allowed_by(row.measure, at), actor=actor, at=at
    )
    return act.pk
