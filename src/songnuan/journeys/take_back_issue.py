"""Donated goods that were given to a unit wrongly are taken back into the store; the receipt stays."""

from datetime import datetime
from uuid import UUID

from songnuan.goods import actions as goods
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def take_back_issue(*, issue_id: int, reason: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Take back what a unit got out of the store; the same `key` again takes nothing back twice.

    Raises:
        Refusal: `issue_unknown`, `not_permitted`, `own_issue` for who recorded it on an earlier day,
            `reason_missing`, `text_too_long`, `issue_straight`, `count_running`, `counted_since`,
            `not_at_unit`, `wrong_state`.

    """
    digest = digest_rows([(issue_id, reason)])
    if jobs.receive(key=key, purpose="take_back_issue", body_digest=digest, actor=actor, at=at) is not None:
        return
    goods.take_back_issue(issue_id=issue_id, reason=reason, actor=actor, at=at)
    jobs.settle(key=key, result=str(issue_id))
