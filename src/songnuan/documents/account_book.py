"""Writes ledgers as a workbook for the bookkeeper: figures are numbers, sums and balances are formulas."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Literal

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Format, Workbook
from xlsxwriter.worksheet import Worksheet

from songnuan.documents.geometry import WORKBOOK_PAGES

Cell = str | int | date | datetime | None

_FONT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_BOX = {**_FONT, "border": 1, "text_wrap": True}
_HEADING = {**_BOX, "font_name": "黑体", "align": "center"}
_TITLE = {**_FONT, "font_name": "黑体", "font_size": 16, "align": "center"}
_MONEY = "#,##0.00;[Red]-#,##0.00;0.00"
_LOOKS: dict[str, dict[str, str | int]] = {
    "text": {"align": "left", "indent": 1},
    "money": {"num_format": _MONEY, "align": "right"},
    "balance": {"num_format": _MONEY, "align": "right"},
    "day": {"num_format": "yyyy-mm-dd", "align": "center"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
}
_A4 = 9
_LINE = 15.0
"""The height of a line of text in points."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its heading, its width in digits, and what its cells are.

    Money is given in fen and written in yuan. A balance is worked out by the workbook: the cell above, plus
    the columns in `adds`, less those in `takes`; its value in fen is what a reader without formulas sees.
    Every column of money is summed at the foot.
    """

    heading: str
    width: float
    kind: Literal["text", "money", "balance", "day", "moment"] = "text"
    adds: tuple[int, ...] = ()
    takes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A sum at the foot of some of the rows: those whose cells in the columns of `where` are these texts.

    "" is a cell with nothing in it.
    """

    label: str
    where: Mapping[int, str]

    def holds(self, cells: Sequence[Cell]) -> bool:
        """Return whether a row is summed."""
        return all((cells[place] or "") == text for place, text in self.where.items())


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `notes` stand above the table, `foot` below; `total` is the word beside the sums.

    Without `total` nothing is summed but the `parts`. A balance whose rows stand each for themselves is
    `each_alone`; a text in its place stands where only the total has a balance.
    """

    name: str
    title: str
    notes: Sequence[str]
    fields: Sequence[Field]
    rows: Sequence[Sequence[Cell]]
    total: str = ""
    parts: Sequence[Part] = ()
    foot: Sequence[str] = ()
    each_alone: bool = False


def write_book(title: str, sheets: Sequence[Sheet], made_at: datetime, to: BinaryIO) -> None:
    """Write the workbook; texts stay texts, whatever they begin with. `made_at` is a time in China."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(to, options) as book:
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        looks = {kind: book.add_format({**_BOX, **look}) for kind, look in _LOOKS.items()}
        for sheet in sheets:
            _write_sheet(book, book.add_worksheet(sheet.name), sheet, looks)


def _write_sheet(book: Workbook, page: Worksheet, sheet: Sheet, looks: dict[str, Format]) -> None:
    last, top = len(sheet.fields) - 1, len(sheet.notes) + 1
    page.merge_range(0, 0, 0, last, sheet.title, book.add_format(_TITLE))
    page.set_row(0, 30)
    plain, heading = book.add_format(_FONT), book.add_format(_HEADING)
    for row, note in enumerate(sheet.notes, 1):
        page.write_string(row, 0, note, plain)
    for place, field in enumerate(sheet.fields):
        page.set_column(place, place, field.width)
        page.write_string(top, place, field.heading, heading)
    for number, cells in enumerate(sheet.rows):
        page.set_row(top + 1 + number, _height(sheet, cells))
        for place, cell in enumerate(cells):
            _write_cell(page, sheet, (top + 1 + number, place), cell, looks[sheet.fields[place].kind])
    after = top + 1 + len(sheet.rows)
    looks_of_sums = (heading, book.add_format({**_BOX, **_LOOKS["money"]}))
    for row in range(after, after + bool(sheet.total) + len(sheet.parts)):
        page.set_row(row, _LINE + 3)
    if sheet.total:
        _write_total(page, sheet, top + 1, after, looks_of_sums)
        after += 1
    for part in sheet.parts:
        _write_part(page, sheet, part, (top + 1, after), looks_of_sums)
        after += 1
    for row, line in enumerate(sheet.foot, after + 1):
        page.write_string(row, 0, line, plain)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.freeze_panes(top + 1, 0)
    page.set_footer(f"&L&A&C{WORKBOOK_PAGES}")


