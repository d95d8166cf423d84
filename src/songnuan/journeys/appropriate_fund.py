"""Finance books the money that a document sets aside for a plan."""

from datetime import date, datetime
from uuid import UUID

from songnuan.funds import actions as funds
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows


@journey
def appropriate_fund(
    *, fund_id: int, amount_minor: int, voucher: str, happened_on: date, key: UUID, actor: Actor, at: datetime
) -> int:
    """Book an appropriation and return the entry's id; the same `key` again books nothing twice.

    Raises:
        Refusal: `beyond_document`, `amount_invalid`, `voucher_used`, `not_permitted` …

    """
    digest = digest_rows([(fund_id, amount_minor, voucher, happened_on.isoformat())])
    earlier = jobs.receive(key=key, purpose="appropriate_fund", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    entry = funds.appropriate(
        fund_id=fund_id,
        amount_minor=amount_minor,
        voucher=voucher,
        happened_on=happened_on,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(entry.pk))
    return entry.pk
