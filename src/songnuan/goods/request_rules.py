"""What may be requested, which quotation may be chosen, and what must be compared: pure decisions.

Prices in fen, quantities in packs.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from songnuan.funds.rules import is_long_ago
from songnuan.goods.rules import (
    REASON_LENGTH,
    SUPPLIER_LENGTH,
    Draft,
    Line,
    Part,
    Problem,
    State,
    examine_goods,
    price_fault,
    tidy_name,
)
from songnuan.kernel.days import written
from songnuan.kernel.money import LIMIT_MINOR, yuan
from songnuan.kernel.refusal import Fact, Refusal

REQUEST_NUMBERS = "请-"


@dataclass(frozen=True, slots=True)
class Comparing:
    """From which amount (fen) prices are compared, None for never; and how many quotations that takes."""

    from_minor: int | None = None
    least: int = 3

    def asks(self, total_minor: int) -> bool:
        """Return whether so much may only be bought after comparing."""
        return self.from_minor is not None and total_minor >= self.from_minor


@dataclass(frozen=True, slots=True)
class Basis:
    """What a purchase is judged by beside kit and fund: how many get a kit, what is compared, its request."""

    units: int
    comparing: Comparing = Comparing()
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was entered; the prices of its lines are the highest expected."""

    reason: str
    lines: tuple[Line, ...]

    @property
    def total_minor(self) -> int:
        """What it costs at the most, in fen."""
        return sum(line.total_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation as it was entered: the price of a pack by id of the item."""

    supplier: str
    quoted_on: date
    prices: Mapping[int, int]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A quotation that counts: the price of a pack by id of the item."""

    quotation_id: int
    supplier: str
    prices: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Approved:
    """What an approved request lets be bought. `offer` is the one chosen; `is_compared`: among enough."""

    number: int
    lines: tuple[Line, ...]
    offer: Offer | None
    is_compared: bool


def request_number(number: int) -> str:
    """Return the number of a request as it is shown: 请-0001."""
    return f"{REQUEST_NUMBERS}{number:04d}"


# Requests -------------------------------------------------------------------------------------------


def examine_request(asked: Asked, state: State) -> list[Problem]:
    """Return everything that is wrong with a request, in the order of the form; empty when nothing is.

    Codes: `lines_missing`, `not_in_kit`, `quantity_invalid`, `price_invalid`, `item_twice`,
    `more_than_needed`, `above_standard`, `beyond_fund`, `reason_missing`, `text_too_long`.
    """
    goods = examine_goods(Draft("", "", state.today, asked.lines), state)
    return [*_twice(asked.lines, state.parts), *goods, *_reason(asked.reason)]


def _twice(lines: Sequence[Line], parts: Iterable[Part]) -> Iterator[Problem]:
    names = {part.item_id: part.item for part in parts}
    seen: set[int] = set()
    for place, line in enumerate(lines):
        if line.item_id in seen:
            sentence = _("%(item)s stands twice in the request. Put it in one line.")
            name = names.get(line.item_id, "")
            yield Problem("item_twice", sentence % {"item": name}, f"lines-{place}-quantity", {"item": name})
        seen.add(line.item_id)


def _reason(reason: str) -> Iterator[Problem]:
    kept = reason.strip()
    if not kept:
        sentence = _("Say what it is needed for: whoever approves the request reads it.")
        yield Problem("reason_missing", sentence, "reason", {})
    if len(kept) > REASON_LENGTH:
        yield _too_long("reason", len(kept), REASON_LENGTH)


def _too_long(field: str, length: int, limit: int) -> Problem:
    sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
    figures: dict[str, Fact] = {"length": length, "limit": limit}
    return Problem("text_too_long", sentence % figures, field, figures)


# Quotations -----------------------------------------------------------------------------------------


def examine_quote(
    quote: Quote, lines: Sequence[Line], suppliers: Collection[str], today: date
) -> list[Problem]:
    """Return everything that is wrong with a quotation for `lines`; `suppliers` are those compared already.

    Codes: `supplier_missing`, `supplier_quoted`, `text_too_long`, `happened_in_future`,
    `happened_long_ago`, `lines_missing`, `not_asked`, `price_invalid`.
    """
    return [*_quote_head(quote, suppliers, today), *_quote_prices(quote, lines)]


def _quote_head(quote: Quote, suppliers: Collection[str], today: date) -> Iterator[Problem]:
    supplier = tidy_name(quote.supplier)
    if not supplier:
        yield Problem("supplier_missing", _("Enter the supplier as on the quotation."), "supplier", {})
    if supplier in suppliers:
        sentence = _(
            "A quotation of %(supplier)s is compared in this request already."
            " Set that one aside first, if it is wrong."
        )
        yield Problem("supplier_quoted", sentence % {"supplier": supplier}, "supplier", {})
    texts = (("supplier", supplier, SUPPLIER_LENGTH), ("note", quote.note.strip(), REASON_LENGTH))
    for field, text, limit in texts:
        if len(text) > limit:
            yield _too_long(field, len(text), limit)
    day, facts = written(quote.quoted_on, "full"), {"day": quote.quoted_on.isoformat()}
    if quote.quoted_on > today:
        sentence = _("%(day)s has not come yet. Enter the day on which it happened.")
        yield Problem("happened_in_future", sentence % {"day": day}, "quoted_on", facts)
    if is_long_ago(quote.quoted_on, today):
        sentence = _("%(day)s is more than a year ago. Check the year.")
        yield Problem("happened_long_ago", sentence % {"day": day}, "quoted_on", facts)


def _quote_prices(quote: Quote, lines: Sequence[Line]) -> Iterator[Problem]:
    packs = {line.item_id: line.quantity for line in lines}
    if not quote.prices:
        yield Problem("lines_missing", _("Enter the price of at least one item."), "lines", {})
    for item_id, price in quote.prices.items():
        field = f"prices-{item_id}"
        if item_id not in packs:
            sentence = _("This item is not in the request, so no price of it is compared.")
            yield Problem("not_asked", sentence, field, {"item": item_id})
        elif fault := price_fault(price) or _beyond(packs[item_id] * price):
            yield Problem("price_invalid", fault, field, {"unit_price_minor": price})


def _beyond(total_minor: int) -> str:
    return _("The amount is too large. Check the price.") if total_minor > LIMIT_MINOR else ""


# Comparing ------------------------------------------------------------------------------------------


def total_of(offer: Offer, lines: Iterable[Line]) -> int | None:
    """Return what all the lines cost at this supplier's prices, in fen; None where a price is missing."""
    total = 0
    for line in lines:
        if line.item_id not in offer.prices:
            return None
        total += line.quantity * offer.prices[line.item_id]
    return total


def totals(offers: Iterable[Offer], lines: Sequence[Line]) -> dict[int, int]:
    """Return the totals of the whole quotations, by their ids."""
    found = {offer.quotation_id: total_of(offer, lines) for offer in offers}
    return {quotation_id: total for quotation_id, total in found.items() if total is not None}


def dearer(offer: Offer, lines: Iterable[Line]) -> list[Line]:
    """Return the lines whose price is higher at this supplier than the request allows."""
    return [line for line in lines if offer.prices.get(line.item_id, 0) > line.unit_price_minor]


def within(offers: Iterable[Offer], lines: Sequence[Line]) -> dict[int, int]:
    """Return the totals of the quotations that may be chosen: whole, and no price above the one approved."""
    return totals([offer for offer in offers if not dearer(offer, lines)], lines)


def proposed(offers: Iterable[Offer], lines: Sequence[Line]) -> frozenset[int]:
    """Return the cheapest of the quotations that may be chosen: several where they ask as little."""
    found = within(offers, lines)
    cheapest = min(found.values(), default=0)
    return frozenset(quotation_id for quotation_id, total in found.items() if total == cheapest)


def check_choice(  # noqa: PLR0913 - what a choice is judged by
    quotation_id: int,
    offers: Sequence[Offer],
    lines: Sequence[Line],
    *,
    comparing: Comparing,
    reason: str,
    chosen_before: int | None,
) -> str:
    """Return the reason for a choice, tidied; the cheapest that may be chosen needs none.

    Where fewer than enough keep to the prices approved, though enough were asked, the reason says why no
    others could be had.

    Raises:
        Refusal: `quotation_unknown`, `quotation_partial` with a price missing, `above_approved`,
            `quotes_missing` where more have to be compared, `reason_missing`, `text_too_long`.

    """
    offer = next((one for one in offers if one.quotation_id == quotation_id), None)
    if offer is None:
        sentence = _("This quotation is not compared in the request, or was set aside. Reload the page.")
        raise Refusal("quotation_unknown", sentence, quotation=quotation_id)
    whole = totals(offers, lines)
    if quotation_id not in whole:
        sentence = _("%(supplier)s did not give a price for every item. Choose a whole quotation.")
        raise Refusal("quotation_partial", sentence % {"supplier": offer.supplier}, quotation=quotation_id)
    _check_within(offer, lines)
    if comparing.asks(sum(line.total_minor for line in lines)):
        _check_enough(offers, lines, comparing, reason)
    cheapest = min(within(offers, lines).values())
    return _why(whole[quotation_id], cheapest, reason, chosen_before)


def are_enough(offers: Sequence[Offer], lines: Sequence[Line], least: int, reason: str) -> bool:
    """Return whether enough quotations are compared: whole, and no price above the one approved.

    Where the market has no more of them, as many whole ones at any price will do, with a recorded reason.
    """
    return len(within(offers, lines)) >= least or (bool(reason) and len(totals(offers, lines)) >= least)


def _check_enough(offers: Sequence[Offer], lines: Sequence[Line], comparing: Comparing, reason: str) -> None:
    fitting, whole = len(within(offers, lines)), len(totals(offers, lines))
    if are_enough(offers, lines, comparing.least, reason.strip()):
        return
    words = {
        "from": yuan(comparing.from_minor or 0),
        "least": comparing.least,
        "count": fitting,
        "above": whole - fitting,
    }
    if whole >= comparing.least:
        sentence = _(
            "At least %(least)s whole quotations within the prices approved are compared; this request has"
            " %(count)s, and %(above)s above them, which do not count. Say why no others could be had."
        )
        raise Refusal(
            "reason_missing", sentence % words, field="reason", least=comparing.least, count=fitting
        )
    sentence = _(
        "From %(from)s yuan on, at least %(least)s whole quotations within the prices approved are compared;"
        " this request has %(count)s. Enter the others first."
    )
    raise Refusal("quotes_missing", sentence % words, least=comparing.least, count=fitting)


def _check_within(offer: Offer, lines: Sequence[Line]) -> None:
    for line in dearer(offer, lines):
        raise above_approved(offer.prices[line.item_id], line.unit_price_minor, field="").refuse()


def above_approved(price_minor: int, most_minor: int, *, field: str, is_quoted: bool = False) -> Problem:
    """Return the problem of a price above what was approved, or (`is_quoted`) above the quotation chosen."""
    if is_quoted:
        sentence = _(
            "%(price)s yuan a pack are more than the %(most)s yuan of the quotation chosen, by %(excess)s"
            " yuan. Buy at the price quoted, or change the choice in the request first."
        )
    else:
        sentence = _(
            "%(price)s yuan a pack are more than the %(most)s yuan that were approved, by %(excess)s yuan."
            " Buy cheaper, or have a new request approved."
        )
    facts: dict[str, Fact] = {"price_minor": price_minor, "most_minor": most_minor}
    words = {"price": yuan(price_minor), "most": yuan(most_minor), "excess": yuan(price_minor - most_minor)}
    return Problem("above_approved", sentence % words, field, facts)


def _why(total: int, cheapest: int, reason: str, chosen_before: int | None) -> str:
    kept = reason.strip()
    if not kept and total > cheapest:
        sentence = _(
            "Another quotation is %(difference)s yuan cheaper. Say why this one is chosen all the same."
        )
        raise Refusal(
            "reason_missing",
            sentence % {"difference": yuan(total - cheapest)},
            field="reason",
            total_minor=total,
            cheapest_minor=cheapest,
        )
    if not kept and chosen_before is not None:
        sentence = _("Another quotation was chosen before. Say why the choice is changed.")
        raise Refusal("reason_missing", sentence, field="reason")
    if len(kept) > REASON_LENGTH:
        raise _too_long("reason", len(kept), REASON_LENGTH).refuse()
    return kept


# Purchases ------------------------------------------------------------------------------------------


def examine_against(draft: Draft, approved: Approved) -> list[Problem]:
    """Return what in a purchase goes beyond its request, and beyond the quotation that was chosen.

    Codes: `supplier_differs`, `not_asked`, `more_than_asked`, `above_approved`.
    """
    return [*_other_supplier(draft, approved), *_beyond_request(draft, approved)]


def _other_supplier(draft: Draft, approved: Approved) -> Iterator[Problem]:
    offer = approved.offer
    if offer is not None and tidy_name(draft.supplier) != offer.supplier:
        sentence = _("%(supplier)s was chosen. Buy there, or change the choice in the request first.")
        yield Problem("supplier_differs", sentence % {"supplier": offer.supplier}, "supplier", {})


def _beyond_request(draft: Draft, approved: Approved) -> Iterator[Problem]:
    lines = {line.item_id: line for line in approved.lines}
    wanted: dict[int, int] = {}
    for place, line in enumerate(draft.lines):
        asked = lines.get(line.item_id)
        if asked is None:
            sentence = _("This item is not in request %(number)s. Buy it on a request of its own.")
            number = request_number(approved.number)
            facts: dict[str, Fact] = {"item": line.item_id}
            yield Problem("not_asked", sentence % {"number": number}, f"lines-{place}-quantity", facts)
            continue
        wanted[line.item_id] = wanted.get(line.item_id, 0) + line.quantity
        if wanted[line.item_id] > asked.quantity:
            sentence = _("%(asked)s packs were entered; %(approved)s were approved.")
            facts = {"item": line.item_id, "asked": wanted[line.item_id], "approved": asked.quantity}
            yield Problem("more_than_asked", sentence % facts, f"lines-{place}-quantity", facts)
        most = asked.unit_price_minor
        quoted = approved.offer.prices.get(line.item_id, most) if approved.offer is not None else most
        if line.unit_price_minor > min(most, quoted):
            field, is_quoted = f"lines-{place}-unit_price", quoted < most
            yield above_approved(line.unit_price_minor, min(most, quoted), field=field, is_quoted=is_quoted)
