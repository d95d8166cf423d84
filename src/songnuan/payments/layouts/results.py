"""Reads a bank's answer to a bank file: what was paid and what was not, row by row, as the layout says.

The file is opened by a process of its own (`documents.reading`). A row that cannot be taken is said with its
number and its field; whom it means is found afterwards.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from types import MappingProxyType
from typing import BinaryIO, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.documents.reading import Frame, Odd, read_frames
from songnuan.kernel import cells, faults
from songnuan.kernel.cells import Cell
from songnuan.kernel.faults import Fault, shown
from songnuan.kernel.money import LIMIT_MINOR, parse_yuan
from songnuan.kernel.refusal import Refusal
from songnuan.payments.layouts.judging import plain
from songnuan.payments.layouts.model import Layout, Results, Told, Unit

ROWS_MOST: Final = 500_000
"""Rows of an answer: what is longer answers no file of ours."""
REASON_MOST: Final = 200
_TOP = 15
"""Among how many rows of a sheet the headings are looked for: a title and a total may stand above them."""
_TOTALS = frozenset({"合计", "总计", "小计", "合计:", "总计:", "合计：", "总计：", "总笔数", "total"})
_FEN = re.compile(r"[0-9]{1,18}(?:\.0+)?")
_SURE = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?")

SENTENCES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "result_nobody": gettext_lazy("Neither reference nor account is told. Ask the bank whom it means."),
        "result_outcome": gettext_lazy(
            "“%(text)s” is no word that the layout knows for paid or not paid. Add it to the layout."
        ),
        "result_amount": gettext_lazy("“%(text)s” is not an amount. Compare it with the bank's answer."),
        "result_account": gettext_lazy(
            "The account cannot be read: it is cut, masked, or was stored as a number. Ask the bank for an"
            " answer with whole accounts."
        ),
    }
)
"""What can be wrong with a row: what it is, and what to do."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What the bank says of one payment, by the row's number; the amount is fen, None where none is told.

    `is_paid` is None while the payment is under way, and where the bank says nothing yet.
    """

    row: int
    reference: str
    account: str
    name: str
    amount_minor: int | None
    is_paid: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class ResultFault:
    """What is wrong with a field of a row, by the row's number; the facts name nobody."""

    row: int
    field: str
    code: str
    facts: Mapping[str, str | int] = made_by(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        if self.code in SENTENCES:
            return str(SENTENCES[self.code]) % self.facts
        return faults.sentence(self.code, self.facts)


def read_results(layout: Layout, file: BinaryIO, name: str) -> Iterator[ResultRow | ResultFault]:
    """Yield what each row of the bank's answer says, or what is wrong with it; empty rows and totals not.

    Args:
        layout: The layout of the file that is answered.
        file: A real file, see `documents.reading.as_file`.
        name: Its name; it decides nothing.

    Raises:
        Refusal: What `documents.reading.read_frames` raises; `results_headings`, `results_doubled`,
            `results_sheets` when a second sheet has rows as well, `results_many`, `results_empty`. It may
            come after rows that were fine; they then count for nothing.

    """
    table = _Table(layout.results)
    count = 0
    for row in table.rows(read_frames(file, name, layout.sign)):
        count += 1
        if count > ROWS_MOST:
            sentence = _("The file has more than %(limit)s rows. Split the table into several files.")
            told = {"limit": f"{ROWS_MOST:,}"}
            raise Refusal("results_many", sentence % told, field="file", limit=ROWS_MOST)
        yield row
    if not table.sheet:
        raise _headings_missing(layout.results)
    if not count:
        raise Refusal("results_empty", _("The answer tells of no payment. Choose another."), field="file")


Numbered = tuple[int, Sequence[Cell | Odd]]


class _Table:
    """The sheet that answers, as its rows come."""

    def __init__(self, results: Results) -> None:
        self.results, self.sheet = results, ""
        self.seen: set[str] = set()
        self.places: dict[Told, int] = {}
        if not results.header:
            self.places = {Told(one): at for at, one in enumerate(results.order) if one}
        self.taken = _taken(results)

    def rows(self, frames: Iterable[Frame]) -> Iterator[ResultRow | ResultFault]:
        """Yield the rows of the sheet that answers."""
        for frame in frames:
            rows: list[Numbered] = [
                (number, row)
                for number, row in enumerate(frame.rows(), frame.first)
                if any(cell if not isinstance(cell, str) else cell.strip() for cell in row)
            ]
            if frame.sheet not in self.seen:
                if not rows:
                    continue
                self.seen.add(frame.sheet)
                rows = self._begun(frame.sheet, rows)
            if frame.sheet == self.sheet:
                for number, row in rows:
                    if not _is_total(row):
                        yield self.taken(number, row, self.places)

    def _begun(self, sheet: str, rows: list[Numbered]) -> list[Numbered]:
        """Return the rows of a new sheet that tell of payments, once its headings are passed."""
        if self.results.header:
            at = _place_of_headings(self.results, rows)
            if at is None:
                return []
        if self.sheet:
            sentence = _("Two sheets of the answer hold rows: “%(one)s” and “%(other)s”. Leave one of them.")
            told = {"one": self.sheet, "other": sheet}
            raise Refusal("results_sheets", sentence % told, field="file")
        self.sheet = sheet
        if not self.results.header:
            top = self.results.top
            return [*filter(self._pays, rows[:top]), *rows[top:]]
        self.places = _places(self.results, rows[at or 0][1])
        return rows[(at or 0) + 1 :]

    def _pays(self, numbered: Numbered) -> bool:
        """Return whether a row at the top tells of a payment all the same: some leave the total out."""
        told = self.taken(*numbered, self.places)
        return isinstance(told, ResultRow) and bool(told.account) and told.is_paid is not None


def _heading(results: Results, cell: Cell | Odd) -> Told | None:
    if not isinstance(cell, str) or not (word := plain(cell)):
        return None
    return next((one for one in Told if word in map(plain, getattr(results, one.value))), None)


def _place_of_headings(results: Results, rows: Sequence[Numbered]) -> int | None:
    """Return which row holds the headings: whom a row means, and how it ended where that is told."""
    for place, (_number, row) in enumerate(rows[:_TOP]):
        found = {told for cell in row if (told := _heading(results, cell))}
        if found & {Told.REFERENCE, Told.ACCOUNT} and (Told.OUTCOME in found or not results.outcome):
            return place
    return None


def _places(results: Results, headings: Sequence[Cell | Odd]) -> dict[Told, int]:
    found: dict[Told, int] = {}
    for place, heading in enumerate(headings):
        told = _heading(results, heading)
        if told is None:
            continue
        if told in found:
            sentence = _("Two columns tell the same: “%(heading)s”. Leave one of them, or rename the other.")
            raise Refusal("results_doubled", sentence % {"heading": shown(str(heading))}, field="file")
        found[told] = place
    return found


def _headings_missing(results: Results) -> Refusal:
    names = [results.reference + results.account, results.outcome]
    sentence = _("The answer lacks a column that the layout looks for: %(headings)s. Is it the right layout?")
    wanted = "；".join("、".join(some) for some in names if some)
    return Refusal("results_headings", sentence % {"headings": wanted}, field="file")


def _is_total(row: Sequence[Cell | Odd]) -> bool:
    """Return whether a row adds up others: its first filled cell says so."""
    first = next((cell for cell in row if cell != ""), "")
    return isinstance(first, str) and "".join(first.split()).lower() in _TOTALS


Take = Callable[[int, Sequence[Cell | Odd], Mapping[Told, int]], ResultRow | ResultFault]


def _taken(results: Results) -> Take:
    """Return what makes of a row what the bank says in it."""
    words = {plain(word): True for word in results.paid} | {plain(word): False for word in results.failed}
    outcomes: dict[str, bool | None] = {**words, **{plain(word): None for word in results.waiting}}
    outcomes |= {"": None}
    tells_outcome = results.tells(Told.OUTCOME)
    money = _yuan if results.unit == Unit.YUAN else _fen

    def take(number: int, row: Sequence[Cell | Odd], places: Mapping[Told, int]) -> ResultRow | ResultFault:
        told: dict[Told, Cell] = {}
        for what, place in places.items():
            cell = row[place] if place < len(row) else ""
            if isinstance(cell, Odd):
                code = "formula" if cell.kind == "formula" else "cell_error"
                return ResultFault(number, what.value, code, {"text": shown(str(cell.value))})
            told[what] = cell
        reference = _text(told.get(Told.REFERENCE, ""))
        at = Told.ACCOUNT
        try:
            account = _account(told.get(Told.ACCOUNT, ""))
            at = Told.AMOUNT
            amount = money(told.get(Told.AMOUNT, ""))
        except Fault as fault:
            return ResultFault(number, at.value, fault.code, fault.facts)
        if not reference and not account:
            return ResultFault(number, "account", "result_nobody")
        word = plain(_text(told.get(Told.OUTCOME, "")))
        if word not in outcomes:
            return ResultFault(number, "outcome", "result_outcome", {"text": shown(word)})
        return ResultRow(
            row=number,
            reference=reference,
            account=account,
            name=_text(told.get(Told.NAME, "")),
            amount_minor=amount,
            is_paid=outcomes[word] if tells_outcome else False,
            reason=_text(told.get(Told.REASON, ""))[:REASON_MOST],
        )

    return take


def _text(cell: Cell) -> str:
    return "" if cell == "" else cells.text(cell)


def _account(cell: Cell) -> str:
    if cell == "" or (isinstance(cell, str) and not cell.strip()):
        return ""
    try:
        return cells.account(cell)
    except Fault:
        raise Fault("result_account") from None


def _yuan(cell: Cell) -> int | None:
    """Return an amount in yuan as fen: 1,000.00, 1000, 1000.5, or a number of a workbook."""
    if cell == "":
        return None
    if isinstance(cell, str) and (sure := _SURE.fullmatch(cell)):
        return int(sure[1]) * 100 + int((sure[2] or "").ljust(2, "0"))
    text = cells.text(cell)
    try:
        return parse_yuan(text) if text else None
    except Refusal:
        raise Fault("result_amount", text=shown(text)) from None


def _fen(cell: Cell) -> int | None:
    if cell == "":
        return None
    text = cells.squeezed(cell).replace(",", "")
    if not text:
        return None
    if not _FEN.fullmatch(text) or (minor := int(text.partition(".")[0])) > LIMIT_MINOR:
        raise Fault("result_amount", text=shown(cells.text(cell)))
    return minor
