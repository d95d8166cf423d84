"""Makes the rows of a roster ready to be stored: cells are read, checked, sealed and given their indexes.

Pure but for the keys of the data folder, and without models, so that it runs in processes of its own
(`pool`). It is done for each row of files with a million of them: a text that comes again is read once,
and values are sealed a column at a time.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final
from unicodedata import normalize

import orjson

from songnuan.documents.columns import Columns, is_data
from songnuan.documents.reading import Odd, decode
from songnuan.kernel import cells as read
from songnuan.kernel.blocks import EMPTY, Block
from songnuan.kernel.faults import Fault, shown
from songnuan.kernel.sealing import seal_texts
from songnuan.people.columns import CELLS_PLACE, COLUMNS, FACTS_PLACE, PLACES, SEALED
from songnuan.people.fields import REPEATED, Parser, parsers
from songnuan.people.forms import LAYOUTS
from songnuan.people.keyed import fresh_keys, indexes, told_digests
from songnuan.people.telling import TELL, Column, Faults, Told

Cells = list[Any]

_REMEMBERED: Final = 20_000  # texts of one column that are read once
_BEFORE: Final = 3  # columns before those that `TELL` returns: sheet, row, state
_WORD: Final = 8  # no longer does a cell say that there is nothing


@dataclass(frozen=True, slots=True)
class Table:
    """How one sheet of a roster is read.

    `header` is the number of the last line of its headings. `mends` holds cells that were corrected by
    hand, by row from 1 and place from 0. `day` is the day the rows hold from: nobody is born after it.
    """

    kind: str
    sheet: str
    header: int
    columns: Columns
    day: dt.date
    mends: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of a table, as the reader sent them; `first` is the number of the first.

    `keep` asks for the rejected rows as they stand there.
    """

    table: Table
    first: int
    body: bytes
    keep: bool = True


@dataclass(slots=True)
class Prepared:
    """What a portion became.

    `rows` have their columns in the order of `COLUMNS` of the kind, `problems` are in that of
    `PROBLEM_COLUMNS`, `kept` in that of `KEPT_COLUMNS`: the rejected rows as they stand there. `lost` says
    that the program of the office destroyed identity numbers.
    """

    rows: Block = EMPTY
    problems: list[tuple[str, int, str, str, str, str]] = field(default_factory=list)
    kept: list[tuple[str, int, str]] = field(default_factory=list)
    lost: bool = False


def prepare(portion: Portion) -> Prepared:
    """Return what the rows of a portion become; what is wrong with them stands among the problems."""
    # What one column's texts say is remembered from one portion of a table to the next.
    if not _readers or _readers[0].table != portion.table:
        _readers[:] = [_Reader(portion.table)]
    return _readers[0].portion(portion)


def packed(cells: Cells) -> str:
    """Return a row's cells as they are kept: as one row of a frame's body."""
    options = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    return orjson.dumps(cells, default=_object, option=options).decode()


def unpacked(text: str) -> Cells:
    """Return the cells that `packed` kept."""
    return decode(f"[{text}]".encode())[0]


def _object(cell: object) -> dict[str, object]:
    """Return the object that stands for a cell that is no JSON, as in a frame's body."""
    if isinstance(cell, dt.datetime):
        return {"m": cell.isoformat()}
    if isinstance(cell, dt.date):
        return {"d": cell.isoformat()}
    if isinstance(cell, Odd):
        return {"e" if cell.kind == "error" else "f": cell.value}
    raise TypeError(type(cell).__name__)


class _Memory(dict[str, Any]):
    """What the texts of one column say, each read once; of a text that is wrong, the fault."""

    def __init__(self, parse: Parser, *, empty: bool) -> None:
        super().__init__({"": None})
        self._parse, self._empty = parse, empty
        self.faulty = False

    def __missing__(self, cell: str) -> Any:  # noqa: ANN401 - whatever the reader of the field makes
        try:
            value = None if self._empty and read.nothing(cell) else self._parse(cell)
        except Fault as fault:
            value = fault.with_traceback(None)
            self.faulty = True
        if len(self) < _REMEMBERED:
            self[cell] = value
        return value


