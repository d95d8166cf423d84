"""Days of batches: what is fetched before its round, and what a day was, which nothing changes afterwards."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from goods.builders import NOW, acting, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, on_desk, whole
from goods.test_pickups import open_again
from songnuan.goods import actions as goods
from songnuan.goods import models as tables
from songnuan.goods.actions.pickups import ToldPickup
from songnuan.goods.pickup_checks import pickup_findings
from songnuan.goods.pickup_lists import by_batch
from songnuan.goods.pickup_queries import covered
from songnuan.goods.pickup_rules import InBatch
from songnuan.goods.pickup_states import Mode
from songnuan.kernel.clock import CHINA

pytestmark = pytest.mark.django_db


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=CHINA)


def fetch(
    gate: Gate, desk_id: int, name: str, number: int, taken_at: datetime, *, at: datetime | None = None
) -> tables.Pickup:
    """Let somebody fetch the portion of a round; it comes in at once, or `at` a later time."""
    told = ToldPickup(uuid4(), desk_id, gate.portion(name, number).pk, taken_at)
    with acting():
        return goods.record_pickup(told=told, actor=gate.clerk, at=at or taken_at)[0]


def pass_on(gate: Gate, at: datetime) -> None:
    with acting():
        goods.pass_missed_on(distribution_id=gate.distribution.pk, actor=gate.officer, at=at)


def went(gate: Gate) -> list[InBatch]:
    """Return how the batches went, which together are the whole."""
    found = [one for _batch, one in by_batch(gate.distribution.pk)]
    told = covered(gate.distribution.pk)
    sums = [
        sum(getattr(one, name) for one in found) for name in ("due", "taken", "settled", "referred", "open")
    ]
    assert sums == [told.due, told.taken, told.settled, told.referred, told.open]
    return found


# Rounds ---------------------------------------------------------------------------------------------


def test_both_kits_on_the_first_day_of_rounds_are_in_doubt_and_wait_without_goods() -> None:
    gate = make_gate("甲", mode=Mode.ROUNDS)
    east, west = gate.desk("东门", 3), gate.desk("西门", 3)
    assert fetch(gate, east, "甲", 1, noon(FIRST)).status == "booked"
    there = on_desk(east)
    early = fetch(gate, east, "甲", 2, noon(FIRST))
    assert (early.status, early.doubt, early.movement) == ("waiting", "early", None)
    assert on_desk(east) == there
    assert gate.portion("甲", 2).status == "taken", "no other desk gives it again without asking"
    assert fetch(gate, west, "甲", 2, noon(SECOND)).doubt == "twice"
    assert whole()


@pytest.mark.parametrize(("went_out", "status", "left"), [(True, "taken", 2), (False, "open", 3)])
def test_what_was_fetched_too_early_is_decided_by_the_office(
    *, went_out: bool, status: str, left: int
) -> None:
    gate = make_gate("甲", mode=Mode.ROUNDS)
    east = gate.desk("东门", 3)
    early = fetch(gate, east, "甲", 2, noon(FIRST))
    with acting():
        goods.decide_pickup(
            pickup_id=early.pk, went_out=went_out, reason="问过", actor=gate.officer, at=noon(FIRST)
        )
    assert gate.portion("甲", 2).status == status
    assert on_desk(east)["苹果"] == left
    assert whole()


def test_on_the_day_of_a_round_and_where_batches_divide_nothing_is_too_early() -> None:
    gate = make_gate("甲", mode=Mode.ROUNDS)
    assert fetch(gate, gate.desk("东门", 3), "甲", 2, noon(SECOND)).doubt == ""


def test_where_batches_divide_the_people_who_comes_on_the_day_of_others_gets_the_kit() -> None:
    gate = make_gate("甲", "乙")
    assert gate.portion("乙").batch.on == SECOND
    assert fetch(gate, gate.desk("东门", 3), "乙", 1, noon(FIRST)).doubt == ""


def test_a_record_of_the_first_round_that_comes_in_after_it_was_passed_on_is_not_too_early() -> None:
    gate = make_gate("甲", mode=Mode.ROUNDS)
    east, later = gate.desk("东门", 3), noon(FIRST) + timedelta(1)
    pass_on(gate, later)
    assert gate.portion("甲", 1).batch.on == SECOND
    assert fetch(gate, east, "甲", 1, noon(FIRST), at=later).doubt == ""


# What a day was ---------------------------------------------------------------------------------------


def test_what_was_missed_stays_missed_in_its_batch_when_it_is_passed_on() -> None:
    gate = make_gate("甲", "乙", "丙", "丁")
    east = gate.desk("东门", 5)
    fetch(gate, east, "甲", 1, noon(FIRST))
    assert went(gate) == [InBatch(due=2, taken=1, open=1), InBatch(due=2, open=2)]
    pass_on(gate, noon(FIRST) + timedelta(1))
    assert gate.portion("乙").batch.on == SECOND
    assert went(gate) == [InBatch(due=2, taken=1, open=1), InBatch(due=2, open=2)]
    fetch(gate, east, "乙", 1, noon(SECOND))
    fetch(gate, east, "丙", 1, noon(SECOND))
    assert went(gate) == [InBatch(due=2, taken=1), InBatch(due=2, taken=2, others=1, open=1)]
    pass_on(gate, noon(SECOND) + timedelta(1))
    assert went(gate) == [
        InBatch(due=2, taken=1),
        InBatch(due=2, taken=2, others=1, referred=1, open=1),
    ]


def test_a_record_that_comes_in_late_counts_on_the_day_it_tells_of() -> None:
    gate = make_gate("甲", "乙")
    east, later = gate.desk("东门", 5), noon(FIRST) + timedelta(1)
    pass_on(gate, later)
    fetch(gate, east, "甲", 1, noon(FIRST), at=later)
    assert went(gate) == [InBatch(due=1, taken=1), InBatch(due=1, open=1)]
    fetch(gate, east, "乙", 1, later)
    assert went(gate)[1] == InBatch(due=1, taken=1), "no batch has that day: it counts where it stood"


def test_what_is_placed_by_hand_is_due_there_unless_its_day_is_over() -> None:
    gate = make_gate("甲", "乙")

    def place(name: str, at: datetime) -> None:
        with acting():
            goods.place_portion(portion_id=gate.portion(name).pk, batch=2, actor=gate.officer, at=at)

    place("甲", noon(FIRST))
    assert gate.portion("甲").first_batch.on == SECOND
    other = make_gate_of_one(gate)
    place(other, noon(FIRST) + timedelta(1))
    assert gate.portion(other).batch.on == SECOND
    assert gate.portion(other).first_batch.on == FIRST, "missed on that day, whatever comes after it"


def make_gate_of_one(gate: Gate) -> str:
    """Let one more stand in the first batch."""
    gate.enrol("新来")
    gate.align()
    with acting():
        goods.place_portion(portion_id=gate.portion("新来").pk, batch=1, actor=gate.officer, at=NOW)
    return "新来"


# What the database keeps ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE goods_distribution SET mode = 'rounds'",
        "UPDATE goods_portion SET round = 2",
        "UPDATE goods_portion SET recipient_id = recipient_id + 1",
        "UPDATE goods_pickup SET by_proxy = NOT by_proxy",
    ],
)
def test_what_batches_are_whose_a_portion_is_and_who_came_stays(statement: str) -> None:
    gate = make_gate("甲", "乙")
    gate.pick_up(gate.desk("东门", 1), "甲", proxy="同事李")
    before = snapshot(PICKUPS)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert snapshot(PICKUPS) == before


def test_a_record_in_doubt_is_not_booked_without_a_decision() -> None:
    gate = make_gate("甲")
    east = gate.desk("东门", 2)
    booked = gate.pick_up(east, "甲")
    twice = gate.pick_up(east, "甲")
    assert booked.movement is not None
    movement = booked.movement
    movement.pk = None
    movement.save(force_insert=True)
    with pytest.raises(IntegrityError, match="goods_pickup_doubt_decided"), transaction.atomic():
        tables.Pickup.objects.filter(pk=twice.pk).update(status="booked", movement=movement)


def test_a_portion_in_a_batch_of_another_handing_out_is_found() -> None:
    gate = make_gate("甲")
    assert list(pickup_findings()) == []
    other = make_other(gate)
    for column in ("batch", "first_batch"):
        was = getattr(gate.portion("甲"), column)
        tables.Portion.objects.update(**{column: other})
        assert [one.code for one in pickup_findings()] == ["portion_elsewhere"]
        tables.Portion.objects.update(**{column: was})
    assert list(pickup_findings()) == []


def make_other(gate: Gate) -> tables.Batch:
    """Return the batch of another handing out."""
    return tables.Batch.objects.get(distribution=open_again(gate))
