"""A lesson as a poster (A4, PDF) and as a picture (PNG) for groups that take no message of ours."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from songnuan.documents.fonts import BODY, HEADING, TITLE, FontChoice, on_this_machine
from songnuan.documents.official import chinese_day, printable
from songnuan.documents.qr import modules
from songnuan.documents.setting import set_pdf, set_png, undrawn_of
from songnuan.documents.typeset import Pdf

_TEMPLATE = Path(__file__).with_name("poster.typ")
_ROOMY, _FULL = 330, 700
"""Characters up to which a poster is set in its large size, and up to which in a smaller one."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What it shows; with an `address` it bears a code, an `invitation` to open it, and a word on `privacy`.

    `written` says the address in letters, for who can scan nothing, and `place` where it hangs, for who takes
    it down. `drill` is a word that marks it as one of a drill, empty for none.
    """

    title: str
    lines: tuple[str, ...]
    organ: str
    dated_on: date
    address: str = ""
    invitation: str = ""
    privacy: str = ""
    drill: str = ""
    written: str = ""
    place: str = ""


def render_pdf(poster: Poster) -> Pdf:
    """Return the poster for a wall, the same bytes for the same poster and fonts.

    Raises:
        Refusal: `no_chinese_font`.

    """
    told, lacking, choice = _told(poster, is_poster=True)
    made = set_pdf(_TEMPLATE.read_bytes(), told, poster.dated_on, lacking=lacking)
    return Pdf(made, choice.missing, lacking)


def render_png(poster: Poster) -> bytes:
    """Return the picture for a group.

    Raises:
        Refusal: `no_chinese_font`.

    """
    told, lacking, _choice = _told(poster, is_poster=False)
    return set_png(_TEMPLATE.read_bytes(), told, lacking=lacking)


def _told(poster: Poster, *, is_poster: bool) -> tuple[str, tuple[str, ...], FontChoice]:
    choice, shown = on_this_machine(), printable(replace(poster, address=""))
    facts = asdict(shown)
    lacking = undrawn_of(
        json.dumps([*shown.lines, shown.title, shown.organ, shown.place], ensure_ascii=False), shown.dated_on
    )
    length = sum(max(len(line), 24) for line in shown.lines)
    del facts["dated_on"], facts["address"]
    data = {
        **facts,
        "fonts": {name: choice.families[of] for name, of in _FONTS.items()},
        "title_weight": "bold" if TITLE in {font.name for font in choice.missing} else "regular",
        "is_poster": is_poster,
        "scale": 1 if length <= _ROOMY else 0.8 if length <= _FULL else 0.55,
        "qr": list(modules(poster.address)) if poster.address else [],
        "day": chinese_day(shown.dated_on),
        "lacking": f"本机无字体的字，以〓代：{'、'.join(f'U+{ord(one):04X}' for one in lacking)}。"
        if lacking
        else "",
    }
    return json.dumps(data, ensure_ascii=False), lacking, choice


_FONTS = {"title": TITLE, "body": BODY, "heading": HEADING}
