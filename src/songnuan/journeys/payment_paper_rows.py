"""What papers tell of the lines of a payment list: many at once, in as many queries as for one."""

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from django.db.models import QuerySet

from songnuan.benefits.explaining import reason_of
from songnuan.benefits.lists import standard_of, steps_of
from songnuan.benefits.models import Entitlement
from songnuan.benefits.reckoning import counted_of
from songnuan.benefits.standards import By, Standard
from songnuan.kernel.money import yuan
from songnuan.kernel.names import mask_name
from songnuan.kernel.sealing import open_text
from songnuan.organisation.queries import names_then
from songnuan.payments.models import (
    CashReceipt,
    Channel,
    InstructionStatus,
    LineEnd,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
)
from songnuan.payments.noticing import rows_of
from songnuan.people.columns import PLACES
from songnuan.people.masking import account_tail, listed_name, masked_number, tail
from songnuan.people.models import OPEN, Enrolment, PersonStatus, Relation, Sex
from songnuan.people.rules import is_young

CHANNELS = {Channel.BANK.value: "银行转账", Channel.CASH.value: "现金"}
OPEN_STATE, TO_FETCH, SIGNED, SENT = "未发放", "待领取", "已签收，待记账", "待银行回单"
PAID, FAILED, BACK, ENDED = "已付", "失败", "已退回", "不再发放"
GONE = "（已按期删除）"
"""What stands in the place of a name that was erased."""
STATES = (PAID, SIGNED, TO_FETCH, SENT, FAILED, BACK, ENDED, OPEN_STATE)
"""What became of a line, in the order in which sums stand."""
_STATES = {
    InstructionStatus.PAID.value: PAID,
    InstructionStatus.FAILED.value: FAILED,
    InstructionStatus.RETURNED.value: BACK,
}
_EACH = {By.ONCE: "", By.DAY: "/天", By.HALF_DAY: "/天", By.MONTH: "/月"}
_TIMES = {By.ONCE: "人次", By.DAY: "天", By.HALF_DAY: "天", By.MONTH: "个月"}


