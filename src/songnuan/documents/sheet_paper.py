"""A sheet (表、单、凭据) as data: what offices print, fill in and sign, and nothing of how it is drawn.

One description makes the PDF, the workbook and the Word file, so that they never differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from songnuan.documents.official import chinese_day
from songnuan.kernel.money import capitals, yuan

LONGEST_GROUP = 12
"""Rows that are kept on one page because they share cells; of more, each says again what they share."""


class Kind(Enum):
    """What the cells of a column hold: text, whole numbers, money in fen, days, or room to sign."""

    TEXT = auto()
    QUANTITY = auto()
    MONEY = auto()
    DAY = auto()
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed: words such as a masked name, and the picture of the signature (PNG, JPEG) if any."""

    words: str = ""
    picture: bytes = b""


Cell = str | int | date | Signed | None
"""None is left empty, to be filled in by hand; a text may stand in a column of any kind."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column; `width` is its share. The rows of a group share one cell of it when `is_shared`."""

    heading: str
    width: int
    kind: Kind = Kind.TEXT
    is_centred: bool = False
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together and stand on one page; a shared column shows the cell of the first."""

    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A line that adds up: `figures` by place of their columns; `minor`, in fen, is said in capitals too."""

    label: str
    figures: tuple[tuple[int, int], ...]
    minor: int | None = None

    @property
    def words(self) -> str:
        """What is said below the line: the sum in figures and in capitals; empty where it is no money."""
        if self.minor is None:
            return ""
        return f"{self.label}（小写）：¥{yuan(self.minor)}　　（大写）：{capitals(self.minor)}"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a table, with a title or none. `is_struck`: it stands there and is not counted."""

    groups: tuple[Group, ...]
    title: str = ""
    totals: tuple[Total, ...] = ()
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class SheetTable:
    """At least four columns, so that the facts of the sheet find room beside each other in a workbook."""

    columns: tuple[SheetColumn, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A label and what stands beside it. `lines` is the least room; `is_wide` takes the whole width."""

    label: str
    value: Cell = None
    is_wide: bool = False
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Qr:
    """A code that leads to an absolute address, with a line below it."""

    address: str
    caption: str


@dataclass(frozen=True, slots=True)
class SheetPaper:
    """A sheet of one or several pages: title, who made it, facts, a table, more to fill in, who signs.

    `lines` stand under the title (unit, plan, document number), `entries` above the table and `after`
    below it, `foot` is who signs at the end, with their names those who did ("制表人：王芳"), `note`
    small print. `dated_on` is the day that it was made.
    """

    title: str
    lines: tuple[str, ...]
    dated_on: date
    entries: tuple[Entry, ...] = ()
    table: SheetTable | None = None
    after: tuple[Entry, ...] = ()
    foot: tuple[str, ...] = ()
    note: str = ""
    qr: Qr | None = None
    is_landscape: bool = False

    @property
    def signs(self) -> tuple[str, ...]:
        """Who signs at the end, each with its colon, and with the name behind it where it is known."""
        return tuple(one if "：" in one else f"{one}：" for one in self.foot)


def shown(cell: Cell, kind: Kind = Kind.TEXT) -> str:
    """Return a cell as it is read; empty for what is filled in by hand."""
    if cell is None:
        return ""
    if isinstance(cell, Signed):
        return cell.words
    if isinstance(cell, date):
        return cell.isoformat() if kind is Kind.DAY else chinese_day(cell)
    if isinstance(cell, int):
        return yuan(cell) if kind is Kind.MONEY else str(cell)
    return cell


def stretches(table: SheetTable, part: Part) -> Iterable[tuple[tuple[Cell, ...], int]]:
    """Yield each row with how many rows share its cells from here on: 0 where an earlier row holds them."""
    shares = any(column.is_shared for column in table.columns)
    for group in part.groups:
        together = shares and len(group.rows) <= LONGEST_GROUP
        for place, row in enumerate(group.rows):
            yield row, (0 if place else len(group.rows)) if together else 1


def pairs_of(entries: Iterable[Entry]) -> list[tuple[Entry, ...]]:
    """Return entries by line: two beside each other, a wide one alone."""
    found: list[tuple[Entry, ...]] = []
    waiting: Entry | None = None
    for entry in entries:
        if entry.is_wide:
            found += [(one,) for one in (waiting, entry) if one]
            waiting = None
        elif waiting:
            found.append((waiting, entry))
            waiting = None
        else:
            waiting = entry
    return [*found, (waiting,)] if waiting else found
