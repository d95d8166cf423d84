"""Many hands on one fund at one moment: it is never negative, and closed with nothing left."""

from typing import Any
from uuid import uuid4

import pytest

from goods.purchasing import Buying
from hands import together
from inspection_people import hold
from people import Bureau, at, buy, make_bureau, open_plan_1, really_buy
from songnuan.audit.checks import verify
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Fund, Kind
from songnuan.funds.queries import balance
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Lot, Purchase, ShortClosing, StockLevel
from songnuan.goods.queries import open_lines
from songnuan.journeys.close_fund import close_fund
from songnuan.journeys.confirm_closing import confirm_closing
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.return_goods import return_goods
from songnuan.journeys.return_money import return_money
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.plans.models import Plan, Question
from songnuan.visits.models import Visit


class Hands:
    """What finance may do in one fund, each with a key of its own."""

    def __init__(self, bureau: Bureau, plan: Plan) -> None:
        self.bureau, self.plan, self.fund = bureau, plan, Fund.objects.get(plan=plan)
        self.who: dict[str, Any] = {"actor": bureau.finance, "at": at(8)}
        self.back: dict[str, Any] = {"reason": "结余", "happened_on": at(8).date(), **self.who}

    def buy(self, number: int) -> int:
        return really_buy(self.bureau, self.plan, {"梨": (4, 75_00)}, f"1{number:03d}")

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


@pytest.mark.django_db(transaction=True)
def test_what_comes_or_goes_back_while_its_fund_is_closed_is_not_lost_as_well() -> None:
    act = hands()
    Question.objects.filter(plan=act.plan).delete()
    came = buy(act.bureau, act.plan, {"方便面": (4, 70_00)}, "0001")
    lot_id = Lot.objects.get().pk
    waits = buy(act.bureau, act.plan, {"梨": (4, 75_00)}, "0002", received=False)
    facts: dict[str, Any] = {"voucher": "结-1", "reason": "供货商停业", "takes_loss": True}
    closing = close_fund(fund_id=act.fund.pk, key=uuid4(), **facts, **act.who)
    approver: dict[str, Any] = {"actor": act.bureau.approver, "at": at(8)}

    def receive() -> int:
        delivery: dict[str, Any] = {"came_on": at(8).date(), "deliveries": None}
        return receive_goods(purchase_id=waits, key=uuid4(), **delivery, **act.who)

    def give_back() -> int:
        return return_goods(purchase_id=came, packs={lot_id: 1}, reason="破损", key=uuid4(), **act.who)

    outcomes = together(
        *[lambda: confirm_closing(closing_id=closing, key=uuid4(), **approver)] * 3,
        receive,
        *[give_back] * 2,
    )
    assert outcomes.keys() <= {"done", "closing_stale", "fund_closed", "wrong_state"}
    act.fund.refresh_from_db()
    moved = [open_lines(waits) == [], open_lines(came) != []]
    assert (act.fund.closed_at is not None, any(moved)) in {(True, False), (False, True)}
    assert [*verify(), *check_funds(), *check_goods()] == []


@pytest.mark.django_db(transaction=True)
def test_buying_asking_visiting_and_refunding_at_one_moment_wait_for_each_other_in_one_order() -> None:
    """Fund, kit and store are locked in this order by all of them, or two would wait crosswise."""
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    buying = Buying(bureau, plan)
    buy(bureau, plan, {"方便面": (40, 60_00), "苹果": (20, 60_00)}, "0001")
    first = buy(bureau, plan, {"梨": (20, 60_00)}, "0002", received=False)
    pears = Purchase.objects.get(pk=first)
    line_id = pears.lines.get().pk
    visits = list(Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on", "pk"))
    back: dict[str, Any] = {
        "reason": "缺货",
        "happened_on": at(8).date(),
        "actor": bureau.finance,
        "at": at(8),
    }

    def visit(row: Visit) -> int:
        report = bureau.report(at(8), confirmed_by_name=True, signature=b"")
        return record_visit(visit_id=row.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8))

    def refund(number: int) -> int:
        facts: dict[str, Any] = {"amount_minor": 4 * 60_00, "voucher": f"退-{number}", "packs": {line_id: 4}}
        return refund_purchase(entry_id=pears.commitment_id, key=uuid4(), **facts, **back)

    outcomes = together(
        *[lambda n=n: really_buy(bureau, plan, {"方便面": (2, 60_00)}, f"2{n:03d}") for n in range(5)],
        *[lambda: buying.ask({"苹果": (2, 60_00)}).pk] * 4,
        *[lambda row=row: visit(row) for row in visits],
        *[lambda n=n: refund(n) for n in range(6)],
        lambda: hold(bureau, f"goods.purchase:{first}"),
    )
    assert outcomes.keys() <= {"done", "beyond_paid", "stock_short", "held"}
    gone = ShortClosing.objects.count()
    assert (gone, sum(line.left for line in open_lines(first))) == (5, 0), (
        "of six the last finds nothing left"
    )
    assert Entry.objects.filter(kind=Kind.REFUND).count() == gone
    assert min(level.quantity for level in StockLevel.objects.all()) >= 0
    assert [*verify(), *check_funds(), *check_goods()] == []
