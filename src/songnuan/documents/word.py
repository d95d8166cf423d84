"""An official document as a Word file, to GB/T 9704-2012."""

from datetime import UTC, datetime, time

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import Section
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from songnuan.documents import geometry as page
from songnuan.documents.first_page import addressees_fit
from songnuan.documents.fonts import BODY, FIGURES, HEADING, TITLE
from songnuan.documents.official import (
    LEVELS,
    Annex,
    Head,
    Line,
    OfficialDocument,
    annex_entry,
    annex_label,
    chinese_day,
    printable,
)
from songnuan.documents.titles import mark_lines, title_lines, width_of
from songnuan.documents.word_imprint import add_imprint
from songnuan.documents.word_parts import (
    field,
    indent,
    narrow,
    packed,
    rule_below,
    set_font,
    set_lines,
    set_paper,
)
from songnuan.documents.word_tables import add_table

_LIST = "附件："


def render(document: OfficialDocument) -> bytes:
    """Return the document as .docx; the fonts are named, and come with whoever opens it."""
    document = printable(document)
    paper = docx.Document()
    _styles(paper)
    first = paper.sections[0]
    set_paper(first)
    _page_numbers(paper, first)
    _head(paper, document.head)
    _text(paper, document)
    for place, annex in enumerate(document.annexes, 1):
        _annex(paper, annex, annex_label(place, len(document.annexes)))
    add_imprint(paper, document)
    moment = datetime.combine(document.dated_on, time(), UTC)
    facts = {"title": document.title, "author": document.signer, "subject": document.head.number}
    return packed(paper, moment, facts)


def _styles(paper: Document) -> None:
    """Name the fonts once, in the styles: whoever goes on writing keeps them."""
    normal = paper.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)  # noqa: S101 - every Word file has it
    set_font(normal.font, BODY, page.SIZE_BODY)
    set_lines(normal, page.LINE)
    normal.paragraph_format.widow_control = False
    narrow(normal)
    for level in LEVELS:
        style = paper.styles[f"Heading {level}"]
        assert isinstance(style, ParagraphStyle)  # noqa: S101
        set_font(style.font, page.LEVEL_FONTS[level], page.SIZE_BODY)
        set_lines(style, page.LINE)
        indent(style, first=2)
        style.paragraph_format.keep_with_next = True


def _page_numbers(paper: Document, section: Section) -> None:
    """Put — 1 — outside: to the right on odd pages, to the left on even ones, one character in."""
    paper.settings.odd_and_even_pages_header_footer = True
    section.footer.is_linked_to_previous = section.even_page_footer.is_linked_to_previous = False
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        set_lines(paragraph, page.points(6))
        share = page.SIZE_SMALL / page.SIZE_BODY
        indent(paragraph, **{"right" if side is WD_ALIGN_PARAGRAPH.RIGHT else "left": share})
        runs = [paragraph.add_run("— "), *field(paragraph, "PAGE"), paragraph.add_run(" —")]
        for run in runs:
            set_font(run.font, FIGURES, page.SIZE_SMALL)


def _add(paper: Document, text: str = "", font: str = BODY, size: float = page.SIZE_BODY) -> Paragraph:
    paragraph = paper.add_paragraph()
    if text:
        set_font(paragraph.add_run(text).font, font, size)
    return paragraph


def _head(paper: Document, head: Head) -> None:
    above = 0
    for text, font in ((head.copy_number, BODY), (head.secrecy, HEADING), (head.urgency, HEADING)):
        if text:
            _add(paper, text, font)
            above += 1
    lines = mark_lines(head.mark)
    size, before = page.mark_size(lines), page.points(page.MARK_BELOW_TOP) - above * page.LINE
    for text in lines:
        mark = paper.add_paragraph()
        mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
        set_lines(mark, size * 1.2, before=before)
        set_font(mark.add_run(text).font, TITLE, size, page.RED)
        before = 0
    _blank(paper, 2)
    number = _add(paper, head.number)
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    rule_below(number, 1.5, page.RED, page.points(page.RULE_BELOW_NUMBER))


def _blank(paper: Document, count: int = 1) -> None:
    for _line in range(count):
        _add(paper).paragraph_format.keep_with_next = True


def _title(paper: Document, lines: tuple[str, ...]) -> None:
    for line in lines:
        paragraph = _add(paper, line, TITLE, page.SIZE_TITLE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        set_lines(paragraph, page.LINE_TITLE)
        paragraph.paragraph_format.keep_with_next = True


def _text(paper: Document, document: OfficialDocument) -> None:
    _blank(paper, 2)
    _title(paper, title_lines(document.title, document.signer))
    _blank(paper)
    if document.addressees and addressees_fit(document):
        _add(paper, f"{document.addressees}：")
    _lines(paper, document.body)
    # Names and seal never stand on a page without words of the text; the first page keeps some, too.
    paper.paragraphs[-1].paragraph_format.keep_with_next = len(document.body) > 1
    _list_of_annexes(paper, document.annexes)
    _signature(paper, document)
    if document.note:
        indent(_add(paper, f"（{document.note}）"), first=2)


def _lines(paper: Document, lines: tuple[Line, ...]) -> None:
    for line in lines:
        if not line.level:
            paragraph = _add(paper, line.text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            indent(paragraph, first=2)
            continue
        paragraph = paper.add_paragraph(style=f"Heading {line.level}")
        set_font(paragraph.add_run(line.text).font, page.LEVEL_FONTS[line.level], page.SIZE_BODY)


def _list_of_annexes(paper: Document, annexes: tuple[Annex, ...]) -> None:
    """Name the annexes after one blank line; a second line of a name begins below its first character."""
    if annexes:
        _blank(paper)
    for place, annex in enumerate(annexes, 1):
        number = width_of(annex_entry(place, len(annexes), ""))
        start = 2 + len(_LIST) + number
        entry = annex_entry(place, len(annexes), annex.title)
        paragraph = _add(paper, f"{_LIST}{entry}" if place == 1 else entry)
        indent(paragraph, left=start, first=2 - start if place == 1 else -number)
        paragraph.paragraph_format.keep_with_next = True


def _signature(paper: Document, document: OfficialDocument) -> None:
    """Sign for a seal: the date four characters from the right, the organ centred above it."""
    _blank(paper, 2)
    day = chinese_day(document.dated_on)
    from_right = page.centre_over(width_of(document.signer), width_of(day), 4)
    for text, right in ((document.signer, from_right), (day, 4)):
        paragraph = _add(paper, text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        indent(paragraph, right=right)
        paragraph.paragraph_format.keep_with_next = text is document.signer or bool(document.note)


def _annex(paper: Document, annex: Annex, label: str) -> None:
    """Begin a page: 附件 in the first line, the title in the third; a wide table lies on its side."""
    if annex.table is not None:
        section = paper.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        set_paper(section, is_landscape=True)
    first = _add(paper, label, HEADING)
    first.paragraph_format.page_break_before = annex.table is None
    _blank(paper)
    limit = 20 if annex.table is None else 28
    _title(paper, title_lines(annex.title, limit=limit))
    _blank(paper)
    _lines(paper, annex.lines)
    if annex.table is not None:
        add_table(paper, annex.table)
