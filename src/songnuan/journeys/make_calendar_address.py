"""A person makes a secret address at which their calendar reads what is due."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation


@journey
def make_calendar_address(*, actor: Actor, at: datetime) -> str:
    """Return the secret of the address, shown this once; an earlier address opens nothing any more.

    Raises:
        Refusal: `calendar_of_nobody`.

    """
    return organisation.make_calendar_address(actor=actor, at=at)
