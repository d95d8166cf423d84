"""Says which column of a table tells which field, which rows are data, and what unknown headings may mean."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from types import MappingProxyType
from typing import Final

from songnuan.documents.header import LIKELY, Header, Rows
from songnuan.documents.headings import ANY, Field, Label, Layout, Meaning, likeness, meanings, normal, shown
from songnuan.documents.lines import is_stray, is_suspicious
from songnuan.documents.reading import Odd
from songnuan.kernel.cells import Cell

SAMPLES: Final = 3
PROBLEM_COLUMN: Final = frozenset({"问题", "problem"})
"""Normal headings of the column that `marking` adds; of a copy that comes back it is left out."""

_SAMPLE_MAX = 20  # characters
_BELOW = 60  # rows
_ALIKE = 55  # from this likeness on a heading counts beside cells that look like the field
_FEW, _MOST, _NEARLY_ALL = 0.3, 0.7, 0.85  # of the cells
_TWICE = 2
_BEGINNINGS_OF_TOTALS, _ENDS_OF_TOTALS = frozenset("合总總共累"), frozenset("计計")
_DIGITS = re.compile(r"(?:\D*\d){6}")
_HELP = re.compile(
    r"说明|示例|样例|样表|范例|范本|举例|代码|字典|码表|下拉|选项|参数|枚举|帮助|数据源|基础数据|数据有效性|须知|注意事项"
    r"|问题一览|readme|help|instruction|guide|example|sample|lookup|dictionary|options|problems"
)


@dataclass(frozen=True)
class Unknown:
    """A column of which nothing is read: its place from 0 and its heading.

    `proposal` is the field it might tell, to be confirmed ("" none). `samples` are up to three different
    cells, none where they look personal. `again` is the field it means that another column tells already: a
    second column of names is a second table beside the first, or somebody else.
    """

    place: int
    heading: str
    proposal: str = ""
    samples: tuple[str, ...] = ()
    again: str = ""


@dataclass(frozen=True)
class Columns:
    """Where each field stands, from 0, and under which heading.

    `unknown` are the other columns, but for those that an office said to leave out. `missing` are required
    fields without a column; of a set of which one is enough, the first. `repeats` are the texts of the
    headings and of the titles above, by which `is_data` knows them when they come again.
    """

    places: Mapping[str, int]
    headings: Mapping[str, str]
    unknown: tuple[Unknown, ...] = ()
    missing: tuple[str, ...] = ()
    repeats: frozenset[str] = frozenset()


def match(
    header: Header,
    layout: Layout,
    known: Mapping[str, str] = MappingProxyType({}),
    rows: Rows = (),
) -> Columns:
    """Return which column tells which field.

    Args:
        header: What `find_header` found.
        layout: What the table should tell.
        known: Normal headings to the fields that an office said they tell, "" for none.
        rows: The first rows of the sheet from row 1 on, as given to `find_header`.

    """
    labels = header.labels
    told = meanings(labels, layout, known)
    places = {meaning.field: place for place, meaning in enumerate(told) if meaning.field}
    columns = Columns(
        places=places,
        headings={field: labels[place].heading for field, place in places.items()},
        missing=_missing(layout, places),
        repeats=_repeats(header, rows),
    )
    below = [row for row in rows[header.row : header.row + _BELOW] if is_data(row, columns, layout)]
    cells = {
        place: _filled(place, below)
        for place, (label, meaning) in enumerate(zip(labels, told, strict=True))
        if label.leaf and meaning.field is None and normal(label.leaf) not in PROBLEM_COLUMN
    }
    proposals = _proposals(labels, told, cells, layout)
    unknown = []
    for place, values in cells.items():
        proposal = proposals.get(place, "")
        samples = () if _is_personal(values, proposal, layout) else _samples(values)
        unknown.append(Unknown(place, labels[place].heading, proposal, samples, told[place].again))
    return replace(columns, unknown=tuple(unknown))


def letter(place: int) -> str:
    """Return the letters of a column from 0: A, B … Z, AA …."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters


def is_data(
    cells: Sequence[Cell | Odd],
    columns: Columns,
    layout: Layout,  # noqa: ARG001 - the same words close the tables of every layout
) -> bool:
    """Return whether a row below the headings tells of somebody.

    It does not when it is empty or merely counted, a total, a line of signatures, a note, an example, or
    headings printed again. It is called for each of a million rows: most are told by their first cell.
    """
    place = 0
    for first in cells:
        if first != "" and not (type(first) is str and first.isspace()):
            break
        place += 1
    else:
        return False
    name = columns.places.get("name")
    last = len(cells) - 1
    named = cells[name] if name is not None and name <= last else ""
    if type(first) is not str:
        if place == last:
            return False
        closer = first == 1
    else:
        closer = place == last or first in columns.repeats or first == cells[last] or is_suspicious(first)
    if not closer and type(named) is str:
        closer = named[-1:] in _ENDS_OF_TOTALS or named[:1] in _BEGINNINGS_OF_TOTALS
    if closer:
        return not is_stray(cells, columns.places, columns.repeats)
    return True


