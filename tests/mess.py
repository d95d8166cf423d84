"""Messy workbooks: known people written as offices write them, each mess harmless by construction.

A mess is a kind of file, a seed and a set of habits; everything else follows from these, so that a
counterexample shrinks to the one habit that matters.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hypothesis import strategies as st

from mess_cells import Hand, Mess, Written
from mess_files import DATE_FORMATS, Cell, Dialect, Formula, Sheet, ods, text_file, xlsx
from mess_people import FIELDS
from mess_words import (
    ENGLISH,
    EXTRAS,
    FOOTERS,
    GROUPS,
    HEADINGS,
    HELP,
    OLD_PEOPLE,
    REMARKS,
    SHEETS,
    TITLES,
    TRADITIONAL,
    Headings,
)

P_co = TypeVar("P_co", bound=Written, covariant=True)

IN_CELLS = (
    "name_spaces",
    "dots",
    "wide",
    "spaces",
    "edges",
    "apostrophe",
    "lower",
    "invisible",
    "numbers",
    "phone_style",
    "date_cells",
    "date_texts",
    "date_numbers",
    "rich",
)
IN_HEADINGS = ("traditional", "english", "heading_spaces", "heading_breaks", "heading_remarks", "two_lines")
IN_SHEETS = (
    "shuffled",
    "left_margin",
    "extras",
    "gap",
    "blank_rows",
    "again",
    "subtotal",
    "total",
    "signature",
    "remark",
    "empties",
    "merged_units",
)
IN_FILES = ("help_before", "help_after", "hidden_before", "hidden_after", "wrong_suffix", "mac", "inline")


@dataclass(frozen=True)
class Line(Generic[P_co]):
    """A row to be written: a person, and cells that stand there instead of the right ones."""

    person: P_co
    damage: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """What a kind of roster has columns for, in their order, and what is written over them.

    Attributes:
        headings: For each field those in simplified, in traditional characters, and in English.
        extras: What stands in columns that this kind of roster does not know.
        groups: Common headings over several columns.
        behind: Fields of another person, which stand behind those of the first: a heading that names nobody
            is about whom the columns before it are about.

    """

    fields: tuple[str, ...]
    headings: tuple[Headings, Headings, Headings]
    extras: Mapping[str, tuple[Cell, ...]]
    groups: tuple[str, ...]
    behind: frozenset[str] = frozenset()


STAFF = Form(FIELDS, (HEADINGS, TRADITIONAL, ENGLISH), EXTRAS, GROUPS)


@dataclass(frozen=True)
class Made:
    """A file, and where in it everything stands.

    Attributes:
        places: For each line the sheet and the row from 1.
        headings: Field -> heading as shown, for each sheet.

    """

    name: str
    content: bytes
    places: tuple[tuple[str, int], ...]
    headings: Mapping[str, Mapping[str, str]]


@st.composite
def messes(draw: st.DrawFn, kinds: Sequence[str] = ("xlsx", "ods", "csv")) -> Mess:
    """Draw a mess: any habits together."""
    kind = draw(st.sampled_from(kinds))
    dialect = Dialect(
        encoding=draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030"))),
        delimiter=draw(st.sampled_from(",;\t")),
        quote_all=draw(st.booleans()),
        newline=draw(st.sampled_from(("\r\n", "\n"))),
    )
    return Mess(
        kind=kind,
        seed=draw(st.integers(0, 9999)),
        sheets=1 if kind == "csv" else draw(st.integers(1, 3)),
        titles=draw(st.integers(0, 3)),
        habits=draw(st.frozensets(st.sampled_from(IN_CELLS + IN_HEADINGS + IN_SHEETS + IN_FILES))),
        dialect=dialect if kind == "csv" else Dialect(),
    )


# Headings -----------------------------------------------------------------------------------------


def heading(mess: Mess, form: Form, name: str, sheet: int) -> str:
    """Return a heading for a field as this mess spells it."""
    simplified, traditional, english = form.headings
    pool = simplified[name]
    if mess.has("traditional"):
        pool += traditional[name]
    if mess.has("english"):
        pool += english[name]
    text = mess.pick(pool, sheet, name)
    middle = len(text) // 2
    if text.isascii():
        text = mess.pick((text, text.upper(), text.lower()), sheet, name)
    elif mess.has("heading_spaces"):
        text = mess.pick((" ", "\u3000", "  "), sheet, name).join(text)
    elif mess.has("heading_breaks"):
        text = f"{text[:middle]}\n{text[middle:]}"
    if mess.has("heading_remarks"):
        text = mess.pick(REMARKS, sheet, name, "remark").format(text)
    return text


@dataclass
class _Page:
    """One sheet under construction."""

    form: Form
    mess: Mess
    place: int
    fields: AbstractSet[str]
    sheet: Sheet
    columns: list[str] = field(default_factory=list)
    top: list[Cell] = field(default_factory=list)
    header: list[Cell] = field(default_factory=list)
    header_merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Settle columns and headings."""
        mess = self.mess
        columns = [name for name in self.form.fields if name in self.fields]
        if mess.has("extras"):
            columns += [extra for extra in self.form.extras if mess.pick((True, False), self.place, extra)]
            # Where it is the only phone, an office's may well be the person's.
            columns = [name for name in columns if name != "办公电话" or "phone" in self.fields]
        if mess.has("shuffled"):
            numbers = range(1_000_003)
            behind = self.form.behind
            columns.sort(key=lambda name: (name in behind, mess.pick(numbers, self.place, "order", name)))
        self.columns = ([""] if mess.has("left_margin") else []) + columns
        self.header = [
            heading(mess, self.form, name, self.place) if name in self.fields else name
            for name in self.columns
        ]
        if mess.has("two_lines"):
            self._two_lines()

    def _two_lines(self) -> None:
        """Set some headings side by side under a common one; the others reach over both lines."""
        self.top = [""] * len(self.columns)
        at = 0
        while at < len(self.columns):
            size = self.mess.pick((1, 2, 3), self.place, "group", at) if self.columns[at] else 1
            size = min(size, len(self.columns) - at)
            if size > 1:
                self.top[at] = self.mess.pick(self.form.groups, self.place, "group", at)
                self.header_merges.append((0, at, 0, at + size - 1))
            else:
                self.top[at], self.header[at] = self.header[at], ""
                if self.columns[at]:
                    self.header_merges.append((0, at, 1, at))
            at += size

    def shown(self) -> dict[str, str]:
        """Return the headings of the fields; a common one above is not shown, as no heading stands twice."""
        above = self.top or [""] * len(self.columns)
        found = {
            name: str(own or top) for name, own, top in zip(self.columns, self.header, above, strict=True)
        }
        return {name: text for name, text in found.items() if name in self.fields}

    def add(self, cells: Sequence[Cell]) -> None:
        self.sheet.rows.append(list(cells))

    def span(self, cells: Sequence[Cell]) -> None:
        """Add a row of text above or below the table, over all columns where it is one text."""
        margin: list[Cell] = [""] if self.mess.has("left_margin") else []
        at = len(self.sheet.rows)
        if len(cells) == 1 and len(self.columns) > len(margin) + 1 and self.mess.pick((True, False), at):
            self.sheet.merges.append((at, len(margin), at, len(self.columns) - 1))
        self.add(margin + list(cells))

    def head(self) -> None:
        """Add the heading, in one line or two."""
        at = len(self.sheet.rows)
        if self.top:
            self.add(self.top)
            self.sheet.merges += [(at + a, left, at + b, right) for a, left, b, right in self.header_merges]
        self.add(self.header)

    def above(self) -> None:
        for number in range(self.mess.titles):
            self.span(self.mess.pick(TITLES, self.place, "title", number))
        if self.mess.has("gap"):
            self.add([])
        self.head()

    def between(self, number: int) -> None:
        """Add what may stand between two lines of the table."""
        mess = self.mess
        if mess.has("blank_rows") and mess.pick((True, False, False), self.place, "blank", number):
            self.add([])
        if mess.has("subtotal") and mess.pick((True, False, False), self.place, "subtotal", number):
            self.span(["小计", "", f"{number}人"])
        if mess.has("again") and mess.pick((True, False, False), self.place, "again", number):
            self.head()

    def below(self, count: int) -> None:
        for habit in ("total", "signature", "remark"):
            if self.mess.has(habit):
                row = self.mess.pick(FOOTERS[habit], self.place, habit)
                self.span([cell.format(count=count) if isinstance(cell, str) else cell for cell in row])
        if self.mess.has("empties"):
            self.sheet.empties = self.mess.pick((1, 40, 300), self.place)

    def line(self, line: Line[Written], number: int) -> list[Cell]:
        hand = Hand(self.mess, number)
        cells: list[Cell] = []
        for name in self.columns:
            if name in line.damage:
                cells.append(line.damage[name])
            elif name in self.fields:
                cells.append(hand.cell(line.person, name))
            else:
                cells.append(self.mess.pick(self.form.extras.get(name, ("",)), number, name))
        if self.mess.has("rich"):
            self.sheet.rich.add((len(self.sheet.rows), self.mess.pick(range(len(cells)), number)))
        return [self._plain(cell) for cell in cells]

    def _plain(self, cell: Cell) -> Cell:
        """Return what the kind of file can hold."""
        if isinstance(cell, Formula) and self.mess.kind != "xlsx":
            cell = cell.value
        return str(cell) if self.mess.kind == "csv" else cell

    def fill(self, lines: Sequence[Line[Written]], first: int) -> list[int]:
        """Write the whole sheet; return the row of each line, from 1."""
        self.above()
        rows: list[int] = []
        for at, line in enumerate(lines):
            if at:
                self.between(at)
            self.add(self.line(line, first + at))
            rows.append(len(self.sheet.rows))
        self.below(len(lines))
        if self.mess.has("merged_units") and "unit" in self.fields:
            self._merge_units(lines, rows)
        return rows

    def _merge_units(self, lines: Sequence[Line[Written]], rows: Sequence[int]) -> None:
        """Merge the cells of one unit where its lines follow each other without a break."""
        column, start = self.columns.index("unit"), 0
        whole = [None if "unit" in line.damage else line.person.unit for line in lines]
        for at in range(1, len(lines) + 1):
            if at < len(lines) and whole[at] and whole[at] == whole[start] and rows[at] == rows[at - 1] + 1:
                continue
            if at - start > 1:
                self.sheet.merges.append((rows[start] - 1, column, rows[at - 1] - 1, column))
                for row in rows[start + 1 : at]:
                    self.sheet.rows[row - 1][column] = ""
            start = at


