"""Writes a bank file: the same payments in the same layout make the same bytes, however many there are.

A line that does not fit stops the writing. A workbook is put together in a folder that only the writing
process can read, and that is gone afterwards: so many rows have no room in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final, cast

import xlsxwriter
from django.utils.translation import gettext as _

from songnuan.kernel.money import capitals
from songnuan.kernel.refusal import Refusal
from songnuan.payments.layouts.fitting import checker
from songnuan.payments.layouts.model import Column, Content, Layout, Place, Sum, TotalCell, Unit
from songnuan.payments.layouts.payline import PayLine, Sums, fen, text_getter, yuan

_CREATED = datetime(2020, 1, 1)  # noqa: DTZ001 - Excel knows no zones
_PIECE = 1000
_ROWS_MOST: Final = (1 << 20) - 20
"""The rows that a workbook holds, less those around the payments."""

Cell = str | int | float
Getter = Callable[[PayLine], str]


def write_file(layout: Layout, lines: Iterable[PayLine], stream: BinaryIO, sums: Sums | None = None) -> Sums:
    """Write the file, and return what it pays.

    Args:
        layout: How.
        lines: The payments in their order, with positions from 1.
        stream: Where the bytes go; after a refusal what was written counts for nothing.
        sums: What the lines come to, where that is known: with a total in the first row they otherwise are
            held until the last has come.

    Raises:
        Refusal: `line_unfit` at the first line that cannot stand in the layout, `layout_rows` for more than
            a workbook holds.
        ValueError: When the lines do not come to `sums`.

    """
    if sums is None and layout.total is not None and layout.total.place == Place.FIRST:
        lines = list(lines)
        sums = Sums(len(lines), sum(line.amount_minor for line in lines))
    counted = _Counted(layout, lines)
    if layout.is_text:
        _write_text(layout, counted, stream, sums)
    else:
        _write_book(layout, counted, stream, sums)
    if sums is not None and sums != counted.sums:
        raise ValueError("the payments of a bank file do not come to what was told of them")
    return counted.sums


class _Counted:
    """The lines as they are written: each is judged and counted."""

    def __init__(self, layout: Layout, lines: Iterable[PayLine]) -> None:
        self.lines, self.unfit = lines, checker(layout)
        self.count = self.total_minor = 0

    @property
    def sums(self) -> Sums:
        """What has come so far."""
        return Sums(self.count, self.total_minor)

    def __iter__(self) -> Iterator[PayLine]:
        """Yield the lines."""
        for line in self.lines:
            if (why := self.unfit(line)) is not None:
                sentence = _("Payment %(position)s does not fit the bank file. %(why)s")
                told = {"position": line.position, "why": why}
                raise Refusal("line_unfit", sentence % told, position=line.position)
            self.count += 1
            self.total_minor += line.amount_minor
            yield line


def rows(
    layout: Layout, lines: Iterable[PayLine], first: Sums | None, last: Callable[[], Sums]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows of a file as texts, each with what it is: above, total, head or line.

    Args:
        layout: How.
        lines: The payments.
        first: What they come to, for a total in the first row.
        last: Tells what they came to, for a total in the last.

    """
    for text in layout.above:
        yield "above", [text]
    if first is not None and layout.total is not None and layout.total.place == Place.FIRST:
        yield "total", _total_texts(layout, first)
    if layout.header:
        yield "head", [column.heading for column in layout.columns]
    getters = [_getter(layout, column) for column in layout.columns]
    for line in lines:
        yield "line", [get(line) for get in getters]
    if layout.total is not None and layout.total.place == Place.LAST:
        yield "total", _total_texts(layout, last())


def _write_text(layout: Layout, lines: _Counted, stream: BinaryIO, sums: Sums | None) -> None:
    sign, end = layout.sign, layout.ending.sign
    encoding, mark = layout.encoding.value, b""
    if encoding == "utf-8-sig":
        encoding, mark = "utf-8", b"\xef\xbb\xbf"
    stream.write(mark)
    held: list[str] = []
    for _kind, cells in rows(layout, lines, sums, lambda: lines.sums):
        held += (sign.join(cells), end)
        if len(held) >= 2 * _PIECE:
            stream.write("".join(held).encode(encoding))
            held.clear()
    stream.write("".join(held).encode(encoding))


def _total_texts(layout: Layout, sums: Sums) -> list[str]:
    told = _total_cells(layout, sums)
    written = yuan if layout.unit == Unit.YUAN else fen
    return [written(sums.total_minor) if cell.content == Sum.SUM else str(value) for cell, value in told]


