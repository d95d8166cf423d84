"""A plan under way is to be changed: its amendment is begun, on the text in force."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def open_amendment(*, slug: str, base: int, reason: str, actor: Actor, at: datetime) -> None:
    """Begin the amendment, saying why; the plan goes on by the version in force meanwhile.

    Raises:
        Refusal: `amendment_open` while there is one, `plan_not_open`, `text_stale`, `reason_missing`,
            `not_permitted`.

    """
    plan = find_plan(slug)
    plans.open_amendment(plan_id=plan.pk, base=base, reason=reason, actor=actor, at=at)
