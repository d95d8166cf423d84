"""A standard of money to people is written, or changed: each time a version of its own."""

from datetime import date, datetime
from uuid import UUID

from songnuan.benefits import actions as benefits
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def write_standard(
    *,
    unit_id: int,
    base: int,
    source: str,
    decision: str,
    decided_on: date | None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> str:
    """Keep the text as the next version and return the standard's short name; the same `key` again, the same.

    Raises:
        StandardRefused: With every fault of the text.
        Refusal: As `benefits.actions.write_standard`.

    """
    told = digest_rows([(unit_id, base, source, decision, decided_on)])
    earlier = jobs.receive(key=key, purpose="write_standard", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return earlier
    version = benefits.write_standard(
        unit_id=unit_id,
        base=base,
        source=source,
        decision=decision,
        decided_on=decided_on,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=version.standard.slug)
    return version.standard.slug
