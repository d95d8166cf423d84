"""Who may buy kits and when, as their journey says; a refusal changes nothing."""

from datetime import date
from uuid import uuid4

import pytest

from goods.builders import GOODS, LEDGER, snapshot
from people import Bureau, at, buy, open_plan_1
from songnuan.goods.rules import Draft
from songnuan.journeys.answer_question import answer_question
from songnuan.journeys.buy_kits import buy_kits
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Blocks, Measure, Plan, Question

pytestmark = pytest.mark.django_db

# Without the trail: there a refusal is remembered.
KEPT = (*LEDGER, *GOODS)


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with 14,100 yuan appropriated."""
    return open_plan_1(bureau)


def refusal_of(actor: Actor, measure_id: int) -> Refusal:
    """Return how a purchase of nothing at all is refused."""
    before = snapshot(KEPT)
    draft = Draft("", "", date(2020, 4, 7), ())
    with pytest.raises(Refusal) as refused:
        buy_kits(measure_id=measure_id, draft=draft, key=uuid4(), actor=actor, at=at(7, 15))
    assert snapshot(KEPT) == before
    return refused.value


def test_who_may_not_buy_hears_of_no_rule(bureau: Bureau, plan: Plan) -> None:
    measure = Measure.objects.get(plan=plan, kind="kit_purchase")
    assert refusal_of(bureau.finance, measure.pk).code == "supplier_missing"
    for actor in (bureau.officer, bureau.liaison, bureau.stranger):
        assert isinstance(refusal_of(actor, measure.pk), NotPermitted)


def test_kits_are_bought_under_their_own_measure_only(bureau: Bureau, plan: Plan) -> None:
    other = Measure.objects.get(plan=plan, kind="unit_visits")
    for measure_id in (other.pk, 0, 999_999):
        assert refusal_of(bureau.finance, measure_id).code == "measure_unknown"


def test_a_question_that_blocks_payment_blocks_it_until_it_is_answered(bureau: Bureau, plan: Plan) -> None:
    measure = Measure.objects.get(plan=plan, kind="kit_purchase")
    Question.objects.filter(plan=plan, key="money_left").update(blocks=Blocks.PAYMENT)
    refusal = refusal_of(bureau.finance, measure.pk)
    assert (refusal.code, refusal.facts["keys"]) == ("question_open", "money_left")
    assert Question.objects.get(key="money_left").text in refusal.sentence
    answer_question(
        slug=plan.slug,
        key="money_left",
        answer="交回。",
        ground="会议纪要",
        actor=bureau.officer,
        at=at(7, 14),
    )
    assert buy(bureau, plan, {"梨": (1, 75_00)}, "1")
