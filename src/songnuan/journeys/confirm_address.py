"""Somebody enters the code that was sent to an address: from now on letters go there."""

from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.sealed import blind_index
from songnuan.outreach import actions as outreach

_CONFIRMED = "confirmed"


@journey
def confirm_address(*, channel: str, code: str, key: UUID, actor: Actor, at: datetime) -> int | None:
    """Take the code; return None when the address is confirmed, else how many tries are left.

    The same `key` again counts no second try.

    Raises:
        Refusal: `reminders_of_nobody`, `address_code_over`.

    """
    digest = blind_index("outreach.post", f"{channel}:{code}")
    earlier = jobs.receive(key=key, purpose="confirm_address", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return None if earlier == _CONFIRMED else int(earlier)
    left = outreach.confirm_address(channel=channel, code=code, actor=actor, at=at)
    jobs.settle(key=key, result=_CONFIRMED if left is None else str(left))
    return left
