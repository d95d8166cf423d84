"""An amendment is given up; the plan stays as it is."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def withdraw_amendment(*, slug: str, actor: Actor, at: datetime) -> None:
    """Give up the amendment; what was written is kept among the versions.

    Raises:
        Refusal: `amendment_none`, `wrong_state` while it waits for approval, `not_permitted`.

    """
    plans.withdraw_amendment(plan_id=find_plan(slug).pk, actor=actor, at=at)
