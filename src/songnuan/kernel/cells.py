"""Reads single cells of a table as offices fill them in: texts, names, days, numbers, phones, accounts.

Each reader takes whatever a cell can hold and returns one value in its normal form, or raises a
`Fault`; what is not certain is refused, never guessed. A cell that says there is nothing (`nothing`)
is for the caller to pass over. The spelling most cells have is taken by a short way, for a file has
millions of them.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, Literal

from songnuan.kernel.faults import Fault, shown
from songnuan.kernel.names import phone_parts, tidy_name

Cell = int | float | str | bool | date

NAME_MAX: Final = 60
"""The most characters of a person's name."""

EXACT_BELOW: Final = 10**15
"""Whole numbers from here on have more digits than Excel keeps."""

SCIENTIFIC: Final = re.compile(
    r"[0-9]+(?:\.[0-9]+E\+?|E\+)[0-9]{1,3}|[0-9]{15}0+\.0+|[0-9]{1,3}(?:,[0-9]{3}){4,},[0-9]{2}0(?:\.0+)?",
    re.IGNORECASE,
)
"""A number as Excel writes it where it has too many digits: 4.4E+17, or 440,524,188,001,010,000.00."""

DASHES: Final = re.compile("[-‐‑‒–—―−]")

_FIRST_DAY, _LAST_DAY = date(1901, 1, 1), date(2100, 12, 31)
_SERIAL_ZERO = date(1899, 12, 30)
# What is longer is no number, day or word of these columns, and not worth the work of reading it.
_LONGEST = 100
_ENDLESS = 10**400

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_APOSTROPHES = ("'", "‘", "’", "＇", "`")

_HAN_NAME = re.compile("[\u4e00-\u9fff]{2,4}")
# What a file saved in an older encoding has in place of a rare character, and what masks a name.
_LOST_CHARACTER = re.compile("[?*\ufffd□■]")

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ACCOUNT = re.compile(r"[0-9]{8,32}")
_COUNT = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})[人名个個位]?")
_HOUR = "(?:小时|小時|钟头|时|時|h|hrs?|hours?)"
_HOURS = re.compile(
    rf"([0-9]{{1,4}})(?:(?:\.(?:(5)0*|0+))?(?:[个個]?{_HOUR})?|([个個]半){_HOUR}"
    rf"|{_HOUR}(?:(30)|0?0)(?:分钟?|分鐘?|min)?|:(?:(30)|00)(?::00)?)",
    re.IGNORECASE,
)

_NOTHING = re.compile(
    r"|[/\\]|-{1,3}|[—–―]{1,2}|n/?a|null|none|[暂暫]?[无無]|[没沒]有|未填|不[详詳]", re.IGNORECASE
)
_NOTHING_BEGINS = frozenset("nN暂暫无無没沒未不")  # where it begins with a letter
_YES = re.compile(
    "是|有|[对對]|[√✓✔☑]|y|yes|true|1|有?直接(?:接[触觸])?|有?接[触觸]",
    re.IGNORECASE,
)
_NO = re.compile(
    "否|不是|[无無]|[没沒]有|[×✗✘☒x]|n|no|false|0|[间間]接(?:接[触觸])?"
    "|(?:[非不未无無]|[没沒]有)直接(?:接[触觸])?|[不未无無]接[触觸]",
    re.IGNORECASE,
)
_SEXES: Mapping[str, Literal["male", "female"]] = {
    **dict.fromkeys(["男", "男性", "男士", "male", "m", "1"], "male"),
    **dict.fromkeys(["女", "女性", "女士", "female", "f", "2"], "female"),
}

_PLAIN_DAY = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
_DIGITS_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL = re.compile(r"[2-6][0-9]{4}(?:\.[0-9]{1,12})?")
_BETWEEN = r" ?[-./\\,、。–—―−] ?"
_HALF_DAY = "(?:凌晨|清晨|早[上晨]|[上中下]午|傍晚|晚上?|夜[间里]|[AP]M)"
_HOUR_OF_DAY = "(?:[01]?[0-9]|2[0-3])"
_TIME = rf"{_HOUR_OF_DAY}(?:(?::[0-5][0-9]){{1,2}}(?:\.[0-9]+)?|[时時点點](?:[0-5]?[0-9]分?|半|整)?)"
_DAY = re.compile(
    rf"(?:(?P<year>[0-9]{{4}})(?: ?年 ?|{_BETWEEN}))?"
    rf"(?P<month>[0-9]{{1,2}})(?: ?月 ?|{_BETWEEN})(?P<day>[0-9]{{1,2}})(?: ?[日号號])?\.?"
    r"(?: ?\(? ?(?:星期|周|週|礼拜|禮拜)(?P<weekday>[一二三四五六日天]) ?\)?)?"
    rf"(?:(?:(?<=[日号號)])| |T)(?:{_HALF_DAY} ?)?{_TIME}(?: ?{_HALF_DAY})?| ?{_HALF_DAY})?",
    re.IGNORECASE,
)
_WEEKDAYS = {sign: place for place, sign in enumerate("一二三四五六日")} | {"天": 6}

