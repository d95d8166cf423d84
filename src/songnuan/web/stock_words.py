"""Lots and their dates in words."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from songnuan.goods.cards import LotRow, printed_donation
from songnuan.goods.lots import expires_soon, is_expired
from songnuan.goods.models import Donation, Purchase
from songnuan.kernel.days import written


def lot_words(number: str, expires_on: date | None) -> str:
    """Return a lot by its number and last good day; nothing where neither is known."""
    day = {"day": written(expires_on, "full")} if expires_on else {}
    if number and expires_on:
        return _("lot %(lot)s, good until %(day)s") % {"lot": number, **day}
    if number:
        return _("lot %(lot)s") % {"lot": number}
    return _("good until %(day)s") % day if expires_on else ""


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


def state_of_lot(expires_on: date | None, day: date) -> str:
    """Return "expired", "soon" within 30 days, else nothing."""
    if is_expired(expires_on, day):
        return "expired"
    return "soon" if expires_soon(expires_on, day) else ""
