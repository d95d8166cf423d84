"""Reads of kits, purchases and stock for others. Prices in fen, quantities in packs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Max, Prefetch, QuerySet, Sum

from songnuan.funds import queries as funds
from songnuan.funds.models import Entry
from songnuan.funds.rules import is_late
from songnuan.goods import rules
from songnuan.goods.deliveries import bought_of, left_of
from songnuan.goods.gifts import Times
from songnuan.goods.holding import held_purchases
from songnuan.goods.lots import OnHand, OpenLine, is_expired
from songnuan.goods.models import (
    Kit,
    KitLine,
    Lot,
    MovementKind,
    MovementLine,
    Purchase,
    PurchaseLine,
    StockLevel,
)
from songnuan.goods.places import STORE, SUPPLIER, is_desk, is_picked, is_unit
from songnuan.goods.rules import Bought, Draft, Part, State
from songnuan.goods.running import free_on, moved_after
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.money import yuan
from songnuan.plans.models import Measure, Plan


@dataclass(frozen=True, slots=True)
class KitView:
    """A kit with its items, its standard (fen) and the fund that pays for it.

    `per_person`: its standard is for each person, and a unit gets as many as it has people: `times` says how
    many are in `parts`. `per_family`: units get none of it, and `parts` are the most that one family gets.
    `units` (or families) and `people` are those that the plan's text names.
    """

    kit_id: int
    measure_id: int
    fund_id: int
    name: str
    standard_minor: int
    parts: tuple[Part, ...]
    per_person: bool = False
    per_family: bool = False
    times: int = 1
    units: int = 0
    people: int = 0

    @property
    def asked(self) -> int:
        """How many kits the plan's text asks for."""
        return self.people if self.per_person else self.units

    @property
    def contents(self) -> str:
        """What is in it, to tell kits of one plan apart: 方便面、苹果."""
        return "、".join(part.item for part in self.parts)

    def many(self, times: int) -> "KitView":
        """Return as many of the kit together; none at all holds nothing."""
        parts = (replace(part, quantity=part.quantity // self.times * times) for part in self.parts)
        return replace(self, parts=tuple(parts) if times else (), times=times)

    def less(self, got: Mapping[int, int]) -> "KitView":
        """Return what is left of it once these packs, by id of the item, were handed over."""
        left = (replace(part, quantity=part.quantity - got.get(part.item_id, 0)) for part in self.parts)
        return replace(self, parts=tuple(part for part in left if part.quantity > 0))


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """One purchase in a list. `lines` is text, such as "方便面 94 箱 × 85.00".

    `late_entry` says that it was entered on a later day than it was made; `voucher` is that of the
    payment, empty until it is paid. `refunded_minor` is what the supplier gave back.
    """

    purchase_id: int
    number: int
    bought_on: date
    supplier: str
    invoice_number: str
    total_minor: int
    refunded_minor: int
    lines: str
    recorded_at: datetime
    recorded_by: str
    late_entry: bool
    reason_late: str
    voucher: str
    is_paid: bool
    is_cancelled: bool
    cancel_reason: str


@dataclass(frozen=True, slots=True)
class StockRow:
    """Where the packs of one item stand; `handed_over` to units or to people, `at_desks` not yet so.

    `expired` counts those in the store that may not go out any more, `lost` those disposed of or missing.
    """

    item_id: int
    item: str
    packing: str
    needed: int
    bought: int
    in_store: int
    handed_over: int
    expired: int = 0
    to_come: int = 0
    lost: int = 0
    at_desks: int = 0

    @property
    def lacking(self) -> int:
        """Packs that are still to be bought."""
        return max(self.needed - self.bought + self.lost, 0)


@dataclass(frozen=True, slots=True)
class Handed:
    """Packs of one lot that a movement brought to a unit; `expires_on` None where no date is known."""

    item: str
    packing: str
    number: str
    expires_on: date | None
    quantity: int


def kit_of(measure_id: int) -> KitView | None:
    """Return the kit of a measure; None when it has none yet."""
    kit = Kit.objects.select_related("measure").filter(measure_id=measure_id).first()
    if kit is None:
        return None
    return kit_view(kit, parts_of(kit.pk))


def kit_view(kit: Kit, parts: Sequence[Part]) -> KitView:
    """Return a kit, whose measure is at hand, with these parts."""
    told = (kit.pk, kit.measure_id, kit.fund_id, kit.name, kit.standard_minor, tuple(parts))
    settings = kit.measure.settings
    return KitView(
        *told,
        per_person=settings.get("per") == "person",
        per_family=settings.get("per") == "family",
        units=settings.get("units") or 0,
        people=settings.get("people") or 0,
    )


def parts_of(kit_id: int) -> tuple[Part, ...]:
    """Return the items of a kit in the order they were defined."""
    lines = KitLine.objects.filter(kit_id=kit_id).select_related("item").order_by("pk")
    return tuple(part_of(line) for line in lines)


def part_of(line: KitLine) -> Part:
    """Return one item of a kit, whose line was read with its item."""
    item = line.item
    return Part(item.pk, item.name, item.packing, line.quantity, line.expires, item.specification)


def bought(kit_id: int) -> dict[int, Bought]:
    """Return what was bought for a kit, by id of the item, as `deliveries.bought_of` does."""
    return bought_of([kit_id]).get(kit_id, {})


def state(kit_id: int, draft: Draft, *, units: int, at: datetime, committed: bool = False) -> State:
    """Return what a purchase for the kit is examined against.

    `committed` says that its money was set aside already, so that the fund is not asked again.
    """
    kit_row = Kit.objects.get(pk=kit_id)
    used = Purchase.objects.filter(
        fund_id=kit_row.fund_id,
        supplier=rules.tidy_name(draft.supplier),
        invoice_number=rules.tidy_number(draft.invoice_number),
        cancelled_at__isnull=True,
    )
    return State(
        parts=parts_of(kit_id),
        standard_minor=kit_row.standard_minor,
        units=units,
        bought=bought(kit_id),
        available_minor=None if committed else funds.balance(kit_row.fund_id).available,
        invoice_used=used.exists(),
        today=at.astimezone(CHINA).date(),
    )


def purchases(kit_id: int) -> list[PurchaseRow]:
    """Return the purchases for a kit in the order of their numbers."""
    rows = (
        Purchase.objects.filter(kit_id=kit_id)
        .select_related("recorded_by", "disbursement", "commitment__rest")
        .prefetch_related(Prefetch("lines", queryset=PurchaseLine.objects.select_related("item")))
        .order_by("number")
    )
    return [
        PurchaseRow(
            purchase_id=row.pk,
            number=row.number,
            bought_on=row.bought_on,
            supplier=row.supplier,
            invoice_number=row.invoice_number,
            total_minor=row.total_minor,
            refunded_minor=row.commitment.rest.refunded_minor,
            lines=_text(row.lines.all()),
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by.name if row.recorded_by else "",
            late_entry=is_late(row.bought_on, row.recorded_at),
            reason_late=row.reason_late,
            voucher=row.disbursement.voucher if row.disbursement else "",
            is_paid=row.disbursement is not None and row.cancelled_at is None,
            is_cancelled=row.cancelled_at is not None,
            cancel_reason=row.cancel_reason,
        )
        for row in rows
    ]


def paid_for(kit_id: int) -> int:
    """Return what was paid for a kit less what came back of it, in fen; cancelled purchases do not count."""
    paid = Purchase.objects.filter(kit_id=kit_id, disbursement__isnull=False, cancelled_at__isnull=True)
    sums = paid.aggregate(total=Sum("total_minor"), back=Sum("commitment__rest__refunded_minor"))
    return int(sums["total"] or 0) - int(sums["back"] or 0)


def lots_delivered_of(purchase_id: int) -> dict[int, int]:
    """Return what came of a purchase and was not sent back: packs by id of the lot."""
    sums = (
        MovementLine.objects.filter(movement__purchase_id=purchase_id, place=STORE)
        .values_list("lot_id")
        .annotate(packs=Sum("quantity"))
        .order_by("lot_id")
    )
    return {lot_id: int(packs) for lot_id, packs in sums if packs}


def last_move(purchase_id: int) -> int:
    """Return the id of the last movement of goods of a purchase; 0 where none moved yet."""
    lines = MovementLine.objects.filter(lot__line__purchase=purchase_id)
    return int(lines.aggregate(last=Max("movement_id"))["last"] or 0)


def moves_since(purchase_id: int, movement_id: int) -> list[str]:
    """Return what moved of a purchase after a movement, in words, such as "sent back 苹果 2 箱"."""
    lines = MovementLine.objects.filter(
        lot__line__purchase=purchase_id, movement__gt=movement_id, quantity__gt=0
    )
    return [
        f"{MovementKind(line.movement.kind).label} {item.label} {line.quantity} {item.packing}"
        for line in lines.select_related("movement", "lot__item").order_by("pk")
        for item in [line.lot.item]
    ]


def open_lines(purchase_id: int) -> list[OpenLine]:
    """Return what is still to come of a purchase, line by line; without lines of which nothing is."""
    dated = set(
        KitLine.objects.filter(kit__purchases=purchase_id, expires=True).values_list("item_id", flat=True)
    )
    return [
        OpenLine(row.pk, row.item_id, row.item.label, row.item.packing, left, row.item_id in dated)
        for row, left in left_of(PurchaseLine.objects.filter(purchase_id=purchase_id).order_by("pk"))
        if left > 0
    ]


def can_go_back(purchase_id: int) -> bool:
    """Return whether the store holds all that was delivered of a purchase, so that it can be cancelled."""
    came = lots_delivered_of(purchase_id)
    levels = StockLevel.objects.filter(lot__in=came, place=STORE)
    there = dict(levels.values_list("lot_id", "quantity"))
    return all(there.get(lot_id, 0) >= packs for lot_id, packs in came.items())


def on_hand(lots: QuerySet[Lot], *, on: date | None) -> list[OnHand]:
    """Return what the store holds of these lots, without those that are used up.

    With a day, `on`, as many packs of each as may leave the store then: nothing goes out before it came, nor
    what went out since. Three queries.
    """
    levels = StockLevel.objects.filter(lot__in=lots, place=STORE, quantity__gt=0).order_by("lot_id")
    columns = levels.values_list(
        "lot_id", "lot__item_id", "lot__number", "lot__expires_on", "quantity", "lot__line__purchase_id"
    )
    held, moved = held_purchases(), moved_after(lots, on) if on is not None else {}
    found = []
    for lot_id, item_id, number, expires_on, quantity, purchase_id in columns:
        free, later = free_on(quantity, moved.get(lot_id, {}))
        found.append(OnHand(lot_id, item_id, number, expires_on, free, purchase_id in held, later))
    return found


def handed_of(movement_id: int) -> tuple[Handed, ...]:
    """Return what a movement brought, lots that nothing tells apart together."""
    packs: Counter[tuple[str, str, str, date | None]] = Counter()
    lines = MovementLine.objects.filter(movement_id=movement_id, quantity__gt=0).order_by("pk")
    for line in lines.select_related("lot__item"):
        lot = line.lot
        packs[lot.item.label, lot.item.packing, lot.number, lot.expires_on] += line.quantity
    return tuple(Handed(*key, quantity) for key, quantity in packs.items())


def times_of(plan: Plan, actor: Actor, at: datetime) -> Times:
    """Return what the entry of a donation or distribution is held against."""
    begun_on = plan.starts_on
    if begun_on is None:
        opened = Measure.objects.filter(plan=plan, opened_at__isnull=False)
        first = opened.order_by("opened_at").values_list("opened_at", flat=True).first()
        begun_on = first.astimezone(CHINA).date() if first else None
    return Times(at.astimezone(CHINA).date(), begun_on, actor.label)


def cancelled_by(purchase: Purchase) -> str:
    """Return who cancelled a purchase: who reversed its payment, or its commitment where it was not paid."""
    undone = Entry.objects.filter(reverses__in=[purchase.disbursement_id, purchase.commitment_id])
    return undone.values_list("entered_by__name", flat=True).first() or ""


def stock(kit_id: int, *, units: int, on: date | None = None) -> list[StockRow]:
    """Return where the packs of each item of a kit stand, when `units` units get one.

    `on` is the day for which expired packs are counted; without it none are.
    """
    got = bought(kit_id)
    store: Counter[int] = Counter()
    given: Counter[int] = Counter()
    at_desks: Counter[int] = Counter()
    gone: Counter[int] = Counter()
    arrived: Counter[int] = Counter()
    levels = StockLevel.objects.filter(lot__line__purchase__kit_id=kit_id)
    for item_id, expires_on, place, quantity in levels.values_list(
        "lot__item_id", "lot__expires_on", "place", "quantity"
    ):
        if place == STORE:
            store[item_id] += quantity
            gone[item_id] += quantity if on is not None and is_expired(expires_on, on) else 0
        elif is_unit(place) or is_picked(place):
            given[item_id] += quantity
        elif is_desk(place):
            at_desks[item_id] += quantity
    came = (
        MovementLine.objects.filter(
            movement__kit_id=kit_id, movement__purchase__cancelled_at__isnull=True, place=SUPPLIER
        )
        .values_list("lot__item_id")
        .annotate(packs=Sum("quantity"))
    )
    arrived.update({item_id: -int(packs) for item_id, packs in came})
    return [
        StockRow(
            item_id=part.item_id,
            item=part.item,
            packing=part.packing,
            needed=part.quantity * units,
            bought=(of_it := got.get(part.item_id, Bought(0, 0, 0))).quantity,
            in_store=store[part.item_id],
            handed_over=given[part.item_id],
            expired=gone[part.item_id],
            to_come=of_it.quantity - arrived[part.item_id],
            lost=of_it.lost,
            at_desks=at_desks[part.item_id],
        )
        for part in parts_of(kit_id)
    ]


def is_short(rows: Iterable[StockRow]) -> bool:
    """Return whether something of a kit is still to be bought."""
    return any(row.lacking for row in rows)


def _text(lines: Iterable[PurchaseLine]) -> str:
    ordered = sorted(lines, key=lambda line: line.pk)
    return "；".join(
        f"{line.item.label} {line.quantity} {line.item.packing} × {yuan(line.unit_price_minor)}"
        for line in ordered
    )
