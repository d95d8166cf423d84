"""Finance enters what a supplier asks for the items of a request."""

from datetime import datetime
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.goods.actions import requests
from songnuan.goods.request_queries import find_request
from songnuan.goods.request_rules import Quote
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.sent_files import SentFile, store
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def record_quotation(
    *,
    request_id: int,
    quote: Quote,
    file: SentFile | None = None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Write the quotation, with its picture where there is one, and return its id.

    The same `key` again returns the same quotation.

    Raises:
        Refusal: `purchase_request_unknown`, `wrong_state`, what is wrong with the file, or the first of
            `request_rules.examine_quote`.

    """
    row = find_request(request_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=row.kit.measure.plan.unit_id, at=at)
    told = (quote.supplier, quote.quoted_on.isoformat(), quote.note, sorted(quote.prices.items()))
    digest = digest_rows([(request_id, canonical(told), file.digest if file else "")])
    earlier = jobs.receive(key=key, purpose="record_quotation", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    made = requests.record_quotation(
        request_id=request_id,
        quote=quote,
        file_id=store(file, "file", actor, at) if file else None,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(made.pk))
    return made.pk
