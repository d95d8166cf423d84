"""What papers tell of goods: purchases, hand-overs with their prices, the store's card, gifts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Protocol

from songnuan.documents.sheet_paper import Signed
from songnuan.funds.models import Entry, Fund
from songnuan.funds.queries import refunds_of_fund
from songnuan.funds.rules import is_late
from songnuan.goods.cards import CardRow, donations, stock_card
from songnuan.goods.giving import kits_of, kits_to_give, unit_shares, units_of, visits_bring_kits
from songnuan.goods.handed import HandOverRow, hand_over_list
from songnuan.goods.models import Donation, Issue, Lot, Movement, MovementKind, Purchase
from songnuan.goods.voided import cancelled_donations
from songnuan.journeys.paper_units import PaperUnits
from songnuan.journeys.visit_paper_rows import receiver_of, visits_of
from songnuan.kernel.actor import SYSTEM
from songnuan.plans.models import Plan
from songnuan.visits.models import LaterReceipt, ReportVersion, Visit
from songnuan.visits.owed import lacks
from songnuan.visits.versions import first_versions

_VISIT = "visits.visit:"


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

    `is_to_come`: the unit did not get it yet. `is_later`: it was handed over after the visit. `is_gift`: it
    was given to the house, and cost it nothing. `is_owed`: the unit still gets a part of its kit.
    """

    unit: str
    lines: tuple[GoodsLine, ...]
    signed: Signed | None = None
    day: date | None = None
    handled_by: str = ""
    late_entry: bool = False
    is_later: bool = False
    is_to_come: bool = False
    is_gift: bool = False
    is_owed: bool = False


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
    refunds: tuple[Entry, ...] = ()

    @property
    def refunded_minor(self) -> int:
        """What the supplier gave back of it, in fen."""
        return sum(entry.amount_minor for entry in self.refunds)


@dataclass(frozen=True, slots=True)
class StockCardRow:
    """One movement of one thing into the store or out of it, and what is in store after it.

    `lot` and `expires_on` are empty where the goods bear none; `source` says where it came from or went to.
    `is_to_sign`: a unit got it, and signs on paper where `signed` is None.
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
    is_to_sign: bool
    handled_by: str
    late_entry: bool


@dataclass(frozen=True, slots=True)
class GiftLineRow:
    """Packs of one thing that were given, with the lot number and last good day printed on them, if any."""

    goods: GoodsLine
    lot: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift that was taken, with what is worth `total_minor` fen. It came into the store without `unit`.

    `valued_by` says how the value is known; `late_reason` why it is entered late, `cancelled_why` why it was
    cancelled.
    """

    number: str
    donor: str
    lines: tuple[GiftLineRow, ...]
    total_minor: int
    day: date
    received_by: str
    unit: str
    valued_by: str
    late_reason: str = ""
    cancelled_why: str = ""


def receipt_rows(plan: Plan, on: date, *, with_blanks: bool, is_full: bool) -> list[ReceiptRow]:
    """Return what units got, as it was booked; with blanks, also who is still to get a kit."""
    rows = hand_over_list(plan.pk)
    by_movement = {pk: list(lines) for pk, lines in groupby(rows, lambda row: row.movement_id)}
    hands, order = _Hands(rows, is_full=is_full), _kit_order(plan)
    waiting = _to_come(plan, on)
    units = PaperUnits([*(row.unit_id for row in rows), *waiting])
    found = [
        ReceiptRow(
            unit=units.name(first.unit_id, first.day),
            lines=_together(moved, order),
            signed=hands.signed(pk, first.subject),
            day=first.day,
            handled_by=first.by or SYSTEM.label,
            late_entry=hands.is_late(pk, first.subject),
            is_later=first.issue_id is None and not hands.is_at_visit(pk, first.subject),
            is_gift=first.is_gift,
            is_owed=not (first.is_gift or first.is_for_family) and first.unit_id in waiting,
        )
        for pk, moved in by_movement.items()
        for first in moved[:1]
    ]
    if not with_blanks:
        return found
    return found + [ReceiptRow(units.name(pk, on), lines, is_to_come=True) for pk, lines in waiting.items()]


