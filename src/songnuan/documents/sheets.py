"""Writes a table to print as .xlsx: a title, a line about it, and rows on A4 across."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import xlsxwriter

from songnuan.documents.geometry import WORKBOOK_PAGES

_FONT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
_TITLE = {**_FONT, "font_name": "黑体", "font_size": 16, "align": "center"}
_CELL = {**_FONT, "border": 1, "text_wrap": True}
_HEADING = {**_CELL, "font_name": "黑体", "align": "center"}
_A4 = 9


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its width in digits, and whether its cells stand in the middle."""

    heading: str
    width: float
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A table on paper. `notes` stand above it, `foot` below."""

    title: str
    notes: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    foot: str = ""


def write_paper(paper: Paper, to: BinaryIO) -> None:
    """Write the workbook; texts stay texts, whatever they begin with."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(to, options) as book:
        sheet = book.add_worksheet()
        plain, title, heading = (book.add_format(look) for look in (_FONT, _TITLE, _HEADING))
        cell, centred = book.add_format(_CELL), book.add_format({**_CELL, "align": "center"})
        last = len(paper.columns) - 1
        for place, column in enumerate(paper.columns):
            sheet.set_column(place, place, column.width)
        sheet.merge_range(0, 0, 0, last, paper.title, title)
        sheet.set_row(0, 30)
        for row, note in enumerate(paper.notes, 1):
            sheet.merge_range(row, 0, row, last, note, plain)
        top = len(paper.notes) + 1
        for place, column in enumerate(paper.columns):
            sheet.write_string(top, place, column.heading, heading)
        for row, texts in enumerate(paper.rows, top + 1):
            for place, text in enumerate(texts):
                sheet.write_string(row, place, text, centred if paper.columns[place].centred else cell)
        if paper.foot:
            sheet.write_string(top + len(paper.rows) + 2, 0, paper.foot, plain)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_footer(f"&C{WORKBOOK_PAGES}")
