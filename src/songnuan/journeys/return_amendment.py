"""The one who signs sends an amendment back with remarks."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.amending import find_amendment, find_amendment_request
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def return_amendment(
    *, slug: str, digest: str, remark: str, step: int | None = None, actor: Actor, at: datetime
) -> None:
    """Return the amendment to its writer, saying what is to be changed; the plan goes on as it is.

    Raises:
        Refusal: `already_acted`, `remark_missing`, `subject_changed`, `not_permitted`, `wrong_state`.

    """
    plan = find_plan(slug)
    request = find_amendment_request(plan, find_amendment(plan))
    request = approvals.return_(
        request_id=request.pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    plans.return_amendment(plan_id=plan.pk, actor=actor, at=at)
    tell_maker(request, f"/plans/{plan.slug}/amendment/", actor=actor, at=at)
    tell_holder(request, f"/plans/{plan.slug}/amendment/", actor=actor, at=at)
