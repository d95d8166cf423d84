"""What became of a released list, as its pages show it: batches, payments, lines still to be paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.kernel.money import yuan
from songnuan.payments.models import (
    CashReceipt,
    Channel,
    InstructionStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentResult,
    ResultRow,
)
from songnuan.payments.release_models import Effect
from songnuan.payments.release_queries import Paid, Part, states_of, told_digest
from songnuan.people.masking import listed_name
from songnuan.people.models import Person, PersonStatus
from songnuan.web.erased import is_hidden, payee_name
from songnuan.web.payment_list_page import account_end, sealed_end

MARKS = {
    InstructionStatus.SENT.value: "waiting",
    InstructionStatus.PAID.value: "done",
    InstructionStatus.FAILED.value: "late",
    InstructionStatus.RETURNED.value: "late",
}
STATE_WORDS: dict[str, Promise] = {status.value: status.label for status in InstructionStatus}
CASH_WORDS: dict[str, Promise] = {
    **STATE_WORDS,
    InstructionStatus.SENT.value: pgettext_lazy("cash", "to be signed for and booked"),
}


def state_words(channel: str) -> dict[str, Promise]:
    """Return the words of the states of payments: cash is signed for, no bank answers."""
    return CASH_WORDS if channel == Channel.CASH else STATE_WORDS


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch among those of its list."""

    number: int
    channel: str
    count: int
    total_minor: int
    released_by: str
    released_at: datetime
    states: str
    state: str


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that failed or came back. `now` is the account that the register tells, where it differs.

    `now_digest` is by which the page says what it showed.
    """

    id: int
    position: int
    name: str
    amount_minor: int
    state: str
    state_label: str
    reason: str
    account: str
    differs: bool
    is_gone: bool
    now: str
    now_digest: str


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment of a batch; of the account the last four figures alone, of a minor none."""

    id: int
    position: int
    name: str
    account: str
    bank: str
    amount_minor: int
    state: str
    state_label: str
    reason: str
    signed: str
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a list is in one state."""

    label: Promise
    part: Part
    is_late: bool


def shares_of(paid: Paid) -> list[Share]:
    """Return what became of a list, of all states that have anything, the paid ones always."""
    every = (
        Share(gettext_lazy("paid"), paid.paid, is_late=False),
        Share(gettext_lazy("sent, no answer yet"), paid.sent, is_late=False),
        Share(gettext_lazy("failed"), paid.failed, is_late=True),
        Share(gettext_lazy("came back"), paid.returned, is_late=True),
        Share(gettext_lazy("not paid after all"), paid.ended, is_late=False),
    )
    return [one for one in every if one.part.count or one is every[0]]


def batch_rows(batches: Sequence[PaymentBatch]) -> list[BatchRow]:
    """Return batches in words."""
    states = states_of([batch.pk for batch in batches])
    return [
        BatchRow(
            number=batch.number,
            channel=str(Channel(batch.channel).label),
            count=batch.lines_count,
            total_minor=batch.total_minor,
            released_by=batch.released_by.name or batch.released_by.username,
            released_at=batch.released_at,
            states=_states(states[batch.pk], state_words(batch.channel)),
            state=_state(states[batch.pk]),
        )
        for batch in batches
    ]


def _states(parts: dict[str, Part], words: dict[str, Promise]) -> str:
    return "，".join(
        f"{words[state]} {parts[state].count}" for state in InstructionStatus.values if state in parts
    )


def _state(parts: dict[str, Part]) -> str:
    if InstructionStatus.SENT in parts:
        return "waiting"
    return "done" if set(parts) == {InstructionStatus.PAID.value} else "late"


def open_lines(lines: Iterable[Any]) -> list[OpenLine]:
    """Return lines of `unpaid_lines` and `told_now` in words."""
    return [
        OpenLine(
            id=row.pk,
            position=row.position,
            name=payee_name(row.name, row.payee),
            amount_minor=row.amount_minor,
            state=MARKS[row.last_status],
            state_label=str(STATE_WORDS[row.last_status]),
            reason=row.last_reason,
            account=sealed_end(row.last_account, row.payee),
            differs=row.differs,
            is_gone=row.payee.status != PersonStatus.ACTIVE,
            now=_now(row.payee) if row.differs else "",
            now_digest=told_digest(row.payee),
        )
        for row in lines
    ]


def _now(payee: Person) -> str:
    """Return name, end of the account and bank as the register tells them."""
    name = listed_name(payee.name, minor=payee.restricted)
    account = account_end(payee.account, payee) or _("no account")
    return " · ".join(one for one in (name, account, payee.bank) if one)


def payment_rows(instructions: Iterable[PaymentInstruction], channel: str) -> list[PaymentRow]:
    """Return payments of a batch in words, with who signed for cash."""
    rows = list(instructions)
    receipts = {
        one.instruction_id: one
        for one in CashReceipt.objects.filter(instruction__in=[row.pk for row in rows]).select_related(
            "signature"
        )
    }
    return [
        PaymentRow(
            id=row.pk,
            position=row.position,
            name=payee_name(row.name, row.line.payee),
            account=sealed_end(row.account, row.line.payee),
            bank=row.bank,
            amount_minor=row.amount_minor,
            state=MARKS[row.status],
            state_label=str(_state_word(row.status, channel, is_signed=row.pk in receipts)),
            reason="" if row.line.payee.status == PersonStatus.ERASED else row.reason,
            signed=_signed(receipts.get(row.pk), row),
            has_picture=row.pk in receipts and receipts[row.pk].signature.erased_at is None,
        )
        for row in rows
    ]


def _state_word(status: str, channel: str, *, is_signed: bool) -> Promise:
    if channel == Channel.CASH and status == InstructionStatus.SENT:
        signed = pgettext_lazy("cash", "signed for, to be booked")
        return signed if is_signed else pgettext_lazy("cash", "to be signed for")
    return STATE_WORDS[status]


def _signed(receipt: CashReceipt | None, row: PaymentInstruction) -> str:
    if receipt is None:
        return ""
    payee = row.line.payee
    own = not receipt.relation or payee.status == PersonStatus.ERASED
    name = payee_name(receipt.signed_by, payee, minor=own and is_hidden(payee))
    return f"{name}（{receipt.relation}）" if receipt.relation else name


def odd_sentences(rows: Iterable[ResultRow]) -> list[str]:
    """Return what is odd about rows of a result: which row, whom it names, why nothing is booked by it."""
    found = []
    for row in rows:
        words = {"row": row.row, "what": Effect(row.effect).label}
        if row.instruction is not None:
            payee = row.instruction.line.payee
            words["name"] = payee_name(row.instruction.name, payee)
            sentence = _("Row %(row)s, %(name)s: %(what)s.") % words
        else:
            sentence = _("Row %(row)s: %(what)s.") % words
        is_gone = row.instruction is not None and row.instruction.line.payee.status == PersonStatus.ERASED
        found.append(f"{sentence} {row.reason}" if row.reason and not is_gone else sentence)
    return found


def booked_words(row: PaymentResult) -> str:
    """Return what a result came to."""
    parts = (
        (row.paid_count, row.paid_minor, _("%(count)s paid (%(sum)s yuan)")),
        (row.failed_count, row.failed_minor, _("%(count)s failed (%(sum)s yuan)")),
        (row.back_count, row.back_minor, _("%(count)s came back (%(sum)s yuan)")),
    )
    return "；".join(told % {"count": count, "sum": yuan(minor)} for count, minor, told in parts if count)
