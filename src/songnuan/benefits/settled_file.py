"""Reads a table of what was settled already: a sum, or the days that were paid, of one person a row.

Headings stand in one of the first rows, in Chinese or English. Every cell that cannot be taken is said with
its row and its field; who is meant is found afterwards (`settled_matching`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _

from songnuan.benefits.settled import RowFault, Settled, wrong
from songnuan.documents.reading import Frame, Odd, read_frames
from songnuan.kernel import cells
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault, shown
from songnuan.kernel.identity import identity
from songnuan.kernel.money import parse_yuan
from songnuan.kernel.refusal import Refusal

ROWS_MOST: Final = 200_000
"""Rows of a file: what is longer is no list of one standard."""
HEADINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "payee_name": "姓名",
        "payee_number": "身份证号",
        "relative_name": "亲属姓名",
        "relative_number": "亲属身份证号",
        "amount": "金额（元）",
        "paid_on": "发放日期",
        "starts_on": "已发起",
        "ends_on": "已发止",
        "source": "发放单位",
    }
)
"""What each column is called in the sample, and where one is missing."""
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        word: column
        for column, words in {
            "payee_name": "name payee 姓名 职工姓名 领取人 领取人姓名",
            "payee_number": "idnumber payeeidnumber 身份证号 身份证号码 证件号码 职工身份证号"
            " 职工身份证号码 领取人身份证号 领取人身份证号码",
            "relative_name": "relative relativename 亲属姓名 家属姓名 依据人 依据人姓名 亲属 家属",
            "relative_number": "relativeidnumber 亲属身份证号 亲属身份证号码 家属身份证号"
            " 家属身份证号码 依据人身份证号 依据人身份证号码",
            "amount": "amount settled 金额 已发金额 已结算 已结算金额 发放金额 领取金额",
            "paid_on": "paidon date 发放日期 发放时间 领取日期",
            "starts_on": "paidfrom from 已发起 他处发放起 已发开始日期",
            "ends_on": "paidto to 已发止 他处发放止 已发结束日期",
            "source": "source paidby 发放单位 发放工会 发放机构",
        }.items()
        for word in words.split()
    }
)
_UNITS = ("（元）", "(元)", "（yuan）", "(yuan)")
_TOP = 10
"""Among how many rows of a sheet the headings are looked for: a title may stand above them."""
_FEWEST = 2
_TOTALS = frozenset({"合计", "总计", "小计", "合计：", "总计：", "total"})
_SHOWN_HEADINGS = 12


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody as a row names them: the name tidied, the identity number in its normal form; or empty."""

    name: str = ""
    number: str = ""

    @property
    def is_told(self) -> bool:
        """Whether anybody is named."""
        return bool(self.name or self.number)


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row as the file tells it, by its number there."""

    row: int
    payee: Named
    relative: Named
    starts_on: date | None
    ends_on: date | None
    amount_minor: int
    paid_on: date
    source: str


@dataclass(slots=True)
class ToldFile:
    """What a file tells: its sound rows, what is wrong with others, and how many there are.

    `unread` are the headings of columns that are left alone, `headings` what each field is called there.
    """

    rows: list[ToldRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    count: int = 0
    unread: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=lambda: HEADINGS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is told of the file as a whole: who paid where a row does not say, and whether for own service."""

    today: date
    source: str = ""
    is_own: bool = False


def column_of(heading: str) -> str | None:
    """Return the field that a heading names; None for one that is not known, which is left alone."""
    plain = "".join(heading.split()).replace("_", "").lower()
    for unit in _UNITS:
        plain = plain.removesuffix(unit)
    return _WORDS.get(plain)


def read(file: BinaryIO, name: str, asked: Asked) -> ToldFile:
    """Return what the one sheet with headings tells.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `settled_headings`, `settled_doubled`,
            `settled_payer`, `settled_sheets` when a second sheet has such headings, `settled_many`,
            `settled_empty` when no row stands below them.

    """
    table = _Table(asked)
    for sheet, rows in _sheets(read_frames(file, name)):
        table.take(sheet, rows)
    return table.done()


