"""What papers and pages about stock are made of: lots, cards and donations.

Prices and values are in fen, quantities whole packs. Days are those in China.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate, groupby

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from songnuan.goods.describing import label_of
from songnuan.goods.models import (
    Desk,
    Donation,
    DonorKind,
    Lot,
    Movement,
    MovementKind,
    MovementLine,
    Valuation,
)
from songnuan.goods.places import DISPOSED, MISSING, STORE
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import mask_name


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot of a store: what of it came, is there, was disposed of, went back or is missing.

    What was handed over went to units, or was picked up by people; what lies `at_desks` is to be picked up.
    `source` is the supplier or the donor; exactly one of `purchase_id` and `donation_id` is set. `missing` is
    below zero where more was found than was booked. `price_minor` is what one pack cost or is worth.
    """

    lot_id: int
    item_id: int
    item: str
    packing: str
    number: str
    expires_on: date | None
    source: str
    purchase_id: int | None
    donation_id: int | None
    price_minor: int
    in_store: int
    handed_over: int
    disposed: int
    missing: int
    at_desks: int = 0

    @property
    def came(self) -> int:
        """Packs that came and were not sent back."""
        return self.in_store + self.at_desks + self.handed_over + self.disposed + self.missing


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of a stock card: what a movement brought into the store or took out of it, and what was left.

    `counterpart` is the supplier or donor it came from or went back to, or the desk that was allotted it or
    brought it back; `unit_id` is the unit it went to; `subject` names what it belongs to, such as
    "goods.purchase:7" or "visits.visit:3".
    """

    movement_id: int
    day: date
    kind: str
    kind_label: str
    name: str
    specification: str
    packing: str
    number: str
    expires_on: date | None
    counterpart: str
    unit_id: int | None
    incoming: int
    outgoing: int
    balance: int
    recorded_by: str
    entered_at: datetime
    late_entry: bool
    reason: str
    subject: str

    @property
    def item(self) -> str:
        """Its name with its specification."""
        return label_of(self.name, self.specification)


@dataclass(frozen=True, slots=True)
class DonationLineRow:
    """One line of a donation, with the lot it made and what of that is in the store."""

    lot_id: int
    name: str
    specification: str
    packing: str
    number: str
    expires_on: date | None
    quantity: int
    unit_value_minor: int
    in_store: int

    @property
    def item(self) -> str:
        """Its name with its specification."""
        return label_of(self.name, self.specification)

    @property
    def amount_minor(self) -> int:
        """What the line is worth."""
        return self.quantity * self.unit_value_minor


@dataclass(frozen=True, slots=True)
class DonationCard:
    """A donation as its receipt (捐赠收据) and its page show it. `unit_id` is None for the store.

    `receiver` is masked. `issue_id` names the signature of a unit that got it straight.
    """

    donation_id: int
    plan_id: int
    number: int
    donor: str
    donor_kind_label: str
    donated_on: date
    valuation_label: str
    total_minor: int
    packs: int
    unit_id: int | None
    receiver: str
    issue_id: int | None
    is_signed: bool
    recorded_by: str
    recorded_at: datetime
    late_entry: bool
    before_plan: bool
    reason_late: str
    lines: tuple[DonationLineRow, ...]

    @property
    def printed_number(self) -> str:
        """Return the number as it stands on the receipt: 捐-0001."""
        return printed_donation(self.number)


def printed_donation(number: int) -> str:
    """Return the number of a donation as it stands on the receipt: 捐-0001."""
    return f"捐-{number:04d}"


def lots(plan_id: int, item_id: int | None = None) -> list[LotRow]:
    """Return the lots of a plan's store, or those of one item: what expires first, undated ones last."""
    rows = Lot.objects.filter(store__plan_id=plan_id)
    return _lot_rows(rows if item_id is None else rows.filter(item_id=item_id))


def lots_of_purchase(purchase_id: int) -> list[LotRow]:
    """Return the lots that came of a purchase, those that went back whole too."""
    return _lot_rows(Lot.objects.filter(line__purchase_id=purchase_id))


