"""Reads the workbook of a standard; every fault is said with its sheet, row and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from songnuan.benefits.standard_book import (
    BY_WORDS,
    HEAD_LABELS,
    HEAD_SHEET,
    RELATION_WORDS,
    ROW_LABELS,
    ROWS_SHEET,
    SAYS,
    WHAT,
)
from songnuan.benefits.standardfile import StandardRefused
from songnuan.benefits.writing import amount_entry, new_key, number_entry, parted
from songnuan.documents.reading import Odd, read_frames
from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault as CellFault
from songnuan.kernel.faults import sentence
from songnuan.people.fields import parsers
from songnuan.plans.faults import Fault, Path, PlanRefused
from songnuan.plans.rewriting import Entries

ROWS_MOST = 1000
"""Rows of a sheet; more are no standard."""
_FEWEST = 3  # headings by which the sheet of the rows is known
_MONEY = frozenset({"ceiling", "cap_time", "cap_year"})
_DAYS = frozenset({"starts_on", "ends_on", "basis.dated_on"})
_ANY_DAY = date(2020, 1, 1)  # what a relative is hangs on no day
_LISTS = frozenset({"places", "posts", "categories"})


def _plain(heading: str) -> str:
    return "".join(heading.split()).replace("(", "（").replace(")", "）").partition("（")[0].lower()


def _known(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Return the names by what a heading may say: the label as it is written, or the name in a file."""
    ways = {name: (label, name, name.replace("basis.", "basis_")) for name, label in labels.items()}
    return MappingProxyType({_plain(way): name for name, told in ways.items() for way in told})


_HEAD: Final = _known(HEAD_LABELS)
_ROW: Final = _known(ROW_LABELS)
_RELATIONS: Final = MappingProxyType({word: one.value for one, word in RELATION_WORDS.items()})


def _by_words() -> Iterator[tuple[str, str]]:
    for by, word in BY_WORDS.items():
        yield from ((by.value, by.value), (word, by.value), (word.removeprefix("按"), by.value))
    yield from (("按次", "once"), ("次", "once"), ("一次", "once"), ("按日", "day"), ("日", "day"))


_BY: Final = MappingProxyType(dict(_by_words()))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the workbook: its sheet, the row from 1, and the column by letter and heading."""

    sheet: str
    row: int
    column: str = ""


@dataclass(slots=True)
class Book:
    """What a workbook says, as the file of a standard has it, with the place of every entry."""

    entries: Entries = field(default_factory=dict)
    spots: dict[Path, Spot] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault_at(self, path: Path, told: str) -> Fault:
        """Return a fault of an entry with its place; of one that is not there, with that of what it is in."""
        while path and path not in self.spots:
            path = path[:-1]
        spot = self.spots.get(path)
        if spot is None:
            return Fault(0, "", told)
        sheet = _("sheet “%(sheet)s”") % {"sheet": spot.sheet}
        return Fault(spot.row, "，".join(part for part in (sheet, spot.column) if part), told, path)

    def refused(self, refusal: PlanRefused) -> StandardRefused:
        """Return what the reader of standards refused, said with the places of the workbook."""
        told = [self.fault_at(one.path, self._named(one)) for one in refusal.faults]
        return StandardRefused(refusal.code, told)

    def _named(self, fault: Fault) -> str:
        """Return a fault's sentence; where its own cell is not there, with what it is about."""
        if fault.path in self.spots or not fault.path:
            return fault.sentence
        names = [step for step in fault.path if isinstance(step, str)]
        name = ".".join(names) if names[0] == "basis" else names[-1]
        label = HEAD_LABELS.get(name) or ROW_LABELS.get(name)
        if label is None:
            return fault.sentence
        return _("%(where)s: %(sentence)s") % {"where": label, "sentence": fault.sentence}


def read(file: BinaryIO, name: str, number: int) -> Book:
    """Return what the workbook of a standard says.

    Args:
        file: The workbook, as `documents.reading.read_frames` takes it.
        name: How it is called.
        number: Of the version that it becomes; the keys of its new rows are made of it.

    Raises:
        StandardRefused: `standard_unreadable` when one of the two sheets is not there, `standard_invalid`
            when cells are wrong by themselves.
        Refusal: What `read_frames` raises.

    """
    book, is_head, is_rows = Book(), False, False
    for sheet, rows in _sheets(file, name).items():
        head, place = _head_of(rows), _headings_of(rows)
        if place is not None and not is_rows:
            is_rows = True
            _read_rows(book, sheet, rows, place, number)
        elif head is not None and not is_head:
            is_head = True
            _read_head(book, sheet, rows, head)
    lacking = [told for told, is_there in ((HEAD_SHEET, is_head), (ROWS_SHEET, is_rows)) if not is_there]
    if lacking:
        told = _("the workbook has no sheet like “%(sheet)s”; download a standard as a workbook to see how.")
        raise StandardRefused("standard_unreadable", [Fault(0, "", told % {"sheet": "”“".join(lacking)})])
    if book.faults:
        raise StandardRefused("standard_invalid", book.faults)
    return book


_Rows = list[tuple[int, Sequence[Cell | Odd]]]


def _sheets(file: BinaryIO, name: str) -> dict[str, _Rows]:
    found: dict[str, _Rows] = {}
    for frame in read_frames(file, name):
        rows = found.setdefault(frame.sheet, [])
        rows += [(frame.first + at, row) for at, row in enumerate(frame.rows()) if any(map(_says, row))]
        if len(rows) > ROWS_MOST:
            told = _("the sheet has more than %(most)s rows; no standard is so long.") % {"most": ROWS_MOST}
            where = _("sheet “%(sheet)s”") % {"sheet": frame.sheet}
            raise StandardRefused("standard_unreadable", [Fault(ROWS_MOST, where, told)])
    return found