class _Reader:
    """Reads the rows of one table, a column at a time."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._layout = LAYOUTS[table.kind]
        self._parsers = parsers(table.kind, table.day)
        # Of direct contact, 无 says no.
        self._memories = {
            name: _Memory(parse, empty=name != "direct_contact")
            for name, parse in self._parsers.items()
            if name in REPEATED
        }
        headings = {told.name: told.headings[0] for told in self._layout.fields}
        self._headings = {**headings, **table.columns.headings}

    def portion(self, portion: Portion) -> Prepared:
        """Read a portion."""
        table = self.table
        numbers, rows = self._rows(portion)
        faults = Faults({})
        told = self._told(rows, faults)
        blank = _blank(told, faults)
        if blank:
            numbers = [number for at, number in enumerate(numbers) if at not in blank]
            rows = [cells for at, cells in enumerate(rows) if at not in blank]
            faults = Faults({})
            told = self._told(rows, faults)
        size = len(rows)
        columns = TELL[table.kind](told, faults, table.day)
        self._believe_mends(columns, numbers)
        states = ["rejected" if at in faults.of else "new" for at in range(size)]
        columns = [[table.sheet] * size, numbers, states, *columns, [""] * size, fresh_keys(size)]
        _seal(table.kind, columns)
        done = Prepared(Block.by(size, columns))
        self._note(done, faults, numbers, rows if portion.keep else [])
        return done

    def _believe_mends(self, columns: list[Column], numbers: Sequence[int]) -> None:
        """Of a number that was put in by hand the zeros at the end are meant, however often it is read."""
        table = self.table
        told = table.columns.places
        places = {told[name] for name in ("id_number", "relative_id_number") if name in told}
        zeros = columns[COLUMNS[table.kind].index("id_zeros") - _BEFORE]
        for at, number in enumerate(numbers) if table.mends else ():
            if not places.isdisjoint(table.mends.get(number, ())):
                zeros[at] = 0

    def _rows(self, portion: Portion) -> tuple[list[int], list[Cells]]:
        """Return the rows that tell of somebody, with their numbers."""
        table, layout = self.table, self._layout
        numbers, rows = [], []
        header, mends, columns = table.header, table.mends, table.columns
        for number, cells in enumerate(decode(portion.body), portion.first):
            if number > header and cells:
                if number in mends:
                    _mend(cells, mends[number])
                if is_data(cells, columns, layout):
                    numbers.append(number)
                    rows.append(cells)
        return numbers, rows

    def _told(self, rows: list[Cells], faults: Faults) -> Told:
        """Return what the rows tell by field; what is wrong with their cells is noted."""
        by_place = list(zip_longest(*rows, fillvalue=""))
        places = self.table.columns.places
        told: Told = {}
        for name, parse in self._parsers.items():
            place = places.get(name, len(by_place))
            if place >= len(by_place):
                told[name] = [None] * len(rows)
                continue
            cells, memory = by_place[place], self._memories.get(name)
            if memory is None or set(map(type, cells)) != {str}:
                told[name] = _each(name, parse, cells, faults)
            else:
                told[name] = column = [memory[cell] for cell in cells]
                if memory.faulty:
                    _take_out(name, column, faults)
        return told

    def _note(self, done: Prepared, faults: Faults, numbers: list[int], rows: list[Cells]) -> None:
        """Put down what is wrong with which row, sealed."""
        sheet, headings = self.table.sheet, self._headings
        faulty = sorted(faults.of)
        found = [(numbers[at], wrong) for at in faulty for wrong in faults.of[at]]
        facts = seal_texts(FACTS_PLACE, [orjson.dumps(wrong.facts).decode() for _number, wrong in found])
        done.problems = [
            (sheet, number, headings[wrong.field], wrong.field, wrong.code, sealed)
            for (number, wrong), sealed in zip(found, facts, strict=True)
        ]
        done.lost = any(wrong.code == "id_lost_digits" for _number, wrong in found)
        if rows:
            cells = seal_texts(CELLS_PLACE, [packed(rows[at]) for at in faulty])
            done.kept = [(sheet, numbers[at], text) for at, text in zip(faulty, cells, strict=True)]


_readers: list[_Reader] = []


def _each(name: str, parse: Parser, cells: Sequence[Any], faults: Faults) -> Column:
    """Return what the cells of a column say, each read by itself."""
    column: Column = [None] * len(cells)
    for at, cell in enumerate(cells):
        try:
            if type(cell) is not str:
                column[at] = parse(_plain(name, cell))
            elif cell and (len(cell) > _WORD or name == "direct_contact" or not read.nothing(cell)):
                column[at] = parse(cell)
        except Fault as fault:
            faults.note(at, name, fault)
    return column


def _take_out(name: str, column: Column, faults: Faults) -> None:
    """Note the faults among the values of a column."""
    for at, value in enumerate(column):
        if isinstance(value, Fault):
            faults.note(at, name, value)
            column[at] = None


def _blank(told: Told, faults: Faults) -> set[int]:
    """Return the rows that tell nothing: an ordinal number was put in front, and nobody filled them in."""
    return {
        at
        for at, name in enumerate(told["name"])
        if name is None and at not in faults.of and all(column[at] is None for column in told.values())
    }


def _mend(cells: Cells, mends: Mapping[int, str]) -> None:
    """Put the corrected cells in their places."""
    cells.extend([""] * (max(mends) + 1 - len(cells)))
    for place, text in mends.items():
        cells[place] = text


# What an office's program worked out from the identity number is only compared with it.
_WORKED_OUT: Final = frozenset({"sex", "birth_on", "relative_sex", "relative_birth_on"})


def _plain(name: str, cell: Any) -> Any:  # noqa: ANN401 - a cell of any kind
    """Return the cell that is to be read, unless it holds a formula or an error."""
    if not isinstance(cell, Odd):
        return cell
    if cell.kind == "error":
        raise Fault("cell_error", text=shown(read.text(cell.value)))
    if name in _WORKED_OUT and cell.value != "":
        return cell.value
    raise Fault("formula")


# Sealing ------------------------------------------------------------------------------------------


def _positions(kind: str) -> tuple[tuple[str, int, int], ...]:
    """Return of each number of a kind of row: which it is in `Person`, and where its text and index stand.

    Where both stand in one place, the index takes the text's: the number itself is not stored.
    """
    columns = COLUMNS[kind]
    found = []
    for prefix in ("", "relative_"):
        for name in SEALED:
            index_column = f"{prefix}{name.removesuffix('_number')}_index"
            if index_column in columns:
                at = columns.index(index_column)
                text_at = columns.index(f"{prefix}{name}") if f"{prefix}{name}" in columns else at
                found.append((name, text_at, at))
    return tuple(found)


_UNTOLD: Final = {"sheet", "row", "state", "id_zeros", "told_digest", "person_key"}
_NUMBERS: Final = {kind: _positions(kind) for kind in COLUMNS}
_SEALED_AT: Final = {
    kind: {text_at for _name, text_at, index_at in numbers if text_at != index_at}
    for kind, numbers in _NUMBERS.items()
}
_INDEXES_AT: Final = {kind: {at for _name, _text_at, at in numbers} for kind, numbers in _NUMBERS.items()}
_TOLD: Final = {
    kind: [at for at, name in enumerate(names) if name not in _UNTOLD and at not in _SEALED_AT[kind]]
    for kind, names in COLUMNS.items()
}


def _seal(kind: str, columns: list[Column]) -> None:
    """Seal the numbers in their columns, and add their indexes and the digest of what each row tells."""
    for name, text_at, index_at in _NUMBERS[kind]:
        places = [at for at, text in enumerate(columns[text_at]) if text]
        texts = [columns[text_at][at] for at in places]
        normal_texts = [read.squeezed(text) for text in texts] if name == "address" else texts
        if text_at != index_at:
            columns[text_at] = list(columns[text_at])
            _put(columns[text_at], places, seal_texts(PLACES[name], texts))
        _put(columns[index_at], places, indexes(name, normal_texts))
    told = [columns[at] if at in _INDEXES_AT[kind] else _normal(columns[at]) for at in _TOLD[kind]]
    columns[-2] = told_digests(map("\x1f".join, zip(*told, strict=True)))


def _put(column: Column, places: Iterable[int], values: Iterable[str]) -> None:
    for at, value in zip(places, values, strict=True):
        column[at] = value


class _Normal(dict[Any, str]):
    """Values in a form that is equal for all spellings of a text, each found once."""

    def __missing__(self, value: Any) -> str:  # noqa: ANN401 - whatever stands in a column
        text = "" if value is None else str(value)
        if not text.isascii():
            text = normalize("NFKC", text)
        self[value] = text = text.replace(" ", "")
        return text


def _normal(column: Column) -> list[str]:
    """Return the values of a column, "" for what is not told, so that equal content is equal."""
    of = _Normal()
    if column and column[0] == column[-1] and column.count(column[0]) == len(column):
        return [of[column[0]]] * len(column)
    return [of[value] for value in column]
