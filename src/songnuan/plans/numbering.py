"""Numbers as official Chinese writes them: clause numbers 一、（一）1.（1）and numerals such as 四十七."""

import re
from dataclasses import dataclass

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN = "〇一二三四五六七八九"
# Bounded, as every repetition in a rule: a run of twenty thousand is looked through once, not from each sign.
HAN_NUMERAL = r"[零〇一二两三四五六七八九十百千万]{1,15}"

# The forms of each level, the proper one and those that typing makes of it.
_FORMS = (
    (1, re.compile(r"([一二三四五六七八九十]{1,3})[、,，.．]")),
    (2, re.compile(r"[（(]([一二三四五六七八九十]{1,3})[)）]、?")),
    (3, re.compile(r"([0-9０-９]{1,2})[.．、]")),
    (4, re.compile(r"[（(]([0-9０-９]{1,2})[)）]、?")),
)


@dataclass(frozen=True, slots=True)
class ClauseNumber:
    """A clause number understood: its level 1 to 4, its place among its siblings, its proper form."""

    level: int
    ordinal: int
    proper: str


def parse_numeral(text: str) -> int | None:
    """Return the whole number below one hundred million that a Chinese numeral says, or None."""
    if not re.fullmatch(HAN_NUMERAL, text) or text.count("万") > 1:
        return None
    total = 0
    for section in text.split("万"):
        value = _section(section) if section else 0
        if value is None:
            return None
        total = total * 10_000 + value
    return total


def _section(text: str) -> int | None:
    """Return the value of up to four places, each unit smaller than the one before; None otherwise."""
    total, digit, last = 0, None, 10_000
    for sign in text:
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        else:
            unit = _TENS[sign]
            if unit >= last:
                return None
            total, digit, last = total + (1 if digit is None else digit) * unit, None, unit
    return total + (digit or 0)


def numeral(number: int) -> str:
    """Return 1 to 99 as official Chinese counts clauses: 九, 十, 十一, 二十, 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_HAN[tens]}十"
    return head + (_HAN[ones] if ones else "")


def clause_number(level: int, ordinal: int) -> str:
    """Return the proper clause number of a level (1 to 4) and a place (1 to 99)."""
    return {1: f"{numeral(ordinal)}、", 2: f"（{numeral(ordinal)}）", 3: f"{ordinal}.", 4: f"（{ordinal}）"}[
        level
    ]


def parse_clause_number(text: str) -> ClauseNumber | None:
    """Return what a clause number says, or None when it has no form of the four levels.

    Half-width brackets and stray dots are understood; `proper` shows how they should be written.
    """
    for level, form in _FORMS:
        if found := form.fullmatch(text):
            digits = found[1]
            ordinal = int(digits) if level in {3, 4} else parse_numeral(digits)
            if ordinal and ordinal < 100:
                return ClauseNumber(level, ordinal, clause_number(level, ordinal))
    return None