def _sheets(frames: Iterable[Frame]) -> Iterator[tuple[str, list[tuple[int, Sequence[Cell | Odd]]]]]:
    """Yield the filled rows of each frame by their numbers, with the name of its sheet."""
    for frame in frames:
        numbered = ((frame.first + at, row) for at, row in enumerate(frame.rows()))
        yield frame.sheet, [(number, row) for number, row in numbered if any(map(_says, row))]


def _says(cell: Cell | Odd) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


class _Table:
    """The sheet with headings, as its rows come."""

    def __init__(self, asked: Asked) -> None:
        self.told = ToldFile()
        self.asked = asked
        self.sheet = ""
        self.seen: set[str] = set()
        self.columns: dict[str, int] = {}
        self.readers = _readers()

    def take(self, sheet: str, rows: list[tuple[int, Sequence[Cell | Odd]]]) -> None:
        if sheet not in self.seen:
            self.seen.add(sheet)
            place = _place_of_headings(rows)
            if place is None:
                return
            if self.columns:
                told = {"one": self.sheet, "other": sheet}
                sentence = _(
                    "Two sheets have such headings: “%(one)s” and “%(other)s”. Leave one of them in the file."
                )
                raise Refusal("settled_sheets", sentence % told, field="file")
            self.sheet = sheet
            self._head(rows[place][1])
            rows = rows[place + 1 :]
        if sheet == self.sheet and self.columns:
            self._body(rows)

    def _head(self, headings: Sequence[Cell | Odd]) -> None:
        found, unread = _columns(headings)
        _check_columns(found, self.asked)
        self.columns = found
        self.told.unread = unread[:_SHOWN_HEADINGS]
        self.told.headings = {**HEADINGS, **{name: str(headings[at]).strip() for name, at in found.items()}}

    def _body(self, rows: Iterable[tuple[int, Sequence[Cell | Odd]]]) -> None:
        for number, row in rows:
            if _is_total(row):
                continue
            self.told.count += 1
            if self.told.count > ROWS_MOST:
                sentence = _("The file has more than %(limit)s rows. Split the table into several files.")
                raise Refusal(
                    "settled_many", sentence % {"limit": f"{ROWS_MOST:,}"}, field="file", limit=ROWS_MOST
                )
            self._row(number, row)

    def _row(self, number: int, row: Sequence[Cell | Odd]) -> None:
        values: dict[str, Any] = {}
        wrong_here: list[RowFault] = []
        for name, place in self.columns.items():
            cell = row[place] if place < len(row) else ""
            if cell == "":
                continue
            try:
                if (value := _value(name, cell, self.readers)) is not None:
                    values[name] = value
            except Fault as fault:
                wrong_here.append(RowFault(number, name, fault.code, fault.facts))
        told = None if wrong_here else _made(number, values, self.asked)
        if isinstance(told, ToldRow):
            self.told.rows.append(told)
        else:
            self.told.faults += wrong_here if told is None else [told]

    def done(self) -> ToldFile:
        """Return the table, if there was one."""
        if not self.columns:
            raise _headings_missing(HEADINGS)
        if not self.told.count:
            sentence = _("The table has headings and no row below them. Fill it in, then choose it again.")
            raise Refusal("settled_empty", sentence, field="file")
        return self.told


def _place_of_headings(rows: Sequence[tuple[int, Sequence[Cell | Odd]]]) -> int | None:
    for place, (_number, row) in enumerate(rows[:_TOP]):
        if len({column_of(str(cell)) for cell in row if isinstance(cell, str)} - {None}) >= _FEWEST:
            return place
    return None


