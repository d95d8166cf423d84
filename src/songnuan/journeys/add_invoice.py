"""Finance adds the picture of an invoice to a purchase that was recorded without."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.goods.actions import invoices
from songnuan.goods.models import Purchase
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.sent_files import SentFile, store
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def add_invoice(*, purchase_id: int, invoice: SentFile, key: UUID, actor: Actor, at: datetime) -> None:
    """Store the file and keep it with the purchase; the same `key` again adds nothing twice.

    Raises:
        Refusal: `purchase_unknown`, what is wrong with the file, `invoice_file_used`, `invoice_file_there`,
            `wrong_state` when the purchase is cancelled.

    """
    purchase = Purchase.objects.select_related("fund__plan").filter(pk=purchase_id).first()
    if purchase is None:
        sentence = _("There is no such purchase. Choose one from the list of its fund.")
        raise Refusal("purchase_unknown", sentence, purchase=purchase_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=purchase.fund.plan.unit_id, at=at)
    digest = digest_rows([(purchase_id, invoice.digest)])
    if jobs.receive(key=key, purpose="add_invoice", body_digest=digest, actor=actor, at=at) is not None:
        return
    file_id = store(invoice, "invoice", actor, at)
    invoices.add_invoice(purchase_id=purchase_id, file_id=file_id, actor=actor, at=at)
    jobs.settle(key=key, result=str(purchase_id))
