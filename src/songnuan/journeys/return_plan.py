"""The one who signs sends a plan back with remarks."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan, find_request
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def return_plan(*, slug: str, digest: str, remark: str, actor: Actor, at: datetime) -> None:
    """Return the plan to its writer, as a draft, saying what is to be changed.

    Raises:
        Refusal: `already_acted`, `remark_missing`, `subject_changed`, `not_permitted`, `wrong_state`.

    """
    plan = find_plan(slug)
    request = find_request(plan)
    approvals.return_(request_id=request.pk, digest=digest, remark=remark, actor=actor, at=at)
    plans.return_to_draft(plan_id=plan.pk, actor=actor, at=at)
