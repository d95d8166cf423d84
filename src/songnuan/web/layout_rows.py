"""What was typed into the form of a layout of bank files: its columns, which can be added, moved, taken out.

What a cell of the total says stands with its column.
"""

from collections.abc import Mapping
from typing import Any

from songnuan.benefits.writing import BETWEEN
from songnuan.payments.layouts.model import COLUMNS_MOST, Layout, Told
from songnuan.web.layout_words import told_words
from songnuan.web.moved_rows import Typed, act_of, act_on, places

NAMES = ("heading", "content", "text", "needed", "longest", "sum", "sum_text")
RESULTS = ("reference", "account", "name", "amount", "outcome", "reason", "paid", "failed", "waiting")
_NOTHING = frozenset({"", "-", "—", "－", "无", "不用"})


def typed_rows(layout: Layout | None) -> list[Typed]:
    """Return the columns to begin with: those of a layout, or three empty ones."""
    if layout is None:
        return [{"content": content} for content in ("account", "name", "amount")]
    totals = layout.total.cells if layout.total else ()
    return [
        {
            "heading": column.heading,
            "content": column.content.value,
            "text": column.text,
            "needed": column.needed,
            "longest": "" if column.longest is None else str(column.longest),
            "sum": totals[place].content.value if place < len(totals) else "empty",
            "sum_text": totals[place].text if place < len(totals) else "",
        }
        for place, column in enumerate(layout.columns)
    ]


def head_of(layout: Layout) -> Typed:
    """Return what a layout says besides its columns, as one would type it."""
    results, words = layout.results, told_words()
    return {
        "title": layout.title,
        "about": layout.note,
        "kind": layout.kind.value,
        "encoding": layout.encoding.value,
        "delimiter": layout.delimiter.value if layout.delimiter else "comma",
        "ending": layout.ending.value,
        "above": "\n".join(layout.above),
        "header": layout.header,
        "total": layout.total.place.value if layout.total else "",
        "money": layout.unit.value,
        "results_order": "、".join(words[Told(one)] if one else "—" for one in results.order),
        "results_top": str(results.top or ""),
        "results_unit": results.unit.value,
        **{f"results_{name}": "、".join(getattr(results, name)) for name in RESULTS},
    }


def posted(data: Mapping[str, Any]) -> list[Typed]:
    """Return the columns that were handed in."""
    found = places(data, "rows", "heading")[:COLUMNS_MOST]
    return [{name: data.get(f"rows-{place}-{name}", "") for name in NAMES} for place in found] or [{}]


def flat(rows: list[Typed]) -> Typed:
    """Return the columns as the inputs of the form have them."""
    return {f"rows-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}


def rearranged(rows: list[Typed], act: str) -> bool:
    """Add, move or take out what a button names, such as “up-3”; return whether it names anything."""
    verb, place = act_of(act)
    if verb == "add" and len(rows) < COLUMNS_MOST:
        rows.append({})
    elif verb in {"remove", "up", "down"} and place < len(rows):
        act_on(rows, place, verb)
        if not rows:
            rows.append({})  # a layout with nothing to type into would be a dead end
    return verb not in {"", "part"}


def order_of(text: str) -> list[str]:
    """Return what the columns of an answer tell, from words such as “账号、户名、—、结果”.

    A word that means none of them stays as it was typed, for the reader of layouts to refuse.
    """
    known = {word: what.value for what, word in told_words().items()}
    if not text.strip():
        return []
    words = [" ".join(part.split()) for part in BETWEEN.split(text)]
    return ["" if word in _NOTHING else known.get(word, word) for word in words]
