"""Reads the numbers of identity papers, and checks what can be checked in the number itself.

Eighteen digits follow GB 11643: area, birth date, sequence (odd for men), and a check. So do the
residence permits of Hong Kong, Macau and Taiwan residents and, since 2023, those of foreigners. The
area is not checked: areas come and go. A number that Excel has rounded is recognised and never mended.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import mul
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.cells import DASHES, EXACT_BELOW, SCIENTIFIC, Cell, squeezed
from songnuan.kernel.faults import Fault

YEARS: Final = range(1850, 2101)
"""The years of birth that a number may hold."""


class IdentityKind(StrEnum):
    """The papers whose numbers are known here."""

    RESIDENT = "resident"
    HMT_RESIDENCE = "hmt_residence"
    FOREIGN_RESIDENCE = "foreign_residence"
    HM_TRAVEL = "hm_travel"
    TW_TRAVEL = "tw_travel"
    PASSPORT = "passport"


_LABELS: Mapping[IdentityKind, Promise] = MappingProxyType(
    {
        IdentityKind.RESIDENT: _("Resident identity card"),
        IdentityKind.HMT_RESIDENCE: _("Residence permit for Hong Kong, Macau and Taiwan residents"),
        IdentityKind.FOREIGN_RESIDENCE: _("Foreign permanent resident identity card"),
        IdentityKind.HM_TRAVEL: _("Mainland travel permit for Hong Kong and Macau residents"),
        IdentityKind.TW_TRAVEL: _("Mainland travel permit for Taiwan residents"),
        IdentityKind.PASSPORT: _("Passport"),
    }
)


class Identity(NamedTuple):
    """A number in its normal form, with what it tells; `birth_on` and `sex` are empty where it tells nothing.

    A number of 15 digits is here with its 18. A tuple, because a million are made in a few seconds.
    """

    kind: IdentityKind
    number: str
    birth_on: date | None
    sex: Literal["", "male", "female"]


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# By the weighted sum of the digits' ASCII codes, which begin at that of 0.
_CHECKS = tuple("10X98765432"[(rest - ord("0") * sum(_WEIGHTS)) % 11] for rest in range(11))

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9Xx]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_DIGITS = re.compile(r"[0-9]+X?")
_BRACKETED = re.compile(r"([0-9]{10})\(([A-Z])\)")
_HINT_MAX = 40

# What ends in X, or may be a day (20200421), is a permit of Taiwan's only where the kind is told.
_FORMS: Mapping[IdentityKind, re.Pattern[str]] = {
    IdentityKind.HM_TRAVEL: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    IdentityKind.TW_TRAVEL: re.compile(
        r"(?!(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$)[0-9]{8}|[0-9]{10}[A-WYZ]"
    ),
    IdentityKind.FOREIGN_RESIDENCE: re.compile(r"[A-Z]{3}[0-9]{12}"),
    IdentityKind.PASSPORT: re.compile(r"[A-Z]{1,2}[0-9]{6,8}"),
}
_FORMS_IF_TOLD: Mapping[IdentityKind, re.Pattern[str]] = {
    **_FORMS,
    IdentityKind.TW_TRAVEL: re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
    # The passports of some countries have digits alone, of others letters between them.
    IdentityKind.PASSPORT: re.compile(r"(?=(?:[A-Z]*[0-9]){5})[A-Z0-9]{6,12}"),
}
# The first word found in what a column says of the paper tells its kind.
_HINTS: Mapping[str, IdentityKind] = {
    "永久居留": IdentityKind.FOREIGN_RESIDENCE,
    "居住证": IdentityKind.HMT_RESIDENCE,
    "护照": IdentityKind.PASSPORT,
    "passport": IdentityKind.PASSPORT,
    "台胞": IdentityKind.TW_TRAVEL,
    "台湾": IdentityKind.TW_TRAVEL,
    "回乡证": IdentityKind.HM_TRAVEL,
    "港澳": IdentityKind.HM_TRAVEL,
    "身份证": IdentityKind.RESIDENT,
} | {str(kind): kind for kind in IdentityKind}
_SIMPLIFIED = str.maketrans("證護臺灣鄉", "证护台湾乡")


def identity_label(kind: IdentityKind | str) -> Promise:
    """Return what a paper is called, translated when it is shown.

    Raises:
        ValueError: When there is no such kind.

    """
    return _LABELS[IdentityKind(kind)]


def check_sign(digits: str) -> str:
    """Return the last sign, 0 to 9 or X, of the number that begins with these 17 digits."""
    return _CHECKS[_weighed(digits) % 11]


def identity(cell: Cell, kind_hint: str = "") -> Identity:
    """Return the number of an identity paper with its kind, and with the birth date and sex it tells.

    Spaces, hyphens, an apostrophe in front, full-width signs and small letters are put right; 15 digits
    become 18. Letters are never taken for digits.

    Args:
        cell: The number.
        kind_hint: What a column says of the paper, such as 护照, or a value of `IdentityKind`. It decides
            where the number alone does not: of a number with a check, and of what it does not know, it
            says nothing.

    Raises:
        Fault: `id_missing`, `id_lost_digits`, `id_date`, `id_checksum`, `id_length` of digits that are too
            many or too few, `id_kind` of everything else.

    """
    if isinstance(cell, str) and _EIGHTEEN.fullmatch(cell):
        return _eighteen(cell.upper(), cell)
    number = _number(cell)
    if _EIGHTEEN.fullmatch(number):
        return _eighteen(number, number)
    told = _told_kind(kind_hint[:_HINT_MAX])
    if told is not None and told in _FORMS_IF_TOLD and _FORMS_IF_TOLD[told].fullmatch(number):
        return Identity(told, number, None, "")
    if _FIFTEEN.fullmatch(number):
        longer = f"{number[:6]}19{number[6:]}"
        return _eighteen(longer + check_sign(longer), number)
    if _DIGITS.fullmatch(number):
        if told is None and _FORMS[IdentityKind.TW_TRAVEL].fullmatch(number):
            return Identity(IdentityKind.TW_TRAVEL, number, None, "")
        raise Fault("id_length", length=len(number))
    for kind, form in _FORMS.items():
        if form.fullmatch(number):
            return Identity(kind, number, None, "")
    raise Fault("id_kind")


def _number(cell: Cell) -> str:
    """Return what a cell holds as capital letters and digits, as far as it does."""
    if not isinstance(cell, str):
        return _stored_number(cell)
    plain = squeezed(cell).upper()
    if SCIENTIFIC.fullmatch(plain):
        raise Fault("id_lost_digits")
    plain = _BRACKETED.sub(r"\1\2", DASHES.sub("", plain))
    if not plain:
        raise Fault("id_missing")
    return plain


def _stored_number(cell: float | date) -> str:
    """Return the digits of a number that is stored as one; Excel keeps fifteen."""
    if isinstance(cell, bool | date) or not cell >= 0:
        raise Fault("id_kind")
    if cell >= EXACT_BELOW:
        raise Fault("id_lost_digits")
    if cell != int(cell):
        raise Fault("id_kind")
    return str(int(cell))


@lru_cache(maxsize=256)
def _told_kind(hint: str) -> IdentityKind | None:
    """Return the kind of paper that a text names."""
    plain = squeezed(hint).translate(_SIMPLIFIED).lower()
    return next((kind for word, kind in _HINTS.items() if word in plain), None)


def _weighed(digits: str, start: int = 0) -> int:
    """Return the weighted sum of digits that stand at `start` in a number."""
    total: int = sum(map(mul, _WEIGHTS[start:], digits.encode("ascii")))
    return total


# Every three digits with their weighted sum, for the places where they stand.
_FIRST, _SECOND, _LAST = (
    {f"{number:03}": _weighed(f"{number:03}", start) for number in range(1000)} for start in (0, 3, 14)
)


@lru_cache(maxsize=65_536)
def _birth(digits: str) -> tuple[int, date | None]:
    """Return the weighted sum of a number's eight digits of birth, and their day if `YEARS` have it."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        born = None
    return _weighed(digits, 6), born if born and born.year in YEARS else None


def _eighteen(number: str, written: str) -> Identity:
    """Return the identity of 17 digits and their check, both checked; a fault names what was written."""
    weight, birth_on = _birth(number[6:14])
    weight += _FIRST[number[:3]] + _SECOND[number[3:6]] + _LAST[number[14:17]]
    fits = number[17] == _CHECKS[weight % 11]
    if not fits and number.endswith("000"):
        raise Fault("id_lost_digits")
    if birth_on is None:
        raise Fault("id_date", ending=written[-4:].upper())
    if not fits:
        raise Fault("id_checksum", ending=written[-4:].upper())
    if number[0] == "9":
        kind = IdentityKind.FOREIGN_RESIDENCE
    elif number[:2] in {"81", "82", "83"}:
        kind = IdentityKind.HMT_RESIDENCE
    else:
        kind = IdentityKind.RESIDENT
    return Identity(kind, number, birth_on, "male" if number[16] in "13579" else "female")
