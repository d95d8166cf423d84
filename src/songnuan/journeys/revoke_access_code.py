"""The office takes a code back."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def revoke_access_code(*, person_key: str, actor: Actor, at: datetime) -> bool:
    """Let the code open nothing any more; return whether there was one.

    Raises:
        Refusal: From `people.actions.revoke_code`.

    """
    return people.revoke_code(person_key=person_key, actor=actor, at=at)
