"""Somebody decides that two entries of the register are two different persons."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def tell_apart(*, pair_id: int, remark: str = "", actor: Actor, at: datetime) -> None:
    """Note it.

    Raises:
        Refusal: From `people.actions.tell_apart`.

    """
    people.tell_apart(pair_id=pair_id, remark=remark, actor=actor, at=at)
