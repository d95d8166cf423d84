"""Finance proposes to close a fund; another person confirms it."""

from datetime import datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.fund_closing import fund_locked, unsettled
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def close_fund(
    *,
    fund_id: int,
    voucher: str,
    reason: str,
    takes_loss: bool = False,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Propose to close a fund and give the proposal's id; the same `key` again proposes once.

    What is left when it is confirmed goes back under `voucher`. Who `takes_loss` says that what was paid for
    and is still to come never comes, and its money neither: whoever confirms the closing confirms the loss.

    Raises:
        Refusal: `fund_unknown`, `closing_committed`, `purchases_unreceived`, `question_open`,
            `closing_proposed`, `voucher_missing`, `voucher_used`, `reason_missing`, `fund_closed` …

    """
    digest = digest_rows([(fund_id, voucher, reason, takes_loss)])
    earlier = jobs.receive(key=key, purpose="close_fund", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    against = unsettled(fund_locked(fund_id))
    row = funds.propose_closing(
        fund_id=fund_id,
        voucher=voucher,
        reason=reason,
        unreceived=against.unreceived,
        unanswered=against.unanswered,
        lost_minor=against.lost_minor if takes_loss else 0,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(row.pk))
    return row.pk
