"""What was bought and has not come yet, by purchase. Prices in fen, quantities in packs."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from songnuan.goods.models import MovementLine, Purchase, PurchaseLine
from songnuan.goods.places import STORE


@dataclass(frozen=True, slots=True)
class ToCome:
    """A purchase of which something is still to come; `lines` are words, such as "方便面 40 箱".

    `left_minor` was paid for what is to come, `refunded_minor` came back of the whole purchase, both in fen.
    """

    purchase_id: int
    number: int
    supplier: str
    bought_on: date
    plan_id: int
    fund_id: int
    refunded_minor: int
    left_minor: int
    lines: tuple[str, ...]


def purchases_to_come(plan_ids: Collection[int]) -> list[ToCome]:
    """Return the purchases for these plans of which something is still to come, in their order."""
    standing = Purchase.objects.filter(fund__plan__in=plan_ids, cancelled_at__isnull=True)
    came: dict[int, int] = {}
    lines = MovementLine.objects.filter(movement__purchase__in=standing, place=STORE)
    for line_id, packs in lines.values_list("lot__line_id").annotate(packs=Sum("quantity")):
        came[line_id] = int(packs)
    rows = PurchaseLine.objects.filter(purchase__in=standing).select_related(
        "purchase__fund", "purchase__commitment__rest", "item"
    )
    open_of: dict[Purchase, list[tuple[PurchaseLine, int]]] = defaultdict(list)
    for row in rows.order_by("purchase__fund_id", "purchase__number", "pk"):
        if (left := row.quantity - came.get(row.pk, 0)) > 0:
            open_of[row.purchase].append((row, left))
    return [
        ToCome(
            purchase.pk,
            purchase.number,
            purchase.supplier,
            purchase.bought_on,
            purchase.fund.plan_id,
            purchase.fund_id,
            refunded_minor=purchase.commitment.rest.refunded_minor,
            left_minor=sum(left * row.unit_price_minor for row, left in lines),
            lines=tuple(f"{row.item.name} {left} {row.item.packing}" for row, left in lines),
        )
        for purchase, lines in open_of.items()
    ]
