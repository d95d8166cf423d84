"""Money as whole fen: shown, read, written in the capitals of vouchers, and shared out; no floats.

Amounts are below one 亿亿 yuan (10^16), which a bigint column holds. 兆 is never used: it has two
meanings. The capitals follow 《正确填写票据和结算凭证的基本规定》. Where that rule leaves 零 free,
`capitals` writes it before 角 (壹仟陆佰捌拾元零叁角贰分) and where a whole section of four digits is
skipped (壹亿零壹仟元整), and omits it between two sections that touch (壹拾万柒仟元零伍角叁分);
`parse_capitals` takes every free 零 either way.
"""

import re
from datetime import date

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

LIMIT_MINOR = 10**18 - 1
"""The greatest amount, in fen."""

HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFFE5: "¥"}
"""For `str.translate`: signs as wide as Han, typed where figures are meant, to what they stand for."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_SECTION = 10_000
_HUNDRED_MILLION = 10**8

# The marks of a 零 the rule leaves free: written by `capitals`, or left out by it.
_WRITTEN, _OMITTED = "w", "o"

_AMOUNT = re.compile(r"¥?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?元?")
_LONGEST = 40

# The rule has banks accept the traditional forms; 圆 and 正 are its own alternatives.
_VARIANTS = str.maketrans("圆圓正貳參叄陸萬億幣", "元元整贰叁叁陆万亿币")
_PART = re.compile(r"([壹贰叁肆伍陆柒捌玖])([拾佰仟角分]?)|([万亿元])")


def yuan(minor: int) -> str:
    """Return an amount in fen as yuan to read: 1410000 -> "14,100.00"; below zero with a minus sign."""
    whole, rest = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole:,}.{rest:02}"


def parse_yuan(text: str) -> int:
    """Read an amount in yuan, such as "14,100", "¥295.5" or full-width digits; return it in fen.

    Raises:
        Refusal: `money_invalid` when it is empty, negative, not a number, finer than a fen, or too large.

    """
    plain = re.sub(r"\s", "", text.translate(HALF_WIDTH))
    if not plain:
        raise Refusal("money_invalid", _("Enter an amount in yuan, such as 14,100.00."))
    if len(plain) > _LONGEST:
        raise _too_large()
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        sentence = _("“%(text)s” is not an amount in yuan. Write digits only, such as 14,100.00.")
        raise Refusal("money_invalid", sentence % {"text": text.strip()})
    whole, cents = match[1].replace(",", ""), match[2] or ""
    if len(cents) > 2:
        sentence = _("“%(text)s” has more than two decimals. An amount ends at the fen, such as 295.50.")
        raise Refusal("money_invalid", sentence % {"text": text.strip()})
    minor = int(whole) * 100 + int(cents.ljust(2, "0"))
    if minor > LIMIT_MINOR:
        raise _too_large()
    return minor


def capitals(minor: int) -> str:
    """Return an amount in fen as a voucher writes it: 1410000 -> "人民币壹万肆仟壹佰元整".

    Raises:
        ValueError: When it is negative or above `LIMIT_MINOR`.

    """
    return "人民币" + _shape(minor).replace(_WRITTEN, "零").replace(_OMITTED, "")


def parse_capitals(text: str) -> int:
    """Read an amount written in capitals, with or without 人民币; return it in fen.

    Raises:
        Refusal: `money_invalid` when it is not written as the rule asks.

    """
    plain = re.sub(r"\s", "", text).translate(_VARIANTS).removeprefix("人民币")
    minor = _value(plain) if len(plain) <= 2 * _LONGEST else None
    if minor is not None and minor <= LIMIT_MINOR:
        pattern = _shape(minor).replace(_WRITTEN, "零?").replace(_OMITTED, "零?")
        # 整 may follow 角, and is often forgotten after 元; after 分 it never stands.
        if re.fullmatch(pattern.removesuffix("整") + ("" if minor % 10 else "整?"), plain):
            return minor
    sentence = _("“%(text)s” is not an amount in capitals. Write it as in 人民币壹万肆仟壹佰元整.")
    raise Refusal("money_invalid", sentence % {"text": text.strip()[:_LONGEST]})


def capital_date(day: date) -> str:
    """Return a date as a cheque writes it: 15 January 2020 -> "贰零贰零年零壹月壹拾伍日"."""
    year = "".join(_DIGITS[int(digit)] for digit in f"{day.year:04}")
    month = ("零" if day.month in {1, 2, 10} else "") + _section(day.month)
    number = ("零" if day.day < 10 or day.day % 10 == 0 else "") + _section(day.day)
    return f"{year}年{month}月{number}日"


def _too_large() -> Refusal:
    sentence = _("The amount is too large. The most that can be entered is %(limit)s yuan.")
    return Refusal("money_invalid", sentence % {"limit": yuan(LIMIT_MINOR)})


def _section(number: int) -> str:
    """Return 1 to 9999 in capitals, with 零 inside where a digit is skipped, none in front."""
    text = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += _DIGITS[digit] + _PLACES[place]
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")


def _gap(high: int, low: int, size: int) -> str:
    """Return the 零 between `high` and the `low` below it, which has room for `size`."""
    if not high or not low:
        return ""
    if low < size // 10:
        return "零"
    return _OMITTED if high % 10 == 0 else ""


def _myriads(number: int) -> str:
    """Return 1 to 99,999,999 in capitals, free 零 as marks."""
    high, low = divmod(number, _SECTION)
    head = _section(high) + "万" if high else ""
    return head + _gap(high, low, _SECTION) + _section(low)


def _shape(minor: int) -> str:
    """Return an amount in capitals without 人民币, each free 零 as its mark."""
    if not 0 <= minor <= LIMIT_MINOR:
        raise ValueError(f"no capitals for {minor} fen")
    whole, jiao, fen = minor // 100, minor // 10 % 10, minor % 10
    high, low = divmod(whole, _HUNDRED_MILLION)
    text = (_myriads(high) + "亿" if high else "") + _low(high, low)
    if whole:
        text += "元"
    if jiao:
        text += (_WRITTEN if whole and whole % 10 == 0 else "") + _DIGITS[jiao] + "角"
    if fen:
        text += ("零" if whole and not jiao else "") + _DIGITS[fen] + "分"
    if minor == 0:
        return "零元整"
    return text if jiao or fen else text + "整"


def _low(high: int, low: int) -> str:
    """Return the eight digits under `high` 亿, with the 零 in front of them."""
    if high and _SECTION // 10 <= low < _SECTION:
        # All of 万 is skipped and 仟 is not: the rule leaves 零 free, reading is easier with it.
        return _WRITTEN + _myriads(low)
    return _gap(high, low, _HUNDRED_MILLION) + (_myriads(low) if low else "")


def _value(plain: str) -> int | None:
    """Add up the digits of capitals by their places, without regard to 零; None at any other character."""
    if plain.removesuffix("整") == "零元":
        return 0
    total = above = section = 0
    rest = plain.replace("零", "").removesuffix("整")
    while match := _PART.match(rest):
        rest = rest[match.end() :]
        digit, place, mark = match.groups()
        if mark == "万":
            above, section = above + section * _SECTION, 0
        elif mark == "亿":
            total, above, section = (above + section) * _HUNDRED_MILLION, 0, 0
        elif mark == "元":
            total, above, section = (total + above + section) * 100, 0, 0
        elif place in {"角", "分"}:
            total += _DIGITS.index(digit) * (10 if place == "角" else 1)
        else:
            section += _DIGITS.index(digit) * 10 ** _PLACES.index(place)
    # What is misplaced gives a value whose own capitals differ; `parse_capitals` compares them.
    return None if rest or section or above else total
