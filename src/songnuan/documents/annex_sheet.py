"""The table of an annex as a workbook, to be filtered and printed."""

import io
import math
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import xlsxwriter

from songnuan.documents import geometry as page
from songnuan.documents.fonts import BODY, HEADING, TITLE
from songnuan.documents.official import Table, printable
from songnuan.documents.titles import width_of

_SHEET_WIDTH = 150  # characters over a page on its side
_HEAD_ROW = 2
_LINE, _TALLEST = 13, 409  # points of a line, and of the tallest row that Excel knows
_WHOLE = re.compile(r"0|[1-9][0-9]{0,5}")  # what is longer or begins with a zero is no number: a telephone's
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))  # in the name of a sheet


def render(title: str, table: Table, dated_on: date) -> bytes:
    """Return the table as .xlsx, the same bytes for the same table: title, note, head, rows.

    Whole numbers are numbers; everything else is text, and nothing is a formula.
    """
    title, table = printable(title), printable(table)
    made = io.BytesIO()
    with xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": title, "created": datetime.combine(dated_on, time(), UTC)})
        sheet = book.add_worksheet(sheet_name(title))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        sheet.freeze_panes(_HEAD_ROW + 1, 0)
        frame = {"border": 1, "text_wrap": True, "valign": "vcenter", "font_size": 10}
        head = book.add_format({**frame, "font_name": HEADING, "align": "center"})
        text = book.add_format({**frame, "font_name": BODY})
        figure = book.add_format({**frame, "font_name": BODY, "align": "center"})
        big = book.add_format({"font_name": TITLE, "font_size": page.SIZE_BODY, "align": "center"})
        small = book.add_format({"font_name": BODY, "font_size": 10})
        last = len(table.columns) - 1
        sheet.merge_range(0, 0, 0, last, title, big)
        sheet.merge_range(1, 0, 1, last, table.note, small)
        whole = sum(column.width for column in table.columns)
        widths = [max(6, _SHEET_WIDTH * column.width / whole) for column in table.columns]
        sheet.set_row(_HEAD_ROW, _height([column.heading for column in table.columns], widths))
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, widths[place])
            sheet.write_string(_HEAD_ROW, place, column.heading, head)
        for number, row in enumerate(table.rows, _HEAD_ROW + 1):
            sheet.set_row(number, _height(row, widths))
            for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                shape = figure if column.is_figure else text
                if column.is_figure and _WHOLE.fullmatch(value):
                    sheet.write_number(number, place, int(value), shape)
                else:
                    sheet.write_string(number, place, value, shape)
    return made.getvalue()


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Return the height of a row in points; left out, only Excel makes room for what runs on."""
    lines = [math.ceil(2 * width_of(text) / (width - 1)) for text, width in zip(texts, widths, strict=True)]
    return min(_TALLEST, max(1, *lines) * _LINE + 3)


def sheet_name(title: str) -> str:
    """Return a title as the name of a sheet: at most 31 units of UTF-16, without what Excel forbids."""
    name = title.translate(_FORBIDDEN)
    while len(name.encode("utf-16-le")) > 62:
        name = name[:-1]
    return name.strip(" '") or "Sheet"
