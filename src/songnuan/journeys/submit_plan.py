"""The programme officer puts a plan up for approval."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Request
from songnuan.journeys.base import journey
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.lint import refuse_errors
from songnuan.plans.models import Blocks
from songnuan.plans.queries import authors, current_version, open_questions
from songnuan.plans.rules import check_answered


@journey
def submit_plan(*, slug: str, actor: Actor, at: datetime) -> Request:
    """Freeze the draft and ask for its approval.

    Raises:
        Refusal: `plan_lint` while the check finds errors, `question_open` while a question that blocks its
            issue has no answer, `step_nobody` where nobody can take a step of its chain, `wrong_state`,
            `not_permitted`.

    """
    # From here on nobody can save another text: what is checked is what is handed in.
    plan = plans.submit(plan_id=find_plan(slug).pk, actor=actor, at=at)
    version = current_version(plan)
    refuse_errors(check_plan(version.source, at))
    check_answered(open_questions(plan.pk, [Blocks.ISSUE]))
    return approvals.request(
        kind="plan.issue",
        plan_kind=plan.kind,
        subject=f"plans.plan:{plan.slug}@{version.number}",
        stream=f"plan:{plan.slug}",
        title=plan.title,
        digest=version.digest,
        unit_id=plan.unit_id,
        authors=authors(plan),
        actor=actor,
        at=at,
    )
