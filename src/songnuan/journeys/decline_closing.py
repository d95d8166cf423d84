"""An approver declines to close or reopen a fund."""

from datetime import datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_closing import closing_known, tell_proposer
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def decline_closing(*, closing_id: int, remark: str, key: UUID, actor: Actor, at: datetime) -> None:
    """Decline what somebody else proposed, with the reason; the same `key` again does nothing more.

    Raises:
        Refusal: `closing_unknown`, `own_closing`, `wrong_state`, `reason_missing` …

    """
    digest = digest_rows([(closing_id, remark)])
    if jobs.receive(key=key, purpose="decline_closing", body_digest=digest, actor=actor, at=at) is not None:
        return
    row = funds.decline(closing_id=closing_known(closing_id).pk, remark=remark, actor=actor, at=at)
    tell_proposer(row, topic="closing.declined", actor=actor, at=at)
    jobs.settle(key=key, result=str(closing_id))
