"""Many hands on one released list at one moment, and one that is killed in the middle."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from goods.builders import make_person, snapshot
from hands import killed_at, together
from payments.releasing import ACCOUNTS, AFTER, ReleaseHouse, make_release_house, vouchers
from songnuan.audit.checks import verify
from songnuan.benefits.models import Settlement
from songnuan.funds import checks as fund_checks
from songnuan.funds.models import Commitment, Entry, Fund, Kind
from songnuan.journeys.place_hold import place_hold
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.payments import checks
from songnuan.payments.models import (
    CashReceipt,
    LineEnd,
    ListAct,
    ListStatus,
    PaymentBatch,
    PaymentInstruction,
    PaymentLine,
    PaymentList,
    PaymentResult,
    ResultRow,
)

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    *(PaymentList, ListAct, PaymentBatch, PaymentInstruction, PaymentResult, ResultRow, LineEnd),
    *(CashReceipt, Settlement, Entry, Fund, Commitment),
)
HANDS = 50
FEW = 8
OY, ZH = ACCOUNTS["欧阳娜娜"], ACCOUNTS["张小三"]


@pytest.fixture
def house() -> ReleaseHouse:
    return make_release_house()


@pytest.fixture
def released() -> ReleaseHouse:
    return make_release_house(released=True)


@pytest.fixture(autouse=True)
def _sound() -> Iterator[None]:
    """At the end of each, trail, fund and lists agree, and no line has two payments."""
    yield
    found = [*verify(), *fund_checks.verify(), *checks.verify()]
    assert [finding.sentence for finding in found] == []
    live = PaymentInstruction.objects.filter(status__in=("sent", "paid"))
    assert live.count() == len(set(live.values_list("line", flat=True)))


def finance(house: ReleaseHouse, number: int) -> Actor:
    """Return one more who pays, so that each hand is somebody else's."""
    return make_person(f"财务{number}", Role.FINANCE, house.lists.register.union.unit)


def test_fifty_release_a_list_and_each_line_is_sent_once(house: ReleaseHouse) -> None:
    others = [finance(house, number) for number in range(5)]
    acts = [partial(house.release, actor=others[at % 5]) for at in range(HANDS - 10)]
    outcomes = together(*acts, *[house.release] * 10)
    assert outcomes == {"done": 1, "already_released": HANDS - 1}
    assert list(PaymentBatch.objects.order_by("number").values_list("number", "lines_count")) == [
        (1, 2),
        (2, 1),
    ]
    assert house.states() == [(1, "sent"), (2, "sent"), (3, "sent")]
    assert ListAct.objects.filter(verb="release").count() == 1
    assert house.lists.fund.committed_minor == 9000_00


def answered(house: ReleaseHouse) -> int:
    """Bring in an answer: one is paid, the other failed."""
    return house.read([["", OY, "欧阳娜娜", 5000, "成功", ""], ["", ZH, "张小三", 2000, "失败", "户名不符"]])


def test_of_many_who_book_a_result_one_does(released: ReleaseHouse) -> None:
    result_id = answered(released)
    outcomes = together(*[partial(released.book, result_id, f"{at}") for at in range(FEW)])
    assert outcomes == {"done": 1, "wrong_state": FEW - 1}
    assert Entry.objects.get(kind=Kind.DISBURSE).amount_minor == 5000_00
    assert released.states() == [(1, "paid"), (2, "failed"), (3, "sent")]


def test_of_many_who_bring_in_an_answer_one_does_and_the_house_books_nothing_beside_it(
    released: ReleaseHouse,
) -> None:
    outcomes = together(
        *[partial(answered, released)] * 4,
        *[partial(released.hand, {1: (True, "")}, vouchers=vouchers(f"{at}")) for at in range(4)],
    )
    assert outcomes.keys() <= {"done", "result_waits", "results_changed", "result_nothing"}
    assert Entry.objects.filter(kind=Kind.DISBURSE).count() <= 1
    assert PaymentResult.objects.filter(status="read").count() <= 1


