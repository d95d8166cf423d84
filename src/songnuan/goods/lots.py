"""Which lots are received and which go out first: pure decisions. Quantities are whole packs of an item."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from songnuan.goods.rules import quantity_fault, tidy_number
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Fact, Refusal

LOT_NUMBER_LENGTH = 60
SOON = timedelta(days=30)
SHORT = frozenset({"stock_short", "stock_expired", "held"})
"""Why a kit can't be handed over now: it follows once goods have come, or a hold is lifted."""


class Shortage(StrEnum):
    """What lacks where too little is there: a whole kit, a part of a unit's share, a gift, a desk's goods."""

    KIT = "kit"
    SHARE = "share"
    GIFT = "gift"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Packs of one item that came, with their lot number and last good day, where they have any."""

    item_id: int
    quantity: int
    number: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What is still to come on one line of a purchase; `expires` says that its items need a date."""

    line_id: int
    item_id: int
    item: str
    packing: str
    left: int
    expires: bool


@dataclass(frozen=True, slots=True)
class OnHand:
    """Packs of one lot that may leave the store on a day.

    `held`: they are of a purchase on hold, and stay there. `later` are the packs that are in the store by
    now and came after that day: (the day, how many) ….
    """

    lot_id: int
    item_id: int
    number: str
    expires_on: date | None
    quantity: int
    held: bool = False
    later: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Packs of one item that are to leave the store."""

    item_id: int
    item: str
    packing: str
    quantity: int


def is_expired(expires_on: date | None, day: date) -> bool:
    """Return whether goods with this last good day are expired on `day`."""
    return expires_on is not None and expires_on < day


def expires_soon(expires_on: date | None, day: date) -> bool:
    """Return whether goods that are still good on `day` expire within 30 days."""
    return expires_on is not None and day <= expires_on <= day + SOON


def lot_name(number: str) -> str:
    """Return a lot's number as people read it."""
    return number or _("without number")


def order(lot: OnHand) -> tuple[bool, date, int]:
    """Return what sorts lots: the first to expire first, those without date last."""
    return lot.expires_on is None, lot.expires_on or date.max, lot.lot_id


def usable(lots: Iterable[OnHand], day: date) -> list[OnHand]:
    """Return the lots that may go out on `day`, in the order in which they do; `lots` are of that day."""
    free = (lot for lot in lots if lot.quantity and not lot.held and not is_expired(lot.expires_on, day))
    return sorted(free, key=order)


def lots_lacking(wanted: Wanted, lots: Iterable[OnHand], *, day: date) -> list[int]:
    """Return the lots on hold with which the store would hold what is wanted; none where nothing helps."""
    mine = [lot for lot in lots if lot.item_id == wanted.item_id and not is_expired(lot.expires_on, day)]
    free = sum(lot.quantity for lot in mine if not lot.held)
    whole = sum(lot.quantity for lot in mine)
    return [lot.lot_id for lot in mine if lot.held] if free < wanted.quantity <= whole else []


def first_expired_first(lots: Iterable[OnHand], wanted: int, *, day: date) -> dict[int, int]:
    """Return packs by id of the lot, at most `wanted` in all, out of what may go out on `day`."""
    taken: dict[int, int] = {}
    for lot in usable(lots, day):
        part = min(lot.quantity, wanted - sum(taken.values()))
        if part > 0:
            taken[lot.lot_id] = part
    return taken


def choose(
    wanted: Wanted, lots: Iterable[OnHand], *, day: date, shortage: Shortage = Shortage.KIT
) -> dict[int, int]:
    """Return packs by id of the lot that make up what is wanted of one item.

    Raises:
        Refusal: `stock_expired` with `lot`, `expires_on` and `left` where only expired packs could make it
            up, else `stock_short`, with `came_on` where the rest came after `day`; both with `item`,
            `in_store` (packs that may go out) and `asked`.

    """
    mine = [lot for lot in lots if lot.item_id == wanted.item_id]
    taken = first_expired_first(mine, wanted.quantity, day=day)
    there = sum(taken.values())
    if there < wanted.quantity:
        raise _short(wanted, mine, there, day, shortage=shortage)
    return taken


