"""A sheet as a workbook: figures are numbers, its head repeats on printed pages, nothing is a formula."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter
from PIL import Image
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from songnuan.documents.annex_sheet import sheet_name
from songnuan.documents.fonts import BODY, HEADING, TITLE
from songnuan.documents.geometry import WORKBOOK_PAGES
from songnuan.documents.official import printable
from songnuan.documents.qr import picture
from songnuan.documents.sheet_paper import (
    Cell,
    Entry,
    Kind,
    Part,
    SheetColumn,
    SheetPaper,
    SheetTable,
    Signed,
    Total,
    pairs_of,
    shown,
    stretches,
)
from songnuan.documents.sheet_widths import widths_of
from songnuan.documents.titles import width_of

_WIDE, _UPRIGHT = 130, 88  # characters over a page on its side, and over one that stands
_SHARES = (15, 35, 15, 35)  # of the width: label, fact, label, fact
_FIGURE, _BESIDE = 1.0, 1.6  # characters of a digit, and beside a figure in its cell
_LINE, _TALLEST = 14.0, 409.0  # points of a line, and of the tallest row that Excel knows
_SIGNED = 26.0
_SIGNATURE = 22.0  # height of a signature in points, below the words beside it
_POINTS = 0.75  # of a pixel
_DIGIT, _CELL_EDGE = 7, 5  # pixels of a digit, and beside what stands in a cell
_TITLE_ROOM, _CODE_ROOM, _CODE_SCALE = 30.0, 70.0, 0.3
_A4 = 9


def render(papers: Sequence[SheetPaper]) -> bytes:
    """Return sheets as .xlsx, a worksheet each; the same bytes for the same sheets.

    Args:
        papers: At least one, all made on the same day.

    """
    papers, made = [printable(paper) for paper in papers], io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        created = datetime.combine(papers[0].dated_on, time(), UTC)
        book.set_properties({"title": papers[0].title, "created": created})
        for number, paper in enumerate(papers, 1):
            name = sheet_name(paper.title)
            sheet = book.add_worksheet(name if len(papers) == 1 else f"{number} {name}"[:31])
            _Writer(book, sheet, paper).write()
            sheet.set_footer(f"&C{WORKBOOK_PAGES}")
    return made.getvalue()


@dataclass
class _Writer:
    """Writes one sheet from above to below; `row` is the next that is free."""

    book: xlsxwriter.Workbook
    sheet: Worksheet
    paper: SheetPaper
    row: int = 0

    def write(self) -> None:
        """Write the whole sheet, and how it prints."""
        paper, whole = self.paper, _WIDE if self.paper.is_landscape else _UPRIGHT
        if paper.table:
            self.widths = [
                max(4.0, one) for one in widths_of(paper.table, whole, digit=_FIGURE, beside=_BESIDE)
            ]
        else:
            self.widths = [whole * share / sum(_SHARES) for share in _SHARES]
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, width)
        self._head()
        self._entries(paper.entries)
        if paper.table:
            self._table(paper.table)
        self._entries(paper.after)
        if paper.foot:
            self.row += 1
            self._line("　　　　　　".join(paper.signs), self._plain())
        self._line(paper.note, self._plain())
        if paper.is_landscape:
            self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(1, 0)

    def _head(self) -> None:
        title = self._format(font_name=TITLE, font_size=16, align="center")
        self.sheet.merge_range(0, 0, 0, len(self.widths) - 1, self.paper.title, title)
        self.sheet.set_row(0, _CODE_ROOM if self.paper.qr else _TITLE_ROOM)
        self.row = 1
        if self.paper.qr:
            self._line(self.paper.qr.caption, self._format(align="right"))
            self._code(picture(self.paper.qr.address))
        for line in self.paper.lines:
            self._line(line, self._plain())

    def _code(self, content: bytes) -> None:
        """Put a code at the right edge beside the title, so that its caption ends below it."""
        with Image.open(io.BytesIO(content)) as image:
            wide = image.size[0] * _CODE_SCALE
        last = len(self.widths) - 1
        room = self.widths[last] * _DIGIT + _CELL_EDGE
        while room < wide and last:
            last -= 1
            room += self.widths[last] * _DIGIT + _CELL_EDGE
        told = {"image_data": io.BytesIO(content), "x_scale": _CODE_SCALE, "y_scale": _CODE_SCALE}
        told |= {"x_offset": room - wide - 1, "object_position": 3}
        self.sheet.set_row(0, max(_CODE_ROOM, wide * _POINTS + 2))
        self.sheet.insert_image(0, last, "qr.png", told)

    def _line(self, text: str, shape: Format) -> None:
        """Write a text over the whole width."""
        if text:
            self._over(0, len(self.widths) - 1, text, shape)
            self.sheet.set_row(self.row, self._height([(text, sum(self.widths))]))
            self.row += 1

    def _over(self, first: int, last: int, cell: Cell, shape: Format, kind: Kind = Kind.TEXT) -> None:
        """Write a cell that reaches over columns of this row."""
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", shape)
        self._put(self.row, first, cell, shape, kind)

    def _put(self, row: int, place: int, cell: Cell, shape: Format, kind: Kind) -> None:
        """Write a value as what it is: a figure as a number, money in yuan, a day as a day."""
        if isinstance(cell, int):
            self.sheet.write_number(row, place, Decimal(cell) / 100 if kind is Kind.MONEY else cell, shape)
        elif isinstance(cell, date) and kind is Kind.DAY:
            self.sheet.write_datetime(row, place, datetime.combine(cell, time()), shape)
        elif text := shown(cell, kind):
            self.sheet.write_string(row, place, text, shape)
        else:
            self.sheet.write_blank(row, place, None, shape)

    def _entries(self, entries: Sequence[Entry]) -> None:
        bounds = _bounds(self.widths)
        label = self._format(border=1, font_name=HEADING, align="center")
        fact = self._format(border=1, align="left")
        signed = self._format(border=1, align="left", valign="top")
        last = len(self.widths) - 1
        for line in pairs_of(entries):
            told = []
            for entry, (begin, middle, end) in zip(line, bounds, strict=False):
                end = last if len(line) == 1 else end  # noqa: PLW2901 - an entry alone takes the line
                self._over(begin, middle - 1, entry.label, label)
                self._over(middle, end, entry.value, signed if _picture_of(entry.value) else fact)
                told.append((entry.label, sum(self.widths[begin:middle])))
                told.append((shown(entry.value), sum(self.widths[middle : end + 1])))
                self._sign(middle, entry.value)
            least = max(entry.lines for entry in line) * _LINE + 4
            room = _SIGNATURE if any(_picture_of(entry.value) for entry in line) else 0
            self.sheet.set_row(self.row, max(least, self._height(told) + room))
            self.row += 1

    def _table(self, table: SheetTable) -> None:
        head = self._format(border=1, font_name=HEADING, align="center")
        for place, column in enumerate(table.columns):
            self.sheet.write_string(self.row, place, column.heading, head)
        headings = [(column.heading, width) for column, width in zip(table.columns, self.widths, strict=True)]
        self.sheet.set_row(self.row, self._height(headings))
        if not self.paper.entries:
            self.sheet.repeat_rows(self.row)
            self.sheet.freeze_panes(self.row + 1, 0)
        self.row += 1
        for part in table.parts:
            self._part(table, part)

    def _part(self, table: SheetTable, part: Part) -> None:
        if part.title:
            self._line(part.title, self._format(border=1, font_name=HEADING))
        shapes = [self._shape(column, is_struck=part.is_struck) for column in table.columns]
        signed = [self._shape(column, is_struck=part.is_struck, valign="top") for column in table.columns]
        for row, height in stretches(table, part):
            told = []
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                shape = (signed if _picture_of(cell) else shapes)[place]
                if column.is_shared and height > 1:
                    below = (self.row, place, self.row + height - 1, place)
                    self.sheet.merge_range(*below, "", shape)
                if height or not column.is_shared:
                    self._put(self.row, place, cell, shape, column.kind)
                    self._sign(place, cell)
                    told.append((shown(cell, column.kind), self.widths[place] * max(1, height)))
            signs = height == 1 and any(column.kind is Kind.SIGN for column in table.columns)
            room = _SIGNATURE if height == 1 and any(map(_picture_of, row)) else 0
            self.sheet.set_row(self.row, max(_SIGNED if signs else 0, self._height(told) + room))
            self.row += 1
        for total in part.totals:
            self._total(table, total)

    def _sign(self, place: int, cell: Cell) -> None:
        """Put the picture of a signature into a cell of this row, below its first line."""
        if not (content := _picture_of(cell)):
            return
        with Image.open(io.BytesIO(content)) as image:
            wide, high = image.size
        scale = min(_SIGNATURE / (high * _POINTS), 6 * _SIGNATURE / (wide * _POINTS))
        told = {"image_data": io.BytesIO(content), "x_scale": scale, "y_scale": scale}
        told |= {"x_offset": 4, "y_offset": (_LINE + 2) / _POINTS, "object_position": 1}
        self.sheet.insert_image(self.row, place, "signature.png", told)

    def _total(self, table: SheetTable, total: Total) -> None:
        figures = dict(total.figures)
        first = min(figures, default=len(table.columns))
        bold = {"border": 1, "font_name": HEADING}
        if first:
            self._over(0, first - 1, total.label, self._format(**bold, align="center"))
        for place, column in enumerate(table.columns):
            if place >= first:
                shape = self._shape(column, font_name=HEADING)
                self._put(self.row, place, figures.get(place), shape, column.kind)
        self.row += 1
        if total.words:
            self._line(total.words, self._format(**bold))

    def _plain(self) -> Format:
        return self._format()

    def _shape(self, column: SheetColumn, *, is_struck: bool = False, **more: Any) -> Format:  # noqa: ANN401 - the library's
        is_left = column.kind is Kind.TEXT and not column.is_centred
        told: dict[str, Any] = {"border": 1, "align": "left" if is_left else "center", **more}
        if column.kind is Kind.MONEY:
            told |= {"num_format": "#,##0.00", "align": "right"}
        elif column.kind is Kind.DAY:
            told["num_format"] = "yyyy-mm-dd"
        if is_struck:
            told["font_strikeout"] = True
        return self._format(**told)

    def _format(self, **told: Any) -> Format:  # noqa: ANN401 - the library's own values
        base = {"font_name": BODY, "font_size": 10, "text_wrap": True, "valign": "vcenter"}
        return self.book.add_format({**base, **told})

    def _height(self, told: Sequence[tuple[str, float]]) -> float:
        """Return the height of a row in points; left out, only Excel makes room for what runs on."""
        lines = [math.ceil(2 * width_of(text) / max(1.0, width - 1)) for text, width in told]
        return min(_TALLEST, max([1, *lines]) * _LINE + 4)


def _picture_of(cell: Cell) -> bytes:
    return cell.picture if isinstance(cell, Signed) else b""


def _bounds(widths: Sequence[float]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return for both entries of a line the columns where label and fact begin, and where the fact ends."""
    ends = [sum(widths[: place + 1]) / sum(widths) for place in range(len(widths))]
    cuts: list[int] = []
    for nth, share in enumerate((0.15, 0.5, 0.65)):
        least, most = (cuts[-1] + 1 if cuts else 1), len(widths) - 3 + nth
        nearest = min(range(least, most + 1), key=lambda place: abs(ends[place - 1] - share))
        cuts.append(nearest)
    return (0, cuts[0], cuts[1] - 1), (cuts[1], cuts[2], len(widths) - 1)
