"""Finance proposes to reopen a closed fund; another person confirms it."""

from datetime import datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_closing import fund_known
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def reopen_fund(*, fund_id: int, reason: str, key: UUID, actor: Actor, at: datetime) -> int:
    """Propose to reopen a fund and give the proposal's id; the same `key` again proposes once.

    Raises:
        Refusal: `fund_unknown`, `fund_open`, `closing_proposed`, `reason_missing` …

    """
    digest = digest_rows([(fund_id, reason)])
    earlier = jobs.receive(key=key, purpose="reopen_fund", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    row = funds.propose_reopening(fund_id=fund_known(fund_id).pk, reason=reason, actor=actor, at=at)
    jobs.settle(key=key, result=str(row.pk))
    return row.pk