# Files --------------------------------------------------------------------------------------------


def _side_sheet(mess: Mess, habit: str) -> Sheet:
    """Return a sheet beside the table: help with an example, or an old table that is hidden."""
    if habit.startswith("hidden"):
        return Sheet(f"旧表{habit[7:]}", [list(row) for row in OLD_PEOPLE], hidden=True)
    name, rows = mess.pick(HELP[habit], habit)
    return Sheet(name, [list(row) for row in rows])


def make(lines: Sequence[Line[Written]], fields: AbstractSet[str], mess: Mess, form: Form = STAFF) -> Made:
    """Write the lines as one file."""
    if mess.kind != "xlsx":
        mess = Mess(**{**vars(mess), "habits": mess.habits - {"merged_units"}})
    order = list(range(len(lines)))
    if mess.has("merged_units"):
        order.sort(key=lambda at: lines[at].person.unit)
    count = min(mess.sheets, len(lines)) or 1
    pages, places = [], {}
    for place in range(count):
        some = order[place * len(lines) // count : (place + 1) * len(lines) // count]
        name = f"{mess.pick(SHEETS)}{place + 1 if place else ''}"
        page = _Page(form, mess, place, fields, Sheet(name))
        first = place * len(lines) // count + 1
        for at, row in zip(some, page.fill([lines[at] for at in some], first), strict=True):
            places[at] = (name, row)
        pages.append(page)
    before = [_side_sheet(mess, habit) for habit in ("help_before", "hidden_before") if mess.has(habit)]
    after = [_side_sheet(mess, habit) for habit in ("help_after", "hidden_after") if mess.has(habit)]
    sheets = [*before, *(page.sheet for page in pages), *after]
    suffix, content = _written(mess, sheets, pages[0].sheet)
    return Made(
        name=f"花名册.{suffix}",
        content=content,
        places=tuple(places[at] for at in range(len(lines))),
        headings={page.sheet.name: page.shown() for page in pages},
    )


def _written(mess: Mess, sheets: Sequence[Sheet], table: Sheet) -> tuple[str, bytes]:
    """Return the ending of the file's name and its content."""
    if mess.kind == "csv":
        suffix = mess.pick(("csv", "txt", "xls" if mess.has("wrong_suffix") else "csv"))
        return suffix, text_file(table, mess.dialect)
    if mess.kind == "ods":
        return "xlsx" if mess.has("wrong_suffix") else "ods", ods(sheets)
    merged = any(sheet.merges or sheet.rich for sheet in sheets)
    content = xlsx(
        sheets,
        date_format=mess.pick(DATE_FORMATS),
        date_1904=mess.has("mac"),
        constant_memory=mess.has("inline") and not merged,
    )
    return "xls" if mess.has("wrong_suffix") else "xlsx", content
