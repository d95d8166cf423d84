"""What a roster says of itself is changed: title, purpose, ground, notice, the day it is kept until."""

from datetime import date, datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def change_roster(
    *,
    roster_id: int,
    title: str,
    purpose: str,
    legal_ground: str,
    notice: str,
    retain_until: date | None,
    actor: Actor,
    at: datetime,
) -> bool:
    """Make the changes, all or none; return whether anything differed.

    Raises:
        Refusal: `not_permitted`, or what is wrong with an entry.

    """
    return people.change_roster(
        roster_id=roster_id,
        title=title,
        purpose=purpose,
        legal_ground=legal_ground,
        notice=notice,
        retain_until=retain_until,
        actor=actor,
        at=at,
    )
