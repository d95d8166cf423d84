"""What was bought, what of it does not come any more, and what has not come yet. Fen, and whole packs."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from songnuan.funds.models import Entry
from songnuan.goods.models import MovementLine, Purchase, PurchaseLine, ShortClosing
from songnuan.goods.places import DISPOSED, MISSING, STORE
from songnuan.goods.rules import Bought, Line, together


@dataclass(frozen=True, slots=True)
class ToCome:
    """A purchase of which something is still to come; `lines` are words, such as "方便面 40 箱".

    In fen: `left_minor` was paid for what is to come, `short_minor` for what does not come any more,
    `refunded_minor` came back of the whole purchase. From a fund that `is_closed`, nobody waits for it.
    """

    purchase_id: int
    number: int
    supplier: str
    bought_on: date
    plan_id: int
    fund_id: int
    refunded_minor: int
    left_minor: int
    short_minor: int
    lines: tuple[str, ...]
    is_closed: bool = False

    @property
    def unmatched_minor(self) -> int:
        """What was paid for what did not come, less what came back: what is lost if neither comes."""
        return max(self.left_minor + self.short_minor - self.refunded_minor, 0)


def with_short(lines: QuerySet[PurchaseLine]) -> QuerySet[PurchaseLine]:
    """Return lines of purchases with `short`: how many of their packs do not come any more."""
    undone = Entry.objects.filter(reverses=OuterRef("refund"))
    standing = ShortClosing.objects.filter(~Exists(undone), line=OuterRef("pk")).order_by()
    sums = standing.values("line").annotate(packs=Sum("quantity")).values("packs")
    return lines.annotate(short=Coalesce(Subquery(sums), 0))


def bought_of(kit_ids: Collection[int]) -> dict[int, dict[int, Bought]]:
    """Return what was bought for each of these kits, by id of the item.

    Cancelled purchases do not count, nor does what a refund was given for. In two queries.
    """
    standing = PurchaseLine.objects.filter(
        purchase__kit_id__in=kit_ids, purchase__cancelled_at__isnull=True
    ).order_by("item_id", "pk")
    columns = ("purchase__kit_id", "item_id", "quantity", "unit_price_minor", "short")
    lines: dict[int, list[Line]] = defaultdict(list)
    for kit_id, item_id, quantity, price, short in with_short(standing).values_list(*columns):
        if quantity > short:
            lines[kit_id].append(Line(item_id, quantity - short, price))
    lost = _lost(kit_ids)
    return {
        kit_id: together({line.item_id: Bought(0, 0, 0, lost[kit_id, line.item_id]) for line in found}, found)
        for kit_id, found in lines.items()
    }


def _lost(kit_ids: Collection[int]) -> Counter[tuple[int, int]]:
    """Return the packs that were disposed of or are missing, by (kit, item)."""
    lines = MovementLine.objects.filter(
        place__in=(DISPOSED, MISSING),
        lot__line__purchase__kit__in=kit_ids,
        lot__line__purchase__cancelled_at__isnull=True,
    )
    sums = lines.values_list("lot__line__purchase__kit_id", "lot__item_id").annotate(packs=Sum("quantity"))
    return Counter({(kit_id, item_id): int(packs) for kit_id, item_id, packs in sums if packs > 0})


def left_of(lines: QuerySet[PurchaseLine]) -> list[tuple[PurchaseLine, int]]:
    """Return each of these lines, with its item, and how many packs are still to come. Two queries."""
    moved = MovementLine.objects.filter(
        lot__line__in=lines.order_by(), movement__purchase__isnull=False, place=STORE
    )
    sums = moved.values_list("lot__line_id").annotate(packs=Sum("quantity")).order_by()
    came = {line_id: int(packs) for line_id, packs in sums}
    rows = with_short(lines).select_related("item")
    return [(row, row.quantity - short_in(row) - came.get(row.pk, 0)) for row in rows]


def purchases_to_come(plan_ids: Collection[int]) -> list[ToCome]:
    """Return the purchases for these plans of which something is still to come, in their order."""
    bought = PurchaseLine.objects.filter(
        purchase__fund__plan__in=plan_ids, purchase__cancelled_at__isnull=True
    ).select_related("purchase__fund", "purchase__commitment__rest")
    open_of: dict[Purchase, list[tuple[PurchaseLine, int]]] = defaultdict(list)
    short: Counter[int] = Counter()
    for row, left in left_of(bought.order_by("purchase__fund_id", "purchase__number", "pk")):
        short[row.purchase_id] += short_in(row) * row.unit_price_minor
        if left > 0:
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
            short_minor=short[purchase.pk],
            lines=tuple(f"{row.item.label} {left} {row.item.packing}" for row, left in lines),
            is_closed=purchase.fund.closed_at is not None,
        )
        for purchase, lines in open_of.items()
    ]


def given_up(refund_id: int) -> list[str]:
    """Return what does not come any more for a refund, in words, such as "苹果 3 箱"."""
    rows = ShortClosing.objects.filter(refund=refund_id).select_related("line__item").order_by("pk")
    return [f"{row.line.item.label} {row.quantity} {row.line.item.packing}" for row in rows]


def short_in(line: PurchaseLine) -> int:
    """Return how many packs of a line, read by `with_short`, do not come any more."""
    return int(vars(line)["short"])
