"""The one who signs approves the amendment of a running plan."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import RequestStatus
from songnuan.journeys.amending import find_amendment, find_amendment_request
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def approve_amendment(
    *, slug: str, digest: str, remark: str = "", step: int | None = None, actor: Actor, at: datetime
) -> None:
    """Approve the text whose digest the approver saw; it comes into force by an act of its own.

    Raises:
        Refusal: `already_acted` for whoever asked, `subject_changed`, `not_permitted`, `wrong_state`,
            `amendment_none`, `nothing_requested`.

    """
    plan = find_plan(slug)
    amendment = find_amendment(plan)
    request = find_amendment_request(plan, amendment)
    request = approvals.approve(
        request_id=request.pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    tell_holder(request, f"/plans/{plan.slug}/amendment/", actor=actor, at=at)
    if request.status == RequestStatus.APPROVED:
        plans.approve_amendment(plan_id=plan.pk, version=amendment.version, actor=actor, at=at)
        tell_maker(request, f"/plans/{plan.slug}/amendment/", actor=actor, at=at)
