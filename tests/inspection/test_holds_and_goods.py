"""What a hold leaves alone and what it keeps: disposals, counts, and requests that go back."""

import pytest
from django.db.models import Model

from goods.purchasing import Buying, approval
from inspection_people import hold, nothing_changed, whole
from people import Bureau, at, open_plan_1
from songnuan.audit.checks import verify
from songnuan.funds.models import Fund
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Count, Disposal, Lot, StockLevel
from songnuan.goods.places import STORE
from songnuan.journeys.count_stock import hand_in_count, start_count
from songnuan.journeys.decide_count import decide_count
from songnuan.journeys.dispose_goods import decide_disposal, propose_disposal
from songnuan.journeys.lift_hold import lift_hold
from songnuan.journeys.return_purchase import return_purchase
from songnuan.journeys.withdraw_purchase_request import withdraw_purchase_request
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


def rows(model: type[Model]) -> list[tuple[object, ...]]:
    return list(model._default_manager.order_by("pk").values_list())


@pytest.mark.parametrize("what", ["fund", "purchase"])
def test_goods_of_a_fund_or_a_purchase_on_hold_are_not_disposed_of(
    bureau: Bureau, plan: Plan, what: str
) -> None:
    purchase = whole(bureau, plan)
    lot = Lot.objects.get(item__name="苹果")
    subject = f"funds.fund:{Fund.objects.get().pk}" if what == "fund" else f"goods.purchase:{purchase}"
    placed = hold(bureau, subject)
    row = propose_disposal(lot_id=lot.pk, quantity=3, reason="腐烂", actor=bureau.finance, at=at(9))
    waiting = rows(Disposal)
    with nothing_changed(), pytest.raises(Refusal) as refused:
        decide_disposal(disposal_id=row, accept=True, remark="", actor=bureau.approver, at=at(9, 11))
    assert (refused.value.code, refused.value.facts) == ("held", {"hold": placed})
    assert rows(Disposal) == waiting
    lift_hold(hold_id=placed, findings="已到库房核实。", actor=bureau.inspector, at=at(10))
    decide_disposal(disposal_id=row, accept=True, remark="", actor=bureau.approver, at=at(10, 11))
    assert StockLevel.objects.get(lot=lot, place=STORE).quantity == 44
    assert [*verify(), *check_goods()] == []


def test_a_disposal_is_turned_down_though_its_fund_is_on_hold(bureau: Bureau, plan: Plan) -> None:
    whole(bureau, plan)
    hold(bureau, f"funds.fund:{Fund.objects.get().pk}")
    lot = Lot.objects.get(item__name="苹果")
    row = propose_disposal(lot_id=lot.pk, quantity=3, reason="腐烂", actor=bureau.finance, at=at(9))
    decide_disposal(disposal_id=row, accept=False, remark="先留作查验", actor=bureau.approver, at=at(9, 11))
    assert Disposal.objects.get().status == "returned"
    assert StockLevel.objects.get(lot=lot, place=STORE).quantity == 47


def test_what_a_count_finds_is_booked_though_purchase_and_fund_are_on_hold(
    bureau: Bureau, plan: Plan
) -> None:
    purchase = whole(bureau, plan)
    hold(bureau, f"goods.purchase:{purchase}")
    hold(bureau, f"funds.fund:{Fund.objects.get().pk}")
    count_id = start_count(plan_id=plan.pk, actor=bureau.finance, at=at(9))
    booked = dict(Count.objects.get(pk=count_id).lines.values_list("lot_id", "booked"))
    lot = Lot.objects.get(item__name="苹果")
    found = {**booked, lot.pk: booked[lot.pk] - 2}
    hand_in_count(count_id=count_id, counted=found, actor=bureau.finance, at=at(9, 11))
    decide_count(count_id=count_id, accept=True, reason="装卸时摔坏", actor=bureau.approver, at=at(9, 12))
    assert StockLevel.objects.get(lot=lot, place=STORE).quantity == 45
    assert [*verify(), *check_goods()] == []


@pytest.mark.parametrize("how", ["returned", "withdrawn"])
def test_a_request_on_hold_goes_back_while_it_waits_and_its_hold_stays(bureau: Bureau, how: str) -> None:
    buying = Buying(bureau, open_plan_1(bureau, compared=True))
    row = buying.ask()
    placed = hold(bureau, f"goods.request:{row.pk}")
    if how == "returned":
        return_purchase(
            request_id=row.pk, digest=row.digest, remark="单价偏高", actor=bureau.approver, at=at(8, 12)
        )
    else:
        withdraw_purchase_request(request_id=row.pk, actor=bureau.finance, at=at(8, 12))
    row.refresh_from_db()
    assert (row.status, approval(row)) == (how, how)
    assert Fund.objects.get().committed_minor == 0
    # It is still to be answered for, and lifted.
    lift_hold(hold_id=placed, findings="申请已不再执行。", actor=bureau.inspector, at=at(9))
    assert verify() == []
