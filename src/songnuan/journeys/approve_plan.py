"""Whoever's turn it is approves a plan; with the last step it is approved."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Request, RequestStatus
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan, find_request
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.models import Blocks
from songnuan.plans.queries import open_questions
from songnuan.plans.rules import check_answered


@journey
def approve_plan(
    *, slug: str, digest: str, remark: str = "", step: int | None = None, actor: Actor, at: datetime
) -> Request:
    """Approve the version whose digest the approver saw, at the step that the page showed.

    Raises:
        Refusal: `already_acted` for whoever asked, `subject_changed`, `not_permitted`, `not_your_turn`,
            `step_passed`, `wrong_state`, `question_open` while a question that blocks its issue has no
            answer.

    """
    plan = find_plan(slug)
    waiting = find_request(plan)
    request = approvals.approve(
        request_id=waiting.pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    check_answered(open_questions(plan.pk, [Blocks.ISSUE]))
    tell_holder(request, f"/plans/{plan.slug}/", actor=actor, at=at)
    if request.status == RequestStatus.APPROVED:
        plans.mark_approved(plan_id=plan.pk, version=plan.version, actor=actor, at=at)
        tell_maker(request, f"/plans/{plan.slug}/", actor=actor, at=at)
    return request
