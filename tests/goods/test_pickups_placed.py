"""Batches are changed by hand: who is in which, on which day they are, and one more."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from goods.builders import NOW, acted, acting, make_person, make_unit, refused, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, whole
from songnuan.audit.models import Entry
from songnuan.goods import actions as goods
from songnuan.goods import models as tables
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Role
from songnuan.people.models import Enrolment
from songnuan.plans.models import Measure

pytestmark = pytest.mark.django_db


def place(
    gate: Gate, name: str, batch: int, actor: Actor | None = None, at: datetime = NOW
) -> Callable[[], Any]:
    """Return the act that puts somebody's portion into a batch."""
    return acted(
        lambda: goods.place_portion(
            portion_id=gate.portion(name).pk, batch=batch, actor=actor or gate.officer, at=at
        )
    )


def place_unit(gate: Gate, batch: int, actor: Actor | None = None) -> Callable[[], Any]:
    """Return the act that puts the portions of the bureau into a batch."""
    return acted(
        lambda: goods.place_unit(
            distribution_id=gate.distribution.pk,
            unit_id=gate.store.house.bureau.pk,
            batch=batch,
            actor=actor or gate.officer,
            at=NOW,
        )
    )


def code_unchanged(act: Callable[[], Any]) -> str:
    """Return the code of the refusal of an act, having seen that nothing changed."""
    before = snapshot(PICKUPS), Entry.objects.count()
    code = refused(act).code
    assert (snapshot(PICKUPS), Entry.objects.count()) == before
    return code


def test_a_portion_goes_into_another_batch_and_stays_there_when_the_roster_is_read_again() -> None:
    gate = make_gate("甲", "乙")
    assert gate.portion("甲").batch.on == FIRST
    place(gate, "甲", 2)()
    assert gate.portion("甲").batch.on == SECOND
    gate.align()
    assert gate.portion("甲").batch.on == SECOND
    assert json.loads(Entry.objects.get(action="goods.place_portion").facts)["pickup_batch"] == 2
    assert whole()


def test_what_was_picked_up_and_what_is_over_is_moved_no_more() -> None:
    gate = make_gate("甲", "乙")
    gate.pick_up(gate.desk("东门", 1), "甲")
    assert code_unchanged(place(gate, "甲", 2)) == "portion_not_open"
    assert code_unchanged(place(gate, "乙", 3)) == "batch_unknown"
    assert code_unchanged(place(gate, "乙", 1, at=NOW + timedelta(2))) == "batch_over"
    place(gate, "乙", 1, at=NOW + timedelta(1))()
    assert gate.portion("乙").batch.on == FIRST


def test_a_unit_goes_into_a_batch_as_a_whole_but_for_what_was_picked_up() -> None:
    gate = make_gate("甲", "乙", "丙", "丁")
    other = make_unit("分校", gate.store.house.bureau)
    Enrolment.objects.filter(person=gate.people["丁"]).update(unit=other)
    gate.align()
    gate.pick_up(gate.desk("东门", 1), "甲")
    was = gate.portion("丁").batch_id
    assert place_unit(gate, 2)() == 1
    assert [gate.portion(name).batch.on for name in "甲乙丙"] == [FIRST, SECOND, SECOND]
    assert gate.portion("丁").batch_id == was
    before = Entry.objects.count()
    assert place_unit(gate, 2)() == 0, "nothing is left to be moved"
    assert Entry.objects.count() == before
    assert whole()


def test_nobody_is_divided_among_rounds_for_all() -> None:
    gate = make_gate("甲", mode=Mode.ROUNDS)
    assert code_unchanged(place_unit(gate, 2)) == "rounds_for_all"


@pytest.mark.parametrize("role", [Role.UNIT_LIAISON, Role.FINANCE, Role.INSPECTOR])
def test_only_the_office_moves_portions(role: Role) -> None:
    gate = make_gate("甲", "乙")
    other = make_person("外人", role, gate.store.house.bureau)
    away = make_person("外校工会", Role.UNION_OFFICER, make_unit("外校"))
    for actor in (other, away):
        assert code_unchanged(place(gate, "甲", 2, actor)) == "not_permitted"
        assert code_unchanged(place_unit(gate, 2, actor)) == "not_permitted"
    assert tables.Portion.objects.filter(batch__on=FIRST).count() == 1


def move(
    gate: Gate, batch: int, on: date, place: str = "南门", *, actor: Actor | None = None, at: datetime = NOW
) -> Callable[[], Any]:
    """Return the act that puts a batch on another day."""
    return acted(
        lambda: goods.move_batch(
            distribution_id=gate.distribution.pk,
            batch=batch,
            on=on,
            place=place,
            actor=actor or gate.officer,
            at=at,
        )
    )


def add(
    gate: Gate,
    on: date,
    place: str = "礼堂",
    *,
    actor: Actor | None = None,
    at: datetime = NOW,
    planned: tuple[date, ...] = (),
) -> Callable[[], Any]:
    """Return the act that adds a batch."""
    return acted(
        lambda: goods.add_batch(
            distribution_id=gate.distribution.pk,
            on=on,
            place=place,
            planned=planned,
            actor=actor or gate.officer,
            at=at,
        )
    )


def days(gate: Gate) -> list[tuple[int, date, str]]:
    """Return the batches as they stand."""
    rows = tables.Batch.objects.filter(distribution=gate.distribution).order_by("position")
    return list(rows.values_list("position", "on", "place"))


