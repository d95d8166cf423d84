"""An amendment that was approved and is not yet in force goes back to its writers, to be changed."""

from datetime import datetime

from songnuan.journeys.amending import find_amendment, find_amendment_request
from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.journeys.tell_of_approval import tell_sent_back
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def reopen_amendment(*, slug: str, version: int, remark: str, actor: Actor, at: datetime) -> None:
    """Send the amendment back with what is to be changed; what is written next is approved anew.

    Args:
        slug: The plan.
        version: That of the text which the page showed.
        remark: What is to be changed.
        actor: Whoever signs for the unit, or writes its plans.
        at: When.

    Raises:
        Refusal: `reason_missing`, `text_stale`, `amendment_none`, `wrong_state` unless it is approved,
            `not_permitted`.

    """
    plan = find_plan(slug)
    request = find_amendment_request(plan, find_amendment(plan))
    amendment = plans.reopen_amendment(plan_id=plan.pk, version=version, remark=remark, actor=actor, at=at)
    url = f"/plans/{plan.slug}/amendment/"
    tell_sent_back(request, amendment.sent_back_why, url, actor=actor, at=at)
