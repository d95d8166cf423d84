"""A list that can be released: two of its families have an account, one is paid in cash; and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from payments.house import FUND, NOW, ListHouse
from payments.noticing import later, named_house, publish, signed
from put_back import beginning
from songnuan.journeys.book_results import Vouchers, book_by_hand, book_cash, book_result, sign_for_cash
from songnuan.journeys.read_bank_result import read_bank_result
from songnuan.journeys.record_instruction import Scan
from songnuan.journeys.release_list import confirm_account, end_lines, pay_again, release_list
from songnuan.payments.models import (
    InstructionStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
)
from songnuan.payments.release_queries import told_digest
from songnuan.people.columns import index
from songnuan.people.models import Person
from songnuan.plans.models import Blocks, Measure, Question
from whole_files import whole_pdf

ACCOUNTS = {"欧阳娜娜": "6222020200112233445", "张小三": "6217001234567890123"}
LAYOUT = "workbook-five"
SETTINGS = {"standard": "family-money", "roster": "staff", "fund": FUND}
AFTER = later(10)
"""Monday after the notice: 20 April 2020."""
DAY = AFTER.date()


def set_account(name: str, account: str, bank: str = "临城农商银行") -> None:
    """Give a person of the register an account."""
    person = Person.objects.get(name=name)
    person.account, person.account_index, person.bank = account or None, index("account", account), bank
    person.save()


@dataclass
class ReleaseHouse:
    """The house of lists with one that the inspector signed, and whose notice is over."""

    lists: ListHouse
    list_id: int

    @property
    def row(self) -> PaymentList:
        """The list as it stands."""
        return PaymentList.objects.get(pk=self.list_id)

    def release(self, **changes: Any) -> None:
        """Release it."""
        facts: dict[str, Any] = {"list_id": self.list_id, "digest": self.row.digest, "layout": LAYOUT}
        release_list(**{**facts, "actor": self.lists.finance, "at": AFTER, **changes})

    def batch(self, number: int = 1) -> PaymentBatch:
        """Return one of its batches: 1 by the bank, 2 in cash."""
        return PaymentBatch.objects.select_related("payment_list").get(
            payment_list=self.list_id, number=number
        )

    def line(self, position: int) -> PaymentLine:
        """Return one of its lines."""
        return PaymentLine.objects.get(payment_list=self.list_id, position=position)

    def states(self) -> list[tuple[int, str]]:
        """Return place of the line and state of every instruction, as they were made."""
        rows = PaymentInstruction.objects.filter(line__payment_list=self.list_id).order_by("pk")
        return list(rows.values_list("line__position", "status"))

    def hand(self, told: Mapping[int, tuple[bool, str]], number: int = 1, **changes: Any) -> None:
        """Enter by hand what became of payments of a batch."""
        facts: dict[str, Any] = {"batch_id": self.batch(number).pk, "told": told}
        facts["vouchers"] = vouchers("手工")
        book_by_hand(**{**facts, "actor": self.lists.finance, "at": AFTER, **changes})

    def read(self, rows: Sequence[Sequence[object]], number: int = 1, **changes: Any) -> int:
        """Bring in an answer of the bank; return the result's id."""
        facts: dict[str, Any] = {"batch_id": self.batch(number).pk, "name": "回盘.xlsx"}
        facts["content"] = answer(rows)
        return read_bank_result(**{**facts, "actor": self.lists.finance, "at": AFTER, **changes})

    def book(self, result_id: int, mark: str = "1", **changes: Any) -> None:
        """Book a result."""
        facts: dict[str, Any] = {"result_id": result_id, "vouchers": vouchers(mark)}
        book_result(**{**facts, "actor": self.lists.finance, "at": AFTER, **changes})

    def sign(self, position: int = 1, number: int = 2, **changes: Any) -> None:
        """Have somebody sign for cash."""
        found = PaymentInstruction.objects.get(batch=self.batch(number), position=position)
        facts: dict[str, Any] = {"signed_by": found.name, "relation": "", "signed_on": DAY}
        facts |= {
            "signature": Scan(whole_pdf(found.name), "签字.pdf", "application/pdf"),
            "actor": self.lists.finance,
            "at": AFTER,
        }
        sign_for_cash(**{"instruction_id": found.pk, **facts, **changes})

    def book_cash(self, number: int = 2, **changes: Any) -> None:
        """Book the cash that was signed for."""
        facts: dict[str, Any] = {"batch_id": self.batch(number).pk, "vouchers": vouchers("现")}
        book_cash(**{**facts, "actor": self.lists.finance, "at": AFTER, **changes})

    def again(self, *positions: int, **changes: Any) -> None:
        """Pay lines again."""
        ids = [self.line(position).pk for position in positions]
        facts: dict[str, Any] = {"list_id": self.list_id, "line_ids": ids, "layout": LAYOUT}
        pay_again(**{**facts, "actor": self.lists.finance, "at": AFTER, **changes})

    def end(self, *positions: int, **changes: Any) -> None:
        """Pay lines not after all."""
        ids = [self.line(position).pk for position in positions]
        facts: dict[str, Any] = {"list_id": self.list_id, "line_ids": ids, "why": "本人放弃"}
        end_lines(**{**facts, "actor": self.lists.finance, "at": AFTER, **changes})

    def confirm(self, position: int, **changes: Any) -> None:
        """Confirm the account that the register tells of a line's payee."""
        line = PaymentLine.objects.select_related("payee").get(pk=self.line(position).pk)
        facts: dict[str, Any] = {"line_id": line.pk, "seen": told_digest(line.payee)}
        confirm_account(**{**facts, "actor": self.lists.checker, "at": AFTER, **changes})


