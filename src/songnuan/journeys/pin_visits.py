"""Visits are fixed where they are, or let go again."""

from collections.abc import Collection
from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits.actions import arranging as visits


@journey
def pin_visits(*, plan_id: int, visit_ids: Collection[int], pinned: bool, actor: Actor, at: datetime) -> int:
    """Pin the visits that have a day, or unpin them; return how many changed.

    Raises:
        Refusal: `not_permitted`, `nothing_chosen`.

    """
    return visits.pin(plan_id=plan_id, visit_ids=visit_ids, pinned=pinned, actor=actor, at=at)
