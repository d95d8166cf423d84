"""A roster is made: for a purpose, on a legal ground, until a day."""

from datetime import date, datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.people import actions as people


@journey
def create_roster(
    *,
    title: str,
    kind: str,
    unit_id: int,
    purpose: str,
    legal_ground: str,
    notice: str,
    retain_until: date | None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> str:
    """Make the roster, on which nobody stands yet, and return its key; the same `key` again, the same roster.

    Raises:
        Refusal: `not_permitted`, or what is wrong with an entry.

    """
    told = (title, kind, unit_id, purpose, legal_ground, notice, retain_until)
    earlier = jobs.receive(
        key=key, purpose="create_roster", body_digest=digest_rows([told]), actor=actor, at=at
    )
    if earlier is not None:
        return earlier
    roster = people.create_roster(
        title=title,
        kind=kind,
        unit_id=unit_id,
        purpose=purpose,
        legal_ground=legal_ground,
        notice=notice,
        retain_until=retain_until,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=roster.key)
    return roster.key