def _lot_rows(rows: QuerySet[Lot]) -> list[LotRow]:
    """Return lots with where their packs are, sorted by item, what expires first, undated ones last."""
    found = list(_with_origin(rows))
    sums: dict[int, dict[str, int]] = {lot.pk: {} for lot in found}
    moved = MovementLine.objects.filter(lot__in=sums).values_list("lot_id", "place")
    for lot_id, place, packs in moved.annotate(packs=Sum("quantity")):
        where = place if place in {STORE, DISPOSED, MISSING} else place.partition(":")[0]
        sums[lot_id][where] = sums[lot_id].get(where, 0) + int(packs)
    made = [_lot_row(lot, sums[lot.pk]) for lot in found]
    return sorted(
        made, key=lambda row: (row.item_id, row.expires_on is None, row.expires_on or date.max, row.lot_id)
    )


def _with_origin(rows: QuerySet[Lot]) -> QuerySet[Lot]:
    return rows.select_related("item", "line__purchase", "gift__donation")


def _lot_row(lot: Lot, packs: dict[str, int]) -> LotRow:
    return LotRow(
        lot_id=lot.pk,
        item_id=lot.item_id,
        item=lot.item.label,
        packing=lot.item.packing,
        number=lot.number,
        expires_on=lot.expires_on,
        source=source_of(lot),
        purchase_id=lot.line.purchase_id if lot.line else None,
        donation_id=lot.gift.donation_id if lot.gift else None,
        price_minor=price_of(lot),
        in_store=packs.get(STORE, 0),
        handed_over=packs.get("unit", 0) + packs.get("picked", 0),
        disposed=packs.get(DISPOSED, 0),
        missing=packs.get(MISSING, 0),
        at_desks=packs.get("desk", 0),
    )


def source_of(lot: Lot) -> str:
    """Return who a lot was bought from, or who gave it."""
    if lot.line is not None:
        return lot.line.purchase.supplier
    assert lot.gift is not None  # noqa: S101 - a lot was bought or given
    return lot.gift.donation.donor


def price_of(lot: Lot) -> int:
    """Return what a pack of a lot cost or is worth, in fen."""
    if lot.line is not None:
        return lot.line.unit_price_minor
    assert lot.gift is not None  # noqa: S101 - a lot was bought or given
    return lot.gift.unit_value_minor


def stock_card(*, plan_id: int, item_id: int, lot_id: int | None = None) -> list[CardRow]:
    """Return the movements through a plan's store of one item, or of one lot of it, day after day.

    What was entered late stands on its own day; those of one day stand as they were entered, since of what
    came the day alone is known (see `_of_day`). What went straight from a donor to a unit never was in the
    store and stands in no card.
    """
    lines = MovementLine.objects.filter(lot__store__plan_id=plan_id, lot__item_id=item_id, place=STORE)
    if lot_id is not None:
        lines = lines.filter(lot_id=lot_id)
    rows = lines.select_related(
        "movement__recorded_by",
        "movement__purchase",
        "lot__item",
        "lot__line__purchase",
        "lot__gift__donation",
    )
    card, balance = [], 0
    desks = _desks(plan_id)
    entered: list[MovementLine] = sorted(
        rows, key=lambda line: (_day(line.movement), line.movement_id, line.pk)
    )
    for _date, day in groupby(entered, key=lambda line: _day(line.movement)):
        for line in _of_day(list(day), balance):
            balance += line.quantity
            card.append(_card_row(line, balance, desks))
    return card


def _of_day(entered: list[MovementLine], balance: int) -> list[MovementLine]:
    """Return the lines of one day as they were entered.

    Entered late, something may have left that only what was entered after it on the same day made up for:
    then what came stands first, as it was there before the other left.
    """
    left = accumulate((line.quantity for line in entered), initial=balance)
    if min(left) >= 0:
        return entered
    came = {MovementKind.RECEIVE, MovementKind.DONATE}
    return sorted(entered, key=lambda line: line.movement.kind not in came)


_WITH_ORIGIN = frozenset(
    {MovementKind.RECEIVE, MovementKind.SEND_BACK, MovementKind.DONATE, MovementKind.TAKE_BACK}
)


