"""A purchase that was entered wrongly is taken back by its journey; a refusal changes nothing."""

from uuid import UUID, uuid4

import pytest

from goods.builders import GOODS, LEDGER, snapshot
from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.audit.checks import verify as check_trail
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Fund, Kind
from songnuan.funds.queries import balance
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Purchase
from songnuan.goods.queries import paid_for, stock
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.journeys.plan_status import plan_status
from songnuan.journeys.record_visit import record_visit
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Plan
from songnuan.visits.models import Visit

pytestmark = pytest.mark.django_db

BOXES = {"方便面": (94, 70_00), "苹果": (47, 85_00), "梨": (47, 75_00)}
# Without the trail: there a refusal is remembered.
KEPT = (*LEDGER, *GOODS)


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with 14,100 yuan appropriated."""
    return open_plan_1(bureau)


def cancel(actor: Actor, purchase_id: int, *, reason: str = "单价录错", key: UUID | None = None) -> None:
    """Cancel a purchase on 8 April."""
    cancel_purchase(purchase_id=purchase_id, reason=reason, key=key or uuid4(), actor=actor, at=at(8))


def refusal_of(actor: Actor, purchase_id: int, reason: str = "单价录错") -> Refusal:
    """Return how the cancelling is refused, having seen that neither money nor goods moved."""
    before = snapshot(KEPT)
    with pytest.raises(Refusal) as refused:
        cancel(actor, purchase_id, reason=reason)
    assert snapshot(KEPT) == before
    return refused.value


def money_of_kits(bureau: Bureau) -> int:
    """Return what the plan says was paid for its kits."""
    status = plan_status(slug=SLUG, actor=bureau.officer, at=at(9))
    rows = [row for clause in status["clauses"] for row in clause["measures"]]
    return next(int(row["money_minor"]) for row in rows if row["kind"] == "kit_purchase")


def test_the_money_is_available_again_and_the_goods_are_gone(bureau: Bureau, plan: Plan) -> None:
    fund_id = Fund.objects.get(plan=plan).pk
    kept = buy(bureau, plan, {"梨": (7, 75_00)}, "1")
    wrong = buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 85_00)}, "2")
    assert money_of_kits(bureau) == 7 * 75_00 + 94 * 70_00 + 47 * 85_00
    cancel(bureau.finance, wrong)
    stands = balance(fund_id)
    assert (stands.committed, stands.disbursed, stands.available) == (0, 7 * 75_00, 14_100_00 - 7 * 75_00)
    row = Purchase.objects.get(pk=wrong)
    assert (row.cancelled_at, row.cancel_reason) == (at(8), "单价录错")
    assert [(line.bought, line.in_store) for line in stock(row.kit_id, units=47)] == [(0, 0), (0, 0), (7, 7)]
    assert paid_for(row.kit_id) == money_of_kits(bureau) == 7 * 75_00
    assert Purchase.objects.get(pk=kept).cancelled_at is None
    again = buy(bureau, plan, {"方便面": (94, 69_00), "苹果": (47, 85_00)}, "2")
    assert Purchase.objects.get(pk=again).number == 3
    assert [*check_funds(), *check_goods(), *check_trail()] == []


def test_the_same_post_twice_cancels_once_and_another_finds_it_cancelled(bureau: Bureau, plan: Plan) -> None:
    purchase_id, key = buy(bureau, plan, BOXES, "1"), uuid4()
    for _again in range(2):
        cancel(bureau.finance, purchase_id, key=key)
    assert Entry.objects.filter(kind=Kind.REVERSE).count() == 1
    assert Entry.objects.filter(kind=Kind.RELEASE).count() == 1
    assert refusal_of(bureau.finance, purchase_id).code == "already_reversed"
    with pytest.raises(Refusal) as refused:
        cancel(bureau.finance, purchase_id, key=key, reason="别的原因")
    assert refused.value.code == "key_reused"


def test_a_purchase_whose_goods_were_handed_over_stays(bureau: Bureau, plan: Plan) -> None:
    purchase_id = buy(bureau, plan, BOXES, "1")
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on")[0]
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )
    before = snapshot(KEPT)
    with pytest.raises(Refusal) as refused:
        cancel_purchase(
            purchase_id=purchase_id, reason="录错", key=uuid4(), actor=bureau.finance, at=at(8, 12)
        )
    assert snapshot(KEPT) == before
    assert (refused.value.code, refused.value.facts["in_store"], refused.value.facts["asked"]) == (
        "stock_short", 92, 94,
    )  # fmt: skip
    assert all(word in refused.value.sentence for word in ("方便面", "94", "92"))
    assert [*check_funds(), *check_goods(), *check_trail()] == []


def test_it_is_cancelled_by_who_may_record_it_with_a_reason(bureau: Bureau, plan: Plan) -> None:
    purchase_id = buy(bureau, plan, BOXES, "1")
    for actor in (bureau.officer, bureau.approver, bureau.liaison):
        assert isinstance(refusal_of(actor, purchase_id), NotPermitted)
    assert refusal_of(bureau.finance, purchase_id, reason=" ").code == "reason_missing"
    assert refusal_of(bureau.finance, purchase_id, reason="长" * 401).code == "text_too_long"
    assert refusal_of(bureau.finance, purchase_id + 1).code == "purchase_unknown"
