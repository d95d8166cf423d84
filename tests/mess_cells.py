"""The cells of messy rosters: the same facts as many hands write them."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, TypeVar

from mess_files import Cell, Dialect
from mess_words import CHOICES, PAPERS

T = TypeVar("T")


class Written(Protocol):
    """What is written down as one line: a person, or what is told of some."""

    @property
    def blank(self) -> frozenset[str]:
        """Fields whose cells this line leaves empty."""

    @property
    def unit(self) -> str:
        """The name of a unit."""

    def told(self, name: str) -> tuple[object, str]:
        """Return who or what a field is about, and what it is called there."""


@dataclass(frozen=True)
class Mess:
    """How a roster is written down."""

    kind: str = "xlsx"
    seed: int = 0
    sheets: int = 1
    titles: int = 0
    habits: frozenset[str] = frozenset()
    dialect: Dialect = field(default_factory=Dialect)

    def has(self, *habits: str) -> bool:
        return self.habits.issuperset(habits)

    def pick(self, options: Sequence[T], *where: object) -> T:
        """Return one of the options, always the same for this seed and place."""
        return options[zlib.crc32(repr((self.seed, where)).encode()) % len(options)]


_WIDE = {code: code + 0xFEE0 for code in [*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), 0x2E]}
_GAPS = (" ", "\u3000", "\u00a0", "  ")
_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")


@dataclass(frozen=True)
class Hand:
    """Writes the cells of one line as the mess has it."""

    mess: Mess
    number: int

    def pick(self, options: Sequence[T], *where: object) -> T:
        return self.mess.pick(options, self.number, *where)

    def does(self, habit: str, *where: object) -> bool:
        """Say whether the habit shows in this cell: in two of three."""
        return self.mess.has(habit) and self.pick((True, True, False), habit, *where)

    def cell(self, person: Written, name: str) -> Cell:
        """Return the cell of a field."""
        if name in person.blank:
            return self.pick(("", " ", "\u3000"), name) if self.mess.has("edges") else ""
        if name == "number":
            return self.number
        whose, field = person.told(name)
        fact = getattr(whose, {"id_number": "paper", "id_kind": "kind"}.get(field, field))
        if isinstance(fact, date):
            return self.day(fact)
        if field in {"id_number", "phone", "account"}:
            return self.digits(fact, name)
        return self.words(field, fact)

    def words(self, name: str, fact: object) -> Cell:
        """Return the cell of a field that is no number and no date."""
        if name == "name":
            return self.name(str(fact))
        if name in CHOICES:
            return self.edges(self.pick(CHOICES[name][fact], name), name)
        if name == "id_kind":
            return self.pick(PAPERS[str(fact)], name)
        if name == "minutes":
            return self.hours(fact)
        text = "" if fact is None else str(fact)
        if name == "employee_number" and text.isdecimal() and text[0] != "0" and self.as_number(name):
            return int(text)
        return self.edges(text, name)

    def hours(self, minutes: object) -> Cell:
        """Write how long somebody worked."""
        if not isinstance(minutes, int):
            return ""
        hours = minutes / 60 if minutes % 60 else minutes // 60
        if self.as_number("minutes"):
            return hours
        return self.edges(self.pick(("{}", "{}小时", "{} 小时", "{}h"), "minutes").format(hours), "minutes")

    def as_number(self, name: str) -> bool:
        return self.mess.kind != "csv" and self.does("numbers", name)

    def edges(self, text: str, name: str) -> str:
        """Put space before or behind."""
        if not text or not self.does("edges", name):
            return text
        return self.pick((" {}", "{} ", "\u3000{}", "{}\u00a0", "{}\n", " {}\u3000"), name).format(text)

    def unseen(self, text: str, name: str) -> str:
        """Put characters in that nobody sees, as copying from other programs does."""
        if not text or not self.does("invisible", name):
            return text
        return self.pick(("\u202d{}\u202c", "\ufeff{}", "{}\u200b", "\u200e{}"), name).format(text)

    def name(self, text: str) -> str:
        if self.does("name_spaces"):
            gap = self.pick(_GAPS)
            parts = text.split(" ") if " " in text else text.split("·") if "·" in text else list(text)
            text = (gap if " " in text else f"{gap}·{gap}" if "·" in text else gap).join(parts)
        if self.does("dots"):
            text = text.replace("·", self.pick(("•", "‧", "・", "．")))
        if self.does("wide", "name"):
            text = text.translate({code: wide for code, wide in _WIDE.items() if code != 0x2E})
        return self.edges(self.unseen(text, "name"), "name")

    def digits(self, text: str, name: str) -> Cell:
        """Write a number of a paper, a phone or a card."""
        if not text:
            return ""
        if (name == "phone" or len(text) == 15) and text.isdecimal() and self.as_number(name):
            return int(text)
        if name == "phone" and self.does("phone_style"):
            text = self.pick(
                (f"+86{text}", f"+86 {text}", f"{text[:3]}-{text[3:7]}-{text[7:]}", f"86-{text}"), name
            )
        if self.does("lower", name):
            text = text.lower()
        if self.does("spaces", name) and "-" not in text and "+" not in text:
            gap, step = self.pick(_GAPS, name), self.pick((3, 4, 6), name)
            text = gap.join(text[at : at + step] for at in range(0, len(text), step))
        if self.does("wide", name):
            text = text.translate(_WIDE)
        return self.mark(self.edges(self.unseen(text, name), name), name)

    def mark(self, text: str, name: str) -> str:
        """Put the apostrophe in front that keeps a number a text."""
        return self.pick(("'", "'", "‘"), name) + text if self.does("apostrophe", name) else text

    def day(self, day: date) -> Cell:
        """Write a date."""
        mess = self.mess
        serial = (day - date(1899, 12, 30)).days
        if mess.kind != "csv" and self.does("date_cells"):
            return day
        if mess.kind != "csv" and self.does("date_numbers"):
            late = serial >= 20_000 and not mess.has("mac")
            return self.pick((serial, int(f"{day:%Y%m%d}"))) if late else int(f"{day:%Y%m%d}")
        if not self.does("date_texts"):
            return f"{day:%Y-%m-%d}"
        year, month, rest = f"{day.year}", f"{day.month}", f"{day.day}"
        text = self.pick(
            (
                f"{year}.{month}.{rest}",
                f"{year}/{month}/{rest}",
                f"{year}年{month}月{rest}日",
                f"{day:%Y%m%d}",
                f"{day:%Y.%m.%d}",
                f"{day:%Y年%m月%d日}",
                f"{year} 年 {month} 月 {rest} 日",
                f"{day:%Y-%m-%d} 00:00:00",
                f"{year.translate(_CHINESE)}年{_in_words(day.month)}月{_in_words(day.day)}日",
            )
        )
        if self.does("wide", "day"):
            text = text.translate(_WIDE)
        return self.mark(self.edges(text, "day"), "day")


def _in_words(number: int) -> str:
    """Return 1 to 31 as 一 to 三十一."""
    tens, ones = divmod(number, 10)
    return ("", "十", "二十", "三十")[tens] + "〇一二三四五六七八九"[ones].strip("〇")