def _says(cell: Cell | Odd) -> bool:
    return isinstance(cell, Odd) or bool(str(cell).strip())


def _label(cell: Cell | Odd) -> str:
    return "" if isinstance(cell, Odd) else _plain(cells.text(cell))


def _head_of(rows: _Rows) -> int | None:
    """Return the place of the first row under the two headings of the head."""
    for place, (_number, row) in enumerate(rows):
        if [_label(cell) for cell in row[:2]] == [WHAT, SAYS]:
            return place + 1
    return None


def _headings_of(rows: _Rows) -> int | None:
    """Return the place of the row with the headings of the rows."""
    for place, (_number, row) in enumerate(rows):
        if len({_ROW[label] for cell in row if (label := _label(cell)) in _ROW}) >= _FEWEST:
            return place
    return None


def _read_head(book: Book, sheet: str, rows: _Rows, first: int) -> None:
    for number, row in rows[first:]:
        name = _HEAD.get(_label(row[0]))
        cell = row[1] if len(row) > 1 else ""
        if name is None or not _says(cell):
            continue
        path: Path = tuple(name.split("."))
        book.spots[path] = Spot(sheet, number, HEAD_LABELS[name])
        told = _cell(book, path, cell)
        if told is None:
            continue
        value = _head_value(name, told)
        if len(path) > 1:
            book.spots.setdefault(path[:1], Spot(sheet, number, HEAD_LABELS[name]))
            basis = book.entries.setdefault(str(path[0]), {})
            basis[path[1]] = value
        else:
            book.entries[name] = value


def _head_value(name: str, cell: Cell) -> str | int:
    if name in _DAYS:
        try:
            return cells.day(cell).isoformat()
        except CellFault:
            return cells.text(cell)
    return amount_entry(cells.text(cell)) if name in _MONEY else cells.text(cell)


def _cell(book: Book, path: Path, cell: Cell | Odd) -> Cell | None:
    """Return a cell that says something plain; of another the fault is noted."""
    if not isinstance(cell, Odd):
        return cell
    code = "formula" if cell.kind == "formula" else "cell_error"
    book.faults.append(book.fault_at(path, sentence(code, {"text": cells.text(cell.value)})))
    return None


def _read_rows(book: Book, sheet: str, rows: _Rows, place: int, number: int) -> None:
    columns: dict[str, int] = {}
    for at, cell in enumerate(rows[place][1]):
        if (name := _ROW.get(_label(cell))) is not None:
            columns.setdefault(name, at)
    parts: dict[str, int] = {}
    made: list[Entries] = book.entries.setdefault("parts", [])
    book.spots["parts",] = Spot(sheet, rows[place][0])
    last = ""
    for line, row in rows[place + 1 :]:
        told = {name: row[at] for name, at in columns.items() if at < len(row) and _says(row[at])}
        if not told:
            continue
        part = told.pop("part", "")
        last = ("" if isinstance(part, Odd) else cells.text(part)) or last
        at = parts.setdefault(last, len(parts))
        if at == len(made):
            made.append({"rows": []})
            book.spots["parts", at] = Spot(sheet, line)
        spots = {name: Spot(sheet, line, _column(columns[name], name)) for name in columns}
        _read_row(book, ("parts", at), told, spots, Spot(sheet, line))
    _give_keys(made, number)


def _column(at: int, name: str) -> str:
    return _("column %(letter)s %(heading)s") % {"letter": xl_col_to_name(at), "heading": ROW_LABELS[name]}


def _read_row(
    book: Book, above: Path, told: Mapping[str, Cell | Odd], spots: Mapping[str, Spot], line: Spot
) -> None:
    part: Entries = book.entries["parts"][above[1]]
    path = (*above, "rows", len(part["rows"]))
    book.spots[path] = line
    entry: Entries = {}
    for name, odd in told.items():
        here: Path = (*above, "by") if name == "by" and "by" not in part else (*path, name)
        book.spots[here] = spots[name]
        cell = _cell(book, here, odd)
        if cell is None:
            continue
        try:
            value = _row_value(name, cell)
        except CellFault as fault:
            book.faults.append(book.fault_at(here, sentence(fault.code, fault.facts)))
            continue
        if name != "by":
            entry[name] = value
        elif part.setdefault("by", value) != value:
            sentence_ = _("the rows of one part are counted alike; give this one another number of its part.")
            book.faults.append(book.fault_at(here, sentence_))
    part["rows"].append(entry)


def _row_value(name: str, cell: Cell) -> object:
    """Return a cell of a row as a file has it.

    Raises:
        Fault: Of `kernel.faults`, where a word is not known.

    """
    plain = cells.text(cell)
    if name == "by":
        return _BY.get("".join(plain.split()).lower(), plain)
    if name in _LISTS:
        return parted(plain)
    if name == "relations":
        read_ = parsers("families", _ANY_DAY)["relation"]
        return list(dict.fromkeys(_RELATIONS.get(one) or read_(one) for one in parted(plain)))
    if name == "contact":
        return cells.yes_no(cell)
    if name == "amount":
        return amount_entry(plain)
    return number_entry(plain) if name in {"factor", "days_least"} else plain


def _give_keys(parts: Sequence[Entries], number: int) -> None:
    """Give a key to each row that has none: it is lasting, and nobody has to think of one."""
    rows = [row for part in parts for row in part["rows"]]
    taken = {str(row["key"]) for row in rows if "key" in row}
    for place, row in enumerate(rows, 1):
        if "key" not in row:
            row["key"] = new_key(number, place, taken)
            taken.add(row["key"])
