"""A sheet as a Word file: the fonts are named, heads repeat, rows are never torn."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, time

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from songnuan.documents import geometry as page
from songnuan.documents.fonts import BODY, HEADING, TITLE
from songnuan.documents.official import printable
from songnuan.documents.qr import picture
from songnuan.documents.sheet_paper import (
    Entry,
    Kind,
    Part,
    Qr,
    SheetPaper,
    SheetTable,
    Signed,
    Total,
    pairs_of,
    shown,
    stretches,
)
from songnuan.documents.sheet_widths import widths_of
from songnuan.documents.word_parts import element, field, packed, set_font, set_lines
from songnuan.documents.word_tables import fill, set_margins

_UPRIGHT = (18, 15, 16, 20)  # top, right, bottom, left in mm
_WIDE = (20, 15, 16, 15)
_OF_FACTS = (25, 62.5, 25, 62.5)
_SIZE, _LINE = 10.5, 15
_SMALL, _SMALL_LINE = 9, 13
_SIGNED, _PRINTED = 9.0, 5.5  # least height of a row, in mm
_CODE = 28  # width of a code, in mm
_SIGNATURE = 7  # height of a signature, in mm
_INSET = 0.8  # left and right in a cell, in mm
_DIGIT = _SMALL * 0.56 * 25.4 / 72  # width of a digit in the widest of the fonts, in mm
_LAST_ROWS = 3  # the last of the table, with a sum in figures and in words
_ALIGNED = {
    Kind.MONEY: WD_ALIGN_PARAGRAPH.RIGHT,
    Kind.QUANTITY: WD_ALIGN_PARAGRAPH.CENTER,
    Kind.DAY: WD_ALIGN_PARAGRAPH.CENTER,
    Kind.SIGN: WD_ALIGN_PARAGRAPH.CENTER,
}


def render(papers: Sequence[SheetPaper]) -> bytes:
    """Return sheets as one .docx, each from a page of its own; the same bytes for the same sheets.

    Args:
        papers: At least one, all made on the same day.

    """
    papers, made = [printable(paper) for paper in papers], docx.Document()
    for number, paper in enumerate(papers):
        section = made.sections[0] if number == 0 else made.add_section(WD_SECTION.NEW_PAGE)
        _page(section, paper, "NUMPAGES" if len(papers) == 1 else "SECTIONPAGES")
        _add(made, paper, _width(section))
    facts = {"title": papers[0].title}
    return packed(made, datetime.combine(papers[0].dated_on, time(), UTC), facts)


def _page(section: Section, paper: SheetPaper, count: str) -> None:
    """Give a section A4, its margins and its own count of pages."""
    width, height = page.PAGE_WIDTH, page.PAGE_HEIGHT
    section.orientation = WD_ORIENT.LANDSCAPE if paper.is_landscape else WD_ORIENT.PORTRAIT
    sides = (height, width) if paper.is_landscape else (width, height)
    section.page_width, section.page_height = map(Mm, sides)
    margins = _WIDE if paper.is_landscape else _UPRIGHT
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, margins)
    section.header_distance = section.footer_distance = Mm(8)
    section.footer.is_linked_to_previous = False
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    runs = [foot.add_run("第 "), *field(foot, "PAGE"), foot.add_run(" 页　共 ")]
    for run in [*runs, *field(foot, count), foot.add_run(" 页")]:
        set_font(run.font, BODY, _SMALL)
    section._sectPr.insert_element_before(  # noqa: SLF001
        element("pgNumType", start=1), "w:cols", "w:titlePg", "w:docGrid"
    )


def _width(section: Section) -> float:
    """Return the width between the margins, in mm."""
    whole, left, right = section.page_width, section.left_margin, section.right_margin
    assert whole is not None  # noqa: S101 - all three were set
    assert left is not None  # noqa: S101
    assert right is not None  # noqa: S101
    return float(whole.mm - left.mm - right.mm)


def _add(made: Document, paper: SheetPaper, width: float) -> None:
    if paper.qr is None:
        _head(made, paper)
    else:
        sides = made.add_table(rows=1, cols=2)
        sides.autofit = False
        left, right = sides.rows[0].cells
        for place, one in enumerate((width - _CODE - 6, _CODE + 6)):
            sides.columns[place].width = sides.rows[0].cells[place].width = Mm(one)
        _head(left, paper)
        _code(right, paper.qr)
        for cell in (left, right):  # the library puts an empty paragraph into every new cell
            cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001
    _line(made, "", size=4, line=6)
    _entries(made, paper.entries, width)
    if paper.table:
        table = _table(made, paper.table, width)
        if not paper.after and (paper.foot or paper.note):
            _stay(table)
    if paper.after:
        _line(made, "", size=4, line=6)
        _entries(made, paper.after, width)
    if paper.foot:
        signs = _line(made, "　　　　　　".join(paper.signs))
        set_lines(signs, _LINE, before=10)
        signs.paragraph_format.keep_with_next = bool(paper.note)
    if paper.note:
        _line(made, paper.note, size=_SMALL, line=_SMALL_LINE)


def _head(place: Document | _Cell, paper: SheetPaper) -> None:
    _line(place, paper.title, TITLE, 18, 26).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in paper.lines:
        _line(place, text)


def _line(
    place: Document | _Cell, text: str, font: str = BODY, size: float = _SIZE, line: float = _LINE
) -> Paragraph:
    paragraph = place.add_paragraph()
    set_lines(paragraph, line)
    if text:
        set_font(paragraph.add_run(text).font, font, size)
    return paragraph


def _code(cell: _Cell, code: Qr) -> None:
    paragraph = cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.add_run().add_picture(io.BytesIO(picture(code.address)), width=Mm(_CODE))
    _line(cell, code.caption, size=_SMALL, line=_SMALL_LINE).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _grid(made: Document, shares: Sequence[float], width: float) -> tuple[WordTable, list[float]]:
    table = made.add_table(rows=0, cols=len(shares))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = [width * share / sum(shares) for share in shares]
    for column, one in zip(table.columns, widths, strict=True):
        column.width = Mm(one)
    set_margins(table, _INSET)
    return table, widths


def _row(table: WordTable, widths: Sequence[float], least: float) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]  # the library left it without types
    row._tr.get_or_add_trPr().append(element("cantSplit"))  # noqa: SLF001
    row.height, row.height_rule = Mm(least), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell, width in zip(row.cells, widths, strict=True):
        cell.width = Mm(width)
    return row


def _fill(  # noqa: PLR0913 - a cell has these parts
    cell: _Cell,
    text: str,
    side: WD_ALIGN_PARAGRAPH,
    font: str = BODY,
    *,
    top: bool = False,
    struck: bool = False,
) -> None:
    fill(cell, text, _SMALL, _SMALL_LINE, font)
    cell.paragraphs[0].alignment = side
    for run in cell.paragraphs[0].runs:
        run.font.strike = struck or None
    cell._tc.get_or_add_tcPr().append(element("vAlign", val="top" if top else "center"))  # noqa: SLF001


def _sign(cell: _Cell, signed: Signed) -> None:
    """Put the picture of a signature below the words of a cell that was filled."""
    paragraph = cell.add_paragraph()
    paragraph.alignment = cell.paragraphs[0].alignment
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.add_run().add_picture(io.BytesIO(signed.picture), height=Mm(_SIGNATURE))


def _entries(made: Document, entries: Sequence[Entry], width: float) -> None:
    if not entries:
        return
    table, widths = _grid(made, _OF_FACTS, width)
    for line in pairs_of(entries):
        row = _row(table, widths, max(entry.lines for entry in line) * 5.3 + 2)
        cells = row.cells
        if len(line) == 1:
            cells[1].merge(cells[3])
        for entry, place in zip(line, (0, 2), strict=False):
            _fill(cells[place], entry.label, WD_ALIGN_PARAGRAPH.CENTER, HEADING)
            _fill(
                cells[place + 1],
                shown(entry.value),
                WD_ALIGN_PARAGRAPH.LEFT,
                top=entry.lines > 1 and len(line) == 1,
            )
            if isinstance(entry.value, Signed) and entry.value.picture:
                _sign(cells[place + 1], entry.value)
    _line(made, "", size=4, line=6)


def _stay(table: WordTable) -> None:
    """Keep the last rows with what stands below them: who signs never stands on a page of its own."""
    for row in table.rows[-_LAST_ROWS:]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _table(made: Document, told: SheetTable, width: float) -> WordTable:
    table, widths = _grid(made, widths_of(told, width, digit=_DIGIT, beside=2 * _INSET + 0.4), width)
    head = _row(table, widths, _PRINTED)
    head._tr.get_or_add_trPr().append(element("tblHeader"))  # noqa: SLF001
    for cell, column in zip(head.cells, told.columns, strict=True):
        _fill(cell, column.heading, WD_ALIGN_PARAGRAPH.CENTER, HEADING)
    for part in told.parts:
        _part(table, told, part, widths)
    return table


def _part(table: WordTable, told: SheetTable, part: Part, widths: Sequence[float]) -> None:
    if part.title:
        _over(_row(table, widths, _PRINTED), len(widths), part.title)
    signs = any(column.kind is Kind.SIGN for column in told.columns)
    for cells, height in stretches(told, part):
        row = _row(table, widths, _SIGNED if signs and height == 1 else _PRINTED)
        # The library looks for the cells of a row anew each time that it is asked for them.
        for column, cell, target in zip(told.columns, cells, row.cells, strict=True):
            if column.is_shared and height != 1:
                target._tc.get_or_add_tcPr().append(  # noqa: SLF001
                    element("vMerge", val="restart") if height else element("vMerge")
                )
            is_held = bool(height) or not column.is_shared
            text = shown(cell, column.kind) if is_held else ""
            side = WD_ALIGN_PARAGRAPH.CENTER if column.is_centred else _ALIGNED.get(column.kind)
            _fill(target, text, side or WD_ALIGN_PARAGRAPH.LEFT, struck=part.is_struck)
            if is_held and isinstance(cell, Signed) and cell.picture:
                _sign(target, cell)
            # All but the last row of a group stay with the next one.
            target.paragraphs[0].paragraph_format.keep_with_next = column.is_shared and height > 1
    for total in part.totals:
        _total(table, told, total, widths)


def _total(table: WordTable, told: SheetTable, total: Total, widths: Sequence[float]) -> None:
    figures = dict(total.figures)
    first = min(figures, default=len(told.columns))
    row = _row(table, widths, _PRINTED)
    if first:
        _over(row, first, total.label, WD_ALIGN_PARAGRAPH.CENTER)
    for place, column in enumerate(told.columns):
        if place >= first:
            side = _ALIGNED.get(column.kind, WD_ALIGN_PARAGRAPH.LEFT)
            _fill(row.cells[place], shown(figures.get(place), column.kind), side, HEADING)
    if total.words:
        _over(_row(table, widths, _PRINTED), len(widths), total.words)


def _over(row: _Row, count: int, text: str, side: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT) -> None:
    """Write a text over the first cells of a row."""
    cells = row.cells
    cell = cells[0].merge(cells[count - 1]) if count > 1 else cells[0]
    _fill(cell, text, side, HEADING)
