"""Portions are put into another batch by hand: one of them, or those of a whole unit."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from goods.builders import NOW, acted, make_person, make_unit, refused, snapshot
from goods.pickups import FIRST, PICKUPS, SECOND, Gate, make_gate, whole
from songnuan.audit.models import Entry
from songnuan.goods import actions as goods
from songnuan.goods import models as tables
from songnuan.goods.pickup_states import Mode
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from songnuan.people.models import Enrolment

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