def _columns(headings: Sequence[Cell | Odd]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the place of each field, and the headings that are left alone.

    Raises:
        Refusal: `settled_doubled` when two columns tell the same.

    """
    found: dict[str, int] = {}
    unread = []
    for place, heading in enumerate(headings):
        text = str(heading).strip() if isinstance(heading, str) else ""
        column = column_of(text)
        if column is None:
            unread += [shown(text)] if text else []
        elif column in found:
            sentence = _("Two columns tell the same: “%(heading)s”. Leave one of them, or rename the other.")
            raise Refusal("settled_doubled", sentence % {"heading": HEADINGS[column]}, field="file")
        else:
            found[column] = place
    return found, tuple(unread)


def _check_columns(found: Mapping[str, int], asked: Asked) -> None:
    """Let pass a table that tells who had what, and when it was paid; who paid may be told beside it.

    Raises:
        Refusal: `settled_headings`, `settled_payer`.

    """
    needed = [("paid_on",), ("amount", "starts_on")]
    needed.insert(0, ("payee_name", "payee_number", "relative_name", "relative_number"))
    lacking = [names[0] for names in needed if not any(name in found for name in names)]
    if lacking:
        raise _headings_missing(lacking)
    if "source" not in found and not asked.source:
        sentence = _("The table has no column that says who paid (发放单位). Enter it for all rows.")
        raise Refusal("settled_payer", sentence, field="source")


def _headings_missing(lacking: Iterable[str]) -> Refusal:
    sentence = _("The table lacks these headings: %(headings)s. Write them as in the sample.")
    headings = "、".join(HEADINGS[name] for name in lacking)
    return Refusal("settled_headings", sentence % {"headings": headings}, field="file")


def _is_total(row: Sequence[Cell | Odd]) -> bool:
    """Return whether a row adds up those above it: its first filled cell says so."""
    first = next((cell for cell in row if _says(cell)), "")
    return isinstance(first, str) and "".join(first.split()).lower() in _TOTALS


def _readers() -> Mapping[str, Callable[[Cell], Any]]:
    return {
        **dict.fromkeys(("payee_name", "relative_name"), cells.name),
        **dict.fromkeys(("payee_number", "relative_number"), lambda cell: identity(cell).number),
        **dict.fromkeys(("paid_on", "starts_on", "ends_on"), cells.day),
        "amount": _money,
        "source": cells.text,
    }


def _value(name: str, cell: Cell | Odd, readers: Mapping[str, Callable[[Cell], Any]]) -> Any:  # noqa: ANN401 - of any kind
    """Return what a cell says, None where it says nothing.

    Raises:
        Fault: When it cannot be taken.

    """
    if isinstance(cell, Odd):
        raise Fault("formula" if cell.kind == "formula" else "cell_error", text=shown(str(cell.value)))
    return None if cells.nothing(cell) or not _says(cell) else readers[name](cell)


def _money(cell: Cell) -> int:
    try:
        return parse_yuan(cells.text(cell))
    except Refusal:
        raise Fault("settled_money", text=shown(cells.text(cell))) from None


def _made(row: int, told: Mapping[str, Any], asked: Asked) -> ToldRow | RowFault:
    """Return a row, or what is missing in it or does not fit together."""
    payee, relative = (
        Named(told.get(f"{who}_name", ""), told.get(f"{who}_number", "")) for who in ("payee", "relative")
    )
    made = ToldRow(
        row=row,
        payee=payee,
        relative=relative,
        starts_on=told.get("starts_on"),
        ends_on=told.get("ends_on"),
        amount_minor=told.get("amount", 0),
        paid_on=told.get("paid_on", asked.today),
        source=told.get("source") or asked.source,
    )
    found = fault_of(made, asked)
    if found is None and "paid_on" not in told:
        return RowFault(row, "paid_on", "settled_paid_missing")
    return found or made


def fault_of(row: ToldRow, asked: Asked) -> RowFault | None:
    """Return what does not fit together in a row, whoever its persons are."""
    payee = 0 if row.payee.is_told else None
    qualifier = 0 if row.relative.is_told else payee if asked.is_own else None
    settled = Settled(payee, qualifier, row.starts_on, row.ends_on, row.amount_minor, row.paid_on, row.source)
    found = wrong(settled, asked.today)
    return None if found is None else RowFault(row.row, *found)
