"""An official document (公文) as data: what GB/T 9704-2012 knows of it, and nothing of how it is drawn.

It is what a snapshot keeps: the same description makes the same papers for ever.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from pydantic import TypeAdapter

LEVELS = (1, 2, 3, 4)
"""The levels of headings: 一、（一）1.（1）."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph: running text at level 0, else a heading of that level with its number in front."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `width` is its share of the table's, `is_figure` centres what it holds."""

    heading: str
    width: int
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts, with what is said about it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """What is attached: text, a table, or both."""

    title: str
    lines: tuple[Line, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the red line. `mark` is the organ's red mark, `number` as 〔2020〕3号."""

    mark: str
    number: str
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands at the foot of the last page: who gets copies, who printed it and when."""

    printed_by: str
    printed_on: date
    copies_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficialDocument:
    """A document that an organ sends out; `signer` signs it under a seal."""

    head: Head
    title: str
    addressees: str
    body: tuple[Line, ...]
    signer: str
    dated_on: date
    imprint: Imprint
    annexes: tuple[Annex, ...] = ()
    note: str = ""


_FORM = TypeAdapter(OfficialDocument)


def to_json(document: OfficialDocument) -> str:
    """Return the document as text, always the same for the same document."""
    return _FORM.dump_json(document).decode()


def from_json(text: str) -> OfficialDocument:
    """Return the document that `to_json` wrote.

    Raises:
        pydantic.ValidationError: When it is none.

    """
    return _FORM.validate_json(text)


def chinese_day(day: date) -> str:
    """Return a date as documents write it: the year in full, no zero before month or day."""
    return f"{day.year}年{day.month}月{day.day}日"


def annex_label(place: int, count: int) -> str:
    """Return what stands at the top of an annex: 附件, with its number when there are several."""
    return f"附件{place}" if count > 1 else "附件"


def annex_entry(place: int, count: int, title: str) -> str:
    """Return an annex as the list after the body names it: no punctuation after the name."""
    return f"{place}.{title}" if count > 1 else title


def width_of(text: str) -> float:
    """Return how wide a text is in Chinese characters: what is half as wide counts half."""
    return sum(0.5 if char.isascii() else 1 for char in text)


# A line of the title may end before these and after those, never inside a word.
_BEFORE = ("关于", "《", "〈")
_AFTER = ("印发", "》", "〉", "、", "，")
_TIED = ("的", "，", "、", "》", "〉")


def title_lines(title: str, organ: str = "", limit: float = 20) -> tuple[str, ...]:
    """Break a title where its meaning allows: as few lines as fit, and as even as can be.

    Args:
        title: The whole title.
        organ: The organ's name; a line may end after it.
        limit: Characters that fit on one line.

    Returns:
        The lines. A piece of one meaning that is too long for a line stays whole, and the paper breaks it.

    """
    ends = [place for place in range(1, len(title)) if _may_break(title, place, organ)]
    best: tuple[tuple[float, ...], tuple[str, ...]] | None = None
    for first in (0, *ends):
        for second in (0, *(end for end in ends if end > first > 0)):
            cuts = [0, *(cut for cut in (first, second) if cut), len(title)]
            lines = tuple(title[a:b] for a, b in pairwise(cuts))
            widths = [width_of(line) for line in lines]
            over = sum(max(0.0, width - limit) for width in widths)
            cost = (over, len(lines), max(widths) - min(widths))
            if best is None or cost < best[0]:
                best = (cost, lines)
    return best[1] if best else (title,)


def _may_break(title: str, place: int, organ: str) -> bool:
    before, after = title[:place], title[place:]
    if after.startswith(_TIED):
        return False
    return (bool(organ) and before == organ) or after.startswith(_BEFORE) or before.endswith(_AFTER)