def _total_cells(layout: Layout, sums: Sums) -> list[tuple[TotalCell, Cell]]:
    """Return the cells of the total with what they say, the sum in the unit of the layout."""
    said: dict[Sum, Cell] = {
        Sum.COUNT: sums.count,
        Sum.SUM: sums.total_minor / 100 if layout.unit == Unit.YUAN else sums.total_minor,
        Sum.CAPITALS: capitals(sums.total_minor),
        Sum.EMPTY: "",
    }
    cells = layout.total.cells if layout.total else ()
    return [(cell, said.get(cell.content, cell.text)) for cell in cells]


def _getter(layout: Layout, column: Column) -> Getter:
    """Return what a column says of a payment, as a text."""
    content, text = column.content, column.text
    if content == Content.FIXED:
        return lambda _line: text
    if content == Content.ID_TYPE:
        return lambda line: text if line.id_number else ""
    if content == Content.POSITION:
        return lambda line: str(line.position)
    if content == Content.AMOUNT and layout.unit == Unit.YUAN:
        return lambda line: yuan(line.amount_minor)
    if content == Content.AMOUNT:
        return lambda line: fen(line.amount_minor)
    return text_getter(content)


def _write_book(layout: Layout, lines: _Counted, stream: BinaryIO, sums: Sums | None) -> None:
    with TemporaryDirectory(prefix="bank-file-") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(stream, options)
        book.set_properties({"title": layout.title, "created": _CREATED})
        page = _Page(layout, book)
        with closing(page.sheet.row_data_fh):  # nobody else closes it when a line does not fit
            page.head(sums)
            page.body(lines)
            if layout.total is not None and layout.total.place == Place.LAST:
                page.total(lines.sums)
            book.close()


_WIDTHS = {Content.POSITION: 8, Content.ACCOUNT: 26, Content.NAME: 16, Content.AMOUNT: 14, Content.BANK: 28}
_WIDTH = 20


class _Page:
    """The sheet of a bank file, written row by row."""

    def __init__(self, layout: Layout, book: xlsxwriter.Workbook) -> None:
        self.layout, self.row = layout, 0
        self.sheet = book.add_worksheet("Sheet1")
        self.text = book.add_format({"num_format": "@"})
        is_yuan = layout.unit == Unit.YUAN
        self.money = book.add_format({"num_format": "0.00" if is_yuan else "0"})
        for place, column in enumerate(layout.columns):
            look = self.money if column.content == Content.AMOUNT else self.text
            self.sheet.set_column(place, place, _WIDTHS.get(column.content, _WIDTH), look)

    def head(self, sums: Sums | None) -> None:
        """Write what stands above the payments."""
        for line in self.layout.above:
            self._strings([line])
        if sums is not None and self.layout.total is not None and self.layout.total.place == Place.FIRST:
            self.total(sums)
        if self.layout.header:
            self._strings([column.heading for column in self.layout.columns])

    def body(self, lines: Iterable[PayLine]) -> None:
        """Write the payments; what is no number stays text, whatever it begins with."""
        string, number = self.sheet.write_string, self.sheet.write_number
        text, money, is_yuan = self.text, self.money, self.layout.unit == Unit.YUAN
        cells = [
            (place, column.content == Content.AMOUNT, _getter(self.layout, column))
            for place, column in enumerate(self.layout.columns)
            if column.content != Content.POSITION
        ]
        numbered = [at for at, column in enumerate(self.layout.columns) if column.content == Content.POSITION]
        row = self.row
        for line in lines:
            if row >= _ROWS_MOST:
                raise _too_many()
            for place in numbered:
                number(row, place, line.position)
            for place, is_money, get in cells:
                if is_money:
                    number(row, place, line.amount_minor / 100 if is_yuan else line.amount_minor, money)
                else:
                    string(row, place, get(line), text)
            row += 1
        self.row = row

    def total(self, sums: Sums) -> None:
        """Write the total."""
        for place, (cell, value) in enumerate(_total_cells(self.layout, sums)):
            if cell.content == Sum.SUM:
                self.sheet.write_number(self.row, place, cast("float", value), self.money)
            elif cell.content == Sum.COUNT:
                self.sheet.write_number(self.row, place, cast("int", value))
            elif value != "":
                self.sheet.write_string(self.row, place, str(value), self.text)
        self.row += 1

    def _strings(self, texts: Iterable[str]) -> None:
        for place, told in enumerate(texts):
            self.sheet.write_string(self.row, place, told, self.text)
        self.row += 1


def _too_many() -> Refusal:
    sentence = _("A workbook holds at most %(limit)s payments. Choose a layout that is a text.")
    return Refusal("layout_rows", sentence % {"limit": f"{_ROWS_MOST:,}"}, limit=_ROWS_MOST)
