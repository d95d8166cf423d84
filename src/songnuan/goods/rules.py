"""What may be bought for a kit, and what a kit costs: pure decisions. Prices in fen, quantities in packs."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.utils.translation import gettext as _

from songnuan.funds.rules import is_long_ago
from songnuan.goods.describing import label_of
from songnuan.kernel.days import written
from songnuan.kernel.money import LIMIT_MINOR, yuan
from songnuan.kernel.refusal import Fact, Refusal
from songnuan.kernel.workdays import CalendarEnds, add_workdays

SUPPLIER_LENGTH = 120
INVOICE_LENGTH = 60
REASON_LENGTH = 400
LARGEST_QUANTITY = 10**9


@dataclass(frozen=True, slots=True)
class NewPart:
    """One item of a kit to be defined, with the packs of it in one kit, and whether it expires."""

    item: str
    packing: str
    quantity: int
    expires: bool = False
    specification: str = ""

    @property
    def label(self) -> str:
        """Its name with its specification."""
        return label_of(self.item, self.specification)


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a kit, with the packs of it that one kit holds; `expires`: none comes without its date."""

    item_id: int
    name: str
    packing: str
    quantity: int
    expires: bool = False
    specification: str = ""

    @property
    def item(self) -> str:
        """Its name with its specification."""
        return label_of(self.name, self.specification)


@dataclass(frozen=True, slots=True)
class Line:
    """Packs of one item at one price each (fen)."""

    item_id: int
    quantity: int
    unit_price_minor: int

    @property
    def total_minor(self) -> int:
        """What the line costs, in fen."""
        return self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class Bought:
    """What was bought of one item: packs, all that was paid for them, and the dearest of them (fen).

    `lost` are those of them that were disposed of or are missing: they have to be bought again.
    """

    quantity: int
    paid_minor: int
    dearest_minor: int
    lost: int = 0

    @property
    def lasting(self) -> int:
        """Packs that were bought and not lost."""
        return self.quantity - self.lost


_NOTHING = Bought(0, 0, 0)


@dataclass(frozen=True, slots=True)
class KitPrice:
    """What one kit costs on average: `exact` fen to judge by, `minor` to be shown, half a fen to the even."""

    exact: Fraction

    @property
    def minor(self) -> int:
        """The price in whole fen."""
        return round(self.exact)

    @property
    def words(self) -> str:
        """The price in yuan, which says where it was rounded."""
        shown = yuan(self.minor)
        return shown if self.exact == self.minor else _("about %(sum)s") % {"sum": shown}


