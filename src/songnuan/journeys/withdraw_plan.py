"""A request for the approval of a plan is taken back, by whoever made it or whoever signs."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan, find_request
from songnuan.journeys.tell_of_approval import tell_maker
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def withdraw_plan(*, slug: str, remark: str = "", actor: Actor, at: datetime) -> None:
    """Take the request back, at whatever step it lies; the plan is a draft again.

    Args:
        slug: The plan.
        remark: Why; needed of whoever did not make the request.
        actor: Its maker, or whoever signs for the unit.
        at: When.

    Raises:
        Refusal: `not_the_maker`, `remark_missing`, `wrong_state` once it was decided.

    """
    plan = find_plan(slug)
    request = find_request(plan)
    request = approvals.withdraw(request_id=request.pk, remark=remark, actor=actor, at=at)
    plans.return_to_draft(plan_id=plan.pk, actor=actor, at=at)
    tell_maker(request, f"/plans/{plan.slug}/", actor=actor, at=at)
