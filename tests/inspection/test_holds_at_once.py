"""A hold placed at the same moment as the act it stops is never passed."""

import threading
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from hands import together
from inspection_people import another, hold, refunded, whole
from people import at, hand_over, make_bureau, open_plan_1, really_buy
from songnuan.approvals.hold_models import Hold
from songnuan.audit.checks import verify
from songnuan.audit.queries import entries
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Fund
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Lot, Movement, Purchase
from songnuan.journeys.dispose_goods import decide_disposal, propose_disposal
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.organisation.permissions import Role
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit, VisitStatus
from web.browsing import visits_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_purchase_comes_whole_before_the_hold_or_is_refused_after_it() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    fund = Fund.objects.get().pk
    parts = {"方便面": (2, 68_00)}
    outcomes = together(
        lambda: hold(bureau, f"funds.fund:{fund}"),
        *[lambda n=n: really_buy(bureau, plan, parts, f"{n:04d}") for n in range(6)],
    )
    assert outcomes.keys() <= {"done", "held"}
    assert outcomes.total() == 7
    bought = Purchase.objects.count()
    assert outcomes["done"] == bought + 1
    # In the trail of the fund nothing was promised or paid after the hold.
    placed = _place("approvals.place_hold", fund)
    assert all(entry < placed for entry in _places("funds.commit", fund) + _places("funds.disburse", fund))
    outcomes = together(*[lambda n=n: really_buy(bureau, plan, parts, f"1{n:03d}") for n in range(3)])
    assert outcomes == {"held": 3}
    assert Entry.objects.filter(kind="disburse").count() == bought
    assert [*verify(), *check_funds(), *check_goods()] == []


def test_a_kit_leaves_before_the_hold_or_stays_after_it() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    purchase, fund = whole(bureau, plan), Fund.objects.get().pk
    visits = visits_of(bureau)[:3]

    def record(visit: Visit) -> None:
        record_visit(
            visit_id=visit.pk,
            report=bureau.report(at(8)),
            key=uuid4(),
            actor=bureau.liaison,
            at=at(8, 11),
        )

    outcomes = together(
        lambda: hold(bureau, f"goods.purchase:{purchase}"),
        *[lambda visit=visit: record(visit) for visit in visits],
    )
    # A report whose unit signed for what is put on hold at this very moment is refused whole.
    assert outcomes.keys() <= {"done", "held"}
    assert outcomes.total() == len(visits) + 1
    for visit in visits:
        visit.refresh_from_db()
    assert outcomes["done"] == 1 + sum(visit.status == VisitStatus.RECORDED for visit in visits)
    # Sent again it is recorded, and its kit owed.
    for visit in visits:
        if visit.status != VisitStatus.RECORDED:
            record(visit)
            visit.refresh_from_db()
            assert Task.objects.filter(source=f"visits.hand_over:{visit.pk}").exists()
    assert {visit.status for visit in visits} == {VisitStatus.RECORDED}
    placed = _place("approvals.place_hold", fund)
    handed = _places("goods.hand_over", fund)
    assert len(handed) == Movement.objects.filter(kind="hand_over").count()
    assert all(place < placed for place in handed)
    assert [*verify(), *check_funds(), *check_goods()] == []


def test_of_two_inspectors_at_once_one_holds() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    purchase = whole(bureau, plan)
    second = another(bureau, "second", Role.INSPECTOR)
    outcomes = together(
        *[
            lambda who=who: hold(bureau, f"goods.purchase:{purchase}", who)
            for who in (bureau.inspector, second, bureau.inspector, second)
        ]
    )
    assert outcomes == {"done": 1, "held": 3}
    assert Hold.objects.count() == 1
    assert verify() == []


def _places(action: str, fund: int) -> list[int]:
    return [row.seq for row in entries(stream=f"fund:{fund}", action=action, size=500)]


def _place(action: str, fund: int) -> int:
    (place,) = _places(action, fund)
    return place


