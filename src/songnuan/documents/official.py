"""An official document (公文) as data: what GB/T 9704-2012 knows of it, and nothing of how it is drawn.

It is what a snapshot keeps: the same description makes the same papers for ever.
"""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import TypeVar, cast
from unicodedata import category

from pydantic import TypeAdapter

T = TypeVar("T")

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


_SEPARATORS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_UNPRINTED = frozenset({"Cc", "Cf", "Cs"})
_NO_CHARACTERS = frozenset("\ufffe\uffff")


def printable(thing: T) -> T:
    """Return a document, or a part of one, with what no paper can hold taken out of its texts.

    Ends of lines and tabs become a space; control characters, marks that turn or hide text, and what XML
    forbids go. A paper would be refused for them, or would show another text than it holds.
    """
    if isinstance(thing, str):
        return cast("T", _SEPARATORS.sub(" ", "".join(filter(_is_kept, thing))))
    if isinstance(thing, tuple):
        return cast("T", tuple(map(printable, thing)))
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {field.name: printable(getattr(thing, field.name)) for field in fields(thing)}
        return cast("T", replace(thing, **changed))
    return thing


def _is_kept(char: str) -> bool:
    is_unprinted = char in _NO_CHARACTERS or category(char) in _UNPRINTED
    return not is_unprinted or _SEPARATORS.fullmatch(char) is not None
