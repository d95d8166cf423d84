"""What became of lists, lines and payments, told slowly and plainly: the oracle of the payment machine.

Nothing here asks the database. Amounts are fen; accounts stand as they are, "" for none.
"""

from collections import Counter
from dataclasses import dataclass, field

BOOKS = {"pay": "paid", "late": "paid", "fail": "failed", "back": "returned"}
FINE = {*BOOKS, "known", "repeated"}


@dataclass
class Payee:
    """A person of the register: the account that it tells now, and what is due to them."""

    name: str
    due_minor: int
    account: str = ""


@dataclass
class Instruction:
    """One try to pay a line."""

    line: "Line"
    batch: "Batch"
    position: int
    account: str
    status: str = "sent"
    is_signed: bool = False


@dataclass
class Line:
    """A line of a list: what it pays whom, as it was frozen."""

    payee: Payee
    position: int
    account: str
    tries: list[Instruction] = field(default_factory=list)
    corrected: str | None = None
    is_ended: bool = False

    @property
    def amount(self) -> int:
        """What it pays."""
        return self.payee.due_minor

    @property
    def counts(self) -> str:
        """To which account it would be paid now."""
        return self.account if self.corrected is None else self.corrected

    @property
    def differs(self) -> bool:
        """Whether the register tells another account by now."""
        return self.counts != self.payee.account

    @property
    def last(self) -> str:
        """What became of it."""
        if self.is_ended:
            return "ended"
        return self.tries[-1].status if self.tries else ""

    @property
    def is_open(self) -> bool:
        """Whether it failed or came back, and waits for what is done about it."""
        return self.last in {"failed", "returned"}


@dataclass(frozen=True)
class Row:
    """A row of an answer: by place or by account; `is_paid` None while the bank does not say."""

    position: int | None
    account: str
    amount: int | None
    is_paid: bool | None
    is_readable: bool = True


@dataclass
class Result:
    """An answer that was read, with what it comes to."""

    pk: int
    rows: tuple[Row, ...]
    content: bytes
    figures: Counter[str]


@dataclass
class Batch:
    """What was released together, by one way."""

    pk: int
    number: int
    is_bank: bool
    tries: list[Instruction] = field(default_factory=list)
    waits: Result | None = None
    booked: list[Result] = field(default_factory=list)


@dataclass
class List:
    """A list: its lines, how it stands, and whether an inspector stopped it."""

    pk: int
    lines: list[Line]
    first: int | None
    status: str = "pending"
    is_checked: bool = False
    is_noticed: bool = False
    hold: int | None = None
    batches: list[Batch] = field(default_factory=list)

    @property
    def total(self) -> int:
        """What it pays in all."""
        return sum(line.amount for line in self.lines)

    @property
    def differs(self) -> bool:
        """Whether the register tells an account of it otherwise than it was frozen."""
        return any(line.account != line.payee.account for line in self.lines)

    @property
    def is_promised(self) -> bool:
        """Whether money was set aside for it."""
        return self.status in {"approved", "signed", "released"}

    @property
    def settles(self) -> set[str]:
        """Whom no other list pays while this one stands so."""
        if not self.is_promised:
            return set()
        return {line.payee.name for line in self.lines if not line.is_ended}

    @property
    def committed(self) -> int:
        """What has to be set aside for it."""
        if self.status in {"approved", "signed"}:
            return self.total
        return sum(line.amount for line in self.lines if line.last in {"sent", "failed"})

    @property
    def left(self) -> int:
        """What left the house for it, whether it came back or not."""
        return sum(
            line.amount for line in self.lines for one in line.tries if one.status in {"paid", "returned"}
        )

    @property
    def back(self) -> int:
        """What of that came back."""
        return sum(line.amount for line in self.lines for one in line.tries if one.status == "returned")

    def release(self, lines: list[Line], numbers: list[int]) -> None:
        """Send lines: one batch by the bank, one in cash; `numbers` are the ids that they got."""
        for is_bank in (True, False):
            some = [line for line in lines if bool(line.counts) is is_bank]
            if not some:
                continue
            batch = Batch(numbers.pop(0), len(self.batches) + 1, is_bank)
            self.batches.append(batch)
            for place, line in enumerate(some, start=1):
                one = Instruction(line, batch, place, line.counts)
                line.tries.append(one)
                batch.tries.append(one)


def whose(batch: Batch, rows: tuple[Row, ...]) -> list[Instruction | None]:
    """Say of each row of which payment it is: by its place, else by account and amount in their order."""
    found: list[Instruction | None] = []
    taken: Counter[tuple[str, int]] = Counter()
    for row in rows:
        own = None
        if not row.is_readable:
            pass
        elif row.position is not None:
            own = next((one for one in batch.tries if one.position == row.position), None)
        elif row.account and row.amount is not None:
            same = [one for one in batch.tries if (one.account, one.line.amount) == (row.account, row.amount)]
            own = same[min(taken[row.account, row.amount], len(same) - 1)] if same else None
            taken[row.account, row.amount] += 1
        found.append(own)
    return found


def effects(batch: Batch, rows: tuple[Row, ...]) -> list[str]:
    """Say of each row what it does, as the payments stand."""
    owners = whose(batch, rows)
    said = [_effect(row, one, batch) for row, one in zip(rows, owners, strict=True)]
    for one in {id(owner): owner for owner in owners if owner}.values():
        places = [at for at, owner in enumerate(owners) if owner is one]
        clear = [at for at in places if rows[at].is_paid is not None]
        if len(clear) < 2:
            continue
        if len({rows[at].is_paid for at in clear}) > 1:
            for at in places:
                said[at] = "contradicts"
        else:
            for at in places:
                if at > clear[0]:
                    said[at] = "repeated"
    return said


def _effect(row: Row, one: Instruction | None, batch: Batch) -> str:  # noqa: C901, PLR0911 - one for each answer
    if not row.is_readable:
        return "unreadable"
    if one is None:
        return "unknown"
    if row.account and row.account != one.account:
        return "account"
    if row.amount is not None and row.amount != one.line.amount:
        return "amount"
    if row.is_paid is None:
        return "unclear"
    if one.status == "sent":
        if not row.is_paid:
            return "fail"
        return "pay" if batch.is_bank or one.is_signed else "unclear"
    if one.status == "paid":
        return "known" if row.is_paid else "back"
    if not row.is_paid:
        return "known"
    if one.status == "failed" and one.line.tries[-1] is one and not one.line.is_ended:
        return "late"
    return "twice"


def figures(batch: Batch, rows: tuple[Row, ...]) -> Counter[str]:
    """Say what rows come to: how many are paid, failed and came back, the sums of these, and what is odd."""
    found: Counter[str] = Counter()
    for one, effect in zip(whose(batch, rows), effects(batch, rows), strict=True):
        if one is not None and effect in BOOKS:
            found[BOOKS[effect]] += 1
            found[f"{BOOKS[effect]} fen"] += one.line.amount
        elif effect not in FINE:
            found["odd"] += 1
    return found


def book(batch: Batch, rows: tuple[Row, ...]) -> None:
    """Move the payments as the rows say."""
    moves = list(zip(whose(batch, rows), effects(batch, rows), strict=True))
    for one, effect in moves:
        if one is not None and effect in BOOKS:
            one.status = BOOKS[effect]
