"""Finance takes back its proposal to close or reopen a fund."""

from datetime import datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_closing import closing_known
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def withdraw_closing(*, closing_id: int, key: UUID, actor: Actor, at: datetime) -> None:
    """Take back what one proposed oneself; the same `key` again does nothing more.

    Raises:
        Refusal: `closing_unknown`, `others_closing`, `wrong_state` …

    """
    digest = digest_rows([(closing_id, "withdraw")])
    if jobs.receive(key=key, purpose="withdraw_closing", body_digest=digest, actor=actor, at=at) is not None:
        return
    funds.withdraw(closing_id=closing_known(closing_id).pk, actor=actor, at=at)
    jobs.settle(key=key, result=str(closing_id))