def purchase_rows(fund: Fund) -> list[PurchasePaperRow]:
    """Return what was bought from a fund, in the order of the numbers, cancelled purchases too."""
    back = refunds_of_fund(fund.pk)
    bought = Purchase.objects.filter(fund=fund).select_related("recorded_by", "disbursement")
    return [
        PurchasePaperRow(
            number=row.number,
            lines=tuple(
                GoodsLine(
                    line.item.name,
                    line.item.specification,
                    line.item.packing,
                    line.quantity,
                    line.unit_price_minor,
                )
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
            refunds=tuple(back.get(row.commitment_id, ())),
        )
        for row in bought.prefetch_related("lines__item").order_by("number")
    ]


def stock_rows(plan: Plan, *, is_full: bool) -> list[StockCardRow]:
    """Return what came into the store and left it, thing by thing, as it was booked."""
    items = (
        Lot.objects.filter(store__plan=plan).order_by("item_id").values_list("item_id", flat=True).distinct()
    )
    rows = [row for item_id in items for row in stock_card(plan_id=plan.pk, item_id=item_id)]
    hands = _Hands(rows, is_full=is_full)
    units = PaperUnits(row.unit_id for row in rows if row.unit_id)
    return [
        StockCardRow(
            day=row.day,
            item=row.name,
            specification=row.specification,
            packing=row.packing,
            lot=row.number,
            expires_on=row.expires_on,
            source=_source(row),
            came=row.incoming,
            left=row.outgoing,
            balance=row.balance,
            unit=units.name(row.unit_id, row.day) if row.unit_id else "",
            signed=hands.signed(row.movement_id, row.subject),
            is_to_sign=row.unit_id is not None and row.kind != MovementKind.RECLAIM,
            handled_by=row.recorded_by or SYSTEM.label,
            late_entry=hands.is_late(row.movement_id, row.subject) or (not row.unit_id and row.late_entry),
        )
        for row in rows
    ]


def gifts_past_the_store(plan: Plan) -> int:
    """Return how many gifts that stand went straight to units."""
    gifts = Donation.objects.filter(store__plan=plan, unit__isnull=False, cancelled_at__isnull=True)
    return gifts.count()


def gift_rows(
    plan: Plan, on: date, *, donation_id: int | None = None, is_full: bool = False
) -> list[GiftRow]:
    """Return the gifts for a plan, by number, or one of them; receivers masked unless `is_full`."""
    cards = [card for card in donations(plan.pk) if donation_id in {None, card.donation_id}][::-1]
    names = (
        dict(Donation.objects.filter(store__plan=plan).values_list("pk", "receiver_name")) if is_full else {}
    )
    units = PaperUnits(card.unit_id for card in cards if card.unit_id)
    cancelled = cancelled_donations([card.donation_id for card in cards])
    return [
        GiftRow(
            number=card.printed_number,
            donor=card.donor,
            lines=tuple(
                GiftLineRow(
                    GoodsLine(
                        line.name, line.specification, line.packing, line.quantity, line.unit_value_minor
                    ),
                    line.number,
                    line.expires_on,
                )
                for line in card.lines
            ),
            total_minor=card.total_minor,
            day=card.donated_on,
            received_by=names.get(card.donation_id, card.receiver),
            unit=units.name(card.unit_id, on) if card.unit_id else "",
            valued_by=card.valuation_label,
            late_reason=card.reason_late if card.late_entry else "",
            cancelled_why=cancelled[card.donation_id].reason if card.donation_id in cancelled else "",
        )
        for card in cards
    ]


class _Moved(Protocol):
    """A movement that papers list."""

    @property
    def movement_id(self) -> int:
        """Which."""

    @property
    def subject(self) -> str:
        """What it belongs to, such as "visits.visit:3"."""


class _Hands:
    """Who signed for goods: the receiver of the visit they came with, or of the gift."""

    def __init__(self, rows: Sequence[_Moved], *, is_full: bool) -> None:
        ids = {int(row.subject.removeprefix(_VISIT)) for row in rows if row.subject.startswith(_VISIT)}
        visits = Visit.objects.filter(pk__in=ids).select_related("signature")
        self._visits = {f"{_VISIT}{visit.pk}": visit for visit in visits}
        later = LaterReceipt.objects.filter(visit__in=ids).select_related("signature")
        self._later = {f"{_VISIT}{receipt.visit_id}": receipt for receipt in later}
        moved = {row.movement_id for row in rows}
        self._booked = dict(Movement.objects.filter(pk__in=moved).values_list("pk", "at"))
        self._first = {f"{_VISIT}{pk}": row for pk, row in first_versions(ids).items()}
        issues = Issue.objects.filter(movement__in=moved).select_related("signature")
        self._issues = {issue.movement_id: issue for issue in issues}
        self._is_full = is_full

    def is_at_visit(self, movement_id: int, subject: str) -> bool:
        """Return whether goods changed hands at the visit itself, whose signature then covers them."""
        visit = self._visits.get(subject)
        return visit is not None and visit.received_at == self._booked[movement_id]

    def is_late(self, movement_id: int, subject: str) -> bool:
        """Return whether it was entered late (补录)."""
        held = self._issues.get(movement_id) or self._visits.get(subject)
        return held is not None and held.late_entry

    def signed(self, movement_id: int, subject: str) -> Signed | None:
        """Return who signed, at the visit or when the kit came later; None where it is still to be signed."""
        if issue := self._issues.get(movement_id):
            return receiver_of(issue, is_full=self._is_full)
        signed: LaterReceipt | ReportVersion | Visit | None = self._later.get(subject)
        if self.is_at_visit(movement_id, subject):
            signed = self._first.get(subject) or self._visits.get(subject)
        return None if signed is None else receiver_of(signed, is_full=self._is_full)


def _kit_order(plan: Plan) -> dict[str, int]:
    """Return the place of each thing in the kit in use."""
    kits = [kit for _closed, kit in kits_of(plan.pk)]
    return {part.name: place for place, part in enumerate(kits[0].parts)} if kits else {}


def _together(rows: Sequence[HandOverRow], order: Mapping[str, int]) -> tuple[GoodsLine, ...]:
    """Return what a unit got, in the order of the kit: packs of several lots at one price in one line."""
    packs: dict[tuple[str, str, str, int], int] = defaultdict(int)
    for row in sorted(rows, key=lambda row: order.get(row.name, len(order))):
        packs[row.name, row.specification, row.packing, row.unit_price_minor] += row.quantity
    return tuple(
        GoodsLine(name, specification, packing, count, price)
        for (name, specification, packing, price), count in packs.items()
    )


def _to_come(plan: Plan, on: date) -> dict[int, tuple[GoodsLine, ...]]:
    """Return what each unit still gets of its kit, in the order of their visits where these bring it."""
    visits = visits_of(plan)
    if visits is None or not visits_bring_kits(plan.pk):
        return _to_come_at_the_store(plan, on)
    ordered = Visit.objects.filter(measure=visits).order_by("planned_on", "pk")
    units = list(ordered.values_list("unit_id", flat=True))
    each = lacks(visits, units)
    return {
        unit: tuple(
            GoodsLine(part.name, part.specification, part.packing, part.quantity, None)
            for part in each[unit].parts
        )
        for unit in units
        if unit in each
    }


def _to_come_at_the_store(plan: Plan, on: date) -> dict[int, tuple[GoodsLine, ...]]:
    """Return what each unit still gets of the kits that no visit brings."""
    found: dict[int, list[GoodsLine]] = defaultdict(list)
    for kit in kits_to_give(plan):
        for unit_id, share in unit_shares(kit, plan, units_of(kit, plan, on)).items():
            found[unit_id] += [
                GoodsLine(part.name, part.specification, part.packing, part.quantity, None)
                for part in share.left
            ]
    return {unit_id: tuple(lines) for unit_id, lines in found.items() if lines}


def _source(row: CardRow) -> str:
    """Return where goods came from, or went other than to a unit."""
    if row.kind == MovementKind.RECEIVE:
        return f"采购（{row.counterpart}）"
    if row.kind == MovementKind.DONATE:
        return f"捐赠（{row.counterpart}）"
    if row.kind == MovementKind.RECLAIM:
        return "分发撤回"
    if row.unit_id is not None:
        return ""
    return f"{row.kind_label}（{row.counterpart}）" if row.counterpart else row.kind_label


def funds_of(plan: Plan) -> list[Fund]:
    """Return the plan's funds with their documents, in the order they were opened."""
    return list(Fund.objects.filter(plan=plan).select_related("document").order_by("pk"))
