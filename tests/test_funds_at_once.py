"""Many hands on one fund at one moment: it is never negative, and closed with nothing left."""

from typing import Any
from uuid import uuid4

import pytest

from hands import together
from people import Bureau, at, buy, make_bureau, open_plan_1
from songnuan.audit.checks import verify
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Fund, Kind
from songnuan.funds.queries import balance
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Purchase
from songnuan.journeys.close_fund import close_fund
from songnuan.journeys.confirm_closing import confirm_closing
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.return_money import return_money
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.plans.models import Plan, Question


class Hands:
    """What finance may do in one fund, each with a key of its own."""

    def __init__(self, bureau: Bureau, plan: Plan) -> None:
        self.bureau, self.plan, self.fund = bureau, plan, Fund.objects.get(plan=plan)
        self.who: dict[str, Any] = {"actor": bureau.finance, "at": at(8)}
        self.back: dict[str, Any] = {"reason": "结余", "happened_on": at(8).date(), **self.who}

    def buy(self, number: int) -> int:
        return buy(self.bureau, self.plan, {"梨": (4, 75_00)}, f"1{number:03d}")

    def give_back(self, number: int, amount: int = 300_00) -> int:
        return return_money(
            fund_id=self.fund.pk, amount_minor=amount, voucher=f"缴-{number}", key=uuid4(), **self.back
        )

    def refund(self, number: int, entry_id: int) -> int:
        return refund_purchase(
            entry_id=entry_id, amount_minor=6_580_00, voucher=f"退-{number}", key=uuid4(), **self.back
        )

    def reverse(self, entry_id: int) -> int:
        return reverse_entry(entry_id=entry_id, reason="录错", key=uuid4(), **self.who)


def hands() -> Hands:
    bureau = make_bureau()
    return Hands(bureau, open_plan_1(bureau, appropriated_minor=6_880_00))


@pytest.mark.django_db(transaction=True)
def test_twenty_hands_of_every_kind_against_the_last_yuan_leave_the_fund_whole() -> None:
    act = hands()
    # 6,580 yuan are spent; 300 are left, and nearly every hand wants them.
    buy(act.bureau, act.plan, {"方便面": (94, 70_00)}, "0001")
    paid = Purchase.objects.get().commitment_id
    given = Entry.objects.get(kind=Kind.APPROPRIATE).pk
    outcomes = together(
        *[lambda n=n: act.buy(n) for n in range(6)],
        *[lambda n=n: act.give_back(n) for n in range(6)],
        *[lambda n=n: act.refund(n, paid) for n in range(4)],
        *[lambda: act.reverse(given)] * 4,
    )
    assert outcomes.total() == 20
    assert outcomes.keys() <= {"done", "beyond_fund", "beyond_paid", "already_reversed"}
    assert outcomes["beyond_paid"] == 3
    stands = balance(act.fund.pk)
    assert min(stands.appropriated, stands.available, stands.disbursed, stands.returned) >= 0
    assert Entry.objects.filter(kind=Kind.REFUND).count() == 1
    assert [*verify(), *check_funds(), *check_goods()] == []


@pytest.mark.django_db(transaction=True)
def test_a_fund_is_closed_or_booked_in_at_one_moment_but_not_after() -> None:
    act = hands()
    Question.objects.filter(plan=act.plan).delete()
    closing = close_fund(fund_id=act.fund.pk, voucher="结-1", reason="结束", key=uuid4(), **act.who)
    approver: dict[str, Any] = {"actor": act.bureau.approver, "at": at(8)}
    outcomes = together(
        *[lambda: confirm_closing(closing_id=closing, key=uuid4(), **approver)] * 2,
        *[lambda n=n: act.give_back(n, 1_00) for n in range(6)],
    )
    assert outcomes.keys() <= {"done", "closing_stale", "fund_closed", "wrong_state"}
    act.fund.refresh_from_db()
    booked = Entry.objects.filter(kind=Kind.RETURN, amount_minor=1_00).count()
    assert (act.fund.closed_at is not None, booked) in {(True, 0), (False, 6)}
    assert [*verify(), *check_funds()] == []
