"""What was recorded wrongly as settled already is withdrawn."""

from datetime import datetime
from uuid import UUID

from songnuan.benefits import actions as benefits
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def withdraw_settlement(
    *, settlement_id: int, why: str, whole_file: bool, key: UUID, actor: Actor, at: datetime
) -> int:
    """Withdraw it, or its whole file, and return how many rows; the same `key` again, the same.

    Raises:
        Refusal: As `benefits.actions.withdraw_settlement`.

    """
    told = digest_rows([(settlement_id, why, whole_file)])
    earlier = jobs.receive(key=key, purpose="withdraw_settlement", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    rows, _total = benefits.withdraw_settlement(
        settlement_id=settlement_id, why=why, whole_file=whole_file, actor=actor, at=at
    )
    jobs.settle(key=key, result=str(rows))
    return rows