def vouchers(mark: str, day: date = DAY) -> Vouchers:
    """Return the papers of one booking."""
    return Vouchers(paid=f"付-{mark}", back=f"退-{mark}", happened_on=day)


def answer(rows: Sequence[Sequence[object]]) -> bytes:
    """Return the bank's answer as a workbook: reference, account, name, amount, outcome, reason."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2020, 4, 20)})  # noqa: DTZ001 - the library's
        sheet = book.add_worksheet()
        for place, row in enumerate([["备注", "账号", "户名", "金额", "处理结果", "失败原因"], *rows]):
            sheet.write_row(place, 0, row)
    return content.getvalue()


@beginning
def make_release_house(*, released: bool = False, at: datetime = AFTER) -> ReleaseHouse:
    """Make a list of three families that is signed and whose notice is over."""
    lists = named_house()
    for name, account in ACCOUNTS.items():
        set_account(name, account)
    list_id = signed(lists)
    publish(lists, list_id)
    house = ReleaseHouse(lists, list_id)
    if released:
        house.release(at=at)
    return house


@beginning
def make_twin_house() -> ReleaseHouse:
    """Make a released list that pays one person the same sum twice, for two relatives."""
    lists = named_house()
    for name, account in ACCOUNTS.items():
        set_account(name, account)
    measure = lists.register.measure
    Measure.objects.filter(pk=measure.pk).update(settings={**SETTINGS, "couple": "couple"})
    Question.objects.create(
        plan_id=measure.plan_id,
        position=0,
        key="couple",
        text="怎么发？",
        blocks=Blocks.PAYMENT,
        asked_at=NOW,
        choices=[{"key": "each", "text": "按人"}],
        answer="按人",
        choice="each",
        ground="会议",
        answered_at=NOW,
    )
    lists.register.relate("乙", "parent", "乙母")
    lists.register.serve(["乙母"], "本市")
    list_id = signed(lists)
    publish(lists, list_id)
    house = ReleaseHouse(lists, list_id)
    house.release()
    return house


__all__ = [
    "InstructionStatus",
    "ReleaseHouse",
    "answer",
    "make_release_house",
    "make_twin_house",
    "set_account",
    "vouchers",
]
