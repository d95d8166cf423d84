"""The imprint (版记) of an official document in Word: at the foot of an even page of its own."""

import math

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from docx.table import _Cell

from songnuan.documents import geometry as page
from songnuan.documents.first_page import LISTED_ON_LINE, imprint_lists
from songnuan.documents.official import OfficialDocument, chinese_day
from songnuan.documents.titles import width_of
from songnuan.documents.word_parts import element, indent, set_lines, set_paper
from songnuan.documents.word_tables import fill, set_margins

_SHARE = page.SIZE_SMALL / page.SIZE_BODY  # a 四号 character in those of the body
_LEFT = 0.6  # of the width, for who printed it; the rest is the day's
# 四号 characters on its line, rather one too few.
_PRINTER_ON_LINE = 17


def add_imprint(paper: Document, document: OfficialDocument) -> None:
    """Add whom it goes to when that was moved here, who gets copies and who printed it, on a page of its own.

    What floats at the foot of a page does so in Word and not in LibreOffice, and neither can be told that the
    page has to be an even one; a section can begin on one, and what fills it from above both understand.
    """
    _begin_even_page(paper)
    imprint, lists = document.imprint, imprint_lists(document)
    above = page.points(page.TEXT_HEIGHT) - _height(lists, imprint.printed_by)
    set_lines(paper.add_paragraph(), max(1, above))
    made = paper.add_table(rows=2 if lists else 1, cols=2)
    made.autofit = False
    set_margins(made, 0)
    for column, share in zip(made.columns, (_LEFT, 1 - _LEFT), strict=True):
        column.width = Mm(page.TEXT_WIDTH * share)
        for cell in column.cells:
            cell.width = Mm(page.TEXT_WIDTH * share)
    whole = made.cell(0, 0).merge(made.cell(0, 1)) if lists else None
    for place, text in enumerate(lists):
        assert whole is not None  # noqa: S101 - there are lists
        if place:
            whole.add_paragraph()
        fill(whole, text, page.SIZE_SMALL, page.LINE)
        # The second line of a list begins below the first name.
        indent(whole.paragraphs[-1], left=4 * _SHARE, first=-3 * _SHARE, right=_SHARE)
    left, right = made.rows[-1].cells
    fill(left, imprint.printed_by, page.SIZE_SMALL, page.LINE)
    indent(left.paragraphs[0], left=_SHARE)
    fill(right, f"{chinese_day(imprint.printed_on)}印发", page.SIZE_SMALL, page.LINE)
    right.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    indent(right.paragraphs[0], right=_SHARE)
    right._tc.get_or_add_tcPr().append(element("vAlign", val="bottom"))  # noqa: SLF001
    for place, row in enumerate(made.rows):
        for cell in row.cells:
            _lines(cell, is_first=place == 0, is_last=place == len(made.rows) - 1)
    # A file ends with a paragraph; this one takes no room of its own.
    set_lines(paper.add_paragraph(), 1)


def _begin_even_page(paper: Document) -> None:
    """Begin the page: upright, and without a number, as is the page left blank before it."""
    section = paper.add_section(WD_SECTION.EVEN_PAGE)
    section.orientation = WD_ORIENT.PORTRAIT
    set_paper(section)
    for footer in (section.footer, section.even_page_footer):
        footer.is_linked_to_previous = False
        footer.paragraphs[0].text = ""


def _height(lists: list[str], printed_by: str) -> float:
    lines = [math.ceil(width_of(text) / LISTED_ON_LINE) for text in lists]
    return (sum(lines) + max(1, math.ceil(width_of(printed_by) / _PRINTER_ON_LINE))) * page.LINE + 2


def _lines(cell: _Cell, *, is_first: bool, is_last: bool) -> None:
    """Draw the first and the last line thick, those between thin."""
    borders = element("tcBorders")
    for side, is_outer in (("top", is_first), ("bottom", is_last)):
        thickness = page.points(page.RULE_THICK if is_outer else page.RULE_THIN)
        borders.append(element(side, val="single", sz=round(thickness * 8), space=0, color=page.BLACK))
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001
    properties.insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
