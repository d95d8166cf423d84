"""The programme officer puts the amendment of a running plan up for approval."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Request
from songnuan.journeys.amending import check_goes_on, find_amendment, source_of, subject_of, text_of_amendment
from songnuan.journeys.base import journey
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans
from songnuan.plans.lint import refuse_errors
from songnuan.plans.queries import authors
from songnuan.plans.rules import digest


@journey
def submit_amendment(*, slug: str, actor: Actor, at: datetime) -> Request:
    """Freeze the amendment's text and ask for its approval.

    Raises:
        Refusal: `plan_lint` while the check finds errors, `measure_key_taken`, `settings_fixed`,
            `fund_fixed`, `question_open`, `amendment_empty`, `amendment_none`, `text_stale` when somebody
            saved another text meanwhile, `step_nobody` where nobody can take a step of its chain,
            `wrong_state`, `not_permitted`.

    """
    plan = find_plan(slug)
    amendment = find_amendment(plan)
    source = source_of(plan, amendment)
    plan_file = text_of_amendment(plan, amendment)
    plans.submit_amendment(
        plan_id=plan.pk, version=amendment.version, plan_file=plan_file, actor=actor, at=at
    )
    check_goes_on(plan, plan_file)
    refuse_errors(check_plan(source, at))
    return approvals.request(
        kind="plan.amend",
        # That of the text in force: a new kind is not approved by its own shorter way.
        plan_kind=plan.kind,
        subject=subject_of(plan, amendment),
        stream=f"plan:{plan.slug}",
        title=plan_file.title,
        digest=digest(source),
        unit_id=plan.unit_id,
        authors=authors(plan),
        actor=actor,
        at=at,
    )