def _short(wanted: Wanted, lots: Sequence[OnHand], there: int, day: date, *, shortage: Shortage) -> Refusal:
    facts: dict[str, Fact] = {"item": wanted.item, "in_store": there, "asked": wanted.quantity}
    words = {
        "asked": wanted.quantity,
        "packing": wanted.packing,
        "item": wanted.item,
        "there": there,
        "day": written(day, "full"),
    }
    came = sorted((on, lot.lot_id, packs, lot) for lot in lots if not lot.held for on, packs in lot.later)
    is_enough = there + sum(packs for _on, _pk, packs, _lot in came) >= wanted.quantity
    gone = sorted((lot for lot in lots if lot.quantity and is_expired(lot.expires_on, day)), key=order)
    if gone and not is_enough:
        sentence = _(
            "%(asked)s %(packing)s of %(item)s are wanted, and only %(there)s %(packing)s may go out."
            " Expired: %(expired)s. Nothing expired is handed out: have it disposed of, and get other goods."
        )
        expired = "；".join(_expired_words(lot, wanted.packing) for lot in gone)
        first = gone[0]
        facts |= {"lot": first.number, "expires_on": str(first.expires_on), "left": first.quantity}
        return _refusal("stock_expired", sentence % {**words, "expired": expired}, wanted, facts)
    if shortage is Shortage.DESK:
        sentence = _(
            "%(asked)s %(packing)s of %(item)s left the desk, which has %(there)s %(packing)s in the books."
            " Allot more to the desk first, then decide again."
        )
    else:
        sentence = _short_sentence(shortage, is_later=bool(came))
    if came:
        rest = "；".join(_came_words(lot, on, packs, wanted.packing) for on, _pk, packs, lot in came)
        words, facts = {**words, "came": rest}, {**facts, "came_on": came[0][0].isoformat()}
    return _refusal("stock_short", sentence % words, wanted, facts)


def _short_sentence(shortage: Shortage, *, is_later: bool) -> str:
    """Return why too few may go out: more came after the day, or the store has no more."""
    if shortage is Shortage.KIT and is_later:
        return _(
            "A kit needs %(asked)s %(packing)s of %(item)s. Of what was in the store on %(day)s, %(there)s"
            " %(packing)s may go out; more came later: %(came)s. What came later is not booked as handed over"
            " before it came."
        )
    if shortage is Shortage.KIT:
        return _(
            "A kit needs %(asked)s %(packing)s of %(item)s, and the store has %(there)s %(packing)s."
            " It can be handed over once finance has recorded the purchase of the rest."
        )
    if shortage is Shortage.SHARE and is_later:
        return _(
            "%(asked)s %(packing)s of %(item)s are wanted. Of what was bought and in the store on %(day)s,"
            " %(there)s %(packing)s may go out; more came later: %(came)s. Enter at most as many, or the day"
            " on which they really changed hands."
        )
    if shortage is Shortage.SHARE:
        return _(
            "%(asked)s %(packing)s of %(item)s are wanted, and the store has %(there)s %(packing)s of it that"
            " were bought. Enter at most as many; the rest follows once it has come."
        )
    if is_later:
        return _(
            "%(asked)s %(packing)s of %(item)s are wanted. Of what was donated and in the store on %(day)s,"
            " %(there)s %(packing)s may go out; more came later: %(came)s. Enter at most as many, or the day"
            " on which they really changed hands."
        )
    return _(
        "%(asked)s %(packing)s of %(item)s are wanted, and the store has %(there)s %(packing)s of it that"
        " were donated. Enter at most as many."
    )


def _came_words(lot: OnHand, on: date, packs: int, packing: str) -> str:
    return _("lot %(lot)s on %(day)s (%(packs)s %(packing)s)") % {
        "lot": lot_name(lot.number),
        "day": written(on, "full"),
        "packs": packs,
        "packing": packing,
    }