def _height(sheet: Sheet, cells: Sequence[Cell]) -> float:
    """Return the height of a row in which every text has the lines it takes: no program does it alone."""
    taken = [
        -(-sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in cell) // int(one.width - 2))
        for one, cell in zip(sheet.fields, cells, strict=True)
        if isinstance(cell, str)
    ]
    return _LINE * max(taken, default=1) + 3


def _write_cell(page: Worksheet, sheet: Sheet, spot: tuple[int, int], cell: Cell, look: Format) -> None:
    row, place = spot
    field = sheet.fields[place]
    if cell is None or cell == "":
        page.write_blank(row, place, None, look)
    elif field.kind == "balance" and isinstance(cell, int):
        page.write_formula(row, place, _balance(sheet, field, spot), look, cell / 100)
    elif isinstance(cell, int):
        page.write_number(row, place, cell / 100, look)
    elif isinstance(cell, datetime):
        page.write_datetime(row, place, cell.replace(tzinfo=None), look)
    elif isinstance(cell, date):
        page.write_datetime(row, place, cell, look)
    else:
        page.write_string(row, place, cell, look)


def _balance(sheet: Sheet, field: Field, spot: tuple[int, int]) -> str:
    row, place = spot
    is_first = sheet.each_alone or row == len(sheet.notes) + 2
    above = "" if is_first else xl_rowcol_to_cell(row - 1, place)
    adds = "".join(f"+{xl_rowcol_to_cell(row, one)}" for one in field.adds)
    takes = "".join(f"-{xl_rowcol_to_cell(row, one)}" for one in field.takes)
    return f"={above}{adds}{takes}"


def _write_total(page: Worksheet, sheet: Sheet, first: int, row: int, looks: tuple[Format, Format]) -> None:
    """Write the sums under the rows; the balance is what the sums come to."""
    heading, money = looks
    sums = {
        place: sum(cell for cells in sheet.rows if isinstance(cell := cells[place], int))
        for place, field in enumerate(sheet.fields)
        if field.kind == "money"
    }
    for place, field in enumerate(sheet.fields):
        if field.kind == "money":
            begin, end = xl_rowcol_to_cell(first, place), xl_rowcol_to_cell(row - 1, place)
            formula = f"=SUM({begin}:{end})" if sheet.rows else "=0"
            page.write_formula(row, place, formula, money, sums[place] / 100)
        elif field.kind == "balance":
            left = sum(sums[one] for one in field.adds) - sum(sums[one] for one in field.takes)
            alone = "".join(f"+{xl_rowcol_to_cell(row, one)}" for one in field.adds)
            alone += "".join(f"-{xl_rowcol_to_cell(row, one)}" for one in field.takes)
            page.write_formula(row, place, f"={alone}", money, left / 100)
        else:
            page.write_string(row, place, sheet.total if place == 0 else "", heading)


def _write_part(
    page: Worksheet, sheet: Sheet, part: Part, spot: tuple[int, int], looks: tuple[Format, Format]
) -> None:
    """Write the sum of some of the rows; each of these is asked by the formula for what it holds."""
    heading, money = looks
    first, row = spot
    held = [cells for cells in sheet.rows if part.holds(cells)]

    def column(place: int) -> str:
        return f"{xl_rowcol_to_cell(first, place)}:{xl_rowcol_to_cell(first + len(sheet.rows) - 1, place)}"

    asked = "".join(f'({column(place)}="{text}")*' for place, text in part.where.items())
    for place, one in enumerate(sheet.fields):
        if one.kind == "money":
            total = sum(cell for cells in held if isinstance(cell := cells[place], int))
            formula = f"=SUMPRODUCT({asked}{column(place)})" if sheet.rows else "=0"
            page.write_formula(row, place, formula, money, total / 100)
        else:
            page.write_string(row, place, part.label if place == 0 else "", heading)
