"""Purchases as papers list them: one row for each line of an invoice, with what proves it."""

from dataclasses import dataclass
from datetime import date

from songnuan.goods.models import PurchaseLine
from songnuan.goods.request_rules import request_number


@dataclass(frozen=True, slots=True)
class PurchaseListRow:
    """One line of a purchase list, in fen and packs.

    `place` counts from 1 through the list; `voucher` is empty until it is paid, `request` without one;
    `has_picture` says whether the picture of the invoice is there.
    """

    place: int
    item: str
    packing: str
    quantity: int
    unit_price_minor: int
    amount_minor: int
    supplier: str
    invoice_number: str
    voucher: str
    bought_on: date
    recorded_by: str
    request: str
    has_picture: bool


def purchase_list(fund_id: int, *, kit_id: int | None = None) -> list[PurchaseListRow]:
    """Return the lines of the purchases out of a fund, or for one of its kits, in the order of their numbers.

    Cancelled purchases are left out. One query.
    """
    lines = PurchaseLine.objects.filter(purchase__fund_id=fund_id, purchase__cancelled_at__isnull=True)
    if kit_id is not None:
        lines = lines.filter(purchase__kit_id=kit_id)
    told = lines.select_related(
        "item", "purchase__disbursement", "purchase__recorded_by", "purchase__request"
    )
    return [
        PurchaseListRow(
            place=place,
            item=line.item.name,
            packing=line.item.packing,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            amount_minor=line.quantity * line.unit_price_minor,
            supplier=line.purchase.supplier,
            invoice_number=line.purchase.invoice_number,
            voucher=line.purchase.disbursement.voucher if line.purchase.disbursement else "",
            bought_on=line.purchase.bought_on,
            recorded_by=line.purchase.recorded_by.name if line.purchase.recorded_by else "",
            request=request_number(line.purchase.request.number) if line.purchase.request else "",
            has_picture=line.purchase.invoice_file_id is not None,
        )
        for place, line in enumerate(told.order_by("purchase__number", "pk"), start=1)
    ]