@dataclass(frozen=True, slots=True)
class PayRow:
    """One line as papers tell it; numbers and names are masked already where they have to be.

    `rows` are those of the standard that counted, each with what it is worth (`rates`) and how often it
    counted (`times`). `state` is one of `STATES`; `reason` why it was not paid. `signed_on` is when cash was
    signed for, by `proxy` where another one signed. Days and vouchers are those of the fund's entries.
    """

    place: int
    name: str
    masked_name: str
    sex: str
    id_number: str
    unit: str
    post: str
    rows: str
    rates: str
    times: str
    days: int
    amount_minor: int
    account: str
    bank: str
    channel: str
    state: str
    reason: str
    qualifier: str
    why: str
    signed_on: date | None
    proxy: str
    paid_on: date | None
    voucher: str
    back_on: date | None
    back_voucher: str


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known around the lines of a list, read once for all of them."""

    standard: Standard
    units: dict[int, str]
    posts: dict[int, str]
    receipts: dict[int, CashReceipt]
    ends: dict[int, str]
    reckoned: dict[tuple[int, int], Entitlement]
    on: date
    is_full: bool


def pay_rows(row: PaymentList, on: date, *, batch: int | None, is_full: bool) -> list[PayRow]:
    """Return the lines of a list in order, each as it stands by its last payment; or those of one batch.

    Args:
        row: The list, with what was reckoned and its version of the standard.
        on: The day by which units are called.
        batch: The number of a batch, whose payments are told in the order of its file.
        is_full: Whether numbers, and the names of minors, stand in full.

    """
    lines = PaymentLine.objects.filter(payment_list=row).order_by()
    if batch is not None:
        around = _around(row, lines.filter(instructions__batch__number=batch), on, is_full=is_full)
        rows = _payments(row).filter(batch__number=batch).order_by("position")
        return [_told(one.position, one.line, one, around) for one in rows]
    around = _around(row, lines, on, is_full=is_full)
    last = {one.line_id: one for one in _payments(row).order_by("pk")}
    told = lines.select_related("payee", "qualifier").order_by("position")
    return [_told(one.position, one, last.get(one.pk), around) for one in told]


def _payments(row: PaymentList) -> QuerySet[PaymentInstruction]:
    rows = PaymentInstruction.objects.filter(line__payment_list=row)
    return rows.select_related(
        "batch", "line__payee", "line__qualifier", "result__disbursement", "back__refund"
    )


def _around(row: PaymentList, lines: QuerySet[PaymentLine], on: date, *, is_full: bool) -> _Around:
    enrolled = Enrolment.objects.filter(
        OPEN, roster=row.reckoning.roster_id, person__in=lines.values("payee")
    )
    receipts = CashReceipt.objects.filter(instruction__line__in=lines)
    reckoned = Entitlement.objects.filter(reckoning=row.reckoning_id, payee__in=lines.values("payee"))
    return _Around(
        standard=standard_of(row.reckoning),
        units=names_then(lines.values_list("unit", flat=True).distinct(), on),
        posts=dict(enrolled.values_list("person", "post")),
        receipts={one.instruction_id: one for one in receipts},
        ends=dict(LineEnd.objects.filter(line__in=lines).values_list("line", "why")),
        reckoned={(one.payee_id, one.qualifier_id): one for one in reckoned},
        on=on,
        is_full=is_full,
    )


def _told(place: int, line: PaymentLine, paid: PaymentInstruction | None, around: _Around) -> PayRow:
    counts = paid or line
    is_gone = line.payee.status == PersonStatus.ERASED
    minor = is_gone or is_young(line.payee.birth_on, around.on, restricted=line.payee.restricted)
    receipt = around.receipts.get(paid.pk) if paid else None
    number, account = _opened("id_number", line.id_number), _opened("account", counts.account)
    state, reason = _state(line, paid, receipt, around)
    rates, times = _counted(around.standard, line.counted)
    booked, kept = _booked(paid), counts.name or (GONE if is_gone else "")
    name = kept if kept == GONE else _name(kept, around, minor=minor)
    return PayRow(
        place=place,
        name=name,
        masked_name=name if around.is_full or kept == GONE else _masked(kept, tail(number, minor=minor)),
        sex=str(Sex(line.payee.sex).label) if line.payee.sex else "",
        id_number=number if around.is_full else masked_number(number, minor=minor),
        unit=around.units.get(line.unit_id, ""),
        post=around.posts.get(line.payee_id, ""),
        rows=rows_of(around.standard, line.counted),
        rates=rates,
        times=times,
        days=line.days,
        amount_minor=counts.amount_minor,
        account=account if around.is_full else account_tail(account, minor=minor),
        bank=counts.bank,
        channel=CHANNELS[paid.batch.channel] if paid else "",
        state=state,
        reason="" if is_gone and not around.is_full else reason,
        qualifier=_qualifier(line, around),
        why=reason_of(around.standard, steps_of(around.reckoned[line.payee_id, line.qualifier_id])),
        signed_on=receipt.signed_on if receipt else None,
        proxy=f"{receipt.signed_by or GONE}（{receipt.relation}）" if receipt and receipt.relation else "",
        **booked,
    )


def _opened(field: str, sealed: str | None) -> str:
    return open_text(PLACES[field], sealed) if sealed else ""


def _name(name: str, around: _Around, *, minor: bool) -> str:
    """Return a name as somebody signs beside it; of a minor masked, where it need not be whole."""
    return (name if around.is_full else listed_name(name, minor=minor)) or "—"


def _masked(name: str, end: str) -> str:
    """Return a masked name with the end of the identity number, by which namesakes are told apart."""
    hidden = mask_name(name) or "—"
    return f"{hidden}（{end}）" if end else hidden


def _qualifier(line: PaymentLine, around: _Around) -> str:
    """Return whose service it is for, and what they are to the payee: 王*（配偶）; 本人 for the own one."""
    if line.qualifier_id == line.payee_id:
        return "本人"
    name = line.qualifier.name if around.is_full else mask_name(line.qualifier.name)
    relation = str(Relation(line.relation).label) if line.relation else ""
    return f"{name or '—'}（{relation}）" if relation else name or "—"


def _state(
    line: PaymentLine, paid: PaymentInstruction | None, receipt: CashReceipt | None, around: _Around
) -> tuple[str, str]:
    """Return what became of a line, and why it was not paid."""
    if line.pk in around.ends:
        return ENDED, around.ends[line.pk]
    if paid is None:
        return OPEN_STATE, ""
    if paid.status != InstructionStatus.SENT:
        return _STATES[paid.status], paid.reason
    if paid.batch.channel == Channel.BANK:
        return SENT, ""
    return (SIGNED if receipt else TO_FETCH), ""


def _counted(standard: Standard, counted: str) -> tuple[str, str]:
    """Return what each row that counted is worth, and how often it counted: 300.00/天 and 12天."""
    rates, times = [], []
    for one in counted_of(counted):
        part = standard.parts[one.part]
        number = one.number / 2 if part.by == By.HALF_DAY else one.number
        rates.append(f"{yuan(part.rows[one.place].worth_minor)}{_EACH[part.by]}")
        times.append(f"{number:g}{_TIMES[part.by]}")
    return "、".join(rates), "、".join(times)


class _Booked(TypedDict):
    """Days and vouchers of the entries by which a payment was booked."""

    paid_on: date | None
    voucher: str
    back_on: date | None
    back_voucher: str


def _booked(paid: PaymentInstruction | None) -> _Booked:
    found = _Booked(paid_on=None, voucher="", back_on=None, back_voucher="")
    if paid is None or paid.status not in {InstructionStatus.PAID, InstructionStatus.RETURNED}:
        return found
    out, back = paid.result and paid.result.disbursement, paid.back and paid.back.refund
    if out:
        found |= {"paid_on": out.happened_on, "voucher": out.voucher}
    if back:
        found |= {"back_on": back.happened_on, "back_voucher": back.voucher}
    return found
