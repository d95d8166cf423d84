"""Finance puts the right picture of an invoice in the place of a wrong one, which is kept."""

from datetime import datetime
from uuid import UUID

from songnuan.goods.actions import invoices
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.cancel_purchase import find_purchase
from songnuan.journeys.sent_files import SentFile, store
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def replace_invoice(
    *, purchase_id: int, invoice: SentFile, reason: str, key: UUID, actor: Actor, at: datetime
) -> None:
    """Keep the file as the purchase's invoice, the earlier one beside it with the reason.

    The same `key` again replaces nothing twice.

    Raises:
        Refusal: `purchase_unknown`, what is wrong with the file, `reason_missing`, `text_too_long`,
            `invoice_file_used`, `invoice_file_same`, `invoice_file_none`, `wrong_state` when the purchase is
            cancelled.

    """
    purchase = find_purchase(purchase_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=purchase.fund.plan.unit_id, at=at)
    digest = digest_rows([(purchase_id, invoice.digest, reason)])
    if jobs.receive(key=key, purpose="replace_invoice", body_digest=digest, actor=actor, at=at) is not None:
        return
    file_id = store(invoice, "invoice", actor, at)
    invoices.replace_invoice(purchase_id=purchase_id, file_id=file_id, reason=reason, actor=actor, at=at)
    jobs.settle(key=key, result=str(purchase_id))