def beside(
    act: Callable[[], object], at_hand: str, meanwhile: Callable[[], object]
) -> tuple[bool, Counter[str]]:
    """Do `meanwhile` in another thread while `act` stands at the function `at_hand`.

    Returns whether it was over before `act` went on, and how it ended.
    """
    outcomes: Counter[str] = Counter()
    over = threading.Event()
    early: list[bool] = []
    module, _dot, name = at_hand.rpartition(".")
    real = getattr(import_module(module), name)

    def run() -> None:
        outcomes.update(together(meanwhile))
        over.set()

    other = threading.Thread(target=run)

    def stand(*args: Any, **kwargs: Any) -> Any:
        if not early:
            other.start()
            early.append(over.wait(1))
        return real(*args, **kwargs)

    with patch(at_hand, stand):
        act()
    other.join()
    return early[0], outcomes


def test_a_hold_waits_for_the_purchase_that_is_under_way() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    fund = Fund.objects.get().pk
    early, outcomes = beside(
        lambda: really_buy(bureau, plan, {"方便面": (2, 68_00)}, "0001"),
        "songnuan.funds.actions.entries.take_available",
        lambda: hold(bureau, f"funds.fund:{fund}"),
    )
    assert not early
    assert outcomes == {"done": 1}
    assert (Purchase.objects.count(), Hold.objects.count()) == (1, 1)


def test_a_purchase_waits_for_the_hold_that_is_being_placed_and_is_refused() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    fund = Fund.objects.get().pk
    early, outcomes = beside(
        lambda: hold(bureau, f"funds.fund:{fund}"),
        "songnuan.approvals.holds.require_not_held",
        lambda: really_buy(bureau, plan, {"方便面": (2, 68_00)}, "0001"),
    )
    assert not early
    assert outcomes == {"held": 1}
    assert not Purchase.objects.exists()
    assert [*verify(), *check_funds()] == []


@pytest.mark.parametrize("what", ["fund", "purchase"])
def test_a_kit_waits_for_the_hold_that_is_being_placed_and_stays(what: str) -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    purchase, fund = whole(bureau, plan), Fund.objects.get().pk
    visit = visits_of(bureau)[0]
    record_visit(  # by telephone: the kit follows
        visit_id=visit.pk,
        report=bureau.report(at(8), form="call", form_reason="封闭管理。", signature=b""),
        key=uuid4(),
        actor=bureau.liaison,
        at=at(8, 11),
    )
    early, outcomes = beside(
        lambda: hold(bureau, f"funds.fund:{fund}" if what == "fund" else f"goods.purchase:{purchase}"),
        "songnuan.approvals.holds.require_not_held",
        lambda: hand_over(visit.pk, bureau.liaison, at(9)),
    )
    assert not early
    assert outcomes == {"held": 1}
    assert not Movement.objects.filter(kind="hand_over").exists()


@pytest.mark.parametrize("what", ["fund", "purchase"])
def test_goods_to_be_disposed_of_wait_for_the_hold_that_is_being_placed_and_stay(what: str) -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    purchase, fund = whole(bureau, plan), Fund.objects.get().pk
    lot = Lot.objects.get(item__name="苹果").pk
    row = propose_disposal(lot_id=lot, quantity=3, reason="腐烂", actor=bureau.finance, at=at(8))
    early, outcomes = beside(
        lambda: hold(bureau, f"funds.fund:{fund}" if what == "fund" else f"goods.purchase:{purchase}"),
        "songnuan.approvals.holds.require_not_held",
        lambda: decide_disposal(disposal_id=row, accept=True, remark="", actor=bureau.approver, at=at(9)),
    )
    assert not early
    assert outcomes == {"held": 1}
    assert not Movement.objects.filter(kind="dispose").exists()


@pytest.mark.parametrize("what", ["fund", "purchase"])
def test_a_refund_to_be_reversed_waits_for_the_hold_that_is_being_placed_and_stays(what: str) -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    purchase = Purchase.objects.get(pk=whole(bureau, plan))
    entry = refunded(bureau, f"goods.purchase:{purchase.pk}")
    held = f"funds.fund:{purchase.fund_id}" if what == "fund" else f"goods.purchase:{purchase.pk}"
    early, outcomes = beside(
        lambda: hold(bureau, held),
        "songnuan.approvals.holds.require_not_held",
        lambda: reverse_entry(entry_id=entry, reason="记错了", key=uuid4(), actor=bureau.finance, at=at(9)),
    )
    assert not early
    assert outcomes == {"held": 1}
    assert not Entry.objects.filter(kind="reverse").exists()
    assert [*verify(), *check_funds()] == []
