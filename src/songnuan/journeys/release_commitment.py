"""Finance sets free what was promised and is no longer needed."""

from datetime import datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_entries import entry_known, refuse_bound
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA


@journey
def release_commitment(*, entry_id: int, reason: str, key: UUID, actor: Actor, at: datetime) -> int:
    """Release today all that is left of a commitment and give the release's id; the same `key` releases once.

    Raises:
        Refusal: `entry_unknown`, `entry_of_purchase`, `not_a_commitment`, `beyond_commitment` when nothing
            is left, `reason_missing`, `fund_closed` …

    """
    digest = digest_rows([(entry_id, reason)])
    earlier = jobs.receive(key=key, purpose="release_commitment", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    entry = entry_known(entry_id)
    freed = funds.release(
        entry_id=entry_id, reason=reason, happened_on=at.astimezone(CHINA).date(), actor=actor, at=at
    )
    refuse_bound(entry)
    jobs.settle(key=key, result=str(freed.pk))
    return freed.pk
