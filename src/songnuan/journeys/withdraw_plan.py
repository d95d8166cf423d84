"""Whoever put a plan up for approval takes it back, before anybody decided."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan, find_request
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def withdraw_plan(*, slug: str, actor: Actor, at: datetime) -> None:
    """Take the request back; the plan is a draft again.

    Raises:
        Refusal: `not_the_maker`, `already_begun`, `wrong_state`, `not_permitted`.

    """
    plan = find_plan(slug)
    request = find_request(plan)
    approvals.withdraw(request_id=request.pk, actor=actor, at=at)
    plans.return_to_draft(plan_id=plan.pk, actor=actor, at=at)
