"""Reads the table of units out of a workbook: which unit, who is called there, who leads.

Pure: nothing is looked up or stored. The steps are cells (`workbook`) → the row of headings → which
column says what → rows. What is wrong with a row is a problem with its place and a sentence, and the
other rows are read all the same.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from songnuan.kernel.names import valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.rules import STAFF_MAX, TEXT_MAX, unit_name, unit_text
from songnuan.organisation.workbook import Cell, Sheet, read_sheets

T = TypeVar("T")

# The usual headings of each column, without spaces and with half-width brackets.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("序号", "编号", "No.", "No"),
    "name": ("慰问单位", "慰问单位名称", "单位名称", "一线单位", "受慰问单位", "被慰问单位", "单位"),
    "category": ("类别", "单位类别", "类型"),
    "compound": ("院区", "包联院区", "所在院区"),
    "address": ("地址", "单位地址", "详细地址"),
    "staff_count": ("一线人数", "一线职工人数", "一线人员数", "人数"),
    "contact_name": ("联系人", "联系人姓名", "单位联系人"),
    "contact_phone": ("联系电话", "联系人电话", "联系方式", "电话", "手机", "手机号", "手机号码"),
    "lead_name": ("牵头处室(单位)", "牵头处室、单位", "牵头处室和单位", "牵头处室", "牵头单位", "牵头部门"),
    "planned_on": ("拟慰问时间", "拟慰问日期", "计划慰问时间", "慰问时间"),
    "late_reason": ("延期理由", "延期原因", "延后理由", "延后原因", "理由"),
    "note": ("备注", "说明"),
}
HEADER_WITHIN = 30
REQUIRED = frozenset({"name", "lead_name"})
REASON_MAX = 500  # characters, as for a reason given on the page of a visit

_FIELDS = {heading: name for name, headings in HEADINGS.items() for heading in headings}
_TOTAL = re.compile(r"(?:合|总|小|共)计.{0,20}")
_FOOTER = re.compile(
    r"(?:填表|填报|制表|审核|复核|审批|负责|经办|联系)(?:人|单位|部门|日期|时间)?:|(?:注|说明|备注)\d*:"
)
_DAY = re.compile(r"(?:(\d{4})[年.\-/])?(\d{1,2})[月.\-/](\d{1,2})日?")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as the workbook tells it. `row` counts from 1 as in the sheet; what is not told is empty."""

    row: int
    name: str
    category: str = ""
    compound: str = ""
    address: str = ""
    staff_count: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    lead_name: str = ""
    planned_on: date | None = None
    late_reason: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell: the sheet, the row from 1, the heading of the column, and what to do."""

    sheet: str
    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """A table of units as it was read.

    `columns` maps what was found to the heading it was found under; nothing was read from `unused`
    headings. `rows` holds each unit that has a name, once; where a cell could not be read the field is
    empty and a problem names the row. Rows to be taken as they are: `sound`.
    """

    sheet: str
    columns: Mapping[str, str]
    unused: Sequence[str]
    rows: list[UnitRow]
    problems: list[Problem]

    @property
    def sound(self) -> list[UnitRow]:
        """The rows without a problem."""
        faulty = {problem.row for problem in self.problems}
        return [row for row in self.rows if row.row not in faulty]


@dataclass(slots=True)
class _Reading:
    """The table being read: `columns` maps a field to its place and its heading; `year` completes dates."""

    sheet: str
    columns: Mapping[str, tuple[int, str]]
    year: int
    seen: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, row: int, cells: Sequence[Cell], name: str, parse: Callable[[Cell], T]) -> T | None:
        """Return a field of a row, or None when there is none, or when its cell is refused and noted."""
        if name not in self.columns:
            return None
        place, heading = self.columns[name]
        cell = cells[place] if place < len(cells) else ""
        if not _text(cell) and name not in REQUIRED:
            return None
        try:
            return parse(cell)
        except Refusal as refusal:
            self.problem(row, heading, refusal.code, refusal.sentence)
            return None

    def problem(self, row: int, heading: str, code: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.sheet, row, heading, code, message))


def read_units(content: bytes, *, year: int) -> UnitSheet:
    """Read the first sheet that has a table of units.

    Args:
        content: An .xlsx file.
        year: The year of dates written without one, such as 4月16日.

    Raises:
        Refusal: `unreadable`, `too_large` (see `workbook.read_sheets`), or `header_missing` when no sheet
            has a row of headings with the unit's name in it, or its lead is not among them.

    """
    for sheet in read_sheets(content):
        header = find_header(sheet)
        if header is not None:
            return _read(sheet, header, year)
    sentence = _(
        "No row of headings was found in the first %(rows)s rows of any sheet. "
        "Give the columns names such as 慰问单位, 联系人, 联系电话, 牵头处室."
    )
    raise Refusal("header_missing", sentence % {"rows": HEADER_WITHIN}, field="file")


def find_header(sheet: Sheet) -> int | None:
    """Return the place of the row that names the columns, counted from 0; None when there is none.

    It is the row with the most known headings, the first of equal ones, unless the next equals it:
    headings over two rows are merged downwards where they have no second line, and so stand whole in
    the lower row.
    """
    best, most = None, 1
    for place, cells in enumerate(sheet.rows[:HEADER_WITHIN]):
        known = {_field(cell) for cell in cells} - {None}
        follows = best is not None and place == best + 1 and len(known) == most
        if "name" in known and (len(known) > most or follows):
            best, most = place, len(known)
    return best


def map_columns(header: Sequence[Cell]) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """Return where each field stands, with its heading; and the headings nothing is read from.

    Of two columns for one field the first is read.
    """
    columns: dict[str, tuple[int, str]] = {}
    unused = []
    for place, cell in enumerate(header):
        name, heading = _field(cell), _text(cell)
        if name is not None and name not in columns:
            columns[name] = (place, heading)
        elif heading:
            unused.append(heading)
    return columns, unused


def _read(sheet: Sheet, header: int, year: int) -> UnitSheet:
    columns, unused = map_columns(sheet.rows[header])
    reading = _Reading(sheet.name, columns, year)
    if "lead_name" not in columns:
        sentence = _("The table has no column of leads. Add one with the heading 牵头处室.")
        raise Refusal("header_missing", sentence, field="file", row=header + 1)
    rows = []
    for number, cells in enumerate(sheet.rows[header + 1 :], start=header + 2):
        if _tells_of_a_unit(cells, columns["name"][0]):
            row = _unit(reading, number, cells)
            if row is not None:
                rows.append(row)
    headings = {name: heading for name, (_place, heading) in columns.items()}
    return UnitSheet(sheet.name, headings, unused, rows, reading.problems)


def _tells_of_a_unit(cells: Sequence[Cell], name: int) -> bool:
    """Return whether a row is one of the table: not empty, no total, no signature, no heading again."""
    first = next((text for cell in cells if (text := _squeezed(cell))), "")
    named = _squeezed(cells[name]) if name < len(cells) else ""
    return not (
        not first
        or _TOTAL.fullmatch(first)
        or _TOTAL.fullmatch(named)
        or _FOOTER.match(first)
        or _FIELDS.get(named) == "name"
    )


def _unit(reading: _Reading, row: int, cells: Sequence[Cell]) -> UnitRow | None:
    """Return the unit of a row, or None when it has no name or is there already."""
    heading = reading.columns["name"][1]
    name = reading.take(row, cells, "name", lambda cell: unit_name(_text(cell)))
    if not name:
        return None
    if name in reading.seen:
        sentence = _("“%(name)s” stands in row %(first)s already. Leave one of the two.")
        facts = {"name": name, "first": reading.seen[name]}
        reading.problem(row, heading, "duplicate_in_file", sentence % facts)
        return None
    reading.seen[name] = row
    texts = {column: reading.take(row, cells, column, _told(column)) or "" for column in TEXT_MAX}
    return UnitRow(
        row=row,
        name=name,
        staff_count=reading.take(row, cells, "staff_count", _count),
        contact_phone=reading.take(row, cells, "contact_phone", lambda cell: valid_phone(_text(cell))) or "",
        lead_name=reading.take(row, cells, "lead_name", _lead) or "",
        planned_on=reading.take(row, cells, "planned_on", lambda cell: _day(cell, reading.year)),
        late_reason=reading.take(row, cells, "late_reason", _reason) or "",
        **texts,
    )


def _field(heading: Cell) -> str | None:
    """Return the field that a heading names, with what stands in brackets or without it."""
    text = _squeezed(heading).strip("*:")
    return _FIELDS.get(text) or _FIELDS.get(re.sub(r"\(.*?\)", "", text))


def _text(cell: Cell) -> str:
    """Return a cell as a person reads it: one line, whole numbers without a point."""
    if isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _squeezed(cell: Cell) -> str:
    """Return a cell's text without spaces, in half-width letters and brackets."""
    return "".join(unicodedata.normalize("NFKC", _text(cell)).split())


