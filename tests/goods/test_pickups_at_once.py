"""Twenty desks at once: stock is never negative, nobody's portion is booked twice, every record is kept."""

from datetime import timedelta
from uuid import uuid4

import pytest

from goods.builders import NOW
from goods.pickups import Gate, make_gate, on_desk, whole
from hands import together
from songnuan.goods import actions as goods
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.models import Pickup, StockLevel
from songnuan.goods.places import STORE
from songnuan.journeys.base import step

DESKS = 20

pytestmark = pytest.mark.django_db(transaction=True)


def send(gate: Gate, told: ToldPickup) -> None:
    """Send a record, in a transaction of its own."""
    with step():
        goods.record_pickup(told=told, actor=gate.clerk, at=NOW)


def test_of_one_portion_at_twenty_desks_at_once_one_is_booked_and_all_are_kept() -> None:
    gate = make_gate("甲", kits=DESKS)
    desks = [gate.desk(f"{number}号台", 1) for number in range(DESKS)]
    portion = gate.portion("甲").pk
    acts = [ToldPickup(uuid4(), desk, portion, NOW) for desk in desks]
    assert together(*[lambda told=told: send(gate, told) for told in acts]) == {"done": DESKS}
    rows = list(Pickup.objects.values_list("status", "doubt"))
    assert sorted(rows) == [("booked", "")] + [("waiting", "twice")] * (DESKS - 1)
    assert sum(on_desk(desk).get("苹果", 0) for desk in desks) == DESKS - 1
    assert whole()


def test_of_the_last_kits_of_a_desk_as_many_are_booked_as_there_are() -> None:
    names = [f"教师{number}" for number in range(DESKS)]
    gate = make_gate(*names, kits=7)
    desk = gate.desk("东门", 7)
    acts = [ToldPickup(uuid4(), desk, gate.portion(name).pk, NOW) for name in names]
    assert together(*[lambda told=told: send(gate, told) for told in acts]) == {"done": DESKS}
    rows = list(Pickup.objects.values_list("status", "doubt"))
    assert sorted(rows) == [("booked", "")] * 7 + [("waiting", "short")] * (DESKS - 7)
    assert on_desk(desk) == {}
    assert whole()


def test_twenty_desks_are_allotted_no_more_than_the_store_holds() -> None:
    gate = make_gate("甲", kits=7)
    desks = [gate.desk(f"{number}号台", 0) for number in range(DESKS)]

    def allot(desk: int) -> None:
        with step():
            goods.allot(desk_id=desk, kits=1, actor=gate.officer, at=NOW + timedelta(hours=1))

    outcomes = together(*[lambda desk=desk: allot(desk) for desk in desks])
    assert outcomes == {"done": 7, "stock_short": DESKS - 7}
    assert set(StockLevel.objects.filter(place=STORE).values_list("quantity", flat=True)) == {0}
    assert whole()


def test_the_same_record_sent_twenty_times_at_once_is_kept_once() -> None:
    gate = make_gate("甲")
    desk = gate.desk("东门", 2)
    told = ToldPickup(uuid4(), desk, gate.portion("甲").pk, NOW)
    assert together(*[lambda: send(gate, told)] * DESKS) == {"done": DESKS}
    assert [row.status for row in Pickup.objects.all()] == ["booked"]
    assert on_desk(desk)["苹果"] == 1
    assert whole()


def test_who_picks_up_while_the_roster_is_brought_in_line_keeps_what_they_took() -> None:
    names = [f"教师{number}" for number in range(DESKS)]
    gate = make_gate(*names, kits=DESKS)
    desks = [gate.desk(f"{number}号台", 1) for number in range(DESKS)]
    portions = [gate.portion(name).pk for name in names]
    for name in names:
        gate.leave(name)
    told = [ToldPickup(uuid4(), *pair, NOW) for pair in zip(desks, portions, strict=True)]

    def align() -> None:
        with step():
            goods.align(distribution_id=gate.distribution.pk, actor=gate.officer, at=NOW)

    outcomes = together(align, *[lambda one=one: send(gate, one) for one in told])
    assert outcomes == {"done": DESKS + 1}
    assert Pickup.objects.count() == DESKS
    assert whole()
