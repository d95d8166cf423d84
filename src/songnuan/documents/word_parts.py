"""Parts of a Word file that python-docx has no words for: fonts, indents by characters, rules, fields."""

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from docx.document import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.font import Font
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from songnuan.documents import geometry as page

_STAMP = (1980, 1, 1, 0, 0, 0)
_FACT_LENGTH = 255  # characters of what is told about the file
_SCRIPTS = ("ascii", "hAnsi", "eastAsia", "cs")


def element(name: str, **attributes: str | int) -> Any:  # noqa: ANN401 - lxml's elements have no types
    """Return a new element `w:name` with attributes of the same namespace."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def set_font(font: Font, name: str, size: float, colour: str = page.BLACK) -> None:
    """Set a font for every script by its own name: not bold, in one colour, no font of a theme left."""
    font.name, font.size, font.bold, font.italic = name, Pt(size), False, False
    font.color.rgb = RGBColor.from_string(colour)
    fonts = font._element.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001 - the part has no other door
    for script in _SCRIPTS:
        fonts.set(qn(f"w:{script}"), name)
    for key in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[key]


def narrow(style: ParagraphStyle) -> None:
    """Move characters together by a hair, so that as many stand on a line as there have to.

    A grid of characters would say the same, but LibreOffice gives each of ours two of its cells.
    """
    room = page.points(page.TEXT_WIDTH) / page.CHARACTERS_ON_LINE - page.SIZE_BODY
    properties = style.element.get_or_add_rPr()
    properties.insert_element_before(
        element("spacing", val=math.floor(room * 20)),
        "w:w",
        "w:kern",
        "w:position",
        "w:sz",
        "w:szCs",
        "w:lang",
    )


def set_lines(paragraph: Paragraph | ParagraphStyle, exact: float, before: float = 0) -> None:
    """Set the distance of lines to exactly so many points, with nothing between paragraphs but `before`."""
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(exact)
    shape.space_before, shape.space_after = Pt(before), Pt(0)


def indent(
    paragraph: Paragraph | ParagraphStyle, *, first: float = 0, left: float = 0, right: float = 0
) -> None:
    """Indent by characters; a negative `first` hangs. The lengths are for who knows no characters."""
    size = page.SIZE_BODY
    told: dict[str, int] = {}
    for name, value in (
        ("left", left),
        ("right", right),
        ("firstLine" if first >= 0 else "hanging", abs(first)),
    ):
        told[f"{name}Chars"] = round(value * 100)
        told[name] = round(value * size * 20)
    properties = paragraph._element.get_or_add_pPr()  # noqa: SLF001
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    properties.insert_element_before(
        element("ind", **told),
        "w:contextualSpacing",
        "w:mirrorIndents",
        "w:jc",
        "w:outlineLvl",
        "w:rPr",
        "w:sectPr",
    )


def rule_below(paragraph: Paragraph, thickness: float, colour: str, space: float) -> None:
    """Draw a line over the whole width, `space` points below the paragraph."""
    borders = element("pBdr")
    borders.append(element("bottom", val="single", sz=round(thickness * 8), space=round(space), color=colour))
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001
        borders, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def field(paragraph: Paragraph, code: str) -> Iterator[Run]:
    """Add a field, such as PAGE, and yield its runs, to be given their font."""
    for kind in ("begin", "", "separate", "text", "end"):
        run = paragraph.add_run()
        if kind == "text":
            run.text = "1"
        elif kind:
            run._r.append(element("fldChar", fldCharType=kind))  # noqa: SLF001
        else:
            told = element("instrText")
            told.text = code
            run._r.append(told)  # noqa: SLF001
        yield run


def set_paper(section: Section, *, is_landscape: bool = False) -> None:
    """Give a section A4 and the margins; on its side, the head of the page lies at the binding."""
    sides = (page.TOP, page.RIGHT, page.BOTTOM, page.LEFT)
    if is_landscape:
        sides = (page.LEFT, page.TOP, page.RIGHT, page.BOTTOM)
    width, height = page.PAGE_WIDTH, page.PAGE_HEIGHT
    section.page_width, section.page_height = Mm(width), Mm(height)
    if is_landscape:
        section.page_width, section.page_height = Mm(height), Mm(width)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, sides)
    # The middle of the line with the number lies where its dashes have to.
    section.footer_distance = Mm(sides[2] - page.NUMBER_BELOW_TEXT - 3)
    section.header_distance = Mm(15)
    section.gutter = 0
    properties = section._sectPr  # noqa: SLF001
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    pitch = page.points(page.TEXT_HEIGHT) / page.LINES_ON_PAGE
    properties.append(element("docGrid", linePitch=int(pitch * 20)))


def packed(document: Document, moment: datetime, facts: Mapping[str, str]) -> bytes:
    """Return the file, with the same bytes for the same document whenever it is written."""
    about = document.core_properties
    about.created = about.modified = moment
    about.revision, about.last_printed = 1, moment
    for name in ("title", "author", "last_modified_by", "subject", "comments", "keywords", "category"):
        setattr(about, name, facts.get(name, "")[:_FACT_LENGTH])
    loose = io.BytesIO()
    document.save(loose)
    made = io.BytesIO()
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _STAMP), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
