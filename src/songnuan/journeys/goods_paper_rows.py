"""What papers tell of goods: purchases, hand-overs with their prices, the store's card, gifts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from songnuan.audit.models import Entry
from songnuan.documents.sheet_paper import Signed
from songnuan.funds.models import Fund
from songnuan.funds.rules import is_late
from songnuan.goods.models import Movement, MovementKind, MovementLine, Purchase, PurchaseLine
from songnuan.journeys.paper_units import PaperUnits
from songnuan.journeys.visit_paper_rows import receiver_of, visits_of
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Plan
from songnuan.visits.models import Visit
from songnuan.visits.owed import kit_of_visits

_STORE = "store"  # as the stock levels name the place
_VISIT = "visits.visit:"
_MOVEMENT = "goods.movement:"


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """Packs of one thing at one price (fen); without a price where none is known yet."""

    item: str
    specification: str
    packing: str
    quantity: int
    unit_price_minor: int | None

    @property
    def amount_minor(self) -> int | None:
        """What they cost together."""
        return None if self.unit_price_minor is None else self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """What one unit got: `signed` who signed, None where it is still to be signed on paper; `day` when.

    `is_to_come`: the unit did not get it yet. `is_later`: it was handed over after the visit.
    """

    unit: str
    lines: tuple[GoodsLine, ...]
    signed: Signed | None = None
    day: date | None = None
    handled_by: str = ""
    late_entry: bool = False
    is_later: bool = False
    is_to_come: bool = False


@dataclass(frozen=True, slots=True)
class PurchasePaperRow:
    """One invoice with its lines; `late_entry`: entered on a later day than it was bought."""

    number: int
    lines: tuple[GoodsLine, ...]
    supplier: str
    invoice_number: str
    voucher: str
    bought_on: date
    handled_by: str
    total_minor: int
    late_entry: bool
    is_cancelled: bool
    cancel_reason: str


@dataclass(frozen=True, slots=True)
class StockCardRow:
    """One movement of one thing into the store or out of it, and what is in store after it.

    `lot` and `expires_on` are empty where nobody keeps lots; `source` says where it came from or went to.
    """

    day: date
    item: str
    specification: str
    packing: str
    lot: str
    expires_on: date | None
    source: str
    came: int
    left: int
    balance: int
    unit: str
    signed: Signed | None
    handled_by: str
    late_entry: bool


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift that was taken: each of `lines` with the value of all its packs, in fen.

    `valued_by` says how the value is known; `late_reason` why it is entered late.
    """

    number: str
    donor: str
    lines: tuple[tuple[GoodsLine, int], ...]
    day: date
    received_by: str
    recipient: str
    valued_by: str
    late_reason: str = ""


def receipt_rows(plan: Plan, on: date, *, with_blanks: bool, is_full: bool) -> list[ReceiptRow]:
    """Return what units got, in the order they got it; with blanks, also who is still to get something."""
    moved = Movement.objects.filter(kit__measure__plan=plan, kind=MovementKind.HAND_OVER)
    movements = list(moved.prefetch_related("lines__item").order_by("happened_at", "pk"))
    visits = _visits(movement.subject for movement in movements)
    got = {movement.unit_id for movement in movements}
    waiting, lines = _to_come(plan, got) if with_blanks else ([], ())
    units = PaperUnits([*(row.unit_id for row in movements if row.unit_id), *waiting])
    prices = _prices({movement.kit_id for movement in movements})
    handlers = _handlers(movements)
    rows = []
    for movement in movements:
        visit = visits.get(movement.subject)
        is_later = visit is None or movement.happened_at != visit.happened_at
        day = day_of(movement.happened_at)
        rows.append(
            ReceiptRow(
                unit=units.name(movement.unit_id or 0, day),
                lines=tuple(_taken(movement, prices)),
                signed=receiver_of(visit, is_full=is_full) if visit and not is_later else None,
                day=day,
                handled_by=handlers.get(movement.pk, ""),
                late_entry=visit is not None and visit.late_entry,
                is_later=is_later,
            )
        )
    return rows + [ReceiptRow(units.name(pk, on), lines, is_to_come=True) for pk in waiting]


def purchase_rows(fund: Fund) -> list[PurchasePaperRow]:
    """Return what was bought from a fund, in the order of the numbers, cancelled purchases too."""
    bought = Purchase.objects.filter(fund=fund).select_related("recorded_by", "disbursement")
    return [
        PurchasePaperRow(
            number=row.number,
            lines=tuple(
                GoodsLine(line.item.name, "", line.item.packing, line.quantity, line.unit_price_minor)
                for line in sorted(row.lines.all(), key=lambda line: line.pk)
            ),
            supplier=row.supplier,
            invoice_number=row.invoice_number,
            voucher=row.disbursement.voucher if row.disbursement else "",
            bought_on=row.bought_on,
            handled_by=row.recorded_by.name if row.recorded_by else SYSTEM.label,
            total_minor=row.total_minor,
            late_entry=is_late(row.bought_on, row.recorded_at),
            is_cancelled=row.cancelled_at is not None,
            cancel_reason=row.cancel_reason,
        )
        for row in bought.prefetch_related("lines__item").order_by("number")
    ]


