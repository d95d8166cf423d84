"""A hold placed at the same moment as the act it stops is never passed."""

from uuid import uuid4

import pytest

from hands import together
from inspection_people import another, hold, whole
from people import at, buy, make_bureau, open_plan_1
from songnuan.approvals.hold_models import Hold
from songnuan.audit.checks import verify
from songnuan.audit.queries import entries
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Fund
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Movement, Purchase
from songnuan.journeys.record_visit import record_visit
from songnuan.organisation.permissions import Role
from songnuan.visits.models import VisitStatus
from web.browsing import visits_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_purchase_comes_whole_before_the_hold_or_is_refused_after_it() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    fund = Fund.objects.get().pk
    parts = {"方便面": (2, 68_00)}
    outcomes = together(
        lambda: hold(bureau, f"funds.fund:{fund}"),
        *[lambda n=n: buy(bureau, plan, parts, f"{n:04d}") for n in range(6)],
    )
    assert outcomes.keys() <= {"done", "held"}
    assert outcomes.total() == 7
    bought = Purchase.objects.count()
    assert outcomes["done"] == bought + 1
    # In the trail of the fund nothing was promised or paid after the hold.
    placed = _place("approvals.place_hold", fund)
    assert all(entry < placed for entry in _places("funds.commit", fund) + _places("funds.disburse", fund))
    outcomes = together(*[lambda n=n: buy(bureau, plan, parts, f"1{n:03d}") for n in range(3)])
    assert outcomes == {"held": 3}
    assert Entry.objects.filter(kind="disburse").count() == bought
    assert [*verify(), *check_funds(), *check_goods()] == []


def test_a_kit_leaves_before_the_hold_or_stays_after_it() -> None:
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    purchase, fund = whole(bureau, plan), Fund.objects.get().pk
    visits = visits_of(bureau)[:3]
    outcomes = together(
        lambda: hold(bureau, f"goods.purchase:{purchase}"),
        *[
            lambda visit=visit: record_visit(
                visit_id=visit.pk,
                report=bureau.report(at(8)),
                key=uuid4(),
                actor=bureau.liaison,
                at=at(8, 11),
            )
            for visit in visits
        ],
    )
    assert outcomes == {"done": len(visits) + 1}
    for visit in visits:
        visit.refresh_from_db()
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
