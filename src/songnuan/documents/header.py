"""Finds the headings of a table among the first rows of a sheet: below titles, in one line or in two.

What a heading means is told by `headings`, whose Field, Layout and `normal` are at hand here too.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from types import MappingProxyType
from typing import Final, NamedTuple

from songnuan.documents.headings import (
    ANY,
    Field,
    Label,
    Layout,
    Meaning,
    Party,
    fields_of,
    group_party,
    is_group,
    likeness,
    meanings,
    normal,
    shown,
)
from songnuan.documents.reading import Odd
from songnuan.kernel.cells import Cell

__all__ = ["ANY", "HEADER_WITHIN", "Field", "Header", "Layout", "Party", "find_header", "normal", "shown"]

Rows = Sequence[Sequence[Cell | Odd]]

HEADER_WITHIN: Final = 30
LIKELY: Final = 75
"""From this likeness on a heading is taken for a spelling of another; see `headings.likeness`."""

_NO_WORD = re.compile(r"\d{3}|^.{21}|^\d+$")
_DATA = re.compile(r"(?:\d[^\d]?){6}|^[\d.]+$|\d[-./年]\d")
_BELOW = 12  # rows below the headings that are looked at
_FIELD, _DOUBTFUL_FIELD, _NO_FIELD = 4, 2, 1  # points
_SURE = 3  # fields that make a row of headings whatever stands below it


@dataclass(frozen=True)
class Header:
    """The headings of a table: the number of their last line from 1, and one for each column, as shown.

    Where they stand in two lines, `groups` holds what stands above each column, "" for nothing. A heading
    that stands below several groups is then “group/heading”.
    """

    row: int
    lines: int
    headings: tuple[str, ...]
    groups: tuple[str, ...] = ()

    @property
    def labels(self) -> list[Label]:
        """The headings apart from their groups."""
        groups = self.groups or ("",) * len(self.headings)
        return [
            Label(heading, heading.removeprefix(f"{group}/") if group else heading, group)
            for heading, group in zip(self.headings, groups, strict=True)
        ]


class _Guess(NamedTuple):
    """Rows that could be the headings, what they name, and how well they fit."""

    header: Header
    fields: Mapping[int, str]
    points: int
    joined: bool

    def is_better(self, best: "_Guess") -> bool:
        """Return whether these are rather the headings than those found above; of equals the first are.

        Of the same row with and without the one above, that is taken with it only when something joins them.
        """
        if self.points != best.points or self.header.row - self.header.lines >= best.header.row:
            return self.points > best.points
        return (self.joined, -self.header.lines) > (best.joined, -best.header.lines)


def find_header(rows: Rows, layout: Layout, known: Mapping[str, str] = MappingProxyType({})) -> Header | None:
    """Return the headings of a table, or None when there are none among the first `HEADER_WITHIN` rows.

    Args:
        rows: The first rows of a sheet from row 1 on; some below the headings help to tell them.
        layout: What the table should tell.
        known: Normal headings to the fields that an office said they tell, "" for none.

    """
    lines = [[shown(cell) for cell in row] for row in rows[: HEADER_WITHIN + 1 + _BELOW]]
    best: _Guess | None = None
    for guess in _guesses(lines, layout, known):
        if (best is None or guess.is_better(best)) and _holds(guess, lines, layout):
            best = guess
    return best.header if best else _by_likeness(lines, layout)


def _guesses(lines: list[list[str]], layout: Layout, known: Mapping[str, str]) -> Iterator[_Guess]:
    """Yield each row, and each two rows, in which a field is named."""
    for top, upper in enumerate(lines[:HEADER_WITHIN]):
        if not any(upper):
            continue
        single = [Label(cell, cell) for cell in upper]
        lower = lines[top + 1] if top + 1 < len(lines) else []
        double = _two_lines(upper, lower, layout) if any(lower) and not any(map(_DATA.search, upper)) else []
        for labels, last in ((single, top), (double, top + 1)):
            if last >= HEADER_WITHIN:
                continue
            bare = _without_repetition(labels, lines[last + 1 :])
            told = meanings(bare, layout, known)
            fields = {place: meaning.field for place, meaning in enumerate(told) if meaning.field}
            if fields:
                joined = last > top and _are_joined(upper, lower, bare, layout)
                header = _header(bare, last + 1, 1 + last - top)
                yield _Guess(header, fields, _points(bare, told), joined)


def _points(labels: list[Label], told: list[Meaning]) -> int:
    """Return how much a row looks like headings. 联系人：张三  电话：138… above a table looks less so."""
    points = 0
    for label, meaning in zip(labels, told, strict=True):
        if meaning.field:
            points += _DOUBTFUL_FIELD if label.leaf.endswith((":", "：")) else _FIELD
        elif meaning.field is not None or meaning.settled:
            points += _NO_FIELD
    return points


def _two_lines(upper: list[str], lower: list[str], layout: Layout) -> list[Label]:
    """Return the headings of two lines.

    A group stands above its first column or, merged, above all of them. What has no second line stands in the
    first, or in both.
    """
    labels, group = [], ""
    merged = any(above and above == right for above, right in pairwise(upper))
    for above, below in zip_longest(upper, lower, fillvalue=""):
        if above or merged or _is_of_the_row(below, layout):
            group = above if below and below != above else ""
        own = below if below and below != above else ""
        labels.append(Label("", own, group) if own else Label("", above))
    groups = {label.group for label in labels if label.leaf}
    if len(groups) == 1:  # a title above all columns
        groups = set()
    named = {group for group in groups if is_group(normal(group))}
    often = Counter(label.leaf or label.group for label in labels)
    return [
        Label(f"{label.group}/{label.leaf}" if often[label.leaf] > 1 else label.leaf, label.leaf, label.group)
        if label.group in named
        else Label(label.leaf, label.leaf)
        for label in labels
    ]


def _is_of_the_row(heading: str, layout: Layout) -> bool:
    """Return whether a heading is about nobody, such as 备注, and so ends a group to its left."""
    fields = fields_of(heading, layout)
    return bool(fields) and all(layout.by_name[field].party == ANY for field in fields)


def _are_joined(upper: list[str], lower: list[str], labels: list[Label], layout: Layout) -> bool:
    """Return whether two lines belong together: a group says whom it is about, or one stands in both."""
    return any(label.group and group_party(layout, label.group) is not None for label in labels) or any(
        above and above == below for above, below in zip(upper, lower, strict=False)
    )


def _without_repetition(labels: list[Label], below: list[list[str]]) -> list[Label]:
    """Return the headings without those that a merged cell repeats above a column with nothing in it."""
    kept = list(labels)
    for place in range(1, len(labels)):
        label = labels[place]
        if label == labels[place - 1] and not any(row[place] for row in below if place < len(row)):
            kept[place] = Label("", "")
    return kept


def _header(labels: list[Label], row: int, lines: int) -> Header:
    headings = tuple(label.heading for label in labels)
    return Header(row, lines, headings, tuple(label.group for label in labels) if lines == 2 else ())


def _holds(guess: _Guess, lines: list[list[str]], layout: Layout) -> bool:
    """Return whether few fields make headings: one is enough if it is required and stands among words."""
    if len(guess.fields) >= _SURE:
        return True
    if _explains(lines, guess.header.row - 1, guess.fields, layout):
        return False
    if len(guess.fields) > 1:
        return True
    (field,) = guess.fields.values()
    below = lines[guess.header.row : guess.header.row + _BELOW]
    return layout.by_name[field].required and _are_words(guess.header.headings) and any(map(any, below))


def _explains(lines: list[list[str]], row: int, places: Iterable[int], layout: Layout) -> bool:
    """Return whether a row stands among headings below one another, each explained in a row of its own."""
    for place in places:
        column = [fields_of(line[place], layout) for line in lines if place < len(line)]
        own = fields_of(lines[row][place], layout) if place < len(lines[row]) else frozenset()
        if len({fields for fields in column if fields and fields != own}) > 1:
            return True
    return False


def _are_words(cells: Sequence[str]) -> bool:
    """Return whether these could be headings: some short words, none of them twice, no numbers."""
    words = [cell for cell in cells if cell]
    return len(set(words)) == len(words) and not any(map(_NO_WORD.search, words))


def _by_likeness(lines: list[list[str]], layout: Layout) -> Header | None:
    """Return the row whose words are the most alike to headings; None when hardly any is."""
    best, most = None, 0
    for place, cells in enumerate(lines[:HEADER_WITHIN]):
        if sum(map(bool, cells)) < 2 or not _are_words(cells) or not any(map(any, lines[place + 1 :])):
            continue
        alike = [likeness(cell, layout) for cell in cells if cell]
        fields = {field for scores in alike for field, score in scores.items() if score >= LIKELY}
        if len(fields) > most and not _explains(lines, place, range(len(cells)), layout):
            best, most = place, len(fields)
    return None if best is None else _header([Label(cell, cell) for cell in lines[best]], best + 1, 1)
