"""Finance books what a supplier gave back of the money that a purchase was paid with."""

from datetime import date, datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def refund_purchase(
    *,
    entry_id: int,
    amount_minor: int,
    voucher: str,
    reason: str,
    happened_on: date,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Book a refund on the commitment `entry_id` of a purchase and give the refund's id.

    The same `key` again books nothing twice. The purchase stays as it is: what was paid for it is its
    total less its refunds.

    Raises:
        Refusal: `beyond_paid`, `amount_invalid`, `voucher_used`, `reason_missing`, `fund_closed` …

    """
    digest = digest_rows([(entry_id, amount_minor, voucher, reason, happened_on.isoformat())])
    earlier = jobs.receive(key=key, purpose="refund_purchase", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    entry = funds.refund(
        entry_id=entry_id,
        amount_minor=amount_minor,
        voucher=voucher,
        reason=reason,
        happened_on=happened_on,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(entry.pk))
    return entry.pk
