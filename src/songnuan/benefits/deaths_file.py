"""Reads a table of people who have died: identity numbers and days. Nothing else of it is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.benefits.doubling import Death
from songnuan.documents.reading import Odd, read_frames
from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault, sentence
from songnuan.kernel.identity import identity
from songnuan.kernel.refusal import Refusal
from songnuan.people.columns import index

_NUMBER: Final = frozenset(
    ["身份证号", "身份证号码", "证件号码", "证件号", "公民身份号码", "身份号码", "id_number", "number"]
)
_DAY: Final = frozenset({"死亡日期", "死亡时间", "去世日期", "身故日期", "died_on", "died"})


@dataclass(frozen=True, slots=True)
class ToldDeath:
    """A row of the file, by its number there: what it tells, or what is wrong with it."""

    row: int
    death: Death | None
    fault: str = ""


def read(file: BinaryIO, name: str, today: date) -> list[ToldDeath]:
    """Return the rows of the first sheet, with numbers as blind indexes.

    Args:
        file: The file, as `documents.reading.read_frames` takes it.
        name: How it is called.
        today: The day of the house; nobody died later.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `deaths_headings` where no row names columns.

    """
    found: list[ToldDeath] = []
    places: tuple[int, int] | None = None
    sheet = None
    for frame in read_frames(file, name):
        sheet = sheet or frame.sheet
        if frame.sheet != sheet:
            break
        for at, row in enumerate(frame.rows()):
            if places is None:
                places = _places(row)
            elif any(str(cell).strip() for cell in row):
                found.append(_told(frame.first + at, row, places, today))
    if places is None:
        sentence_ = _("No row of the table names its columns. Head them “身份证号” and “死亡日期”.")
        raise Refusal("deaths_headings", sentence_, field="file")
    return found


def _places(row: Sequence[Cell | Odd]) -> tuple[int, int] | None:
    """Return where number and day stand, if this row names both."""
    words = ["".join(str(cell).split()).lower() for cell in row]
    number, day = (
        next((at for at, word in enumerate(words) if word in known), None) for known in (_NUMBER, _DAY)
    )
    return None if number is None or day is None else (number, day)


def _told(at: int, row: Sequence[Cell | Odd], places: tuple[int, int], today: date) -> ToldDeath:
    try:
        number, day = (_cell(row, place) for place in places)
        told = identity(number).number
        died_on = _day(day, today)
    except Fault as fault:
        return ToldDeath(at, None, sentence(fault.code, fault.facts))
    return ToldDeath(at, Death(index("id_number", told), died_on))


def _day(cell: Cell, today: date) -> date:
    """Return the day of a death, which is not to come."""
    day = cells.day(cell)
    if day > today:
        raise Fault("date_invalid", text=day.isoformat())
    return day


def _cell(row: Sequence[Cell | Odd], place: int) -> Cell:
    cell = row[place] if place < len(row) else ""
    if isinstance(cell, Odd):
        raise Fault("formula" if cell.kind == "formula" else "cell_error", text=str(cell.value))
    return cell
