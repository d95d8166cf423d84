"""Reads the file of an import of people into its staging table; what the journeys of a roster share.

The rows go through three hands: a process that takes the file apart, some that prepare them
(`people.pool`), and this one, which only finds the headings and stores what comes back in short
transactions, so that nobody else waits.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any, BinaryIO, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from songnuan.documents.columns import Columns
from songnuan.documents.reading import FRAME_ROWS, Frame, read_frames
from songnuan.documents.tables import Sheet, Tables
from songnuan.journeys.base import long_step, step
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import seal_texts
from songnuan.people import actions as people
from songnuan.people import queries
from songnuan.people.columns import CELLS_PLACE, COLUMNS, FACTS_PLACE
from songnuan.people.forms import LAYOUTS
from songnuan.people.models import ImportProblem, KeptRow, RosterImport
from songnuan.people.pool import Pool
from songnuan.people.preparing import Portion, Prepared, Table, packed, prepare
from songnuan.people.rules import Double

Told = Callable[[int, int | None, str], None]
"""How many are done, of how many if known, and what goes on: a msgid, for whoever shows it to translate."""


def silent(_done: int, _total: int | None, _note: str) -> None:
    """Tell nobody how far it is."""


class By(TypedDict):
    """Who reads, and when."""

    actor: Actor
    at: datetime


STAGE_ROWS = 20_000  # rows stored in one transaction
MATCH_ROWS = 25_000  # rows compared in one
KEPT_MAX = 5_000  # rejected rows whose cells are kept, to be mended one by one
LOST = "id_lost_digits"
UNREAD = "header_missing"
LARGE = 1_000_000  # bytes: a file for which processes are started at once


@dataclass(frozen=True, slots=True)
class MendedCell:
    """A value that an office puts in the place of one cell."""

    sheet: str
    row: int
    field: str
    value: str


@dataclass(slots=True)
class Reading:
    """The reading of one file: what is known before, and what was found of its sheets.

    `known` maps normal headings to fields, "" for none. With `ask` a heading that could be a field which
    no other column tells is asked about first, and no row is staged. `numbers` holds a hash of each identity
    number; `repeated` says that one of them may have come twice, or a row came without. `units` are the names
    of units in the rows.
    """

    kind: str
    day: date
    known: Mapping[str, str]
    mends: Mapping[tuple[str, int], Mapping[int, str]]
    ask: bool
    read: list[Sheet] = field(default_factory=list)
    bare: list[tuple[str, int]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    asked: bool = False
    lost: bool = False
    kept: int = 0
    numbers: set[int] = field(default_factory=set)
    repeated: bool = False
    units: set[str] = field(default_factory=set)

    def portions(self, frames: Iterable[Frame]) -> Iterator[Portion]:
        """Yield the rows of each table; afterwards the sheets are known, and whether to ask.

        Raises:
            Refusal: `header_missing`, and from `read_frames`.

        """
        tables = Tables(LAYOUTS[self.kind], self.known)
        for sheet, theirs in tables.among(frames):
            self.read.append(sheet)
            self.asked = self.asked or (self.ask and any(told.proposal for told in sheet.columns.unknown))
            if self.asked:
                continue
            mends = {row: cells for (name, row), cells in self.mends.items() if name == sheet.name}
            table = Table(self.kind, sheet.name, sheet.header.row, sheet.columns, self.day, mends)
            for frame in theirs:
                yield Portion(table, frame.first, frame.body, keep=self.kept < KEPT_MAX)
        if not self.read:
            if not self.ask or not tables.unfinished:
                raise tables.none_found()
            self.read, self.asked = tables.unfinished, True
        self.bare = tables.bare

    def count(self, part: Prepared) -> None:
        """Take note of what a portion became."""
        self.kept += len(part.kept)
        self.lost = self.lost or part.lost
        if part.rows.size:
            [name] = set(part.rows.column(0))
            self.rows[name] = self.rows.get(name, 0) + part.rows.size
            self.units.update(part.rows.column(COLUMNS[self.kind].index("unit_name")))
        if not self.repeated:
            self._note_repeated(part)

    def _note_repeated(self, part: Prepared) -> None:
        columns = COLUMNS[self.kind]
        at = columns.index("relative_id_index" if "relative_id_index" in columns else "id_index")
        if not part.rows.size:
            return
        told, before = part.rows.column(at), len(self.numbers)
        self.numbers.update(map(hash, told))
        self.repeated = "" in told or len(self.numbers) - before < len(told)

    def document(self) -> list[dict[str, Any]]:
        """Return what `RosterImport.columns` keeps of the sheets that were read."""
        unread = {"header_row": 0, "lines": 0, "headings": [], "places": {}, "unknown": [], "missing": []}
        return [
            *({**sheet.document(), "rows": self.rows.get(sheet.name, 0)} for sheet in self.read),
            *({"sheet": name, **unread, "rows": 0} for name, _row in self.bare),
        ]

    def unread(self) -> list[tuple[str, int, str, str, str, str]]:
        """Return a problem for each sheet that goes on with the table and has no headings."""
        facts = seal_texts(FACTS_PLACE, ["{}"] * len(self.bare))
        return [
            (name, row, "", "", UNREAD, sealed) for (name, row), sealed in zip(self.bare, facts, strict=True)
        ]


def stage_file(source: RosterImport, file: BinaryIO, reading: Reading, by: By, told: Told) -> None:
    """Store the rows of a file as they are read; nothing of the import is staged yet.

    Raises:
        Refusal: As `Reading.portions`.
        PreparingBroke: When a process died that prepared rows.

    """
    with Pool(at_once=source.file_size > LARGE) as pool:
        portions = pool.in_order(reading.portions(read_frames(file, source.file_name)))
        for batch in _batches(portions):
            with long_step():
                people.stage(
                    import_key=source.key,
                    rows=[part.rows for part in batch],
                    problems=chain.from_iterable(part.problems for part in batch),
                    kept=list(chain.from_iterable(part.kept for part in batch)),
                    **by,
                )
            for part in batch:
                reading.count(part)
            told(sum(reading.rows.values()), None, gettext_noop("Reading rows"))
    with step():
        people.stage(import_key=source.key, rows=(), problems=reading.unread(), kept=[], **by)
        people.note_columns(import_key=source.key, columns=reading.document(), **by)
        if reading.asked:
            people.ask(import_key=source.key, **by)
        elif reading.lost:
            people.doubt_zeros(import_key=source.key, **by)


def match_rows(source: RosterImport, by: By, told: Told, reading: Reading | None = None) -> None:
    """Find what each staged row does: whose it is, and whether it joins, changes or is rejected.

    With `reading` the rows are as it read them, none was matched before: what it knows is not asked again.
    """
    key = source.key
    with step():
        all_placed = people.settle_units(
            import_key=key, names=None if reading is None else reading.units, **by
        )
    if reading is None or not all_placed:
        _through(source, people.ready_chunk, by, silent)
    if reading is None or reading.repeated:
        _set_aside(queries.doubles(key), key, by)
    _through(source, people.match_chunk, by, told)
    _set_aside(queries.double_claims(key), key, by)
    counts, known_through = queries.outcome(key)
    with step():
        people.finish_matching(import_key=key, counts=counts, known_through=known_through, **by)


def _through(source: RosterImport, act: Callable[..., int | None], by: By, told: Told) -> None:
    """Go through the staged rows in chunks."""
    after: int | None = 0
    done, total = 0, sum(sheet["rows"] for sheet in source.columns)
    while after is not None:
        with long_step():
            after = act(import_key=source.key, after=after, size=MATCH_ROWS, **by)
        done = min(done + MATCH_ROWS, total)
        told(done, total, gettext_noop("Comparing with the register"))


def _set_aside(found: Sequence[Double], import_key: str, by: By) -> None:
    for some in chunks(found, STAGE_ROWS):
        with long_step():
            people.set_aside_doubles(import_key=import_key, found=some, **by)


def keep_cells(source: RosterImport, file: BinaryIO, by: By) -> None:
    """Keep the cells of rows in which only matching found something wrong; they are read once more."""
    wanted: dict[str, set[int]] = {}
    for name, row in unkept(source):
        wanted.setdefault(name, set()).add(row)
    if not wanted:
        return
    kept: list[tuple[str, int, str]] = []
    for frame in read_frames(file, source.file_name):
        theirs = wanted.get(frame.sheet, set())
        here = [row for row in theirs if frame.first <= row < frame.first + FRAME_ROWS]
        rows = frame.rows() if here else []
        kept += [
            (frame.sheet, row, packed(rows[row - frame.first]))
            for row in here
            if row - frame.first < len(rows)
        ]
    sealed = seal_texts(CELLS_PLACE, [cells for _sheet, _row, cells in kept])
    with step():
        people.keep_rows(
            import_key=source.key,
            kept=[(sheet, row, text) for (sheet, row, _cells), text in zip(kept, sealed, strict=True)],
            **by,
        )


def unkept(source: RosterImport) -> list[tuple[str, int]]:
    """Return sheet and row of the rows with problems whose cells are not kept, as long as there is room."""
    kept = set(KeptRow.objects.filter(source=source).values_list("sheet", "row"))
    if len(kept) >= KEPT_MAX:
        return []
    found = ImportProblem.objects.filter(source=source).order_by("sheet", "row").values_list("sheet", "row")
    return [place for place in found.distinct().iterator() if place not in kept][: KEPT_MAX - len(kept)]


def mend_rows(source: RosterImport, reading: Reading, cells: Iterable[MendedCell], by: By) -> None:
    """Put values in the place of cells, all or none, and prepare their rows anew; these are to be matched.

    Raises:
        Refusal: `column_missing`, `row_not_kept`.

    """
    by_row: dict[tuple[str, int], list[MendedCell]] = {}
    for cell in cells:
        by_row.setdefault((cell.sheet, cell.row), []).append(cell)
    mended = [_mended(source, reading, some) for some in by_row.values()]
    with step():
        for row in mended:
            row.write(by)
        if ImportProblem.objects.filter(source=source, code=LOST).exists():
            people.doubt_zeros(import_key=source.key, **by)


@dataclass(frozen=True, slots=True)
class _Mended:
    """A row of which some cells are mended: `values` by their places, and what became of it."""

    import_key: str
    sheet: str
    row: int
    values: Mapping[int, str]
    fresh: tuple[Any, ...] | None
    told: Prepared

    def write(self, by: By) -> None:
        """Keep the values, and stage the row in the place of what it was."""
        for place, value in self.values.items():
            people.mend(
                import_key=self.import_key, sheet=self.sheet, row=self.row, place=place, value=value, **by
            )
        people.restage(
            import_key=self.import_key,
            sheet=self.sheet,
            row=self.row,
            prepared=self.fresh,
            problems=self.told.problems,
            kept=self.told.kept,
            **by,
        )


def _mended(source: RosterImport, reading: Reading, cells: Sequence[MendedCell]) -> _Mended:
    """Prepare a row anew with some of its cells mended.

    Raises:
        Refusal: `column_missing`, `row_not_kept`.

    """
    sheet, row = cells[0].sheet, cells[0].row
    table = next((told for told in source.columns if told["sheet"] == sheet), None)
    places: Mapping[str, int] = table["places"] if table else {}
    missing = next((cell.field for cell in cells if cell.field not in places), None)
    if table is None or missing is not None:
        sentence = _("The sheet has no column for this. Add one in the workbook and bring it again.")
        raise Refusal("column_missing", sentence, field=missing or "")
    kept = queries.kept_cells(source.pk, sheet, row)
    if kept is None:
        sentence = _("Row %(row)s is not kept here. Mend it in the workbook and bring it again.")
        raise Refusal("row_not_kept", sentence % {"row": row}, field=cells[0].field)
    values = {places[cell.field]: cell.value for cell in cells}
    mends = {**reading.mends.get((sheet, row), {}), **values}
    columns = Columns(places, {name: table["headings"][at] for name, at in places.items()})
    told = Table(reading.kind, sheet, table["header_row"], columns, reading.day, {row: mends})
    done = prepare(Portion(told, row, f"[{kept}]".encode()))
    fresh = next(done.rows.rows(), None)
    return _Mended(source.key, sheet, row, values, fresh, done)


def _batches(portions: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    """Yield what was prepared in lists of about `STAGE_ROWS` rows."""
    batch: list[Prepared] = []
    for part in portions:
        batch.append(part)
        if sum(part.rows.size for part in batch) >= STAGE_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
