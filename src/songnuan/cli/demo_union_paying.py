"""What became of the first list of plan 3: the bank's answer, cash that was signed for, call-backs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from songnuan.cli.demo_invented import book
from songnuan.cli.demo_union import actor
from songnuan.cli.demo_union_money import first_list
from songnuan.cli.demo_union_plan import SLUG, key_of
from songnuan.cli.demo_union_staff import BANK, failing
from songnuan.cli.drawing import signature
from songnuan.journeys.book_results import Vouchers, book_cash, book_result, sign_for_cash
from songnuan.journeys.call_back import call_back
from songnuan.journeys.draw_payments import draw_payments
from songnuan.journeys.read_bank_result import read_bank_result
from songnuan.journeys.record_instruction import Scan
from songnuan.journeys.take_bank_file import take_bank_file
from songnuan.kernel.money import yuan
from songnuan.payments.bank_lines import pay_lines
from songnuan.payments.models import (
    CashReceipt,
    InstructionStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentResult,
    SampledPayment,
)
from songnuan.payments.sample_rules import Answer, Order, Scope

At = Callable[..., datetime]

_WHY_FAILED = "账户已销户"
_DRAWN = 20
_FINE = Answer(reached=True, signed=True, received="whole", kept="kept")
# What those said who were called, in the order of the draw; the others are still to be called.
SAID = (
    _FINE,
    _FINE,
    replace(_FINE, words="感谢工会，钱前天就收到了。"),
    Answer(reached=False),
    _FINE,
    replace(_FINE, kept="asked", words="班组里有人提议凑份子，没有给，也没有人强求。"),
    _FINE,
)
"""Whoever is drawn: who got it in cash signed for it."""


def pay_first_list(at: At) -> None:
    """Hand the file to the bank, book its answer, and have those sign who are paid in cash."""
    listed, finance = first_list(), actor("care-finance")
    bank = PaymentBatch.objects.select_related("payment_list").get(payment_list=listed, number=1)
    if not PaymentResult.objects.filter(batch=bank).exists():
        take_bank_file(batch_id=bank.pk, actor=finance, at=at(13, 10, 5)).content.close()
        read_bank_result(
            batch_id=bank.pk,
            content=_answer(bank),
            name="代发回单0414.xlsx",
            actor=finance,
            at=at(14, 10, 20),
        )
    read = PaymentResult.objects.get(batch=bank)
    if read.status == "read":
        papers = Vouchers("付-2020-0414-01", "", date(2020, 4, 14))
        book_result(result_id=read.pk, vouchers=papers, actor=finance, at=at(14, 10, 45))
    _sign(PaymentBatch.objects.get(payment_list=listed, number=2), at)


def _answer(batch: PaymentBatch) -> bytes:
    """Return the bank's answer: all are paid but one, whose account is closed."""
    closed = failing().account
    rows = [
        [line.position, line.account, line.name, yuan(line.amount_minor).replace(",", "")]
        + (["失败", _WHY_FAILED] if line.account == closed else ["成功", ""])
        for line in pay_lines(batch)
    ]
    headings = ("序号", "账号", "户名", "金额", "处理结果", "失败原因")
    return book(f"{BANK}代发回单", headings, rows)


def _sign(batch: PaymentBatch, at: At) -> None:
    """Let those sign for cash who came: the last one has not been there yet, one has sent his wife."""
    finance = actor("care-finance")
    *came, _last = PaymentInstruction.objects.filter(batch=batch).order_by("position")
    for place, row in enumerate(came):
        if CashReceipt.objects.filter(instruction=row).exists():
            continue
        sent = place == 1
        sign_for_cash(
            instruction_id=row.pk,
            signed_by="柳如月" if sent else row.name,
            relation="妻子" if sent else "",
            signed_on=date(2020, 4, 14),
            signature=Scan(signature(300 + place), f"签收{place + 1}.png", "image/png"),
            actor=finance,
            at=at(14, 15, 10 + place),
        )
    if came and came[0].status == InstructionStatus.SENT:
        papers = Vouchers("付-2020-0415-02", "", date(2020, 4, 15))
        book_cash(batch_id=batch.pk, vouchers=papers, actor=finance, at=at(15, 10, 30))


def call_payees_back(at: At) -> None:
    """Draw twenty who were paid, and call the first of them."""
    inspector = actor("care-inspector")
    sample = draw_payments(
        slug=SLUG,
        scope=Scope(list_id=first_list().pk),
        order=Order(confidence=95, by_unit=True, size=_DRAWN),
        key=key_of("draw"),
        actor=inspector,
        at=at(15, 11),
    )
    rows = SampledPayment.objects.filter(sample=sample).order_by("position")
    for place, (row, said) in enumerate(zip(rows, SAID, strict=False)):
        call_back(
            payment_id=row.pk,
            answer=said,
            happened_on=date(2020, 4, 16),
            key=key_of("call", str(place)),
            actor=inspector,
            at=at(16, 9, 10 + 6 * place),
        )
