"""A plan that was approved and cannot be opened as it is goes back to its writers."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.find import find_plan
from songnuan.kernel.actor import Actor
from songnuan.plans import actions as plans


@journey
def reopen_plan(*, slug: str, actor: Actor, at: datetime) -> None:
    """Make an approved plan a draft again; what is changed is approved anew.

    Raises:
        Refusal: `wrong_state` unless it is approved and not opened, `not_permitted`.

    """
    plans.reopen(plan_id=find_plan(slug).pk, actor=actor, at=at)
