"""The one who signs sends an amendment back with remarks."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.amending import find_amendment, find_amendment_request
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def return_amendment(*, slug: str, digest: str, remark: str, actor: Actor, at: datetime) -> None:
    """Return the amendment to its writer, saying what is to be changed; the plan goes on as it is.

    Raises:
        Refusal: `already_acted`, `remark_missing`, `subject_changed`, `not_permitted`, `wrong_state`.

    """
    plan = find_plan(slug)
    request = find_amendment_request(plan, find_amendment(plan))
    approvals.return_(request_id=request.pk, digest=digest, remark=remark, actor=actor, at=at)
    plans.return_amendment(plan_id=plan.pk, actor=actor, at=at)
