"""Reads the table of units out of a file: which unit, who is called there, who leads.

Pure: nothing is looked up or stored. The tables are found by `documents`; what is wrong with a row is a
problem with its place and a sentence, and the other rows are read all the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from songnuan.documents.columns import is_data
from songnuan.documents.header import Field, Layout
from songnuan.documents.reading import Frame, Odd, as_file, read_frames
from songnuan.documents.tables import Sheet, Tables
from songnuan.kernel import cells as read
from songnuan.kernel.faults import Fault, sentence, shown
from songnuan.kernel.names import valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.rules import STAFF_MAX, TEXT_MAX, unit_name, unit_text

T = TypeVar("T")
Cells = Sequence[Any]

# The usual headings of each column; spaces, brackets and the rest are `documents`' to see through.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        name: tuple(words.split("|"))
        for name, words in {
            "number": "序号|编号|No.",
            "name": "慰问单位|慰问单位名称|单位名称|一线单位|受慰问单位|被慰问单位|单位|单位全称|部门名称"
            "|部门|机构名称|机构|科室名称|处室名称|Unit|Unit name",
            "parent_name": "上级单位|上级单位名称|上级部门|主管单位|主管部门|隶属单位|隶属|所属单位|所属上级"
            "|Parent|Parent unit",
            "category": "类别|单位类别|类型|单位类型|Category",
            "compound": "院区|包联院区|所在院区|Compound",
            "district": "片区|所在片区|区县|所在区县|所属区县|县区|县（区）|District",
            "address": "地址|单位地址|详细地址|Address",
            "staff_count": "一线人数|一线职工人数|一线人员数|人数|职工人数|Staff",
            "contact_name": "联系人|联系人姓名|单位联系人|Contact|Contact person",
            "contact_phone": "联系电话|联系人电话|联系方式|电话|手机|手机号|手机号码|联系人手机|单位电话"
            "|Phone",
            "lead_name": "牵头处室(单位)|牵头处室、单位|牵头处室和单位|牵头处室|牵头单位|牵头部门|包联处室"
            "|包联部门|Lead|Lead office",
            "planned_on": "拟慰问时间|拟慰问日期|计划慰问时间|慰问时间|慰问日期|Planned on",
            "late_reason": "延期理由|延期原因|延后理由|延后原因|理由",
            "note": "备注|说明",
        }.items()
    }
)
FRONT_LINE: Final = ("慰问", "一线")
"""Words in the heading of the names that say that these are units to be visited."""
REASON_MAX = 500  # characters, as for a reason given on the page of a visit


def _layout(required: set[str]) -> Layout:
    fields = [Field(name, headings, required=name in required) for name, headings in HEADINGS.items()]
    return Layout("units", tuple(fields))


UNITS: Final = _layout({"name"})
PAIRS: Final = _layout({"name", "lead_name"})
"""The table of a plan, in which each unit has its lead."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as the file tells it. `row` counts from 1 as in the sheet; what is not told is empty."""

    row: int
    name: str
    category: str = ""
    compound: str = ""
    district: str = ""
    address: str = ""
    staff_count: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    lead_name: str = ""
    planned_on: date | None = None
    late_reason: str = ""
    parent_name: str = ""
    sheet: str = field(default="", compare=False)

    @property
    def place(self) -> tuple[str, int]:
        """Where the row stands: its sheet and number."""
        return self.sheet, self.row


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell: the sheet, the row from 1, the heading of the column, and what to do."""

    sheet: str
    row: int
    column: str
    code: str
    message: str

    @property
    def place(self) -> tuple[str, int]:
        """Where the row stands: its sheet and number."""
        return self.sheet, self.row


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """A table of units as it was read, on one sheet or several.

    `sheet` is the first of `sheets`. `columns` maps what was found to the heading it was found under;
    nothing was read from `unused` headings. `rows` holds each unit that has a name, once; where a cell
    could not be read the field is empty and a problem names the row. Rows to be taken as they are: `sound`.
    """

    sheets: Sequence[Sheet]
    rows: list[UnitRow]
    problems: list[Problem]

    @property
    def sheet(self) -> str:
        """The name of the first sheet."""
        return self.sheets[0].name

    @property
    def columns(self) -> Mapping[str, str]:
        """The heading of each field, as it stands on the first sheet that has it."""
        found: dict[str, str] = {}
        for sheet in reversed(self.sheets):
            found |= sheet.columns.headings
        return found

    @property
    def is_front_line(self) -> bool:
        """Whether the file calls its units front-line ones."""
        return any(word in self.columns["name"] for word in FRONT_LINE)

    @property
    def unused(self) -> list[str]:
        """The headings that nothing was read from."""
        return [unknown.heading for sheet in self.sheets for unknown in sheet.columns.unknown]

    @property
    def sound(self) -> list[UnitRow]:
        """The rows without a problem."""
        faulty = {problem.place for problem in self.problems}
        return [row for row in self.rows if row.place not in faulty]

    def problem(self, row: UnitRow, name: str, code: str, message: str) -> Problem:
        """Return a problem of a row with one of its fields."""
        heading = self.columns.get(name, HEADINGS[name][0])
        return Problem(row.sheet, row.row, heading, code, message)


@dataclass(slots=True)
class _Reading:
    """A sheet being read; `year` completes dates, `seen` are the names read before and where they stand."""

    sheet: Sheet
    layout: Layout
    year: int
    seen: dict[str, tuple[str, int]]
    problems: list[Problem]

    def take(self, row: int, cells: Cells, name: str, parse: Callable[[Any], T]) -> T | None:
        """Return a field of a row, or None when there is none, or when its cell is refused and noted."""
        place = self.sheet.columns.places.get(name)
        if place is None:
            return None
        try:
            cell = _plain(cells[place]) if place < len(cells) else ""
            if read.nothing(cell) and not self.layout.by_name[name].required:
                return None
            return parse(cell)
        except Fault as fault:
            self.problem(row, name, fault.code, sentence(fault.code, fault.facts))
        except Refusal as refusal:
            self.problem(row, name, refusal.code, refusal.sentence)
        return None

    def problem(self, row: int, name: str, code: str, message: str) -> None:
        """Note a problem."""
        heading = self.sheet.columns.headings[name]
        self.problems.append(Problem(self.sheet.name, row, heading, code, message))


def read_units(
    content: bytes,
    *,
    year: int,
    name: str = "",
    known: Mapping[str, str] = MappingProxyType({}),
    layout: Layout = PAIRS,
) -> UnitSheet:
    """Read the tables of units in a file.

    Args:
        content: A file of any kind that `documents` reads.
        year: The year of dates written without one, such as 4月16日.
        name: The file's name.
        known: Normal headings to the fields they tell, "" for none.
        layout: `PAIRS` when each unit must have its lead, else `UNITS`.

    Raises:
        Refusal: `unreadable`, `too_large` (see `read_frames`), or `header_missing` when no sheet has a
            row of headings with all that must be in it.

    """
    tables = Tables(layout, known)
    sheets: list[Sheet] = []
    rows: list[UnitRow] = []
    problems: list[Problem] = []
    seen: dict[str, tuple[str, int]] = {}
    with as_file(content) as file:
        for sheet, frames in tables.among(read_frames(file, name)):
            sheets.append(sheet)
            reading = _Reading(sheet, layout, year, seen, problems)
            rows += [
                row
                for number, cells in _data(sheet, frames, layout)
                if (row := _unit(reading, number, cells))
            ]
    if not sheets:
        raise tables.none_found()
    return UnitSheet(sheets, rows, problems)


def _data(sheet: Sheet, frames: Iterable[Frame], layout: Layout) -> Iterable[tuple[int, Cells]]:
    """Yield the rows that tell of a unit, with their numbers."""
    for frame in frames:
        for number, cells in enumerate(frame.rows(), frame.first):
            if number > sheet.header.row and is_data(cells, sheet.columns, layout):
                yield number, cells


def _unit(reading: _Reading, row: int, cells: Cells) -> UnitRow | None:
    """Return the unit of a row, or None when it has no name or is there already."""
    name = reading.take(row, cells, "name", lambda cell: unit_name(read.text(cell)))
    if not name:
        return None
    if name in reading.seen:
        message = _("“%(name)s” stands in row %(first)s already. Leave one of the two.")
        sheet, first = reading.seen[name]
        if sheet != reading.sheet.name:
            message = _(
                "“%(name)s” stands in row %(first)s of sheet “%(sheet)s” already. Leave one of the two."
            )
        told = {"name": name, "first": first, "sheet": sheet}
        reading.problem(row, "name", "duplicate_in_file", message % told)
        return None
    reading.seen[name] = reading.sheet.name, row
    texts = {column: reading.take(row, cells, column, _told(column)) or "" for column in TEXT_MAX}
    return UnitRow(
        row=row,
        name=name,
        staff_count=reading.take(row, cells, "staff_count", _count),
        contact_phone=reading.take(row, cells, "contact_phone", lambda cell: valid_phone(read.text(cell)))
        or "",
        lead_name=reading.take(row, cells, "lead_name", _lead) or "",
        planned_on=reading.take(row, cells, "planned_on", lambda cell: _day(cell, reading.year)),
        late_reason=reading.take(row, cells, "late_reason", _reason) or "",
        parent_name=reading.take(row, cells, "parent_name", lambda cell: unit_name(read.text(cell))) or "",
        sheet=reading.sheet.name,
        **texts,
    )


def _plain(cell: Any) -> Any:  # noqa: ANN401 - a cell of any kind
    """Return what a cell says; a truth value and an error of the office's program say nothing.

    Raises:
        Fault: `formula` when nobody knows what it came to.

    """
    if isinstance(cell, bool):
        return ""
    if isinstance(cell, Odd):
        if cell.kind == "formula" and cell.value == "":
            raise Fault("formula")
        return cell.value if cell.kind == "formula" else ""
    return cell


def _told(column: str) -> Callable[[Any], str]:
    """Return the parser of a column of text."""
    return lambda cell: unit_text(column, read.text(cell))


def _reason(cell: Any) -> str:  # noqa: ANN401 - as above
    """Return why a visit is planned late."""
    text = read.text(cell).replace("\x00", "")
    if len(text) > REASON_MAX:
        raise Fault("text_too_long", length=len(text), max=REASON_MAX)
    return text


def _lead(cell: Any) -> str:  # noqa: ANN401 - as above
    """Return the name of a lead."""
    if not read.text(cell):
        raise Fault("lead_missing")
    return unit_name(read.text(cell))


def _count(cell: Any) -> int:  # noqa: ANN401 - as above
    """Return a number of people."""
    number = read.count(cell)
    if number > STAFF_MAX:
        raise Fault("number_invalid", text=shown(read.text(cell)))
    return number


def _day(cell: Any, year: int) -> date:  # noqa: ANN401 - as above
    """Return the day of a date or of a text that names one; a bare number is none, it may be anything."""
    if isinstance(cell, int | float):
        raise Fault("date_invalid", text=shown(read.text(cell)))
    return read.day(cell, year)
