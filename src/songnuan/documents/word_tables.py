"""The tables of an official document in Word: an annex's, and the imprint at the foot of the last page."""

import math

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table as WordTable
from docx.table import _Cell

from songnuan.documents import geometry as page
from songnuan.documents.fonts import BODY, HEADING
from songnuan.documents.official import Imprint, Table, chinese_day, width_of
from songnuan.documents.word_parts import element, indent, set_font, set_lines

# 四号 characters between the indents of the list of who gets copies.
_COPIES_ON_LINE = 25
_WIDTH = page.PAGE_HEIGHT - page.TOP - page.BOTTOM


def add_table(paper: Document, table: Table) -> None:
    """Add a table over the width of a page on its side; its head stands again on every page."""
    if table.note:
        # Above the table: below it, it could stand alone on a page.
        note = paper.add_paragraph()
        set_font(note.add_run(table.note).font, BODY, page.SIZE_TABLE)
        set_lines(note, page.LINE_TABLE * 1.5)
    made = paper.add_table(rows=0, cols=len(table.columns))
    made.style = "Table Grid"
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    whole = sum(column.width for column in table.columns)
    widths = [_WIDTH * column.width / whole for column in table.columns]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    _margins(made, 0.8)
    _row(made, [column.heading for column in table.columns], widths, [True] * len(widths), HEADING)
    made.rows[0]._tr.get_or_add_trPr().append(element("tblHeader"))  # noqa: SLF001
    centred = [column.is_figure for column in table.columns]
    for row in table.rows:
        _row(made, list(row), widths, centred, BODY)


def _row(made: WordTable, texts: list[str], widths: list[float], centred: list[bool], font: str) -> None:
    row = made.add_row()  # type: ignore[no-untyped-call]  # the library left it without types
    row._tr.get_or_add_trPr().append(element("cantSplit"))  # noqa: SLF001
    for cell, text, width, is_centred in zip(row.cells, texts, widths, centred, strict=True):
        cell.width = Mm(width)
        _fill(cell, text, font, page.SIZE_TABLE, page.LINE_TABLE)
        cell._tc.get_or_add_tcPr().append(element("vAlign", val="center"))  # noqa: SLF001
        if is_centred:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _fill(cell: _Cell, text: str, font: str, size: float, line: float) -> None:
    paragraph = cell.paragraphs[0]
    set_lines(paragraph, line)
    if text:
        set_font(paragraph.add_run(text).font, font, size)


def _margins(made: WordTable, millimetres: float) -> None:
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w=round(page.points(millimetres) * 20), type="dxa"))
    made._tbl.tblPr.append(margins)  # noqa: SLF001


def add_imprint(paper: Document, imprint: Imprint, *, is_alone: bool) -> None:
    """Add who gets copies and who printed it, with its lines, at the foot of the text area.

    On a page with text it floats there; alone on its page it is pushed there, as LibreOffice lets no
    table of this width float.
    """
    copies = f"抄送：{'，'.join(imprint.copies_to)}。" if imprint.copies_to else ""
    rows = 2 if copies else 1
    height = (1 + math.ceil(width_of(copies) / _COPIES_ON_LINE)) * page.LINE
    if is_alone:
        set_lines(paper.add_paragraph(), page.points(page.TEXT_HEIGHT) - height - 2)
    made = paper.add_table(rows=rows, cols=2)
    made.autofit = False
    _margins(made, 0)
    if not is_alone:
        _at_the_foot(made, height)
    half = Mm(page.TEXT_WIDTH / 2)
    for column in made.columns:
        column.width = half
        for cell in column.cells:
            cell.width = half
    if copies:
        whole = made.cell(0, 0).merge(made.cell(0, 1))
        _fill(whole, copies, BODY, page.SIZE_SMALL, page.LINE)
        # The second line of the list begins below the first name.
        indent(whole.paragraphs[0], left=3.5, first=-2.625, right=0.875)
    left, right = made.rows[-1].cells
    _fill(left, imprint.printed_by, BODY, page.SIZE_SMALL, page.LINE)
    indent(left.paragraphs[0], left=0.875)
    _fill(right, f"{chinese_day(imprint.printed_on)}印发", BODY, page.SIZE_SMALL, page.LINE)
    right.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    indent(right.paragraphs[0], right=0.875)
    for place, row in enumerate(made.rows):
        for cell in row.cells:
            _lines(cell, is_first=place == 0, is_last=place == rows - 1)
    # A file ends with a paragraph; this one takes no room of its own.
    last = paper.add_paragraph()
    set_lines(last, 1)


def _lines(cell: _Cell, *, is_first: bool, is_last: bool) -> None:
    """Draw the first and the last line thick, those between thin."""
    borders = element("tcBorders")
    for side, is_outer in (("top", is_first), ("bottom", is_last)):
        thickness = page.points(page.RULE_THICK if is_outer else page.RULE_THIN)
        borders.append(element(side, val="single", sz=round(thickness * 8), space=0, color=page.BLACK))
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001


def _at_the_foot(made: WordTable, height: float) -> None:
    """Let the table float so that its last line lies on the lower edge of the text area of its page."""
    upper = page.points(page.PAGE_HEIGHT - page.BOTTOM) - height
    properties = made._tbl.tblPr  # noqa: SLF001
    place = element(
        "tblpPr",
        leftFromText=0,
        rightFromText=0,
        topFromText=0,
        bottomFromText=0,
        vertAnchor="page",
        horzAnchor="margin",
        tblpX=0,
        tblpY=round(upper * 20),
    )
    style = properties.find(qn("w:tblStyle"))
    properties.insert(0 if style is None else 1, place)