@dataclass(frozen=True, slots=True)
class Draft:
    """A purchase as it was entered, not yet written."""

    supplier: str
    invoice_number: str
    bought_on: date
    lines: tuple[Line, ...]
    reason_late: str = ""

    @property
    def total_minor(self) -> int:
        """What the purchase costs, in fen."""
        return sum(line.total_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class State:
    """What a purchase is examined against.

    Attributes:
        parts: The items of the kit.
        standard_minor: The most that one kit may cost, in fen.
        units: How many units get a kit.
        bought: What was bought before, by id of the item.
        available_minor: What the fund has available, in fen; None when the money is committed already.
        invoice_used: Whether this invoice of this supplier was entered in the fund before.
        today: The day in China.

    """

    parts: tuple[Part, ...]
    standard_minor: int
    units: int
    bought: Mapping[int, Bought]
    available_minor: int | None
    invoice_used: bool
    today: date


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a draft; `field` is the form's input it belongs beside."""

    code: str
    sentence: str
    field: str
    facts: Mapping[str, Fact]

    def refuse(self) -> Refusal:
        """Return it as the refusal of the act."""
        return Refusal(self.code, self.sentence, field=self.field, **self.facts)


def tidy_name(text: str) -> str:
    """Return a supplier's name as it is compared: half width but for brackets, single spaces."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return plain.replace("(", "（").replace(")", "）")


def tidy_number(text: str) -> str:
    """Return an invoice number as it is compared: half width, capital letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def quantity_fault(quantity: int) -> str:
    """Return what is wrong with a number of packs; nothing when it is sound."""
    sound = 0 < quantity <= LARGEST_QUANTITY
    return "" if sound else _("The quantity must be more than zero, in whole packs.")


def price_fault(unit_price_minor: int) -> str:
    """Return what is wrong with the price of a pack (fen); nothing when it is sound."""
    return "" if unit_price_minor > 0 else _("The price of a pack must be more than zero, in yuan.")


def is_in_time(bought_on: date, today: date) -> bool:
    """Return whether a purchase is entered on its own day or the next working day, and needs no reason."""
    try:
        return today <= add_workdays(bought_on, 1)
    except CalendarEnds:
        # Beyond the table nobody knows the holidays; over a weekend it is three days.
        return today <= bought_on + timedelta(days=3)


def check_parts(parts: Sequence[NewPart]) -> None:
    """Refuse a kit without items, with an item twice, or without a single pack of one.

    Raises:
        Refusal: `lines_missing`, `item_missing`, `item_twice`, `quantity_invalid`.

    """
    if not parts:
        raise Refusal("lines_missing", _("A kit holds at least one item."), field="lines")
    seen: set[tuple[str, str, str]] = set()
    for place, part in enumerate(parts):
        if not part.item or not part.packing:
            sentence = _("Name the item and the pack it is counted in.")
            raise Refusal("item_missing", sentence, field=f"lines-{place}-item")
        if (part.item, part.specification, part.packing) in seen:
            sentence = _("%(item)s stands twice in the kit. Put it in one line.") % {"item": part.label}
            raise Refusal("item_twice", sentence, field=f"lines-{place}-item", item=part.label)
        seen.add((part.item, part.specification, part.packing))
        if fault := quantity_fault(part.quantity):
            field = f"lines-{place}-quantity"
            raise Refusal("quantity_invalid", fault, field=field, quantity=part.quantity)


def exact_price(parts: Iterable[Part], bought: Mapping[int, Bought]) -> Fraction:
    """Return what one kit costs at average real prices, in fen, unrounded.

    The sum over its items of: quantity in a kit × total paid ÷ total bought. An item that was not
    bought yet counts as zero.
    """
    price = Fraction(0)
    for part in parts:
        got = bought.get(part.item_id)
        if got is not None and got.quantity:
            price += Fraction(part.quantity * got.paid_minor, got.quantity)
    return price


def price_of_kit(parts: Iterable[Part], bought: Mapping[int, Bought]) -> KitPrice:
    """Return what one kit costs at average real prices."""
    return KitPrice(exact_price(parts, bought))


def dearest_kit(parts: Iterable[Part], bought: Mapping[int, Bought]) -> int:
    """Return the most that a kit can cost that is packed of what was bought, in fen.

    The sum over its items of: quantity in a kit × the dearest price paid for a pack. An item that was not
    bought yet counts as zero. The standard is held against this, so that no kit costs more than it.
    """
    return sum(part.quantity * bought.get(part.item_id, _NOTHING).dearest_minor for part in parts)


def together(bought: Mapping[int, Bought], lines: Iterable[Line]) -> dict[int, Bought]:
    """Return what is bought by id of the item when `lines` are added to `bought`."""
    total = dict(bought)
    for line in lines:
        before = total.get(line.item_id, _NOTHING)
        total[line.item_id] = Bought(
            before.quantity + line.quantity,
            before.paid_minor + line.total_minor,
            max(before.dearest_minor, line.unit_price_minor),
            before.lost,
        )
    return total


def examine(draft: Draft, state: State) -> list[Problem]:
    """Return everything that is wrong with the draft, in the order of the form; empty when nothing is.

    Codes: `supplier_missing`, `invoice_missing`, `text_too_long`, `invoice_used`,
    `happened_in_future`, `happened_long_ago`, `reason_late_missing`, `lines_missing`, `not_in_kit`,
    `quantity_invalid`, `price_invalid`, `more_than_needed`, `above_standard`, `beyond_fund`. Prices are
    only judged once every line is sound.
    """
    return [*_paper(draft, state), *examine_goods(draft, state)]


def examine_goods(draft: Draft, state: State) -> list[Problem]:
    """Return what is wrong with the lines of a draft: with each of them, or else with all together."""
    return [*_lines(draft.lines, state.parts)] or [*_quantities(draft, state), *_prices(draft, state)]


def _paper(draft: Draft, state: State) -> Iterator[Problem]:
    supplier, invoice = tidy_name(draft.supplier), tidy_number(draft.invoice_number)
    if not supplier:
        yield Problem("supplier_missing", _("Enter the supplier as on the invoice."), "supplier", {})
    if not invoice:
        yield Problem("invoice_missing", _("Enter the number of the invoice."), "invoice_number", {})
    texts = (
        ("supplier", supplier, SUPPLIER_LENGTH),
        ("invoice_number", invoice, INVOICE_LENGTH),
        ("reason_late", draft.reason_late.strip(), REASON_LENGTH),
    )
    for field, text, limit in texts:
        if len(text) > limit:
            sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
            figures = {"length": len(text), "limit": limit}
            yield Problem("text_too_long", sentence % figures, field, figures)
    if state.invoice_used:
        sentence = _("Invoice %(invoice)s of this supplier was entered in this fund already.")
        yield Problem(
            "invoice_used", sentence % {"invoice": invoice}, "invoice_number", {"invoice_number": invoice}
        )
    day = written(draft.bought_on, "full")
    if draft.bought_on > state.today:
        sentence = _("%(day)s has not come yet. Enter the day on which it happened.") % {"day": day}
        yield Problem("happened_in_future", sentence, "bought_on", {"bought_on": draft.bought_on.isoformat()})
    if is_long_ago(draft.bought_on, state.today):
        sentence = _("%(day)s is more than a year ago. Check the year.") % {"day": day}
        yield Problem("happened_long_ago", sentence, "bought_on", {"bought_on": draft.bought_on.isoformat()})
    if not draft.reason_late.strip() and not is_in_time(draft.bought_on, state.today):
        sentence = _("It was bought on %(day)s. Say why it is entered only now.") % {"day": day}
        yield Problem(
            "reason_late_missing", sentence, "reason_late", {"bought_on": draft.bought_on.isoformat()}
        )


def _lines(lines: Sequence[Line], parts: Iterable[Part]) -> Iterator[Problem]:
    names = {part.item_id: part.item for part in parts}
    if not lines:
        yield Problem("lines_missing", _("Enter at least one line."), "lines", {})
    for place, line in enumerate(lines):
        if line.item_id not in names:
            sentence = _("This item is not part of the kit. The kit holds: %(items)s.")
            figures = {"items": "、".join(names.values())}
            yield Problem("not_in_kit", sentence % figures, f"lines-{place}-item", {"item": line.item_id})
        if fault := quantity_fault(line.quantity):
            yield Problem("quantity_invalid", fault, f"lines-{place}-quantity", {"quantity": line.quantity})
        if line.unit_price_minor <= 0 or line.total_minor > LIMIT_MINOR:
            sentence = _("The price of a pack must be more than zero, in yuan.")
            yield Problem(
                "price_invalid",
                sentence,
                f"lines-{place}-unit_price",
                {"unit_price_minor": line.unit_price_minor},
            )


def _quantities(draft: Draft, state: State) -> Iterator[Problem]:
    parts = {part.item_id: part for part in state.parts}
    wanted: Counter[int] = Counter()
    last: dict[int, int] = {}
    for place, line in enumerate(draft.lines):
        wanted[line.item_id] += line.quantity
        last[line.item_id] = place
    for item_id, quantity in wanted.items():
        part = parts[item_id]
        needed = state.units * part.quantity
        before = state.bought.get(item_id, _NOTHING).lasting
        over = before + quantity - needed
        if over > 0:
            sentence = _(
                "%(needed)s %(packing)s of %(item)s are needed (%(units)s kits × %(each)s); with this"
                " purchase there would be %(total)s, %(over)s too many."
            )
            facts: dict[str, Fact] = {
                "item": item_id,
                "needed": needed,
                "bought": before,
                "asked": quantity,
                "over": over,
            }
            words = {
                "needed": needed,
                "packing": part.packing,
                "item": part.item,
                "units": state.units,
                "each": part.quantity,
                "total": before + quantity,
                "over": over,
            }
            yield Problem("more_than_needed", sentence % words, f"lines-{last[item_id]}-quantity", facts)


def _prices(draft: Draft, state: State) -> Iterator[Problem]:
    price = dearest_kit(state.parts, together(state.bought, draft.lines))
    excess = price - state.standard_minor
    if excess > 0:
        sentence = _(
            "With this purchase a kit would cost %(price)s yuan at its dearest; the standard is %(standard)s"
            " yuan, %(excess)s yuan less. Buy cheaper, or have the standard changed by a decision."
        )
        figures = {
            "price": yuan(price),
            "standard": yuan(state.standard_minor),
            "excess": yuan(excess),
        }
        facts: dict[str, Fact] = {
            "price_minor": price,
            "standard_minor": state.standard_minor,
            "excess_minor": excess,
        }
        yield Problem("above_standard", sentence % figures, "lines", facts)
    if state.available_minor is not None and draft.total_minor > state.available_minor:
        sentence = _(
            "This purchase costs %(asked)s yuan; %(available)s yuan are available in the fund."
            " Lower the amount, or have money appropriated first."
        )
        amounts = {"asked": yuan(draft.total_minor), "available": yuan(state.available_minor)}
        money: dict[str, Fact] = {
            "available_minor": state.available_minor,
            "asked_minor": draft.total_minor,
        }
        yield Problem("beyond_fund", sentence % amounts, "lines", money)
