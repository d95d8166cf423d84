"""What journeys share: the picture of an invoice is stored and kept with its purchase."""

from dataclasses import dataclass
from datetime import datetime

from songnuan.goods import invoice_actions as invoices
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.records import actions as records


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """A file as it was sent: its content, and its name and media type as the sender calls them."""

    content: bytes
    name: str
    media_type: str


def keep_invoice(purchase_id: int, invoice: InvoiceFile, actor: Actor, at: datetime) -> None:
    """Store the file and keep it with the purchase.

    Raises:
        Refusal: `file_empty`, `file_size`, `file_kind`, or from `goods.invoice_actions.add_invoice`.

    """
    file_id = store(invoice, "invoice", actor, at)
    invoices.add_invoice(purchase_id=purchase_id, file_id=file_id, actor=actor, at=at)


def store(file: InvoiceFile, field: str, actor: Actor, at: datetime) -> int:
    """Store a file and return its id; what is wrong with it belongs beside `field`."""
    try:
        return records.store_file(
            content=file.content, name=file.name, media_type=file.media_type, actor=actor, at=at
        ).pk
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field=field, **refusal.facts) from None