def is_help_sheet(name: str, has_header: bool) -> bool:  # noqa: FBT001 - what is asked, beside the name
    """Return whether a sheet only explains or is empty, so that it is left out when another has the table.

    `has_header`: a table was found in it; an example or a list of codes may have one too.
    """
    return not has_header or _HELP.search(normal(name)) is not None


def _missing(layout: Layout, found: Mapping[str, int]) -> tuple[str, ...]:
    """Return the required fields that no column tells."""
    missing = {field.name for field in layout.fields if field.required and field.name not in found}
    for some in layout.any_of:
        if not some & found.keys():
            missing.add(next(field.name for field in layout.fields if field.name in some))
    return tuple(field.name for field in layout.fields if field.name in missing)


def _repeats(header: Header, rows: Rows) -> frozenset[str]:
    """Return the texts down to the headings, as they stand in the cells and as they are shown."""
    cells = [cell for row in rows[: header.row] for cell in row if isinstance(cell, str)]
    leaves = [label.leaf for label in header.labels]
    return frozenset([*cells, *map(shown, cells), *leaves, *header.headings, *header.groups]) - {""}


def _filled(place: int, rows: Rows) -> list[Cell]:
    """Return the cells of a column that are filled."""
    cells = [_plain(row[place]) for row in rows if place < len(row)]
    return [cell for cell in cells if cell != ""]


def _plain(cell: Cell | Odd) -> Cell:
    if isinstance(cell, Odd):
        return cell.value if cell.kind == "formula" else ""
    return "" if isinstance(cell, str) and cell.isspace() else cell


def _proposals(
    labels: Sequence[Label], told: Sequence[Meaning], cells: Mapping[int, list[Cell]], layout: Layout
) -> dict[int, str]:
    """Return the field that each column might tell, by its heading and its cells; each field once."""
    found = {meaning.field for meaning in told}
    scored = []
    for place, values in cells.items():
        if told[place].settled:
            continue
        alike = likeness(labels[place].leaf, layout)
        whole = likeness(labels[place].heading, layout) if labels[place].group else {}
        shares = {field.name: _share(field, values) for field in layout.fields if field.looks}
        looking = [name for name, share in shares.items() if share >= _NEARLY_ALL]
        for field in layout.fields:
            if field.name in found or told[place].party not in (None, field.party, ANY):
                continue
            likely = max(alike.get(field.name, 0), whole.get(field.name, 0))
            share = shares.get(field.name) if values else None
            telling = len(values) >= _TWICE and looking == [field.name]
            if score := _score(likely, share, telling=telling):
                scored.append((score, -place, field.name))
    taken: dict[int, str] = {}
    for _points, behind, name in sorted(scored, reverse=True):
        if -behind not in taken and name not in taken.values():
            taken[-behind] = name
    return taken


def _score(alike: float, share: float | None, *, telling: bool) -> float:
    """Return how well a column would do for a field, 0 for not at all.

    Args:
        alike: How alike its heading is to the field's, from 0 to 100.
        share: Which part of its cells look like the field; None when that is not known.
        telling: The cells alone say so: nearly all look like this field and like no other.

    """
    if share is None:
        return alike if alike >= LIKELY else 0
    if (alike >= LIKELY and share >= _FEW) or (alike >= _ALIKE and share >= _MOST) or telling:
        return alike + 100 * share
    return 0


def _share(field: Field, values: Sequence[Cell]) -> float:
    """Return which part of the cells look like a field."""
    if field.looks is None or not values:
        return 0
    return sum(map(field.looks, values)) / len(values)


def _is_personal(values: Sequence[Cell], proposal: str, layout: Layout) -> bool:
    """Return whether cells may hold what is nobody's business: a name, a number, an address."""
    return (
        (proposal != "" and layout.by_name[proposal].private)
        or any(_DIGITS.search(shown(value)) for value in values)
        or any(_share(field, values) >= _FEW for field in layout.fields if field.private)
    )


def _samples(values: Sequence[Cell]) -> tuple[str, ...]:
    """Return the first different cells."""
    return tuple(dict.fromkeys(shown(value)[:_SAMPLE_MAX] for value in values))[:SAMPLES]