def stock_rows(plan: Plan, *, is_full: bool) -> list[StockCardRow]:
    """Return what came into the store and left it, thing by thing, as it happened."""
    lines = MovementLine.objects.filter(movement__kit__measure__plan=plan, place=_STORE)
    moved = list(
        lines.select_related("movement__purchase", "item").order_by(
            "item_id", "movement__happened_at", "movement_id"
        )
    )
    visits = _visits(line.movement.subject for line in moved)
    units = PaperUnits(line.movement.unit_id for line in moved if line.movement.unit_id)
    handlers = _handlers([line.movement for line in moved])
    balance: dict[int, int] = defaultdict(int)
    rows = []
    for line in moved:
        movement, visit = line.movement, visits.get(line.movement.subject)
        day = day_of(movement.happened_at)
        balance[line.item_id] += line.quantity
        at_visit = visit is not None and visit.happened_at == movement.happened_at
        rows.append(
            StockCardRow(
                day=day,
                item=line.item.name,
                specification="",
                packing=line.item.packing,
                lot="",
                expires_on=None,
                source=_source(movement),
                came=max(line.quantity, 0),
                left=max(-line.quantity, 0),
                balance=balance[line.item_id],
                unit=units.name(movement.unit_id, day) if movement.unit_id else "",
                signed=receiver_of(visit, is_full=is_full) if visit and at_visit else None,
                handled_by=handlers.get(movement.pk, ""),
                late_entry=visit.late_entry if visit else is_late(day, movement.at),
            )
        )
    return rows


def first_in_first_out(
    bought: Sequence[tuple[int, int]], taken: Sequence[int]
) -> list[list[tuple[int, int | None]]]:
    """Return at which prices packs left the store, when what was bought first leaves first.

    Args:
        bought: Packs and their price in fen, in the order they were bought.
        taken: Packs that left, in that order.

    Returns:
        For each of `taken` its packs and their price; None for packs that nobody bought.

    """
    left, found = [list(lot) for lot in bought], []
    for count in taken:
        parts: list[tuple[int, int | None]] = []
        while count:
            while left and not left[0][0]:
                left.pop(0)
            packs = min(count, left[0][0]) if left else count
            parts.append((packs, left[0][1] if left else None))
            if left:
                left[0][0] -= packs
            count -= packs  # noqa: PLW2901 - what is still to be priced
        found.append(parts)
    return found


def _prices(kits: Collection[int]) -> dict[int, list[tuple[int, int | None]]]:
    """Return by line of a hand-over the packs and their prices."""
    bought: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    lines = PurchaseLine.objects.filter(purchase__kit__in=kits, purchase__cancelled_at__isnull=True)
    for kit_id, item_id, quantity, price in lines.order_by("purchase__number", "pk").values_list(
        "purchase__kit_id", "item_id", "quantity", "unit_price_minor"
    ):
        bought[kit_id, item_id].append((quantity, price))
    taken: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    went = MovementLine.objects.filter(
        movement__kit__in=kits, movement__kind=MovementKind.HAND_OVER, place=_STORE
    )
    for pk, kit_id, item_id, quantity in went.order_by("movement__happened_at", "movement_id").values_list(
        "pk", "movement__kit_id", "item_id", "quantity"
    ):
        taken[kit_id, item_id].append((pk, -quantity))
    priced: dict[int, list[tuple[int, int | None]]] = {}
    for key, rows in taken.items():
        parts = first_in_first_out(bought[key], [quantity for _pk, quantity in rows])
        priced |= {pk: part for (pk, _quantity), part in zip(rows, parts, strict=True)}
    return priced


def _taken(movement: Movement, prices: dict[int, list[tuple[int, int | None]]]) -> Iterable[GoodsLine]:
    for line in sorted(movement.lines.all(), key=lambda line: line.pk):
        if line.place == _STORE:
            for quantity, price in prices[line.pk]:
                yield GoodsLine(line.item.name, "", line.item.packing, quantity, price)


def _visits(subjects: Iterable[str]) -> dict[str, Visit]:
    """Return the visits that subjects of movements name."""
    ids = {int(one.removeprefix(_VISIT)) for one in subjects if one.startswith(_VISIT)}
    found = Visit.objects.filter(pk__in=ids).select_related("signature")
    return {f"{_VISIT}{visit.pk}": visit for visit in found}


def _to_come(plan: Plan, got: Collection[int | None]) -> tuple[list[int], tuple[GoodsLine, ...]]:
    """Return the units that have no kit yet, in the order of their visits, and what each will get."""
    visits = visits_of(plan)
    kit = kit_of_visits(visits) if visits else None
    if visits is None or kit is None:
        return [], ()
    waiting = Visit.objects.filter(measure=visits).exclude(unit__in=[pk for pk in got if pk])
    lines = tuple(GoodsLine(part.item, "", part.packing, part.quantity, None) for part in kit.parts)
    return list(waiting.order_by("planned_on", "pk").values_list("unit_id", flat=True)), lines


def _handlers(movements: Collection[Movement]) -> dict[int, str]:
    """Return who booked each movement, as the trail has it."""
    subjects = {f"{_MOVEMENT}{row.pk}": row.pk for row in movements}
    noted = Entry.objects.filter(subject__in=subjects, action__in=("goods.hand_over", "goods.receive"))
    return {subjects[subject]: label for subject, label in noted.values_list("subject", "actor_label")}


def _source(movement: Movement) -> str:
    number = f"第{movement.purchase.number}号" if movement.purchase else ""
    if movement.kind == MovementKind.RECEIVE:
        return f"采购{number}"
    return f"采购{number}作废退回" if movement.kind == MovementKind.SEND_BACK else ""


def funds_of(plan: Plan) -> list[Fund]:
    """Return the plan's funds with their documents, in the order they were opened."""
    return list(Fund.objects.filter(plan=plan).select_related("document").order_by("pk"))
