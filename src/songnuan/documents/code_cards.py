"""Codes to cut apart (PDF, A4): many cards on a page, each with its code, a masked name and a unit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from songnuan.documents.fonts import BODY, HEADING, on_this_machine
from songnuan.documents.qr import modules
from songnuan.documents.setting import set_pdf, undrawn_of
from songnuan.documents.typeset import Pdf

_TEMPLATE = Path(__file__).with_name("code_cards.typ")


@dataclass(frozen=True, slots=True)
class CodeCard:
    """One card: what the code says, and the lines beside it, the name first."""

    code: str
    name: str
    lines: tuple[str, ...]


def render_cards(title: str, cards: Sequence[CodeCard], dated_on: date) -> Pdf:
    """Return the cards in their order, the same bytes for the same cards and fonts.

    Args:
        title: What they are for; it stands on each card, as they are cut apart.
        cards: At least one.
        dated_on: The day that the file says it was made on.

    Raises:
        Refusal: `no_chinese_font`.

    """
    choice = on_this_machine()
    words = json.dumps([title, *((card.name, *card.lines) for card in cards)], ensure_ascii=False)
    lacking = undrawn_of(words, dated_on)
    told = {
        "title": title,
        "fonts": {"body": choice.families[BODY], "heading": choice.families[HEADING]},
        "cards": [
            {"qr": list(modules(card.code)), "code": card.code, "name": card.name, "lines": list(card.lines)}
            for card in cards
        ],
    }
    made = set_pdf(_TEMPLATE.read_bytes(), json.dumps(told, ensure_ascii=False), dated_on, lacking=lacking)
    return Pdf(made, choice.missing, lacking)