def _refusal(code: str, sentence: str, wanted: Wanted, facts: Mapping[str, Fact]) -> Refusal:
    refusal = Refusal(code, sentence, field=f"item-{wanted.item_id}")
    refusal.facts = facts
    return refusal


def _expired_words(lot: OnHand, packing: str) -> str:
    assert lot.expires_on is not None  # noqa: S101 - it has expired
    return _("lot %(lot)s on %(day)s (%(left)s %(packing)s left)") % {
        "lot": lot_name(lot.number),
        "day": written(lot.expires_on, "full"),
        "left": lot.quantity,
        "packing": packing,
    }


def check_deliveries(deliveries: Sequence[Delivery], lines: Sequence[OpenLine], *, day: date) -> None:
    """Refuse a delivery of nothing, of more than is still to come, or of what is expired on its day.

    `field` of a refusal ends in the place of the delivery: `lines-0-quantity`.

    Raises:
        Refusal: `nothing_to_receive`, `quantity_invalid`, `more_than_bought`, `text_too_long`,
            `expiry_missing`, `expired_on_arrival`.

    """
    if not deliveries:
        raise Refusal("nothing_to_receive", _("Everything of this purchase was received already."))
    left: Counter[int] = Counter()
    for line in lines:
        left[line.item_id] += line.left
    dated = {line.item_id for line in lines if line.expires}
    for place, delivery in enumerate(deliveries):
        _check_quantity(delivery, left[delivery.item_id], place)
        left[delivery.item_id] -= delivery.quantity
        check_lot(
            delivery.number,
            delivery.expires_on,
            day=day,
            needs_date=delivery.item_id in dated,
            prefix=f"lines-{place}-",
        )


def check_lot(number: str, expires_on: date | None, *, day: date, needs_date: bool, prefix: str) -> None:
    """Refuse goods that come in on `day` without the date they need, or after it.

    Raises:
        Refusal: `text_too_long`, `expiry_missing`, `expired_on_arrival`.

    """
    length = len(tidy_number(number))
    if length > LOT_NUMBER_LENGTH:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": length, "limit": LOT_NUMBER_LENGTH}
        raise Refusal("text_too_long", sentence % figures, field=f"{prefix}number", **figures)
    if needs_date and expires_on is None:
        sentence = _("These goods expire: enter the last good day that is printed on them.")
        raise Refusal("expiry_missing", sentence, field=f"{prefix}expires_on")
    if is_expired(expires_on, day):
        assert expires_on is not None  # noqa: S101 - it has expired
        sentence = _(
            "These goods expired on %(day)s, before they came. Send them back; they are not taken in."
        )
        raise Refusal(
            "expired_on_arrival",
            sentence % {"day": written(expires_on, "full")},
            field=f"{prefix}expires_on",
            expires_on=expires_on.isoformat(),
        )


def _check_quantity(delivery: Delivery, left: int, place: int) -> None:
    field = f"lines-{place}-quantity"
    if fault := quantity_fault(delivery.quantity):
        raise Refusal(
            "quantity_invalid", fault, field=field, item=delivery.item_id, quantity=delivery.quantity
        )
    if delivery.quantity > left:
        sentence = _("%(asked)s packs were entered; %(left)s of this purchase are still to come.")
        raise Refusal(
            "more_than_bought",
            sentence % {"asked": delivery.quantity, "left": left},
            field=field,
            item=delivery.item_id,
            asked=delivery.quantity,
            left=left,
        )


def spread(delivery: Delivery, lines: Iterable[OpenLine], used: Mapping[int, int]) -> dict[int, int]:
    """Return the packs of a delivery by id of the purchase line they fill, the first line first."""
    packs: dict[int, int] = {}
    for line in lines:
        if line.item_id == delivery.item_id:
            part = min(line.left - used.get(line.line_id, 0), delivery.quantity - sum(packs.values()))
            if part > 0:
                packs[line.line_id] = part
    return packs
