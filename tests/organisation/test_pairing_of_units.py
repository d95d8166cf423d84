"""Pairing: each unit has one lead for a purpose, and the table of a past day is what it was."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from organisation.house_samples import House, acting, at, everything, holder, on, open_unit, refused
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation import actions
from songnuan.organisation.actions import PairResult, PairRow
from songnuan.organisation.checks import unpaired, verify
from songnuan.organisation.models import Assignment
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import Pair, pairs

pytestmark = pytest.mark.django_db


def rows(house: House) -> list[PairRow]:
    return [
        PairRow(house.lock, house.channel, "东江院区", date(2020, 4, 8)),
        PairRow(house.station, house.center),
        PairRow(house.gate, house.channel, "西江院区"),
    ]


def pair(table: list[PairRow], day: int = 2, purpose: str = "visits") -> PairResult:
    with acting():
        return actions.pair_units(purpose=purpose, rows=table, actor=SYSTEM, at=at(day))


def test_the_pairing_table_names_unit_lead_compound_and_day(
    house: House, django_assert_num_queries: object
) -> None:
    with acting():
        actions.change_unit(unit_id=house.lock, category="船闸", staff_count=6, actor=SYSTEM, at=at(1))
    assert pair(rows(house)) == PairResult(created=3, changed=0, unchanged=0)
    with django_assert_num_queries(2):  # type: ignore[operator]  # a fixture of pytest-django
        table = pairs("visits", on(2))
    assert [(row.unit_id, row.lead_id) for row in table] == [
        (house.lock, house.channel),
        (house.station, house.center),
        (house.gate, house.channel),
    ]
    assert table[0] == Pair(
        assignment_id=table[0].assignment_id, unit_id=house.lock, unit_name="东港船闸管理所",
        lead_id=house.channel, lead_name="航道处", compound="东江院区", planned_on=date(2020, 4, 8),
        staff_count=6, category="船闸", starts_on=on(2),
    )  # fmt: skip
    assert pairs("visits", on(1)) == pairs("another", on(2)) == []


def test_the_same_table_again_changes_nothing(house: House) -> None:
    pair(rows(house))
    before = everything()
    assert pair(rows(house), day=3) == PairResult(created=0, changed=0, unchanged=3)
    assert everything() == before


def test_another_lead_takes_over_from_its_day_and_the_past_stays(house: House) -> None:
    pair(rows(house))
    table = rows(house)
    table[2] = PairRow(house.gate, house.audit, "西江院区")
    assert pair(table, day=5) == PairResult(created=0, changed=1, unchanged=2)
    assert [row.lead_id for row in pairs("visits", on(4))] == [house.channel, house.center, house.channel]
    assert [row.lead_id for row in pairs("visits", on(5))] == [house.channel, house.center, house.audit]
    with refused("before_last_change"):
        actions.pair_units(purpose="visits", rows=rows(house), actor=SYSTEM, at=at(4))
    assert verify(on(5)) == []


def test_the_table_of_a_past_day_has_the_names_of_that_day(house: House) -> None:
    pair(rows(house))
    with acting():
        actions.change_unit(unit_id=house.channel, name="航道与船闸处", actor=SYSTEM, at=at(6))
    assert pairs("visits", on(5))[0].lead_name == "航道处"
    assert pairs("visits", on(6))[0].lead_name == "航道与船闸处"


def test_two_purposes_have_their_own_leads(house: House) -> None:
    pair(rows(house))
    pair([PairRow(house.lock, house.audit)], purpose="checks")
    assert pairs("visits", on(2))[0].lead_id == house.channel
    assert pairs("checks", on(2))[0].lead_id == house.audit


def test_units_that_are_not_in_the_table_keep_their_lead(house: House) -> None:
    pair(rows(house))
    assert pair([PairRow(house.lock, house.audit)], day=3).changed == 1
    assert len(pairs("visits", on(3))) == 3


def test_a_table_that_cannot_be_is_refused_whole(house: House) -> None:
    bad = {
        "subject_twice": PairRow(house.lock, house.audit),
        "leads_itself": PairRow(house.desk, house.desk),
        "lead_kind": PairRow(house.desk, house.bureau),
        "unit_not_open": PairRow(987654, house.audit),
    }
    for code, row in bad.items():
        with refused(code):
            actions.pair_units(purpose="visits", rows=[*rows(house), row], actor=SYSTEM, at=at(2))
    late = open_unit("新所", "front_line", house.bureau, day=5)
    with refused("unit_not_open"):
        actions.pair_units(purpose="visits", rows=[PairRow(late, house.audit)], actor=SYSTEM, at=at(4))


def test_only_who_writes_plans_over_unit_and_lead_pairs_them(house: House) -> None:
    officer = holder("officer", Role.PROGRAMME_OFFICER, house.bureau)
    beside = holder("beside", Role.PROGRAMME_OFFICER, house.center)
    liaison = holder("liaison", Role.LEAD_LIAISON, house.bureau)
    for actor in (beside, liaison):
        with refused("not_permitted"):
            actions.pair_units(purpose="visits", rows=rows(house), actor=actor, at=at(2))
    with acting():
        actions.pair_units(purpose="visits", rows=rows(house), actor=officer, at=at(2))
    row = pairs("visits", on(2))[1]
    for actor in (beside, liaison):
        with refused("not_permitted"):
            actions.end_assignment(assignment_id=row.assignment_id, actor=actor, at=at(3))


def test_a_pair_that_ends_leaves_the_unit_without_a_lead_and_that_is_found(house: House) -> None:
    pair(rows(house))
    assert unpaired("visits", house.bureau, on(2)) == []
    row = pairs("visits", on(2))[0]
    with refused("before_last_change"):
        actions.end_assignment(assignment_id=row.assignment_id, actor=SYSTEM, at=at(1))
    with acting():
        actions.end_assignment(assignment_id=row.assignment_id, actor=SYSTEM, at=at(4))
    with refused("assignment_ended"):
        actions.end_assignment(assignment_id=row.assignment_id, actor=SYSTEM, at=at(5))
    assert [(found.code, found.facts) for found in unpaired("visits", house.bureau, on(4))] == [
        ("unit_without_lead", {"unit": house.lock})
    ]
    assert unpaired("visits", house.bureau, on(3)) == []


def test_pairing_leaves_one_row_in_the_trail(house: House) -> None:
    pair(rows(house))
    entry = Entry.objects.get(action="organisation.pair_units")
    assert (entry.stream.name, entry.subject) == ("organisation", "organisation.assignment:visits")
    assert '"created":3' in entry.facts


def test_the_database_itself_refuses_a_second_lead_and_a_unit_that_leads_itself(house: House) -> None:
    pair(rows(house))
    for unit, lead in ((house.lock, house.audit), (house.desk, house.desk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.create(purpose="visits", subject_id=unit, holder_id=lead, starts_on=on(3))
