"""Rows with problems as they stand in the sheet: column letters, row numbers, its headings, its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from songnuan.documents.columns import letter


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong in a row. `place` is the column from 0; None where the sheet has no such column."""

    place: int | None
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Told:
    """A row as it was read: its number from 1, its cells, what is wrong, and what was put in by place.

    `texts` are empty where the cells are not kept.
    """

    number: int
    texts: Sequence[str]
    marks: Sequence[Mark]
    mended: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Head:
    """One column: its letter as in a spreadsheet, and its heading."""

    letter: str
    heading: str
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `field` is what it tells, "" where it can't be mended; `marks` are sentences.

    A frozen one stays where it is while the others are pushed sideways.
    """

    text: str
    label: str
    anchor: str
    field: str = ""
    marks: tuple[str, ...] = ()
    mended: bool = False
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `whole` are sentences about no column of the sheet; `said` is what became of a mended one."""

    sheet: str
    number: int
    anchor: str
    cells: tuple[Cell, ...]
    whole: tuple[str, ...] = ()
    said: str = ""

    @property
    def sound(self) -> bool:
        """Return whether nothing is wrong in it any more."""
        return not self.whole and not any(cell.marks for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Layer:
    """What the grid knows of a sheet.

    `private` are places whose values are hidden where nothing is wrong; `name` is where the names stand.
    """

    sheet: str
    order: int
    header_row: int
    headings: Sequence[str]
    private: frozenset[int] = frozenset()
    name: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet's rows with problems. `name` is the sheet's where there is more than one, else ""."""

    sheet: str
    name: str
    header_row: int
    heads: tuple[Head, ...]
    rows: list[Row] = field(default_factory=list)


def heads(layer: Layer, width: int = 0) -> tuple[Head, ...]:
    """Return the columns of a sheet, at least `width` of them."""
    count = max(len(layer.headings), width)
    return tuple(
        Head(letter(place), _heading(layer, place), frozen=place == layer.name) for place in range(count)
    )


def row_of(layer: Layer, told: Told) -> Row:
    """Return a row of a sheet as the page shows it."""
    by_place: dict[int, list[Mark]] = {}
    for mark in told.marks:
        if mark.place is not None:
            by_place.setdefault(mark.place, []).append(mark)
    width = max([len(layer.headings), len(told.texts), *(place + 1 for place in by_place)])
    cells = tuple(_cell(layer, told, place, by_place.get(place, ())) for place in range(width))
    whole = tuple(mark.sentence for mark in told.marks if mark.place is None)
    return Row(layer.sheet, told.number, _anchor(layer, told), cells, whole)


def _anchor(layer: Layer, told: Told) -> str:
    return f"row-{layer.order}-{told.number}"


def _cell(layer: Layer, told: Told, place: int, marks: Sequence[Mark]) -> Cell:
    text = told.mended.get(place, told.texts[place] if place < len(told.texts) else "")
    if not marks and place in layer.private:
        text = hidden(text)
    return Cell(
        text=text,
        label=f"{letter(place)} {_heading(layer, place)}".strip(),
        anchor=f"{_anchor(layer, told)}-{letter(place)}",
        field=marks[0].field if marks else "",
        marks=tuple(dict.fromkeys(mark.sentence for mark in marks)),
        mended=place in told.mended,
        frozen=place == layer.name,
    )


def _heading(layer: Layer, place: int) -> str:
    return layer.headings[place] if place < len(layer.headings) else ""


def hidden(text: str) -> str:
    """Return a private value in order: only its last four characters, where there are more than six."""
    return f"…{text[-4:]}" if len(text) > 6 else "…" if text else ""
