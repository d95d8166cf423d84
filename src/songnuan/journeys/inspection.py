"""What journeys and pages about inspection share: purchases, receipts and signs of a plan, read together."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min

from songnuan.funds.models import Entry
from songnuan.funds.rules import is_late
from songnuan.goods.figures import kit_figures
from songnuan.goods.models import Kit, Movement, MovementKind, Purchase
from songnuan.goods.queries import parts_of
from songnuan.goods.rules import Bought, KitPrice, Line, price_of_kit, together
from songnuan.organisation.queries import day_of, names_then
from songnuan.plans.models import Plan
from songnuan.visits.receipts import Receipt, receipts
from songnuan.visits.red_flags import Flag, PurchaseSeen, ReceiptSeen, flags


@dataclass(frozen=True, slots=True)
class PurchaseInspected:
    """One purchase as the inspector reads it; sums in fen.

    `per_kit` is what its goods come to in one kit, `is_whole` says that it holds every item of one.
    `entered_on` is later than `bought_on` where it was entered late, then `reason_late` may say why.
    """

    purchase_id: int
    number: int
    supplier: str
    invoice_number: str
    bought_on: date
    entered_on: date
    is_late: bool
    reason_late: str
    recorded_by: str
    total_minor: int
    per_kit: KitPrice
    is_whole: bool
    standard_minor: int
    is_cancelled: bool
    cancelled_by: str
    cancel_reason: str

    @property
    def is_above(self) -> bool:
        """Whether its goods come to more in a kit than the standard."""
        return self.per_kit.exact > self.standard_minor


@dataclass(frozen=True, slots=True)
class KitInspected:
    """What a kit costs with all that was bought for it, against its standard; in fen."""

    name: str
    average: KitPrice
    dearest_minor: int
    standard_minor: int


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a plan shows the inspector; `names` are the units that receipts speak of, by id."""

    kits: tuple[KitInspected, ...]
    purchases: tuple[PurchaseInspected, ...]
    receipts: tuple[Receipt, ...]
    flags: tuple[Flag, ...]
    names: dict[int, str]


def inspected(plan: Plan, at: datetime) -> Inspected:
    """Read the purchases and receipts of a plan, and the signs they show, in a bounded number of queries."""
    bought = _purchases(plan)
    handed = receipts(plan, day_of(at))
    ids = {pk for row in handed for pk in (row.unit_id, row.lead_id)}
    names = names_then(ids, day_of(at))
    came = Movement.objects.filter(kit__measure__plan=plan, kind=MovementKind.RECEIVE)
    first = came.aggregate(first=Min("happened_at"))["first"]
    signs = flags([_seen(row) for row in bought], [_looked_at(row, names, first) for row in handed])
    return Inspected(tuple(_kits(plan)), tuple(bought), tuple(handed), tuple(signs), names)


def _kits(plan: Plan) -> list[KitInspected]:
    kits = Kit.objects.filter(measure__plan=plan).order_by("pk")
    figures = kit_figures([kit.measure_id for kit in kits])
    return [
        KitInspected(kit.name, found.average, found.dearest_minor, kit.standard_minor)
        for kit in kits
        if (found := figures[kit.measure_id]).bought
    ]


def _purchases(plan: Plan) -> list[PurchaseInspected]:
    kits = {kit.pk: kit for kit in Kit.objects.filter(measure__plan=plan)}
    parts = {pk: parts_of(pk) for pk in kits}
    told = Purchase.objects.filter(kit__in=kits).select_related("recorded_by").prefetch_related("lines")
    rows = list(told.order_by("fund_id", "number"))
    # A purchase is cancelled by reversing its payment, or its commitment where it was not paid.
    gone = [pk for row in rows if row.cancelled_at for pk in (row.disbursement_id, row.commitment_id)]
    undone = Entry.objects.filter(reverses__in=gone).values_list("reverses_id", "entered_by__name")
    cancelled = dict(undone)
    return [
        PurchaseInspected(
            purchase_id=row.pk,
            number=row.number,
            supplier=row.supplier,
            invoice_number=row.invoice_number,
            bought_on=row.bought_on,
            entered_on=day_of(row.recorded_at),
            is_late=is_late(row.bought_on, row.recorded_at),
            reason_late=row.reason_late,
            recorded_by=(row.recorded_by.name or row.recorded_by.username) if row.recorded_by else "",
            total_minor=row.total_minor,
            per_kit=price_of_kit(parts[row.kit_id], prices := _prices(row)),
            is_whole=all(part.item_id in prices for part in parts[row.kit_id]),
            standard_minor=kits[row.kit_id].standard_minor,
            is_cancelled=row.cancelled_at is not None,
            cancelled_by=cancelled.get(row.disbursement_id or 0) or cancelled.get(row.commitment_id) or "",
            cancel_reason=row.cancel_reason,
        )
        for row in rows
    ]


def _prices(row: Purchase) -> dict[int, Bought]:
    lines = [Line(line.item_id, line.quantity, line.unit_price_minor) for line in row.lines.all()]
    return together({}, lines)


def _seen(row: PurchaseInspected) -> PurchaseSeen:
    return PurchaseSeen(
        purchase_id=row.purchase_id,
        number=row.number,
        supplier=row.supplier,
        bought_on=row.bought_on,
        entered_on=row.entered_on,
        total_minor=row.total_minor,
        is_cancelled=row.is_cancelled,
    )


def _looked_at(row: Receipt, names: dict[int, str], in_store_at: datetime | None) -> ReceiptSeen:
    return ReceiptSeen(
        visit_id=row.visit_id,
        unit=names.get(row.unit_id, ""),
        lead_id=row.lead_id,
        lead=names.get(row.lead_id, ""),
        compound=row.compound,
        person=row.recorded_by_id,
        handed_at=row.handed_at,
        visited_at=row.visited_at,
        received_at=row.received_at,
        in_store_at=in_store_at,
        signature=row.signature_id,
        by_name=row.by_name,
    )
