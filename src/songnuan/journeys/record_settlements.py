"""What was settled already of a standard is recorded: a single sum, or all rows of a file."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from songnuan.benefits import actions as benefits
from songnuan.benefits.settled import Recorded, Settled
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def record_settlements(
    *, slug: str, rows: Sequence[Settled], file_digest: str, key: UUID, actor: Actor, at: datetime
) -> Recorded:
    """Record the rows, and return how many are new and what they come to; the same `key` again, the same.

    Raises:
        Refusal: As `benefits.actions.record_settlements`.

    """
    told = digest_rows([(slug, file_digest), *((*row.told, row.source) for row in rows)])
    earlier = jobs.receive(key=key, purpose="record_settlements", body_digest=told, actor=actor, at=at)
    if earlier is None:
        done = benefits.record_settlements(slug=slug, rows=rows, file_digest=file_digest, actor=actor, at=at)
        earlier = f"{done.rows} {done.known} {done.total_minor}"
        jobs.settle(key=key, result=earlier)
    fresh, known, total = map(int, earlier.split())
    return Recorded(fresh, known, total)
