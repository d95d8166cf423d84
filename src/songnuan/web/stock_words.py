"""Lots and their dates in words."""

from datetime import date

from django.utils.translation import gettext as _

from songnuan.goods.lots import expires_soon, is_expired
from songnuan.kernel.days import written


def lot_words(number: str, expires_on: date | None) -> str:
    """Return a lot by its number and last good day; nothing where neither is known."""
    day = {"day": written(expires_on, "full")} if expires_on else {}
    if number and expires_on:
        return _("lot %(lot)s, good until %(day)s") % {"lot": number, **day}
    if number:
        return _("lot %(lot)s") % {"lot": number}
    return _("good until %(day)s") % day if expires_on else ""


def state_of_lot(expires_on: date | None, day: date) -> str:
    """Return "expired", "soon" within 30 days, else nothing."""
    if is_expired(expires_on, day):
        return "expired"
    return "soon" if expires_soon(expires_on, day) else ""
