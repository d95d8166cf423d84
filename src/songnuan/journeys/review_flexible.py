"""An arrangement is looked at again: it goes on, is changed, or ends."""

from datetime import datetime

from songnuan.casework.actions import flexible
from songnuan.casework.actions.flexible import Review
from songnuan.journeys.base import journey
from songnuan.journeys.flexible import allowed_by
from songnuan.journeys.measures.flexible_work import staff_office
from songnuan.kernel.actor import Actor


@journey
def review_flexible(*, request_id: int, review: Review, actor: Actor, at: datetime) -> int:
    """Decide about an arrangement, having read its newest decision; return the id of the new one.

    Raises:
        Refusal: `flexible_unknown`, or from `casework.actions.flexible`.

    """
    row = flexible.find_flexible(request_id)
    act = flexible.review_flexible(
        request_id=request_id,
        review=review,
        allowed=allowed_by(row.measure),
        staff_id=staff_office(row.measure, at),
        actor=actor,
        at=at,
    )
    return act.pk
