"""Writes the file of a standard from its entries; one that stands keeps its comments and way of writing."""

import re
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from typing import Any

from songnuan.benefits.standardfile import OPEN, RowEntry
from songnuan.kernel.money import HALF_WIDTH, parse_yuan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.rewriting import Change, Entries, fill, free_key, rewritten, snippet
from songnuan.plans.yamltext import outline

HEAD = ("slug", "title", "starts_on", "ends_on")
BASIS = ("title", "number", "issuer", "dated_on")
LIMITS = ("ceiling", "ceiling_basis", "cap_time", "cap_year")
ROW = (
    "key",
    "title",
    "amount",
    "factor",
    "places",
    "posts",
    "categories",
    "relations",
    "contact",
    "days_least",
)
_MONEY = frozenset({"amount", "ceiling", "cap_time", "cap_year"})
_TO_DECIDE = "XX"
_WHOLE = re.compile(r"[0-9]{1,9}")
BETWEEN = re.compile(r"[,，、;；\n]")


def amount_entry(text: str) -> int | str:
    """Return an amount as a file writes it; what is none stays as it was typed, for the reader to refuse."""
    plain = text.strip()
    if plain in OPEN:
        return _TO_DECIDE
    try:
        return _in_yuan(parse_yuan(plain))
    except Refusal:
        return plain


def number_entry(text: str) -> int | str:
    """Return a whole number as a file writes it; what is none stays as it was typed."""
    plain = text.translate(HALF_WIDTH).strip()
    return int(plain) if _WHOLE.fullmatch(plain) else text.strip()


def parted(text: str) -> list[str]:
    """Return the names that stand side by side in a text, such as 湖北、武汉."""
    return [name for part in BETWEEN.split(text) if (name := " ".join(part.split()))]


def _in_yuan(minor: int) -> int | str:
    whole, rest = divmod(minor, 100)
    return f"{whole}.{rest:02}" if rest else whole


def row_entries(row: RowEntry) -> Entries:
    """Return what a row says, as a file writes it."""
    found = {name: _written(getattr(row, name), name) for name in ROW}
    found["amount"] = _TO_DECIDE if row.amount is None else _in_yuan(row.amount)
    found["factor"] = row.factor if row.factor != 1 else None
    found["days_least"] = row.days_least or None
    return _without(found)


def _written(value: Any, name: str) -> Any:  # noqa: ANN401 - any part of a file
    if isinstance(value, list):
        return [str(getattr(one, "value", one)) for one in value] or None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return _in_yuan(value) if name in _MONEY and isinstance(value, int) else value


def _without(entries: Mapping[str, Any]) -> Entries:
    return {name: value for name, value in entries.items() if value is not None}


def new_key(number: int, place: int, taken: Collection[str]) -> str:
    """Return a key for a new row: of the version that brings it, and its place; the same whenever asked."""
    stem = f"row_{number}_{place}"
    return free_key(stem, taken, bare=True)


def written(wanted: Entries, before: str = "") -> str:
    """Return the file of a standard that says what is wanted.

    Args:
        wanted: The entries, as the file writes them; what is left out is not written.
        before: The file that stands. Where it says the same already it is returned as it is.

    Raises:
        PlanRefused: When the file that stands is none.

    """
    if not before:
        order = (*HEAD, "basis", *LIMITS, "parts")
        return snippet({name: wanted[name] for name in order if name in wanted})
    said, change = outline(before).data, _change(wanted)
    if not isinstance(said, dict):
        return written(wanted)
    after = deepcopy(said)
    change(after)
    return before if after == said else rewritten(before, change)


def _change(wanted: Entries) -> Change:
    def change(entries: Entries) -> None:
        _set(entries, {name: wanted.get(name) for name in (*HEAD, *LIMITS)})
        told = wanted.get("basis") or {}
        if not isinstance(entries.get("basis"), dict):
            entries["basis"] = {}
        _set(entries["basis"], {name: told.get(name) for name in BASIS})
        _set_parts(entries, wanted.get("parts") or [])

    return change


def _set(entry: Entries, values: Mapping[str, Any]) -> None:
    """Fill an entry; an amount that is the same in yuan keeps its way of writing."""
    fill(entry, {name: value for name, value in values.items() if not _is_same(entry.get(name), value, name)})


def _is_same(before: object, now: object, name: str) -> bool:
    if name not in _MONEY or before is None or now is None:
        return False
    return amount_entry(str(before)) == amount_entry(str(now))


def _set_parts(entries: Entries, wanted: Sequence[Entries]) -> None:
    """Write the parts anew: a row keeps what the file says of it wherever it stands now, by its key."""
    if not isinstance(entries.get("parts"), list):
        entries["parts"] = []
    parts: list[Entries] = entries["parts"]
    known = {
        str(row.get("key")): row
        for part in parts
        for row in (part.get("rows") or [])
        if isinstance(row, dict) and row.get("key") is not None
    }
    del parts[len(wanted) :]
    for place, told in enumerate(wanted):
        if place == len(parts):
            parts.append({})
        fill(parts[place], {"by": told.get("by")})
        rows = [_row(known.pop(str(row.get("key")), {}), row) for row in told.get("rows") or []]
        _put(parts[place], rows)


def _row(entry: Entries, told: Entries) -> Entries:
    _set(entry, {name: told.get(name) for name in ROW})
    return entry


def _put(part: Entries, rows: Sequence[Entries]) -> None:
    """Set the rows of a part; one that stays where it was is left alone, with the comments around it."""
    there = part.get("rows")
    if not isinstance(there, list):
        part["rows"] = list(rows)
        return
    for place, row in enumerate(rows):
        if place == len(there):
            there.append(row)
        elif there[place] is not row:
            there[place] = row
    del there[len(rows) :]
