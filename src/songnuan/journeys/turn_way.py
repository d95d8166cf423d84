"""Somebody turns a way of being reminded on or off."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.outreach import actions as outreach


@journey
def turn_way(*, channel: str, on: bool, actor: Actor, at: datetime) -> bool:
    """Turn it; return whether it stood otherwise.

    Raises:
        Refusal: `reminders_of_nobody`, `way_not_ready`, `address_unconfirmed`.

    """
    return outreach.turn_way(channel=channel, on=on, actor=actor, at=at)
