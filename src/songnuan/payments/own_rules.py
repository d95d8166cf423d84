"""Where a payee's money stands, in the order in which it gets there; pure."""

from dataclasses import dataclass
from enum import StrEnum

from songnuan.payments.models import Channel, InstructionStatus, ListStatus
from songnuan.payments.notice_rules import Standing


class Stage(StrEnum):
    """Where a sum stands, as its payee is told."""

    RECKONED = "reckoned"
    """Worked out, and not on a list yet: it may still change."""
    WAITS = "waits"
    """A decision is missing."""
    NOTHING = "nothing"
    """Nothing is left to pay, or no day counts."""
    DOUBLE = "double"
    """Taken out as a double payment."""
    CHECKED = "checked"
    """On a list that is being checked and approved."""
    INSPECTED = "inspected"
    """Approved; the inspector signs next."""
    HELD = "held"
    """On hold while something is looked into."""
    TO_NOTICE = "to_notice"
    """Signed; the public notice comes next."""
    NOTICE_AHEAD = "notice_ahead"
    NOTICE = "notice"
    OBJECTED = "objected"
    """The notice is over, and an objection waits for its answer."""
    UPHELD = "upheld"
    """An objection was right: the list is made anew."""
    TO_PAY = "to_pay"
    """Nothing is in the way any more."""
    TAKEN_BACK = "taken_back"
    """The list was returned, withdrawn or cancelled."""
    SENT = "sent"
    CASH = "cash"
    """To be signed for."""
    PAID = "paid"
    SIGNED_FOR = "signed_for"
    """Handed out in cash."""
    FAILED = "failed"
    RETURNED = "returned"
    ENDED = "ended"
    """Not paid after all."""


SAYS = frozenset({Stage.SENT, Stage.PAID, Stage.SIGNED_FOR})
"""The money should have come, or soon: the payee is asked whether it did."""

_BY_NOTICE = {
    Standing.MISSING: Stage.TO_NOTICE,
    Standing.AHEAD: Stage.NOTICE_AHEAD,
    Standing.RUNNING: Stage.NOTICE,
    Standing.OPEN: Stage.OBJECTED,
    Standing.UPHELD: Stage.UPHELD,
    Standing.OVER: Stage.TO_PAY,
}
_BY_STATUS = {
    ListStatus.PENDING: Stage.CHECKED,
    ListStatus.APPROVED: Stage.INSPECTED,
    ListStatus.RETURNED: Stage.TAKEN_BACK,
    ListStatus.WITHDRAWN: Stage.TAKEN_BACK,
    ListStatus.CANCELLED: Stage.TAKEN_BACK,
}
_BY_INSTRUCTION = {
    InstructionStatus.FAILED: Stage.FAILED,
    InstructionStatus.RETURNED: Stage.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Sending:
    """The last instruction of a line, whether cash was signed for, and whether it is not tried again."""

    status: str = ""
    channel: str = ""
    signed: bool = False
    ended: bool = False


def stage_of(status: str, standing: Standing, sending: Sending, *, is_held: bool) -> Stage:
    """Return where a line of a list stands. A hold stops what was not sent yet."""
    if status == ListStatus.RELEASED:
        return _sent(sending)
    found = _BY_STATUS.get(ListStatus(status)) or _BY_NOTICE[standing]
    stops = is_held and found is not Stage.TAKEN_BACK
    return Stage.HELD if stops else found


def _sent(sending: Sending) -> Stage:
    if sending.ended:
        return Stage.ENDED
    if not sending.status:
        return Stage.TO_PAY
    failed = _BY_INSTRUCTION.get(InstructionStatus(sending.status))
    if failed is not None:
        return failed
    is_paid = sending.status == InstructionStatus.PAID
    if sending.channel == Channel.CASH:
        return Stage.SIGNED_FOR if is_paid or sending.signed else Stage.CASH
    return Stage.PAID if is_paid else Stage.SENT
