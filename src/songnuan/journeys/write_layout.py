"""A layout of bank files is written, or changed: each time a version of its own."""

from datetime import datetime
from uuid import UUID

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.payments.actions import layouts


@journey
def write_layout(
    *, unit_id: int, base: int, source: str, note: str, key: UUID, actor: Actor, at: datetime
) -> str:
    """Keep the layout as its next version and return its short name; the same `key` again, the same.

    Raises:
        LayoutRefused: With every fault of the layout.
        Refusal: As `payments.actions.layouts.write_layout`.

    """
    told = digest_rows([(unit_id, base, source, note)])
    earlier = jobs.receive(key=key, purpose="write_layout", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return earlier
    made = layouts.write_layout(unit_id=unit_id, base=base, source=source, note=note, actor=actor, at=at)
    jobs.settle(key=key, result=made.slug)
    return made.slug