_HAN = "〇一二三四五六七八九"
_HAN_DIGITS = {ord(sign): str(digit) for digit, sign in enumerate(_HAN)} | dict.fromkeys(
    map(ord, "○零Oo"), "0"
)
_HAN_YEAR = re.compile(f"(?=[^年]{{0,3}}[{_HAN}])[○零Oo0-9{_HAN}]{{4}}(?= ?年)")
_HAN_NUMBER = re.compile(f"[○零十廿卅{_HAN}]{{1,4}}(?= ?[月日号號])")


def _numerals() -> dict[str, str]:
    """Return the ways to write 1 to 31 in Han, with their digits: 二十一, 廿一, 二一; 元 is no numeral."""
    ways = {}
    for number in range(1, 32):
        tens, ones = divmod(number, 10)
        end = _HAN[ones] if ones else ""
        ways[("", "十", "二十", "三十")[tens] + end] = str(number)
        ways[("", "一十", "廿", "卅")[tens] + end] = str(number)
        ways[(_HAN[tens] if tens else "") + _HAN[ones]] = str(number)
    return ways


_NUMERALS = _numerals()


def text(cell: Cell) -> str:
    """Return a cell as a person reads it, on one line: no leading apostrophe, whole numbers in digits.

    What cannot be seen is left out; what no encoding can hold becomes a replacement character.
    """
    if isinstance(cell, str):
        if not cell.isprintable():
            cell = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", cell))
        plain = " ".join(cell.split())
        # ‘示范岗’ is quoted; an apostrophe alone is how Excel is told that a number is a text.
        if plain.startswith(_APOSTROPHES) and not (plain[0] == "‘" and "’" in plain):
            return plain[1:].lstrip()
        return plain
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat(" ", "seconds").removesuffix(" 00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).upper() if isinstance(cell, bool) else _digits(cell)


def squeezed(cell: Cell) -> str:
    """Return a cell's text in half-width signs and without any space."""
    plain = "".join(text(cell).split())
    return plain if plain.isascii() else "".join(unicodedata.normalize("NFKC", plain).split())


def nothing(cell: Cell) -> bool:
    """Return whether a cell is empty, or filled to say so: /, —, 无, 不详, N/A."""
    if not isinstance(cell, str) or (cell[:1].isalnum() and cell[0] not in _NOTHING_BEGINS):
        return False
    return _NOTHING.fullmatch(text(cell)) is not None


def name(cell: Cell) -> str:
    """Return a person's name, tidied; spaces between Han are dropped (张 三).

    Raises:
        Fault: `name_missing`, `name_too_long`, `name_invalid` when it has no letter, `name_lost_character`.

    """
    if isinstance(cell, str) and _HAN_NAME.fullmatch(cell):
        return cell
    plain = text(cell)
    tidy = tidy_name(plain[: 4 * NAME_MAX])
    if not tidy:
        raise Fault("name_missing")
    if len(tidy) > NAME_MAX:
        raise Fault("name_too_long", length=max(len(plain), len(tidy)), max=NAME_MAX)
    if _LOST_CHARACTER.search(tidy):
        raise Fault("name_lost_character")
    if not any(sign.isalpha() or unicodedata.category(sign) == "Co" for sign in tidy):
        raise Fault("name_invalid")
    return tidy


def day(cell: Cell, year: int | None = None) -> date:
    """Return the one day that a cell names, between 1901 and 2100.

    Taken are dates, Excel's serial numbers, and texts such as 2020-04-21, 2020.4.21, 20200421,
    2020年4月21日, 二〇二〇年四月二十一日, with a weekday that fits or a time of day behind. A text
    without a year (4月21日) is of `year`.

    Raises:
        Fault: `date_invalid`; `date_year_missing` when the text has no year and `year` is None.

    """
    if isinstance(cell, str) and (plain := _PLAIN_DAY.fullmatch(cell)):
        found = _made(int(plain[1]), int(plain[3] or plain[5]), int(plain[4] or plain[6]))
    elif isinstance(cell, date):
        found = cell.date() if isinstance(cell, datetime) else cell
    elif isinstance(cell, str):
        found = _told_day(cell, year)
    else:
        found = None if isinstance(cell, bool) else _numbered_day(cell)
    if found is None or not _FIRST_DAY <= found <= _LAST_DAY:
        raise Fault("date_invalid", text=shown(text(cell)))
    return found


def count(cell: Cell) -> int:
    """Return a whole number from 0 to 999,999,999, such as a number of people.

    Raises:
        Fault: `number_invalid`.

    """
    match = _COUNT.fullmatch(_short(cell))
    if match is None:
        raise Fault("number_invalid", text=shown(text(cell)))
    return int(match[1].replace(",", ""))


def hours(cell: Cell) -> int:
    """Return whole or half hours as minutes: 7.5, 7小时30分 and 7:30 are 450.

    Raises:
        Fault: `hours_invalid`.

    """
    plain = _short(cell)
    if plain in {"半小时", "半小時", "半个小时", "半個小時"}:
        return 30
    match = _HOURS.fullmatch(plain)
    if match is None:
        raise Fault("hours_invalid", text=shown(text(cell)))
    return 60 * int(match[1]) + (30 if any(match.groups()[1:]) else 0)


def yes_no(cell: Cell) -> bool:
    """Return whether a cell says yes: 是, √, Y, 1, 直接接触, against 否, ×, N, 0, 无.

    Raises:
        Fault: `yes_no_invalid`.

    """
    plain = _short(cell)
    if _YES.fullmatch(plain):
        return True
    if _NO.fullmatch(plain):
        return False
    raise Fault("yes_no_invalid", text=shown(text(cell)))


def phone(cell: Cell) -> str:
    """Return a phone number as `kernel.names.valid_phone` writes it.

    Raises:
        Fault: `phone_invalid`.

    """
    if isinstance(cell, str) and _MOBILE.fullmatch(cell):
        return cell
    plain = text(cell)
    if _MOBILE.fullmatch(plain):
        return plain
    parts = phone_parts(plain) if len(plain) <= _LONGEST else None
    if parts is None:
        raise Fault("phone_invalid")
    return "-".join(part for part in parts if part)


def account(cell: Cell) -> str:
    """Return the digits of a bank account or card.

    Raises:
        Fault: `account_lost_digits` when Excel kept 15 of its digits, `account_invalid`.

    """
    if isinstance(cell, str) and _ACCOUNT.fullmatch(cell):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell >= EXACT_BELOW:
        raise Fault("account_lost_digits")
    plain = _short(cell)
    if SCIENTIFIC.fullmatch(plain):
        raise Fault("account_lost_digits")
    digits = DASHES.sub("", plain) if isinstance(cell, str) else plain
    if not _ACCOUNT.fullmatch(digits):
        raise Fault("account_invalid", length=len(digits) or len(text(cell)))
    return digits


def sex(cell: Cell) -> Literal["male", "female"]:
    """Return the sex told by 男, 女, M, F, or by the codes 1 and 2.

    Raises:
        Fault: `sex_invalid`.

    """
    found = _SEXES.get(cell) if isinstance(cell, str) else None
    found = found or _SEXES.get(_short(cell).lower())
    if found is None:
        raise Fault("sex_invalid", text=shown(text(cell)))
    return found


def _digits(number: float) -> str:
    """Return a number in plain digits; nothing of what is none, # of what no sheet could hold."""
    if isinstance(number, int):
        return str(number) if abs(number) < _ENDLESS else "#"
    if not math.isfinite(number):
        return ""
    return f"{number:.0f}" if number.is_integer() else f"{number:.15g}"


def _short(cell: Cell) -> str:
    """Return a cell squeezed, "" when it is too long to be a number or a word."""
    plain = squeezed(cell)
    return plain if len(plain) <= _LONGEST else ""


def _made(year: int, month: int, number: int) -> date | None:
    """Return a day, None when the calendar has no such day."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _numbered_day(number: float) -> date | None:
    """Return the day of a serial number of Excel, or of a number such as 20200421."""
    if 20_000 <= number < 60_001:
        return _SERIAL_ZERO + timedelta(days=int(number))
    if 10**7 <= number < 10**8 and number == int(number):
        whole = int(number)
        return _made(whole // 10_000, whole // 100 % 100, whole % 100)
    return None


def _told_day(cell: str, year: int | None) -> date | None:
    """Return the day of a text, None when it names none."""
    plain = unicodedata.normalize("NFKC", text(cell))
    if len(plain) > _LONGEST:
        return None
    if digits := _DIGITS_DAY.fullmatch(plain):
        return _made(int(digits[1]), int(digits[2]), int(digits[3]))
    if _SERIAL.fullmatch(plain):
        return _numbered_day(float(plain))
    match = _DAY.fullmatch(plain if plain.isascii() else _arabic(plain))
    if match is None:
        return None
    month, number = int(match["month"]), int(match["day"])
    if match["year"] is None and year is None and _made(2000, month, number):
        raise Fault("date_year_missing", text=shown(plain))
    found = _made(int(match["year"] or year or 0), month, number)
    if found and match["weekday"] and _WEEKDAYS[match["weekday"]] != found.weekday():
        return None
    return found


def _arabic(plain: str) -> str:
    """Return a date with its Han numerals as digits: 二〇二〇年四月廿一日, 元月10日."""
    plain = _HAN_YEAR.sub(lambda found: found[0].translate(_HAN_DIGITS), plain).replace("元月", "1月")
    return _HAN_NUMBER.sub(lambda found: _NUMERALS.get(_zeros(found[0]), found[0]), plain)


def _zeros(numeral: str) -> str:
    """Return a numeral with one kind of zero, and none in front."""
    return numeral.replace("○", "〇").replace("零", "〇").lstrip("〇")
