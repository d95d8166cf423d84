"""A person takes their secret calendar address back."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation


@journey
def end_calendar_address(*, actor: Actor, at: datetime) -> bool:
    """Take the address back; return whether there was one.

    Raises:
        Refusal: `calendar_of_nobody`.

    """
    return organisation.end_calendar_address(actor=actor, at=at)
