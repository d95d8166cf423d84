"""A desk gets kits out of the store."""

from datetime import datetime
from uuid import UUID

from songnuan.goods import actions as goods
from songnuan.goods.models import Movement
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def allot_to_desk(
    *, desk_id: int, kits: int, key: UUID | None = None, actor: Actor, at: datetime
) -> Movement:
    """Give a desk whole kits, once for each `key` of a form; a closed desk is open again.

    Raises:
        Refusal: As `goods.actions.allot`, or `jobs.actions.receive`.

    """
    if key is not None:
        body = digest_rows([(desk_id, kits)])
        found = jobs.receive(key=key, purpose="allot_to_desk", body_digest=body, actor=actor, at=at)
        if found is not None:
            return Movement.objects.get(pk=int(found))
    made = goods.allot(desk_id=desk_id, kits=kits, actor=actor, at=at)
    if key is not None:
        jobs.settle(key=key, result=str(made.pk))
    return made