def test_a_batch_that_has_not_begun_goes_to_another_day_with_everybody_in_it() -> None:
    gate = make_gate("甲", "乙")
    was = gate.portion("甲").batch_id
    move(gate, 1, FIRST + timedelta(2), "南门  9时")()
    assert days(gate) == [(1, FIRST + timedelta(2), "南门 9时"), (2, SECOND, "西门")]
    assert gate.portion("甲").batch_id == was
    facts = json.loads(Entry.objects.get(action="goods.move_batch").facts)
    assert (facts["batch_moved"], facts["from_day"], facts["to_day"]) == (
        1,
        FIRST.isoformat(),
        (FIRST + timedelta(2)).isoformat(),
    )
    entries = Entry.objects.count()
    move(gate, 1, FIRST + timedelta(2), "南门 9时")()
    assert Entry.objects.count() == entries, "the same again changes nothing"
    with acting():
        goods.pass_missed_on(distribution_id=gate.distribution.pk, actor=gate.officer, at=NOW + timedelta(3))
    assert gate.portion("甲").batch_id == was, "its day is not over yet"
    assert whole()


def test_a_batch_keeps_its_day_once_something_was_picked_up_but_may_change_its_place() -> None:
    gate = make_gate("甲", "乙")
    gate.pick_up(gate.desk("东门", 1), "甲")
    assert code_unchanged(move(gate, 1, FIRST + timedelta(2))) == "batch_begun"
    move(gate, 1, FIRST, "雨天：礼堂")()
    assert days(gate)[0] == (1, FIRST, "雨天：礼堂")


def test_batches_keep_their_order_and_no_day_is_over_or_taken() -> None:
    gate = make_gate("甲", "乙")
    today = NOW.astimezone(CHINA).date()
    for on, code in (
        (today - timedelta(1), "batch_day_over"),
        (SECOND, "batch_day_twice"),
        (SECOND + timedelta(1), "batch_order"),
    ):
        assert code_unchanged(move(gate, 1, on)) == code
    assert code_unchanged(move(gate, 2, FIRST - timedelta(1))) == "batch_order"
    assert code_unchanged(move(gate, 3, SECOND)) == "batch_unknown"
    assert code_unchanged(move(gate, 1, SECOND - timedelta(1), at=NOW + timedelta(2))) == "batch_over"
    assert code_unchanged(move(gate, 1, FIRST, "长" * 81)) == "text_too_long"


def test_who_picked_nothing_up_can_come_on_a_day_that_is_added() -> None:
    gate = make_gate("甲", "乙", "丙")
    gate.pick_up(gate.desk("东门", 3), "甲")
    late = SECOND + timedelta(4)
    over = NOW + timedelta(17)
    with acting():
        goods.pass_missed_on(distribution_id=gate.distribution.pk, actor=gate.officer, at=over)
    assert {gate.portion(name).status for name in "乙丙"} == {Portioned.REFERRED.value}
    _batch, again = add(gate, late, at=over)()
    assert again == 2
    assert [(gate.portion(name).status, gate.portion(name).batch.on) for name in "乙丙"] == [
        (Portioned.OPEN.value, late)
    ] * 2
    assert gate.portion("甲").status == Portioned.TAKEN.value
    before = Entry.objects.count()
    assert add(gate, late, at=over)()[1] == 0, "sent twice it is added once"
    assert (Entry.objects.count(), len(days(gate))) == (before, 3)
    with acting():
        goods.pass_missed_on(distribution_id=gate.distribution.pk, actor=gate.officer, at=over)
    assert gate.portion("乙").status == Portioned.OPEN.value
    assert whole()


def test_a_batch_more_comes_last_and_only_where_batches_divide_the_people() -> None:
    gate = make_gate("甲", "乙")
    assert code_unchanged(add(gate, SECOND - timedelta(1))) == "batch_order"
    assert code_unchanged(add(gate, SECOND)) == "batch_day_twice"
    assert code_unchanged(add(gate, NOW.date() - timedelta(3))) == "batch_day_over"


@pytest.mark.parametrize(("mode", "code"), [(Mode.ROUNDS, "rounds_for_all"), (None, "mode_open")])
def test_no_round_more_for_all_is_added_by_hand(mode: Mode | None, code: str) -> None:
    gate = make_gate("甲", "乙", mode=mode)
    assert code_unchanged(add(gate, SECOND + timedelta(1))) == code


def test_a_round_that_the_plan_names_by_now_is_added_and_everybody_gets_one_more() -> None:
    gate = make_gate("甲", "乙", mode=Mode.ROUNDS)
    third = SECOND + timedelta(7)
    assert code_unchanged(add(gate, third, planned=(third + timedelta(1),))) == "rounds_for_all"
    add(gate, third, planned=(third,))()
    gate.align()
    assert gate.portion("甲", 3).batch.on == third
    assert whole()


def test_days_of_batches_are_the_offices_while_the_measure_is_open() -> None:
    gate = make_gate("甲", "乙")
    away = make_person("外校工会", Role.UNION_OFFICER, make_unit("外校"))
    for actor in (gate.clerk, away):
        assert code_unchanged(move(gate, 1, FIRST + timedelta(1), actor=actor)) == "not_permitted"
        assert code_unchanged(add(gate, SECOND + timedelta(1), actor=actor)) == "not_permitted"
    Measure.objects.filter(pk=gate.measure.pk).update(status="closed", closed_at=NOW)
    assert code_unchanged(move(gate, 1, FIRST + timedelta(1))) == "measure_closed"
    assert code_unchanged(add(gate, SECOND + timedelta(1))) == "measure_closed"
