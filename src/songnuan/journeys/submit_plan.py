"""The programme officer puts a plan up for approval."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Request
from songnuan.journeys.base import journey
from songnuan.journeys.check_plan import refuse_if_faulty
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.queries import current_version, plan_by_slug


@journey
def submit_plan(*, slug: str, actor: Actor, at: datetime) -> Request:
    """Freeze the draft and ask for its approval.

    Raises:
        Refusal: `plan_faulty` while the check finds errors, `question_open`, `wrong_state`.

    """
    plan = plan_by_slug(slug)
    version = current_version(plan)
    refuse_if_faulty(version.source)
    plans.submit(plan_id=plan.pk, actor=actor, at=at)
    return approvals.request(
        kind="plan.issue",
        subject=f"plans.plan:{plan.slug}@{version.number}",
        stream=f"plan:{plan.slug}",
        title=plan.title,
        digest=version.digest,
        unit_id=plan.unit_id,
        actor=actor,
        at=at,
    )
