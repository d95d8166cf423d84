"""The one who signs approves a plan."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan, find_request
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.models import Blocks
from songnuan.plans.queries import open_questions
from songnuan.plans.rules import check_answered


@journey
def approve_plan(*, slug: str, digest: str, remark: str = "", actor: Actor, at: datetime) -> None:
    """Approve the version whose digest the approver saw.

    Raises:
        Refusal: `already_acted` for whoever asked, `subject_changed`, `not_permitted`, `wrong_state`,
            `question_open` while a question that blocks its issue has no answer.

    """
    plan = find_plan(slug)
    request = find_request(plan)
    approvals.approve(request_id=request.pk, digest=digest, remark=remark, actor=actor, at=at)
    check_answered(open_questions(plan.pk, [Blocks.ISSUE]))
    plans.mark_approved(plan_id=plan.pk, version=plan.version, actor=actor, at=at)
