"""Whoever's turn it is sends a plan back with remarks."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan, find_request
from songnuan.journeys.tell_of_approval import tell_holder, tell_maker
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def return_plan(
    *, slug: str, digest: str, remark: str, step: int | None = None, actor: Actor, at: datetime
) -> None:
    """Return the plan to its writer, as a draft, saying what is to be changed.

    Raises:
        Refusal: `already_acted`, `remark_missing`, `subject_changed`, `not_permitted`, `not_your_turn`,
            `step_passed`, `wrong_state`.

    """
    plan = find_plan(slug)
    waiting = find_request(plan)
    request = approvals.return_(
        request_id=waiting.pk, digest=digest, remark=remark, step=step, actor=actor, at=at
    )
    plans.return_to_draft(plan_id=plan.pk, actor=actor, at=at)
    tell_maker(request, f"/plans/{plan.slug}/", actor=actor, at=at)
    tell_holder(request, f"/plans/{plan.slug}/", actor=actor, at=at)