def test_of_many_who_pay_again_one_does(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    outcomes = together(*[partial(released.again, 2)] * FEW)
    assert outcomes == {"done": 1, "line_not_open": FEW - 1}
    assert released.states() == [(1, "paid"), (2, "failed"), (3, "sent"), (2, "sent")]
    assert released.lists.fund.committed_minor == 4000_00


def test_a_line_is_paid_again_or_ended_and_not_both(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    outcomes = together(*[partial(released.again, 2)] * 4, *[partial(released.end, 2)] * 4)
    assert outcomes == {"done": 1, "line_not_open": 7}
    is_ended = LineEnd.objects.exists()
    assert PaymentInstruction.objects.filter(status="sent", line__position=2).exists() is not is_ended


def test_a_line_is_paid_again_or_the_bank_paid_after_all(released: ReleaseHouse) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    late = partial(released.hand, {2: (True, "")}, vouchers=vouchers("迟"))
    outcomes = together(*[partial(released.again, 2)] * 4, late)
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "line_not_open", "results_changed"}


def test_of_many_signatures_for_cash_one_counts_and_is_booked_once(released: ReleaseHouse) -> None:
    assert together(*[released.sign] * FEW) == {"done": 1, "signed_already": FEW - 1}
    assert CashReceipt.objects.count() == 1
    booked = [partial(released.book_cash, vouchers=vouchers(f"{at}")) for at in range(FEW)]
    outcomes = together(*booked)
    assert outcomes["done"] == 1
    assert outcomes.keys() <= {"done", "nothing_signed", "results_changed", "result_nothing"}
    assert Entry.objects.get(kind=Kind.DISBURSE).amount_minor == 2000_00


def hold(house: ReleaseHouse) -> None:
    """Put the list on hold."""
    subject = f"payments.list:{house.list_id}"
    place_hold(subject=subject, reason="有群众来电反映", key=uuid4(), actor=house.lists.inspector, at=AFTER)


@pytest.mark.parametrize("turn", range(3))
def test_a_list_is_released_before_the_hold_or_held(house: ReleaseHouse, turn: int) -> None:
    acts: list[Callable[[], object]] = [house.release, partial(hold, house), house.release]
    outcomes = together(*acts[turn:], *acts[:turn])
    released = house.row.status == ListStatus.RELEASED
    assert outcomes == ({"done": 2, "already_released": 1} if released else {"done": 1, "held": 2})
    assert PaymentInstruction.objects.count() == (3 if released else 0)


@pytest.mark.parametrize("turn", range(3))
def test_a_list_is_released_or_cancelled(house: ReleaseHouse, turn: int) -> None:
    cancel = partial(house.lists.cancel, house.list_id, house.lists.finance)
    acts: list[Callable[[], object]] = [house.release, cancel, house.release]
    outcomes = together(*acts[turn:], *acts[:turn])
    assert outcomes["done"] == 1
    released = house.row.status == ListStatus.RELEASED
    assert outcomes.keys() <= {"done", "already_released", "wrong_state"}
    assert house.lists.fund.committed_minor == (9000_00 if released else 0)
    assert PaymentInstruction.objects.count() == (3 if released else 0)


def test_cash_is_signed_for_or_told_as_not_fetched_and_not_both(released: ReleaseHouse) -> None:
    fails = partial(released.hand, {1: (False, "没有来领")}, number=2)
    outcomes = together(*[released.sign] * 4, *[fails] * 4)
    assert outcomes.keys() <= {"done", "signed_already", "results_changed", "result_nothing"}
    assert outcomes["done"] == 1
    failed = PaymentInstruction.objects.filter(line__position=3, status="failed").exists()
    assert CashReceipt.objects.exists() is not failed


def whole_or_nothing(statement: int, act: Callable[[], object]) -> None:
    """Kill the act at a statement: nothing is written, and done again it goes through."""
    connection.close()
    before = snapshot(TABLES)
    assert killed_at(statement, act), "it was over before"
    assert snapshot(TABLES) == before
    act()


@pytest.mark.parametrize("statement", [6, 12, 16, 20, 24, 28, 32])
def test_who_is_killed_while_a_list_is_released_leaves_nothing_half_written(
    house: ReleaseHouse, statement: int
) -> None:
    whole_or_nothing(statement, house.release)
    assert house.states() == [(1, "sent"), (2, "sent"), (3, "sent")]


@pytest.mark.parametrize("statement", [6, 11, 16, 21, 26, 31])
def test_who_is_killed_while_a_result_is_booked_leaves_nothing_half_written(
    released: ReleaseHouse, statement: int
) -> None:
    result_id = answered(released)
    whole_or_nothing(statement, partial(released.book, result_id))
    assert released.states() == [(1, "paid"), (2, "failed"), (3, "sent")]
    assert released.lists.fund.disbursed_minor == 5000_00


@pytest.mark.parametrize("statement", [8, 16, 24, 32])
def test_who_is_killed_while_a_line_is_paid_again_leaves_nothing_half_written(
    released: ReleaseHouse, statement: int
) -> None:
    released.hand({1: (True, ""), 2: (False, "户名不符")})
    whole_or_nothing(statement, partial(released.again, 2))
    assert PaymentLine.objects.get(position=2).instructions.count() == 2
    assert released.lists.fund.committed_minor == 4000_00