def _desks(plan_id: int) -> dict[str, str]:
    """Return the names of a plan's desks, by the subject of what moved between them and the store."""
    desks = Desk.objects.filter(distribution__measure__plan_id=plan_id)
    return {f"goods.desk:{pk}": name for pk, name in desks.values_list("pk", "name")}


def _card_row(line: MovementLine, balance: int, desks: Mapping[str, str]) -> CardRow:
    movement, lot = line.movement, line.lot
    day = _day(movement)
    return CardRow(
        movement_id=movement.pk,
        day=day,
        kind=movement.kind,
        kind_label=_kind_words(movement),
        name=lot.item.name,
        specification=lot.item.specification,
        packing=lot.item.packing,
        number=lot.number,
        expires_on=lot.expires_on,
        counterpart=source_of(lot) if movement.kind in _WITH_ORIGIN else desks.get(movement.subject, ""),
        unit_id=movement.unit_id,
        incoming=max(line.quantity, 0),
        outgoing=max(-line.quantity, 0),
        balance=balance,
        recorded_by=movement.recorded_by.name if movement.recorded_by else "",
        entered_at=movement.at,
        late_entry=day < movement.at.astimezone(CHINA).date(),
        reason=movement.reason,
        subject=movement.subject,
    )


def _kind_words(movement: Movement) -> str:
    """Return why goods moved: what left with a cancelled purchase was not sent back to anybody."""
    purchase = movement.purchase
    if (
        movement.kind == MovementKind.SEND_BACK
        and purchase is not None
        and purchase.cancelled_at == movement.at
    ):
        return _("purchase cancelled")
    return str(MovementKind(movement.kind).label)


def _day(movement: Movement) -> date:
    return movement.happened_at.astimezone(CHINA).date()


def donations(plan_id: int) -> list[DonationCard]:
    """Return the donations for a plan, the newest number first."""
    return _donation_cards(Donation.objects.filter(store__plan_id=plan_id))


def donation_card(donation_id: int) -> DonationCard | None:
    """Return one donation; None where there is none."""
    found = _donation_cards(Donation.objects.filter(pk=donation_id))
    return found[0] if found else None


def _donation_cards(rows: QuerySet[Donation]) -> list[DonationCard]:
    shown = rows.select_related("store", "recorded_by", "issue").order_by("-number")
    found = list(shown.prefetch_related("lines__item", "lines__lots"))
    levels = MovementLine.objects.filter(lot__gift__donation__in=found, place=STORE).values_list("lot_id")
    there = {lot_id: int(packs) for lot_id, packs in levels.annotate(packs=Sum("quantity"))}
    return [_donation_card(row, there) for row in found]


def _donation_card(row: Donation, there: dict[int, int]) -> DonationCard:
    lines = tuple(
        DonationLineRow(
            lot_id=lot.pk,
            name=line.item.name,
            specification=line.item.specification,
            packing=line.item.packing,
            number=lot.number,
            expires_on=lot.expires_on,
            quantity=line.quantity,
            unit_value_minor=line.unit_value_minor,
            in_store=there.get(lot.pk, 0),
        )
        for line in sorted(row.lines.all(), key=lambda line: line.pk)
        for lot in line.lots.all()
    )
    issue = getattr(row, "issue", None)
    return DonationCard(
        donation_id=row.pk,
        plan_id=row.store.plan_id,
        number=row.number,
        donor=row.donor,
        donor_kind_label=str(DonorKind(row.donor_kind).label),
        donated_on=row.donated_on,
        valuation_label=str(Valuation(row.valuation).label),
        total_minor=row.total_minor,
        packs=sum(line.quantity for line in lines),
        unit_id=row.unit_id,
        receiver=mask_name(row.receiver_name),
        issue_id=issue.pk if issue else None,
        is_signed=issue is not None and issue.signature_id is not None,
        recorded_by=row.recorded_by.name if row.recorded_by else "",
        recorded_at=row.recorded_at,
        late_entry=row.late_entry,
        before_plan=row.before_plan,
        reason_late=row.reason_late,
        lines=lines,
    )
