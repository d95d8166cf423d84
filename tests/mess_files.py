"""Sheets of cells written as files: .xlsx by XlsxWriter, .ods by hand, .csv and .txt."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter


@dataclass(frozen=True)
class Formula:
    """A formula with the value that the office's program last saw."""

    text: str
    value: str | int


Cell = str | int | float | date | Formula
DATE_FORMATS = (
    "yyyy-mm-dd",
    "yyyy/m/d",
    'yyyy"年"m"月"d"日"',
    'yyyy"年"m"月"d"日";@',
    "[$-804]yyyy.mm.dd",
    "mm/dd/yy",
)


@dataclass
class Sheet:
    """One sheet: its rows from the first, and how it is dressed.

    Attributes:
        merges: Ranges (top, left, bottom, right), 0-based; the value stands in the first cell.
        rich: Cells (row, column), 0-based, whose text is set in two fonts.
        empties: Number of empty formatted rows below and columns to the right.

    """

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    hidden: bool = False
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    rich: set[tuple[int, int]] = field(default_factory=set)
    empties: int = 0


# .xlsx --------------------------------------------------------------------------------------------


def xlsx(sheets: Sequence[Sheet], *, date_format: str = "yyyy-mm-dd", **options: Any) -> bytes:
    """Return a workbook; texts stay texts. `options` are XlsxWriter's."""
    file = io.BytesIO()
    never = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, {"in_memory": True, **never, **options})
    looks = {
        "date": book.add_format({"num_format": date_format}),
        "bold": book.add_format({"bold": True, "font_color": "red"}),
        "plain": book.add_format(),
        "frame": book.add_format({"border": 1, "bg_color": "#ffffcc"}),
    }
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        if sheet.hidden:
            page.hide()
        for number, cells in enumerate(sheet.rows):
            for place, cell in enumerate(cells):
                _xlsx_cell(page, number, place, cell, looks, rich=(number, place) in sheet.rich)
        for top, left, bottom, right in sheet.merges:
            page.merge_range(top, left, bottom, right, "")
            _xlsx_cell(page, top, left, sheet.rows[top][left], looks, rich=False)
        _xlsx_empties(page, sheet, looks["frame"])
    first = [sheet.hidden for sheet in sheets].index(False)
    if first:
        book.worksheets()[first].activate()
        book.worksheets()[first].set_first_sheet()
    book.close()
    return file.getvalue()


def _xlsx_cell(page: Any, number: int, place: int, cell: Cell, looks: dict[str, Any], *, rich: bool) -> None:
    if isinstance(cell, Formula):
        page.write_formula(number, place, cell.text, None, cell.value)
    elif isinstance(cell, date):
        page.write_datetime(number, place, cell, looks["date"])
    elif isinstance(cell, int | float):
        page.write_number(number, place, cell)
    elif rich and len(cell) > 1:
        page.write_rich_string(number, place, looks["bold"], cell[:1], looks["plain"], cell[1:])
    elif cell:
        page.write_string(number, place, cell)


def _xlsx_empties(page: Any, sheet: Sheet, look: Any) -> None:
    """Frame empty cells to the right of the table and below it."""
    width = max((len(cells) for cells in sheet.rows), default=1)
    for number in range(len(sheet.rows) + sheet.empties if sheet.empties else 0):
        first = width if number < len(sheet.rows) else 0
        for place in range(first, width + min(sheet.empties, 30)):
            page.write_blank(number, place, None, look)


def repacked(
    content: bytes, change: Callable[[str, bytes], bytes], more: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a zip with its parts changed and `more` parts added."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return file.getvalue()


# .ods ---------------------------------------------------------------------------------------------

_SPACES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text", "style")
)
_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2" '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def ods(sheets: Sequence[Sheet]) -> bytes:
    """Return an OpenDocument spreadsheet as office programs write it: repeated cells, spaces as elements."""
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table">'
        f'<style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("shown", "true"), ("gone", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_SPACES} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        + "".join(_ods_table(sheet) for sheet in sheets)
        + "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("mimetype", _MIME)
        made.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        made.writestr("META-INF/manifest.xml", _MANIFEST, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _ods_table(sheet: Sheet) -> str:
    style = "gone" if sheet.hidden else "shown"
    ends = '<table:table-cell table:number-columns-repeated="1000"/>' if sheet.empties else ""
    rows = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, cells))}{ends or '<table:table-cell/>'}</table:table-row>"
        for cells in sheet.rows
    )
    if sheet.empties:
        rows += (
            f'<table:table-row table:number-rows-repeated="{1_048_576 - len(sheet.rows)}">'
            '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
        )
    name = quoteattr(sheet.name)
    return f'<table:table table:name={name} table:style-name="{style}">{rows}</table:table>'


def _ods_cell(cell: Cell) -> str:
    if isinstance(cell, Formula):
        cell = cell.value
    if isinstance(cell, date):
        kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
        return f"<table:table-cell {kind}><text:p>{cell:%Y/%m/%d}</text:p></table:table-cell>"
    if isinstance(cell, int | float):
        kind = f'office:value-type="float" office:value="{cell!r}"'
        return f"<table:table-cell {kind}><text:p>{cell}</text:p></table:table-cell>"
    if not cell:
        return "<table:table-cell/>"
    paragraphs = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in cell.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def _ods_text(line: str) -> str:
    return escape(line).replace("\t", "<text:tab/>").replace("  ", " <text:s/>")


# .csv ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dialect:
    """How a text file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote_all: bool = False
    newline: str = "\r\n"


def text_file(sheet: Sheet, dialect: Dialect) -> bytes:
    """Return the sheet as lines; every line has all columns, as spreadsheet programs write it."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_ALL if dialect.quote_all else csv.QUOTE_MINIMAL,
        lineterminator=dialect.newline,
    )
    width = max((len(cells) for cells in sheet.rows), default=0) + min(sheet.empties, 3)
    for cells in sheet.rows:
        row = [cell.value if isinstance(cell, Formula) else cell for cell in cells]
        writer.writerow(row + [""] * (width - len(row)))
    for _number in range(min(sheet.empties, 20)):
        writer.writerow([""] * width)
    return out.getvalue().encode(dialect.encoding)
