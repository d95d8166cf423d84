"""The table of an annex in Word."""

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from docx.table import Table as WordTable
from docx.table import _Cell

from songnuan.documents import geometry as page
from songnuan.documents.fonts import BODY, HEADING
from songnuan.documents.official import Table
from songnuan.documents.word_parts import element, set_font, set_lines

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
    set_margins(made, 0.8)
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
        fill(cell, text, page.SIZE_TABLE, page.LINE_TABLE, font)
        cell._tc.get_or_add_tcPr().append(element("vAlign", val="center"))  # noqa: SLF001
        if is_centred:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def fill(cell: _Cell, text: str, size: float, line: float, font: str = BODY) -> None:
    """Write a text into the last paragraph of a cell, which is empty."""
    paragraph = cell.paragraphs[-1]
    set_lines(paragraph, line)
    if text:
        set_font(paragraph.add_run(text).font, font, size)


def set_margins(made: WordTable, millimetres: float) -> None:
    """Keep the cells' texts so far from the lines beside them."""
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w=round(page.points(millimetres) * 20), type="dxa"))
    made._tbl.tblPr.append(margins)  # noqa: SLF001
