"""A request for the approval of an amendment is taken back, by whoever made it or whoever signs."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.amending import find_amendment, find_amendment_request
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.tell_of_approval import tell_maker
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def withdraw_amendment_request(*, slug: str, remark: str = "", actor: Actor, at: datetime) -> None:
    """Take the request back, at whatever step it lies; the amendment can be written on.

    Args:
        slug: The plan.
        remark: Why; needed of whoever did not make the request.
        actor: Its maker, or whoever signs for the unit.
        at: When.

    Raises:
        Refusal: `not_the_maker`, `remark_missing`, `wrong_state` once it was decided, `amendment_none`.

    """
    plan = find_plan(slug)
    request = find_amendment_request(plan, find_amendment(plan))
    request = approvals.withdraw(request_id=request.pk, remark=remark, actor=actor, at=at)
    plans.return_amendment(plan_id=plan.pk, actor=actor, at=at)
    tell_maker(request, f"/plans/{plan.slug}/amendment/", actor=actor, at=at)
