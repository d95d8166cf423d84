"""Whom the invited sent to an event is forgotten ninety days after it."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.outreach.actions import forgetting


@journey
def forget_deputies(*, actor: Actor, at: datetime) -> int:
    """Empty the names of deputies of events that are long over; return how many."""
    return forgetting.forget_deputies(actor=actor, at=at)
