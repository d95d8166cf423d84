"""A need of a family is put down."""

from datetime import datetime
from uuid import UUID

from songnuan.casework import actions as casework
from songnuan.casework.actions import NewNeed
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def raise_need(*, case_id: int, need: NewNeed, key: UUID, actor: Actor, at: datetime) -> int:
    """Put down what a family needs; return the id of the need. The same `key` again puts it down once.

    Raises:
        Refusal: From `casework.actions.raise_need`; `key_reused`.

    """
    told = digest_rows([(case_id, repr(need))])
    earlier = jobs.receive(key=key, purpose="raise_need", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    made = casework.raise_need(case_id=case_id, need=need, actor=actor, at=at)
    jobs.settle(key=key, result=str(made.pk))
    return made.pk
