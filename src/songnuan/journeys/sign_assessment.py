"""The privacy officer judges what the register risks, and signs it."""

from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.people import actions as people
from songnuan.people.assessment import Judgement


@journey
def sign_assessment(
    *, judgement: Judgement, seen: str, after: int, key: UUID, actor: Actor, at: datetime
) -> int:
    """Sign the next version and return its number; the same `key` again, the same version.

    Raises:
        Refusal: From `people.actions.sign_assessment`.

    """
    body = digest_rows([(judgement.text(), seen, after)])
    earlier = jobs.receive(key=key, purpose="sign_assessment", body_digest=body, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    made = people.sign_assessment(judgement=judgement, seen=seen, after=after, actor=actor, at=at)
    jobs.settle(key=key, result=str(made.number))
    return made.number
