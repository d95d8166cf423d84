"""Writes the copy of a table that goes back to the office it came from, with what is wrong marked in it.

The copy is an .xlsx workbook with the cells alone: no formula, link or macro of the file is in it, and a text
stays a text. It is written row by row, so that a million rows take no more memory than a few.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from types import MappingProxyType
from typing import BinaryIO, Final

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from songnuan.documents.headings import shown
from songnuan.documents.reading import Frame, Odd
from songnuan.kernel.cells import Cell

LINKS_MAX: Final = 5_000
"""With more marks than this the list has no links and the cells no notes, so that it opens fast."""

_ROWS_MAX = 1_048_576  # of a sheet
_TEXT_MAX = 32_767  # characters of a cell
_NAME_MAX = 31
_NARROWEST, _WIDEST, _PROBLEM_WIDTH = 6, 36, 64  # in digits
_MEASURED_ROWS = 200
_FREEZE_MAX = 8  # rows; more would leave no room below them on a small screen
_LONG_NUMBER = 10**11
_FIRST_DAY = date(1900, 3, 1)  # before it table programs disagree about the calendar
_LIST_HEADER = 3  # from 0
_FONT = {"font_name": "等线", "font_size": 11, "valign": "vcenter"}
_RED = {"bg_color": "#FFC7CE", "font_color": "#9C0006", "border": 1, "border_color": "#E06666"}
_DAY, _MOMENT = {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm:ss"}
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "plain": {"font_color": "#595959"},
    "title": {"bold": True, "font_size": 14},
    "banner": {"bold": True, "font_size": 14, "align": "center"},
    "heading": {
        "bold": True,
        "align": "center",
        "text_wrap": True,
        "border": 1,
        "border_color": "#BFBFBF",
        "bg_color": "#E7ECF2",
    },
    "list": {"text_wrap": True, "valign": "top"},
    "link": {"valign": "top", "align": "left", "font_color": "#0B5394", "underline": 1},
    "problem": {"text_wrap": True, "font_color": "#9C0006"},
    "long": {"num_format": "0"},
    "wrong": {**_RED, "num_format": "General"},
    "day": _DAY,
    "moment": _MOMENT,
    "wrong day": {**_RED, **_DAY},
    "wrong moment": {**_RED, **_MOMENT},
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong in a row: the place of the cell from 0 (None: the whole row), and the sentence."""

    place: int | None
    sentence: str