def _told(column: str) -> Callable[[Cell], str]:
    """Return the parser of a column of text."""
    return lambda cell: unit_text(column, _text(cell))


def _reason(cell: Cell) -> str:
    """Return why a visit is planned late."""
    text = _text(cell).replace("\x00", "")
    if len(text) > REASON_MAX:
        sentence = _("The text has %(length)s characters; shorten it to %(max)s.")
        raise Refusal("text_too_long", sentence % {"length": len(text), "max": REASON_MAX})
    return text


def _lead(cell: Cell) -> str:
    """Return the name of a lead."""
    if not _text(cell):
        sentence = _("No lead is named. Enter the department or subordinate unit that leads.")
        raise Refusal("lead_missing", sentence)
    return unit_name(_text(cell))


def _count(cell: Cell) -> int:
    """Return a number of people."""
    text = re.sub(r"[人名]$", "", _squeezed(cell))
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) > STAFF_MAX:
        sentence = _("“%(text)s” is not a number of people. Enter a whole number, such as 12.")
        raise Refusal("number_invalid", sentence % {"text": _text(cell)[:40]})
    return int(text)


def _day(cell: Cell, year: int) -> date:
    """Return the day of a date, or of a text such as 2020-04-16, 2020.4.16, 2020年4月16日 or 4月16日."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DAY.fullmatch(_squeezed(cell)) if isinstance(cell, str) else None
    try:
        if match:
            return date(int(match[1] or year), int(match[2]), int(match[3]))
    except ValueError:  # such as 30 February: refused below
        pass
    sentence = _("“%(text)s” is not a date. Write it as 2020-04-16, or as 4月16日.")
    raise Refusal("date_invalid", sentence % {"text": _text(cell)[:40]})
