"""Lots and their dates in words."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from songnuan.goods.cards import LotRow, printed_donation
from songnuan.goods.families import FAMILY
from songnuan.goods.lots import Delivery, OpenLine, expires_soon, is_expired
from songnuan.goods.models import Donation, Movement, Purchase
from songnuan.kernel.days import written

_NEXT = timedelta(days=1)


def lot_words(number: str, expires_on: date | None) -> str:
    """Return a lot by its number and last good day; nothing where neither is known."""
    day = {"day": written(expires_on, "full")} if expires_on else {}
    if number and expires_on:
        return _("lot %(lot)s, good until %(day)s") % {"lot": number, **day}
    if number:
        return _("lot %(lot)s") % {"lot": number}
    return _("good until %(day)s") % day if expires_on else ""


def with_lot(packs: str, number: str, expires_on: date | None) -> str:
    """Return packs in words with their lot, such as 方便面 2 箱（批号 A1，有效期至2020年10月1日）."""
    lot = lot_words(number, expires_on)
    return _("%(packs)s (%(lot)s)") % {"packs": packs, "lot": lot} if lot else packs


def with_packing(item: str, packing: str) -> str:
    """Return an item with what it is counted in, such as 酒精湿巾（包）: it may be there in two packings."""
    return _("%(item)s (%(packing)s)") % {"item": item, "packing": packing}


def issue_words(movement: Movement) -> str:
    """Return what was given out and signed for: donated goods, a kit, or what a family got."""
    if movement.subject.startswith(FAMILY):
        return _("Goods for a family given out")
    return _("Kit given out") if movement.kit_id else _("Donated goods given out")


def origins_of(rows: Iterable[LotRow]) -> dict[int, str]:
    """Return of which purchase or donation each lot came, in words, by id of the lot."""
    found = list(rows)
    bought = Purchase.objects.filter(pk__in={row.purchase_id for row in found if row.purchase_id})
    given = Donation.objects.filter(pk__in={row.donation_id for row in found if row.donation_id})
    numbers, gifts = dict(bought.values_list("pk", "number")), dict(given.values_list("pk", "number"))
    return {
        row.lot_id: _("purchase %(number)s") % {"number": numbers[row.purchase_id]}
        if row.purchase_id is not None
        else printed_donation(gifts[row.donation_id or 0])
        for row in found
    }


def short_dated(deliveries: Iterable[Delivery], lines: Iterable[OpenLine], day: date) -> list[str]:
    """Return a sentence for each lot that was taken in and is good until tomorrow at most."""
    names = {line.item_id: line.item for line in lines}
    return [
        (
            _("%(item)s, %(lot)s: taken in, but it has expired since it came. Have it disposed of.")
            if one.expires_on < day
            else _("%(item)s, %(lot)s: taken in, but it expires today or tomorrow. Hand it out by then.")
        )
        % {"item": names[one.item_id], "lot": lot_words(one.number.strip(), one.expires_on)}
        for one in deliveries
        if one.expires_on is not None and one.expires_on <= day + _NEXT
    ]


def state_of_lot(expires_on: date | None, day: date) -> str:
    """Return "expired", "soon" within 30 days, else nothing."""
    if is_expired(expires_on, day):
        return "expired"
    return "soon" if expires_soon(expires_on, day) else ""
