"""A person asks for something to be corrected, or to be erased."""

from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.sealed import blind_index
from songnuan.people import actions as people

_PURPOSE = "ask_correction"


@journey
def ask_correction(
    *, person_key: str, field: str, value: str, reason: str, key: UUID, actor: Actor, at: datetime
) -> int:
    """Take it in, and return its number; the same `key` again, the same number.

    Raises:
        Refusal: From `people.actions.ask_correction`.

    """
    # A plain digest of a phone number would tell the number to whoever tries them all.
    digest = blind_index(_PURPOSE, f"{person_key}\x1f{field}\x1f{value}\x1f{reason}")
    earlier = jobs.receive(key=key, purpose=_PURPOSE, body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    asked = people.ask_correction(
        person_key=person_key, field=field, value=value, reason=reason, actor=actor, at=at
    )
    jobs.settle(key=key, result=str(asked.pk))
    return asked.pk
