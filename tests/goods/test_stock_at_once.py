"""Twenty hands on the last kits: as many get one as there are, and the ledger is whole."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from goods.builders import NOW, Store, buy, make_person, make_store, make_unit, receive
from hands import together
from songnuan.audit.checks import verify as check_trail
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Count, Movement, StockLevel
from songnuan.goods.places import STORE
from songnuan.journeys.base import step
from songnuan.journeys.count_stock import hand_in_count, start_count
from songnuan.journeys.decide_count import decide_count
from songnuan.journeys.receive_goods import receive_goods
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role

HANDS = 20
KITS = 7

pytestmark = pytest.mark.django_db(transaction=True)


def give(store: Store, unit_id: int) -> None:
    """Hand a kit over, in a transaction of its own."""
    with step():
        goods.hand_over(
            kit_id=store.kit_id,
            unit_id=unit_id,
            subject=f"visits.visit:{unit_id}",
            happened_at=NOW,
            actor=store.house.liaison,
            at=NOW,
        )


def test_twenty_hands_on_the_last_seven_kits_give_out_seven() -> None:
    store = make_store()
    lines = (("方便面", 2 * KITS, 80_00), ("苹果", KITS, 60_00), ("梨", KITS, 60_00))
    purchase_id = buy(store, store.draft(*lines))
    receive(store, purchase_id, {store.items["方便面"]: 2 * KITS, store.items["梨"]: KITS})
    # The apples lie in lots that no kit takes whole,.
    for number, packs, days in (("A", 3, 9), ("B", 4, 2)):
        with step():
            goods.receive(
                purchase_id=purchase_id,
                happened_at=NOW,
                deliveries=[Delivery(store.items["苹果"], packs, number, NOW.date() + timedelta(days))],
                actor=store.house.finance,
                at=NOW,
            )
    units = [make_unit(f"{place}号船闸", store.house.bureau).pk for place in range(HANDS)]
    outcomes = together(*[lambda unit=unit: give(store, unit) for unit in units])
    assert outcomes == {"done": KITS, "stock_short": HANDS - KITS}
    assert Movement.objects.filter(kind="hand_over").count() == KITS
    assert set(StockLevel.objects.filter(place=STORE).values_list("quantity", flat=True)) == {0}
    assert [*verify(), *check_trail()] == []


def test_of_a_count_decided_twice_at_once_the_differences_are_booked_once() -> None:
    store = make_store()
    house = store.house
    receive(store, buy(store, store.draft(("苹果", 9, 60_00))))
    leaders = [make_person(f"领导{place}", Role.APPROVER, house.bureau) for place in range(2)]
    count_id = start_count(plan_id=house.plan.pk, actor=house.finance, at=NOW)
    [lot_id] = Count.objects.get(pk=count_id).lines.values_list("lot_id", flat=True)
    hand_in_count(count_id=count_id, counted={lot_id: 7}, actor=house.finance, at=NOW)
    outcomes = together(
        *[
            lambda leader=leader: decide_count(
                count_id=count_id, accept=True, reason="短少两箱", actor=leader, at=NOW
            )
            for leader in leaders
        ]
    )
    assert outcomes == {"done": 1, "wrong_state": 1}
    assert StockLevel.objects.get(lot=lot_id, place=STORE).quantity == 7
    assert verify() == []


def test_one_delivery_posted_five_times_at_once_comes_once() -> None:
    store = make_store()
    purchase_id, key = buy(store, store.draft(("苹果", 9, 60_00))), uuid4()
    deliveries = [Delivery(store.items["苹果"], 4, "A", date(2020, 5, 1))]
    outcomes = together(
        *[
            lambda: receive_goods(
                purchase_id=purchase_id,
                came_on=NOW.date(),
                deliveries=deliveries,
                key=key,
                actor=store.house.finance,
                at=NOW,
            )
        ]
        * 5
    )
    assert outcomes == {"done": 5}
    assert StockLevel.objects.get(place=STORE).quantity == 4
    with pytest.raises(Refusal, match="4"):
        receive_goods(
            purchase_id=purchase_id,
            came_on=NOW.date(),
            deliveries=deliveries * 2,
            key=uuid4(),
            actor=store.house.finance,
            at=NOW,
        )
    assert verify() == []
