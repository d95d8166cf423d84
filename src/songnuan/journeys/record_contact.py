"""A contact with a family is recorded: a visit at its home too, and a need that came up."""

from datetime import datetime
from uuid import UUID

from songnuan.casework import actions as casework
from songnuan.casework.actions import NewNeed, Touch
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def record_contact(
    *, case_id: int, touch: Touch, need: NewNeed | None = None, key: UUID, actor: Actor, at: datetime
) -> int:
    """Record a contact, and the need that came up at it; return the id of the contact.

    The same `key` again records nothing twice.

    Raises:
        Refusal: From `casework.actions.record_contact` and `raise_need`; `key_reused`.

    """
    told = digest_rows([(case_id, repr(touch), repr(need))])
    earlier = jobs.receive(key=key, purpose="record_contact", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    made = casework.record_contact(case_id=case_id, touch=touch, actor=actor, at=at)
    if need is not None:
        casework.raise_need(case_id=case_id, need=need, contact=made, actor=actor, at=at)
    jobs.settle(key=key, result=str(made.pk))
    return made.pk
