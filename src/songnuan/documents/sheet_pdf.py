"""A sheet as PDF/A: heads repeat, rows are never torn, room to sign stays."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from songnuan.documents.fonts import BODY, HEADING, TITLE, FontChoice, Missing, on_this_machine
from songnuan.documents.official import printable
from songnuan.documents.qr import modules
from songnuan.documents.setting import set_pdf, undrawn_of
from songnuan.documents.sheet_paper import (
    Cell,
    Entry,
    Kind,
    Part,
    SheetPaper,
    SheetTable,
    Signed,
    Total,
    pairs_of,
    shown,
    stretches,
)
from songnuan.documents.sheet_widths import widths_of
from songnuan.documents.titles import width_of
from songnuan.documents.typeset import Pdf

_FONTS = (TITLE, BODY, HEADING)
_SIGNED, _PRINTED = 9.0, 5.0
_LINE, _PADDING, _PICTURE = 4.8, 2.5, 8.0
_TIED, _NOTE = 80.0, 6  # mm of rows, and lines of small print, that are kept with what belongs to them
_DIGIT, _BESIDE = 1.78, 1.8  # mm of a digit in the widest of the fonts, and beside a figure in its cell
_TEMPLATE = Path(__file__).with_name("sheet.typ")


def render(papers: Sequence[SheetPaper], fonts: FontChoice | None = None) -> Pdf:
    """Return sheets as one PDF, each from a page of its own and with its own count of pages.

    Characters that no font here can draw are 〓, and the sheet itself says which.

    Args:
        papers: At least one, all made on the same day.
        fonts: Which families to set them in; those of this machine when left out.

    Raises:
        Refusal: `no_chinese_font`: the machine has none with the commonest characters.

    """
    choice, day = fonts or on_this_machine(), papers[0].dated_on
    pictures: dict[bytes, int] = {}
    told = [_paper(printable(paper), pictures) for paper in papers]
    lacking = undrawn_of(json.dumps(told, ensure_ascii=False), day)
    if lacking:
        for paper in told:
            paper["lacking"] = f"本机无字体的字，以〓代：{'、'.join(_code(char) for char in lacking)}。"
    data = {
        "fonts": {
            "title": choice.families[TITLE],
            "body": choice.families[BODY],
            "heading": choice.families[HEADING],
        },
        "title_weight": "bold" if TITLE in {font.name for font in choice.missing} else "regular",
        "pictures": [list(picture) for picture in pictures],
        "papers": told,
    }
    made = set_pdf(_TEMPLATE.read_bytes(), json.dumps(data, ensure_ascii=False), day, lacking=lacking)
    return Pdf(made, _missing(choice), lacking)


def missing_here() -> tuple[Missing, ...]:
    """Return the fonts of sheets that this machine lacks, and what they are set in instead."""
    return _missing(on_this_machine())


def _missing(choice: FontChoice) -> tuple[Missing, ...]:
    return tuple(font for font in choice.missing if font.name in _FONTS)


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"


def _paper(paper: SheetPaper, pictures: dict[bytes, int]) -> dict[str, Any]:
    return {
        "title": paper.title,
        "lines": list(paper.lines),
        "entries": _entries(paper.entries, pictures),
        "table": None if paper.table is None else _table(paper, paper.table, pictures),
        "after": _entries(paper.after, pictures),
        "foot": list(paper.signs),
        "note": paper.note,
        "lacking": "",
        "qr": None
        if paper.qr is None
        else {"rows": list(modules(paper.qr.address)), "caption": paper.qr.caption},
        "is_landscape": paper.is_landscape,
    }


def _entries(entries: Sequence[Entry], pictures: dict[bytes, int]) -> list[list[dict[str, Any]]]:
    return [
        [
            {"label": entry.label, "lines": entry.lines, **_cell(entry.value, Kind.TEXT, pictures)}
            for entry in line
        ]
        for line in pairs_of(entries)
    ]


def _cell(cell: Cell, kind: Kind, pictures: dict[bytes, int]) -> dict[str, Any]:
    """Return what a cell shows; a picture is told by its place among all, and held once."""
    picture = cell.picture if isinstance(cell, Signed) else b""
    place = pictures.setdefault(picture, len(pictures)) if picture else None
    return {"text": shown(cell, kind), "picture": place}


def _table(paper: SheetPaper, table: SheetTable, pictures: dict[bytes, int]) -> dict[str, Any]:
    aligned = {Kind.MONEY: "right", Kind.QUANTITY: "center", Kind.DAY: "center", Kind.SIGN: "center"}
    is_tied = bool(table.parts) and not paper.after
    return {
        "ties": ties_of(paper, table, with_foot=is_tied),
        "is_tied": is_tied,
        "headings": [column.heading for column in table.columns],
        "widths": widths_of(table, _room(paper), digit=_DIGIT, beside=_BESIDE),
        "aligned": [
            "center" if column.is_centred else aligned.get(column.kind, "left") for column in table.columns
        ],
        "parts": [_part(table, part, pictures) for part in table.parts],
    }


def ties_of(paper: SheetPaper, table: SheetTable, *, with_foot: bool) -> list[int]:
    """Return for each printed row how many from here on stand on one page, 0 where an earlier row holds it.

    A title stands with the first rows below it; sums, and who signs at the end, with the last rows above.
    What is so tall that it might not go on one page is left to break between its rows.
    """
    ties: list[int] = []
    for nth, part in enumerate(table.parts, 1):
        rows = list(stretches(table, part))
        starts = [place for place, (_row, height) in enumerate(rows) if height]
        tall = [_tallness(paper, table, row) for row, _height in rows]
        below = sum(2 if total.words else 1 for total in part.totals)
        is_end = with_foot and nth == len(table.parts)
        first = rows[0][1] if rows and part.title and sum(tall[: rows[0][1]]) <= _TIED else 0
        last = len(rows) - starts[-1] if rows and sum(tall[starts[-1] :]) <= _TIED else 0
        foot = int(is_end and _lines(paper.note, _across(paper)) <= _NOTE)
        head = int(bool(part.title))
        whole = head + len(rows) + below + int(is_end)
        spans = [(0, head + first), (head + len(rows) - last, last + below + foot)]
        if spans[0][1] > spans[1][0]:  # one group alone, under its title
            spans = [(0, whole - int(is_end) + foot)]
        found = [1] * head + [height for _row, height in rows] + [1] * (below + int(is_end))
        for start, length in spans:
            if length > 1:
                found[start : start + length] = [length] + [0] * (length - 1)
        ties += found
    return ties


def _room(paper: SheetPaper) -> float:
    """Return the width between the margins, in mm."""
    return 267.0 if paper.is_landscape else 175.0


def _across(paper: SheetPaper) -> float:
    """Return how many Chinese characters of the small size go across the page."""
    return 84.0 if paper.is_landscape else 55.0


def _lines(text: str, room: float) -> int:
    return math.ceil(width_of(text) / max(1.0, room))


def _tallness(paper: SheetPaper, table: SheetTable, row: Sequence[Cell]) -> float:
    """Return about how tall a row is, in mm, rather too much than too little."""
    whole = sum(column.width for column in table.columns)
    lines = (
        _lines(shown(cell, column.kind), _across(paper) * column.width / whole - 1)
        for column, cell in zip(table.columns, row, strict=True)
    )
    signs = any(isinstance(cell, Signed) and cell.picture for cell in row)
    return max(_SIGNED, max(lines) * _LINE + _PADDING) + (_PICTURE if signs else 0)


def _part(table: SheetTable, part: Part, pictures: dict[bytes, int]) -> dict[str, Any]:
    rows = []
    for row, height in stretches(table, part):
        cells = [
            {
                "column": place,
                "height": height if column.is_shared else 1,
                **_cell(cell, column.kind, pictures),
            }
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True))
            if height or not column.is_shared
        ]
        rows.append({"cells": cells, "least": _least(table, height)})
    return {
        "title": part.title,
        "rows": rows,
        "is_struck": part.is_struck,
        "totals": [_total(table, total) for total in part.totals],
    }


def _least(table: SheetTable, height: int) -> float:
    """Return how tall a row is at least, in mm: room for a hand to sign, alone or over the rows together."""
    signs = any(column.kind is Kind.SIGN for column in table.columns)
    return _SIGNED if signs and height == 1 else _PRINTED


def _total(table: SheetTable, total: Total) -> dict[str, Any]:
    """Return a line of sums: its label runs up to the first figure, what is said in capitals stands below."""
    figures = dict(total.figures)
    first = min(figures, default=len(table.columns))
    return {
        "label": total.label,
        "words": total.words,
        "span": first,
        "figures": [
            shown(figures.get(place), column.kind)
            for place, column in enumerate(table.columns)
            if place >= first
        ],
    }
