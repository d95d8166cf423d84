"""What was typed into the form of a standard: parts with rows, which can be added, moved and taken out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from songnuan.benefits.standardfile import StandardFile
from songnuan.benefits.words import to_decide
from songnuan.kernel.money import yuan
from songnuan.web.moved_rows import Typed, act_of, act_on, places

ROWS_MOST, PARTS_MOST = 50, 8
"""What fits into a page that is handed in; what has more is written as a workbook or a file."""
COLUMNS = (
    "key",
    "title",
    "amount",
    "factor",
    "days_least",
    "places",
    "posts",
    "categories",
    "contact",
    "relations",
)


@dataclass(slots=True)
class Part:
    """A part as it was typed: by what it is counted, and its rows, each by column."""

    by: str = "once"
    rows: list[Typed] = field(default_factory=list)


def typed_of(told: StandardFile) -> list[Part]:
    """Return the parts of a standard as one would type them."""
    return [
        Part(
            part.by.value,
            [
                {
                    "key": row.key,
                    "title": row.title,
                    "amount": to_decide() if row.amount is None else yuan(row.amount),
                    "factor": "" if row.factor == 1 else str(row.factor),
                    "days_least": str(row.days_least or ""),
                    "places": "、".join(row.places),
                    "posts": "、".join(row.posts),
                    "categories": "、".join(row.categories),
                    "contact": "" if row.contact is None else ("yes" if row.contact else "no"),
                    "relations": [one.value for one in row.relations],
                }
                for row in part.rows
            ],
        )
        for part in told.parts
    ]


def typed_parts(told: StandardFile | None) -> list[Part]:
    """Return the parts to begin with: those of a standard, or an empty row to write the first one in."""
    return typed_of(told) if told else [Part(rows=[{}])]


def posted(data: Mapping[str, Any]) -> list[Part]:
    """Return the parts that were handed in; a row of a part that is not there is of the last."""
    numbers = places(data, "parts", "by")[:PARTS_MOST]
    parts = {place: Part(str(data.get(f"parts-{place}-by", ""))) for place in numbers} or {0: Part()}
    for row in places(data, "rows", "part")[:ROWS_MOST]:
        told = str(data.get(f"rows-{row}-part", ""))
        place = int(told) if re.fullmatch(r"[0-9]{1,3}", told) and int(told) in parts else max(parts)
        parts[place].rows.append({name: _value(data, f"rows-{row}-{name}", name) for name in COLUMNS})
    return list(parts.values())


def _value(data: Mapping[str, Any], name: str, column: str) -> Any:  # noqa: ANN401 - text, or a list of words
    if column == "relations":
        return data.getlist(name) if isinstance(data, QueryDict) else data.get(name, [])
    return data.get(name, "")


def flat(parts: list[Part]) -> Typed:
    """Return the parts as the inputs of the form have them: rows are numbered through all parts."""
    found: Typed = {}
    place = 0
    for number, part in enumerate(parts):
        found[f"parts-{number}-by"] = part.by
        for row in part.rows:
            found[f"rows-{place}-part"] = str(number)
            found |= {f"rows-{place}-{name}": value for name, value in row.items()}
            place += 1
    return found


def says_nothing(row: Typed) -> bool:
    """Return whether nothing was typed into a new row; one that stood before is taken out by its button."""
    return not any(row.values())


def rearranged(parts: list[Part], act: str) -> bool:
    """Add, move or take out what a button names, such as “up-3”; return whether it names anything."""
    verb, place = act_of(act)
    if verb == "part":
        if len(parts) < PARTS_MOST and _count(parts) < ROWS_MOST:
            parts.append(Part(rows=[{}]))
        return True
    if verb == "add":
        if place < len(parts) and _count(parts) < ROWS_MOST:
            parts[place].rows.append({})
        return True
    for part, at in _spots(parts, place):
        act_on(part.rows, at, verb)
        if not part.rows and len(parts) > 1:
            parts[:] = [one for one in parts if one is not part]
        elif not part.rows:
            part.rows.append({})  # a standard with nothing to type into would be a dead end
    return bool(verb)


def _count(parts: list[Part]) -> int:
    return sum(len(part.rows) for part in parts)


def _spots(parts: list[Part], place: int) -> Iterator[tuple[Part, int]]:
    """Yield the part of a row, and where it stands there, by its number through all parts."""
    for part in parts:
        if place < len(part.rows):
            yield part, place
            return
        place -= len(part.rows)
