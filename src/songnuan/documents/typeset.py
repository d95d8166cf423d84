"""An official document as PDF/A, set by typst from the same measures as the Word file."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songnuan.documents import geometry as page
from songnuan.documents.first_page import addressees_fit, imprint_lists
from songnuan.documents.fonts import (
    BODY,
    FIGURES,
    HEADING,
    SUBHEADING,
    TITLE,
    FontChoice,
    Missing,
    on_this_machine,
)
from songnuan.documents.official import (
    Annex,
    OfficialDocument,
    Table,
    annex_entry,
    annex_label,
    chinese_day,
    printable,
    to_json,
)
from songnuan.documents.setting import set_pdf, undrawn_of
from songnuan.documents.titles import mark_lines, title_lines, width_of

_TEMPLATE = Path(__file__).with_name("official.typ")


@dataclass(frozen=True, slots=True)
class Pdf:
    """The file, the fonts it should have been set in and was not, and the characters it lacks."""

    content: bytes
    missing: tuple[Missing, ...]
    undrawn: tuple[str, ...]


def render(document: OfficialDocument, fonts: FontChoice | None = None) -> Pdf:
    """Return the document as PDF, the same bytes for the same document and fonts.

    Args:
        document: What is set.
        fonts: Which families to set it in; those of this machine when left out.

    Raises:
        Refusal: `no_chinese_font`: the machine has none with the commonest characters.

    """
    choice, document = fonts or on_this_machine(), printable(document)
    lacking = undrawn(document)
    told = json.dumps(_data(document, choice), ensure_ascii=False, sort_keys=True)
    made = set_pdf(_TEMPLATE.read_bytes(), told, document.dated_on, lacking=lacking)
    return Pdf(made, choice.missing, lacking)


def undrawn(document: OfficialDocument) -> tuple[str, ...]:
    """Return the rare characters of a document that no font of this machine can draw; at most 40."""
    return undrawn_of(to_json(printable(document)), document.dated_on)


def _data(document: OfficialDocument, choice: FontChoice) -> dict[str, Any]:
    head, imprint = document.head, document.imprint
    families, count = choice.families, len(document.annexes)
    above = ((head.copy_number, BODY), (head.secrecy, HEADING), (head.urgency, HEADING))
    day = chinese_day(document.dated_on)
    mark, fits = mark_lines(head.mark), addressees_fit(document)
    is_replaced = TITLE in {font.name for font in choice.missing}
    return {
        "fonts": {
            "title": families[TITLE],
            "body": families[BODY],
            "heading": families[HEADING],
            "subheading": families[SUBHEADING],
            "figures": families[FIGURES],
        },
        # 小标宋 is strong by itself; what stands in for it has to be made so.
        "title_weight": "bold" if is_replaced else "regular",
        "geometry": _geometry(mark),
        "above": [{"text": text, "font": families[font]} for text, font in above if text],
        "mark_lines": mark,
        "number": head.number,
        "title": document.title,
        "title_lines": title_lines(document.title, document.signer),
        "addressees": f"{document.addressees}：" if document.addressees and fits else "",
        "body": [{"text": line.text, "level": line.level} for line in document.body],
        "list": [
            {"number": annex_entry(place, count, ""), "title": annex.title}
            for place, annex in enumerate(document.annexes, 1)
        ],
        "signer": document.signer,
        "signer_right": page.centre_over(width_of(document.signer), width_of(day), 4),
        "day": day,
        "note": f"（{document.note}）" if document.note else "",
        "annexes": [
            _annex(annex, annex_label(place, count)) for place, annex in enumerate(document.annexes, 1)
        ],
        "ends_on_its_side": bool(document.annexes) and document.annexes[-1].table is not None,
        "copies": imprint_lists(document),
        "printed_by": imprint.printed_by,
        "printed_day": f"{chinese_day(imprint.printed_on)}印发",
    }


def _geometry(mark: tuple[str, ...]) -> dict[str, float]:
    return {
        "page_width": page.PAGE_WIDTH,
        "page_height": page.PAGE_HEIGHT,
        "top": page.TOP,
        "left": page.LEFT,
        "right": page.RIGHT,
        "bottom": page.BOTTOM,
        "mark_below": page.MARK_BELOW_TOP,
        "rule_below": page.RULE_BELOW_NUMBER,
        "number_below": page.NUMBER_BELOW_TEXT,
        "size_title": page.SIZE_TITLE,
        "size_body": page.SIZE_BODY,
        "size_small": page.SIZE_SMALL,
        "size_table": page.SIZE_TABLE,
        "line": page.LINE,
        "line_title": page.LINE_TITLE,
        "mark_size": page.mark_size(mark),
        "rule_thick": page.RULE_THICK,
        "rule_thin": page.RULE_THIN,
    }


def _annex(annex: Annex, label: str) -> dict[str, Any]:
    limit = 20 if annex.table is None else 28
    return {
        "label": label,
        "title_lines": title_lines(annex.title, limit=limit),
        "lines": [{"text": line.text, "level": line.level} for line in annex.lines],
        "table": None if annex.table is None else _table(annex.table),
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "headings": [column.heading for column in table.columns],
        "widths": [column.width for column in table.columns],
        "centred": [column.is_figure for column in table.columns],
        "rows": [list(row) for row in table.rows],
        "note": table.note,
    }
