"""How much room a sheet to take along (走访单) leaves to write: as much as keeps it on one page."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songnuan.documents.sheet_paper import Entry, pairs_of, shown
from songnuan.documents.titles import width_of

_ACROSS, _HALF = 38, 15  # characters that fit beside a label, alone in its line and with another one
_ITEM = 20  # characters of the small size in the column of the checklist
_ROW = 0.6  # how much taller a row is than its lines, in lines
_CHECK = 0.75  # how tall a line of the small size is, in lines
# What stands above the writing of a sheet on which nothing runs to a second line, and what more the page
# holds before less is left to write, in lines.
_PLAIN, _SPARE = 17.5, 3


@dataclass(frozen=True, slots=True)
class Room:
    """Lines left to write what the unit tells of its work and life, and what it asks for."""

    told: int
    raised: int


def room_beside(entries: Iterable[Entry], checks: Sequence[str]) -> Room:
    """Return the room that is left below these facts and this checklist.

    Both areas give way in turn, what the unit asks for first; two lines stay to each. What is longer
    still goes on on a second page.
    """
    facts = sum(_lines(pair) + _ROW for pair in pairs_of(entries))
    items = sum(math.ceil(width_of(text) / _ITEM) * _CHECK + _ROW + 0.25 for text in checks)
    over = math.ceil(facts + items - _PLAIN - _SPARE)
    less = min(4, max(0, over))
    return Room(told=4 - less // 2, raised=4 - (less + 1) // 2)


def _lines(pair: Sequence[Entry]) -> int:
    """Return how many lines the longer of the facts in a line of the sheet takes."""
    across = _ACROSS if len(pair) == 1 and pair[0].is_wide else _HALF
    return max(max(1, math.ceil(width_of(shown(entry.value)) / across)) for entry in pair)
