"""Numbers of people blotted out of free text that leaves the house: what somebody wrote may hold any of them.

Blotted are mobile numbers, identity numbers and what is as long as a bank card or longer, whole or in groups.
Days stay, and shorter numbers: those of papers, amounts, landlines of offices.
"""

import re

from django.utils.translation import gettext as _

from songnuan.kernel.names import mask_phone
from songnuan.kernel.refusal import Refusal

GONE = "—"
"""What stands in the place of words that were erased with a person, where some have to stand."""
_GAP = "[^\\S\\n\\r]|[\\-‐‑‒–—―−·_\u200b-\u200f\u2060\ufeff]"
_RUN = re.compile(rf"\d(?:(?:{_GAP}){{0,4}}\d)*(?:(?:{_GAP})?[XxＸｘ](?![A-Za-z]))?")
_PART = re.compile(r"\d+[XxＸｘ]?")
_DAY = re.compile(r"(?:19|20)\d{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?!\d)")
_MOBILE = re.compile(r"(?:0{0,2}86)?(1[3-9]\d{9})")
# Groups with dots, strokes or brackets are a telephone only where they look like one: amounts have dots too.
_DOTTED = re.compile(
    r"(?<!\d)(?:[(（]1[3-9]\d[)）][./ -]?\d{4}[./ -]?\d{4}"
    r"|1[3-9]\d[./]\d{4}[./ -]?\d{4}|1[3-9]\d[ -]?\d{4}[./]\d{4})(?!\d)"
)
_LONG = 15  # an identity number of the first kind; bank cards have up to nineteen
_HIDDEN = "****"


def blotted(text: str) -> str:
    """Return the text with the middle of mobile numbers hidden, and all of identity and card numbers."""
    plain = _DOTTED.sub(lambda found: mask_phone("".join(re.findall(r"\d", found[0]))), text)
    return _runs(plain)


def without_number(text: str, field: str) -> str:
    """Return a text in which no mobile, identity or card number stands, as letters would hide it.

    Raises:
        Refusal: `number_of_person`.

    """
    if blotted(text) != text:
        sentence = _(
            "A phone or identity number of a person stands in it. Leave it out: these words are read by many."
        )
        raise Refusal("number_of_person", sentence, field=field)
    return text


def _runs(text: str) -> str:
    return _RUN.sub(lambda run: _blot(run[0]), text)


def _blot(run: str) -> str:
    """Return digits, perhaps in groups, as they may leave; days at the beginning are none of them."""
    if day := _DAY.match(run):
        rest = run[day.end() :]
        return day[0] + _runs(rest)
    digits = "".join(re.findall(r"\d", run))
    whole = [part for part in _PART.finditer(run) if _is_long(part[0]) or _mobile(part[0])]
    if whole:
        # A number that is whole ends what stands before it: each stretch is judged by itself.
        told, at = "", 0
        for part in whole:
            told += _runs(run[at : part.start()]) + _hidden(part[0])
            at = part.end()
        return told + _runs(run[at:])
    if len(digits) >= _LONG:
        return _HIDDEN
    number = _mobile(digits)
    return mask_phone(number) if number else run


def _hidden(part: str) -> str:
    if _is_long(part):
        return _HIDDEN
    number = _mobile(part)
    return mask_phone(number) if number else part


def _is_long(part: str) -> bool:
    return sum(sign.isdigit() for sign in part) >= _LONG


def _mobile(digits: str) -> str:
    """Return the mobile number that the digits are, without the country's code; "" when they are none."""
    plain = "".join(str(int(sign)) for sign in digits if sign.isdecimal())
    match = _MOBILE.fullmatch(plain)
    return match[1] if match else ""
