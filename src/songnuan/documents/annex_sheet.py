"""The table of an annex as a workbook, to be filtered and printed."""

import io
from datetime import UTC, date, datetime, time

import xlsxwriter

from songnuan.documents import geometry as page
from songnuan.documents.fonts import BODY, HEADING, TITLE
from songnuan.documents.official import Table

_SHEET_WIDTH = 150  # characters over a page on its side
_HEAD_ROW = 2


def render(title: str, table: Table, dated_on: date) -> bytes:
    """Return the table as .xlsx, the same bytes for the same table: title, note, head, rows.

    Whole numbers are numbers; everything else is text, and nothing is a formula.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": title, "created": datetime.combine(dated_on, time(), UTC)})
        sheet = book.add_worksheet(title[:31])
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
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, max(6, _SHEET_WIDTH * column.width / whole))
            sheet.write_string(_HEAD_ROW, place, column.heading, head)
        for number, row in enumerate(table.rows, _HEAD_ROW + 1):
            for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                shape = figure if column.is_figure else text
                # A telephone number is no number: only what begins with no zero and is short is.
                if column.is_figure and value.isascii() and value.isdigit() and len(value) < 7:
                    sheet.write_number(number, place, int(value), shape)
                else:
                    sheet.write_string(number, place, value, shape)
    return made.getvalue()