def mark(
    frames: Iterable[Frame],
    marks: Mapping[tuple[str, int], Sequence[Mark]],
    to: BinaryIO,
    *,
    headers: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Write the marked copy as .xlsx.

    Args:
        frames: The rows, as they were read.
        marks: What is wrong, by sheet and row from 1.
        to: Where the workbook is written; a seekable file.
        headers: The row of the last line of headings in each sheet, from 1. It is kept in view, and names the
            columns in the list of problems; titles that were merged above it are merged again.

    """
    options = {
        "constant_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": _FONT,
    }
    with xlsxwriter.Workbook(to, options) as book:
        problems = _List(book, sum(map(len, marks.values())))
        left = dict(marks)
        for name, frames_of_sheet in groupby(frames, key=lambda frame: frame.sheet):
            sheet = None
            for frame in frames_of_sheet:
                rows = frame.rows()
                sheet = sheet or _Sheet(problems, frame, rows, headers.get(name))
                for number, cells in enumerate(rows, start=frame.first):
                    sheet.write(number, cells, left.pop((name, number), ()))
            if sheet:
                sheet.finish()
        for (name, number), marks_of_row in left.items():
            problems.add(name, number, marks_of_row, None)
        problems.finish()


class _List:
    """The first sheet: every problem with its place, as long as there are few with a link to it."""

    def __init__(self, book: xlsxwriter.Workbook, count: int) -> None:
        self.book = book
        self.formats: Mapping[str, Format] = {
            name: book.add_format({**_FONT, **look}) for name, look in _LOOKS.items()
        }
        self.linked = count <= LINKS_MAX
        self._row = _LIST_HEADER
        self._paper = book.add_worksheet(_sheet_name(book, _("List of problems")))
        title = _("Problems in this file: %(count)s") % {"count": count}
        self._paper.write_string(0, 0, title, self.formats["title"])
        advice = _(
            "The cells in question are red in the sheets behind this one. Correct them there and send the "
            "workbook back; this list and the column of problems are left out when it is read."
        )
        self._paper.write_string(1, 0, advice, self.formats["plain"])
        for place, heading in enumerate((_("Sheet"), _("Row"), _("Column"), _("Problem"))):
            self._paper.write_string(_LIST_HEADER, place, heading, self.formats["heading"])
        for place, width in enumerate((18, 8, 22, 90)):
            self._paper.set_column(place, place, width)
        self._paper.freeze_panes(_LIST_HEADER + 1, 0)
        _for_printing(self._paper)

    def add(self, sheet: str, number: int, marks: Sequence[Mark], copy: "_Sheet | None") -> None:
        """Add what is wrong in a row; without its sheet in the copy there is no link."""
        for one in marks:
            self._row += 1
            column = copy.column(one.place) if copy and one.place is not None else ""
            self._paper.write_string(self._row, 0, _safe(sheet), self.formats["list"])
            if self.linked and copy:
                link = copy.link(number, one.place or 0)
                self._paper.write_url(self._row, 1, link, self.formats["link"], str(number))
            else:
                self._paper.write_number(self._row, 1, number, self.formats["list"])
            self._paper.write_string(self._row, 2, _safe(column), self.formats["list"])
            self._paper.write_string(self._row, 3, _safe(one.sentence), self.formats["list"])

    def finish(self) -> None:
        """Let the list be filtered."""
        if self._row > _LIST_HEADER:
            self._paper.autofilter(_LIST_HEADER, 0, self._row, 3)


class _Sheet:
    """A sheet of the copy while it is written, from its first row to its last."""

    def __init__(
        self, problems: _List, first: Frame, rows: Sequence[Sequence[Cell | Odd]], header: int | None
    ) -> None:
        self._list = problems
        self._name = first.sheet
        self._title = _sheet_name(problems.book, first.sheet)
        self._paper = problems.book.add_worksheet(self._title)
        self._header = header
        # What stands further right in a later row goes behind the column of problems.
        self._end = max(1, *map(len, rows)) if rows else 1
        self._headings: list[str] = []
        self._heading_rows = _heading_rows(rows, first.first, header) if header else ()
        self._widths: dict[int, int] = {}
        self._measured = self._last = 0

    def write(self, number: int, cells: Sequence[Cell | Odd], marks: Sequence[Mark]) -> None:
        """Write a row and its marks."""
        if number > _ROWS_MAX:
            self._list.add(self._name, number, marks, None)
            return
        self._last = row = number - 1
        if number == self._header:
            self._headings = [shown(cell) for cell in cells]
        if number in self._heading_rows:
            cells = [*cells, *[""] * (self._end - len(cells))]
        self._measure(cells)
        wrong = {one.place: one for one in marks if one.place is not None}
        usual = self._list.formats["heading"] if number in self._heading_rows else None
        for place, cell in enumerate(cells):
            if place not in wrong and (cell != "" or usual):
                self._put(row, self._column(place), cell, usual)
        if self._header is not None and number < self._header:
            self._merge(row, cells)
        if number == self._header:
            self._paper.write_string(row, self._end, _("Problem"), usual)
        for place in wrong:
            self._mark(row, place, cells, [one.sentence for one in marks if one.place == place])
        if marks:
            sentences = "\n".join(dict.fromkeys(one.sentence for one in marks))
            self._paper.write_string(row, self._end, _safe(sentences), self._list.formats["problem"])
            self._list.add(self._name, number, marks, self)

    def finish(self) -> None:
        """Set the widths of the columns, and keep the headings in view."""
        for place, width in self._widths.items():
            self._paper.set_column(place, place, max(_NARROWEST, min(width + 2, _WIDEST)))
        self._paper.set_column(self._end, self._end, _PROBLEM_WIDTH)
        _for_printing(self._paper)
        if self._header is not None and self._last >= self._header:
            self._paper.autofilter(self._header - 1, 0, self._last, self._end)
            if self._header <= _FREEZE_MAX:
                self._paper.freeze_panes(self._header, 0)

    def column(self, place: int) -> str:
        """Return a column's letter and heading, such as C 身份证号."""
        heading = self._headings[place] if place < len(self._headings) else ""
        return f"{xl_col_to_name(self._column(place))} {heading}".strip()

    def link(self, number: int, place: int) -> str:
        """Return the address of a cell in the workbook."""
        title = self._title.replace("'", "''")
        return f"internal:'{title}'!{xl_rowcol_to_cell(number - 1, self._column(place))}"

    def _column(self, place: int) -> int:
        return place if place < self._end else place + 1

    def _mark(self, row: int, place: int, cells: Sequence[Cell | Odd], sentences: Sequence[str]) -> None:
        """Write a cell in red, with a note that says why."""
        column = self._column(place)
        self._put(row, column, cells[place] if place < len(cells) else "", self._list.formats["wrong"])
        if self._list.linked:
            look = {"x_scale": 2.2, "y_scale": 1 + 0.4 * len(sentences), "font_size": 10, "color": "#FFF6D6"}
            self._paper.write_comment(row, column, _safe("\n".join(sentences)), look)

    def _merge(self, row: int, cells: Sequence[Cell | Odd]) -> None:
        """Merge again what the reader repeated over several columns of a title."""
        place = 0
        for cell, equal in groupby(cells):
            count = len(list(equal))
            if count > 1 and isinstance(cell, str) and cell and place + count <= self._end:
                alone = row + 1 not in self._heading_rows
                look = self._list.formats["banner" if alone else "heading"]
                self._paper.merge_range(row, place, row, place + count - 1, "", look)
                self._paper.write_string(row, place, _safe(cell), look)
            place += count

    def _measure(self, cells: Sequence[Cell | Odd]) -> None:
        """Note how wide the texts of the first rows are; titles do not count."""
        if self._measured >= _MEASURED_ROWS or (self._header is not None and self._last + 1 < self._header):
            return
        self._measured += 1
        for place, cell in enumerate(cells):
            column = self._column(place)
            self._widths[column] = max(self._widths.get(column, 0), _width(shown(cell)))

    def _put(self, row: int, column: int, cell: Cell | Odd, look: Format | None) -> None:
        """Write a cell as it is: a text as a text, a formula as what it came to, a date as a date."""
        if isinstance(cell, Odd):
            cell = cell.value
        if isinstance(cell, str):
            if cell:
                self._paper.write_string(row, column, _safe(cell), look)
            elif look:
                self._paper.write_blank(row, column, None, look)
        elif isinstance(cell, bool):
            self._paper.write_boolean(row, column, cell, look)
        elif isinstance(cell, int | float):
            long = look is None and cell >= _LONG_NUMBER
            self._paper.write_number(row, column, cell, self._list.formats["long"] if long else look)
        elif (cell.date() if isinstance(cell, datetime) else cell) < _FIRST_DAY:
            self._paper.write_string(row, column, shown(cell), look)
        else:
            kind = "moment" if isinstance(cell, datetime) and cell.time() != time() else "day"
            self._paper.write_datetime(
                row, column, cell, self._list.formats[f"wrong {kind}" if look else kind]
            )


def _heading_rows(rows: Sequence[Sequence[Cell | Odd]], first: int, header: int) -> tuple[int, ...]:
    """Return the rows of the headings: the one above is one of them when a heading stands in both."""
    place = header - first
    if not 0 < place < len(rows):
        return (header,)
    above, below = rows[place - 1], rows[place]
    same = [upper == lower != "" for upper, lower in zip(above, below, strict=False)]
    return (header - 1, header) if any(same) else (header,)


def _for_printing(paper: Worksheet) -> None:
    """Let a sheet be printed on A4 as wide as it is."""
    paper.set_paper(9)
    paper.set_landscape()
    paper.fit_to_pages(1, 0)


def _safe(text: str) -> str:
    """Return a text that a workbook can hold, and that XlsxWriter does not take for its own markup."""
    plain = text[:_TEXT_MAX]
    if not plain.isprintable():  # a lone surrogate is not, and most texts are
        plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return f"{plain} " if plain.startswith("<r>") and plain.endswith("</r>") else plain


def _width(text: str) -> int:
    """Return how wide a text is, in digits; Han take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text[:_WIDEST])


def _sheet_name(book: xlsxwriter.Workbook, name: str) -> str:
    """Return a name that a sheet may have and none has yet, as like the given one as can be."""
    plain = "".join("_" if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in _safe(name))
    plain = plain.strip("' ") or "Sheet"
    taken = {sheet.get_name().lower() for sheet in book.worksheets()} | {"history"}
    candidate, count = plain[:_NAME_MAX], 1
    while candidate.lower() in taken:
        count += 1
        candidate = f"{plain[: _NAME_MAX - 5]} ({count})"
    return candidate.strip("'")
