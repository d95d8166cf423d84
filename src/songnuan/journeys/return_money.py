"""Finance gives unspent money back to where the fund came from."""

from datetime import date, datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def return_money(
    *,
    fund_id: int,
    amount_minor: int,
    voucher: str,
    reason: str,
    happened_on: date,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Book a return and give the entry's id; the same `key` again books nothing twice.

    Raises:
        Refusal: `beyond_fund`, `amount_invalid`, `voucher_used`, `reason_missing`, `fund_closed` …

    """
    digest = digest_rows([(fund_id, amount_minor, voucher, reason, happened_on.isoformat())])
    earlier = jobs.receive(key=key, purpose="return_money", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    entry = funds.return_unspent(
        fund_id=fund_id,
        amount_minor=amount_minor,
        voucher=voucher,
        reason=reason,
        happened_on=happened_on,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(entry.pk))
    return entry.pk
