"""Pages of photos (照片页): four to a page, each with what it shows, as a PDF or a Word file."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from PIL import Image

from songnuan.documents import geometry as page
from songnuan.documents.fonts import BODY, HEADING, TITLE, on_this_machine
from songnuan.documents.official import printable
from songnuan.documents.setting import set_pdf, undrawn_of
from songnuan.documents.typeset import Pdf
from songnuan.documents.word_parts import element, field, packed, set_font, set_lines
from songnuan.documents.word_tables import fill, set_margins

ACROSS = 2
_WIDTH, _HEIGHT = 83.0, 84.0  # of the room of a picture, in mm
_ROW = 105.0  # of a picture with its words, in mm: two go on a page, also below the title
_MARGINS = (18, 15, 16, 20)
_TEMPLATE = Path(__file__).with_name("photos.typ")
_FONTS = (TITLE, BODY, HEADING)


@dataclass(frozen=True, slots=True)
class PagePhoto:
    """A photo (JPEG or PNG), what it shows, and where and when it was taken."""

    picture: bytes
    caption: str
    told: str


@dataclass(frozen=True, slots=True)
class PhotoSheet:
    """Pages of photos under one title; `lines` stand under it, `note` is small print at the end."""

    title: str
    lines: tuple[str, ...]
    dated_on: date
    photos: tuple[PagePhoto, ...]
    note: str = ""


def render_pdf(sheet: PhotoSheet) -> Pdf:
    """Return the pages as PDF, the same bytes for the same photos and fonts.

    Raises:
        Refusal: `no_chinese_font`.

    """
    choice, shown = on_this_machine(), _printable(sheet)
    told = [{"caption": one.caption, "told": one.told} for one in shown.photos]
    lacking = undrawn_of(json.dumps([shown.title, *shown.lines, told], ensure_ascii=False), shown.dated_on)
    data = {
        "fonts": {
            name: choice.families[of] for name, of in zip(("title", "body", "heading"), _FONTS, strict=True)
        },
        "title_weight": "bold" if TITLE in {font.name for font in choice.missing} else "regular",
        "title": shown.title,
        "lines": list(shown.lines),
        "photos": [
            {**words, "picture": list(one.picture)} for words, one in zip(told, shown.photos, strict=True)
        ],
        "note": shown.note,
        "width": _WIDTH,
        "height": _HEIGHT,
        "row": _ROW,
    }
    made = set_pdf(
        _TEMPLATE.read_bytes(), json.dumps(data, ensure_ascii=False), shown.dated_on, lacking=lacking
    )
    return Pdf(made, tuple(font for font in choice.missing if font.name in _FONTS), lacking)


def _printable(sheet: PhotoSheet) -> PhotoSheet:
    """Return the sheet with texts that a paper can hold; pictures stay as they are."""
    photos = tuple(
        PagePhoto(one.picture, printable(one.caption), printable(one.told)) for one in sheet.photos
    )
    lines = tuple(map(printable, sheet.lines))
    return PhotoSheet(printable(sheet.title), lines, sheet.dated_on, photos, printable(sheet.note))


def render_word(sheet: PhotoSheet) -> bytes:
    """Return the pages as .docx, the same bytes for the same photos."""
    sheet, made = _printable(sheet), docx.Document()
    _paper(made)
    _line(made, sheet.title, TITLE, 18, 26).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in sheet.lines:
        _line(made, text)
    _photos(made, sheet.photos)
    if sheet.note:
        _line(made, sheet.note, size=9, line=13)
    return packed(made, datetime.combine(sheet.dated_on, time(), UTC), {"title": sheet.title})


def _paper(made: Document) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(page.PAGE_WIDTH), Mm(page.PAGE_HEIGHT)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, _MARGINS)
    section.header_distance = section.footer_distance = Mm(8)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    runs = [foot.add_run("第 "), *field(foot, "PAGE"), foot.add_run(" 页　共 ")]
    for run in [*runs, *field(foot, "NUMPAGES"), foot.add_run(" 页")]:
        set_font(run.font, BODY, 9)


def _line(made: Document, text: str, font: str = BODY, size: float = 10.5, line: float = 15) -> Paragraph:
    paragraph = made.add_paragraph()
    set_lines(paragraph, line)
    set_font(paragraph.add_run(text).font, font, size)
    return paragraph


def _photos(made: Document, photos: Sequence[PagePhoto]) -> None:
    table = made.add_table(rows=0, cols=ACROSS)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    set_margins(table, 1.5)
    for first in range(0, len(photos), ACROSS):
        row = table.add_row()
        row._tr.get_or_add_trPr().append(element("cantSplit"))  # noqa: SLF001
        row.height, row.height_rule = Mm(_ROW), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell, one in zip(row.cells, photos[first : first + ACROSS], strict=False):
            _photo(cell, one)
        for cell in row.cells:
            cell.width = Mm(_WIDTH + 4.5)


def _photo(cell: _Cell, one: PagePhoto) -> None:
    held = cell.paragraphs[0]
    held.alignment = WD_ALIGN_PARAGRAPH.CENTER
    held.paragraph_format.space_before = held.paragraph_format.space_after = Mm(1)
    with Image.open(io.BytesIO(one.picture)) as picture:
        is_wide = picture.width * _HEIGHT >= picture.height * _WIDTH
    side = {"width": Mm(_WIDTH)} if is_wide else {"height": Mm(_HEIGHT)}
    held.add_run().add_picture(io.BytesIO(one.picture), **side)
    for text, font in ((one.caption, HEADING), (one.told, BODY)):
        cell.add_paragraph()
        fill(cell, text, 9, 13, font)
        cell.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
