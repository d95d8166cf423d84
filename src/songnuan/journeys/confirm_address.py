"""Somebody enters the code that was sent to an address: from now on letters go there."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.outreach import actions as outreach


@journey
def confirm_address(*, channel: str, code: str, actor: Actor, at: datetime) -> int | None:
    """Take the code; return None when the address is confirmed, else how many tries are left.

    Raises:
        Refusal: `reminders_of_nobody`, `address_code_over`.

    """
    return outreach.confirm_address(channel=channel, code=code, actor=actor, at=at)
