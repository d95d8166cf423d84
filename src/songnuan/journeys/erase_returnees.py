"""What is kept of returnees whose day is over is emptied, by the house itself, each night."""

from datetime import datetime

from songnuan.emergency.actions import returnee_days
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def erase_returnees(*, actor: Actor, at: datetime) -> int:
    """Empty what is kept of them; return of how many entries."""
    return returnee_days.erase(actor=actor, at=at)
