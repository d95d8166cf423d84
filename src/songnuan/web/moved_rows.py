"""Rows on a form that can be added, moved and taken out.

No script is needed for it: each is a button that hands the form in, and the page comes back with all that was
typed in its new place. Nothing is judged on the way.
"""

import re
from collections.abc import Mapping
from typing import Any

_ACT = re.compile(r"(part|add|remove|up|down)(?:-([0-9]{1,3}))?")

Typed = dict[str, Any]


def act_of(text: str) -> tuple[str, int]:
    """Return what a button does, and with which row, from its value such as “up-3”; empty for none."""
    match = _ACT.fullmatch(text)
    return (match[1], int(match[2] or 0)) if match else ("", 0)


def act_on(rows: list[Typed], place: int, verb: str) -> None:
    """Remove a row, or move it up or down."""
    if verb == "remove":
        del rows[place]
        return
    there = place + (-1 if verb == "up" else 1)
    if 0 <= there < len(rows):
        rows.insert(there, rows.pop(place))


def places(data: Mapping[str, Any], rows: str, column: str) -> list[int]:
    """Return the numbers of the rows that were handed in: those that have an input of this column."""
    name = re.compile(rf"{rows}-([0-9]{{1,3}})-{column}")
    return sorted(int(match[1]) for one in data if (match := name.fullmatch(one)))


def renumbered(data: Any, rows: Typed, kinds: tuple[str, ...]) -> Any:  # noqa: ANN401 - as Django's
    """Return what was posted with its rows numbered as the form numbers them, whatever gaps were sent."""
    if data is None:
        return None
    made = data.copy()
    for name in [name for name in made if name.startswith(kinds)]:
        del made[name]
    for name, value in rows.items():
        made.setlist(name, value if isinstance(value, list) else [value])
    return made
