"""A roster is closed: nothing more comes into it, and what stands on it stays."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def close_roster(*, roster_id: int, actor: Actor, at: datetime) -> None:
    """Close the roster; imports that wait for it cannot be taken over while it is closed.

    Raises:
        Refusal: `roster_unknown`, `not_permitted`, `wrong_state`.

    """
    people.close_roster(roster_id=roster_id, actor=actor, at=at)
