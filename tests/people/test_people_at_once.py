"""Imports at one moment, killed in the middle, or with the register changed under them, come out right."""

from collections import Counter

import pytest

from hands import killed_at, together
from people_builders import Steps, acting, at, bring, everything, on, open_unit
from songnuan.audit.checks import verify as verify_trail
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.people import actions
from songnuan.people.checks import verify
from songnuan.people.models import (
    Enrolment,
    ImportStatus,
    Person,
    PersonStatus,
    Roster,
    RosterImport,
    StagedPerson,
)
from songnuan.people.turn import take_turn

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    {"name": f"张{number}", "id_number": f"11010119900101{number:03d}X", "post": "医生"}
    for number in range(24)
]


@pytest.fixture
def top(transactional_db: None) -> int:  # noqa: ARG001 - real commits
    """A hospital; returns its id."""
    return open_unit("澄江医院", "bureau")


def test_two_rosters_with_the_same_people_at_once_make_each_person_once(top: int) -> None:
    both = [bring(key, "people", ROWS, 2, unit_id=top, size=5) for key in ("staff", "union")]
    assert together(*[steps.apply for steps in both]) == {"done": 2}
    assert Person.objects.count() == len(ROWS)
    assert Counter(Enrolment.objects.values_list("roster__key", flat=True)) == {"staff": 24, "union": 24}
    assert [*verify(on(2)), *verify_trail()] == []


def test_two_files_for_one_roster_at_once_make_one_roster_and_one_enrolment_each(top: int) -> None:
    both = [bring("people", "people", rows, 2, unit_id=top, size=5) for rows in (ROWS[:16], ROWS[8:])]
    assert together(*[steps.apply for steps in both]) == {"done": 2}
    assert Roster.objects.count() == 1
    assert (Person.objects.count(), Enrolment.objects.count()) == (24, 24)
    assert [*verify(on(2)), *verify_trail()] == []


def test_two_workers_at_one_import_write_each_row_once(top: int) -> None:
    steps = bring("people", "people", ROWS, 2, unit_id=top, size=3)
    steps.call(actions.begin_apply)
    outcomes = together(steps.go_on, steps.go_on)
    assert outcomes.total() == 2
    assert outcomes["done"] + outcomes["wrong_state"] == 2
    assert outcomes["done"] >= 1
    assert (Person.objects.count(), Enrolment.objects.count()) == (24, 24)
    assert RosterImport.objects.get().counts["new"] == 24
    assert Entry.objects.filter(action="people.finish_import").count() == 1
    assert [*verify(on(2)), *verify_trail()] == []


def test_a_chunk_asked_for_twice_is_written_once(top: int) -> None:
    steps = bring("people", "people", ROWS, 2, unit_id=top, size=10)
    steps.call(actions.begin_apply)
    first = steps.call(actions.apply_chunk, after=0, size=10)
    before = everything(Person, Enrolment, StagedPerson)
    assert steps.call(actions.apply_chunk, after=0, size=10) == first
    assert everything(Person, Enrolment, StagedPerson) == before
    assert Person.objects.count() == 10


def test_an_import_killed_at_any_statement_goes_on_to_the_same_end(top: int) -> None:
    bring("people", "people", ROWS[:12], 2, unit_id=top).apply()
    # One changes, others join or are new: every statement of a chunk has its rows.
    rows = [{**ROWS[3], "post": "司机"}, *ROWS[4:], {"name": "李四", "phone": "13900139000"}]
    steps = bring("people", "people", rows, 3, unit_id=top, size=4)
    steps.call(actions.begin_apply, end_missing=True)
    statement = 0
    # Each child gets a little further into its chunk than the one before.
    while killed_at(statement := statement + 1, steps.go_on):
        written = RosterImport.objects.get(key=steps.key).applied_through
        told = StagedPerson.objects.filter(source__key=steps.key, pk__lte=written)
        known = Person.objects.filter(id_index__in=told.values("id_index"), id_index__gt="")
        assert known.count() == told.exclude(id_index="").count()
        assert verify(on(3)) == []
    assert statement >= 25
    assert Person.objects.count() == 25
    assert Enrolment.objects.filter(ends_on=None).count() == 22
    source = RosterImport.objects.get(key=steps.key)
    assert (source.status, source.counts["new"], source.counts["ended"]) == (ImportStatus.APPLIED, 13, 3)
    assert verify_trail() == []


def test_who_is_merged_after_the_preview_is_found_in_the_other(top: int) -> None:
    bring("people", "people", ROWS[:2], 2, unit_id=top).apply()
    one, other = Person.objects.order_by("pk")
    steps = bring("people", "people", [{**ROWS[0], "post": "主任"}], 3, unit_id=top)
    with acting():
        take_turn()
        Enrolment.objects.filter(person=one).update(ends_on=on(3))
        Person.objects.filter(pk=one.pk).update(status=PersonStatus.MERGED, merged_into=other)
    steps.apply()
    assert Person.objects.filter(status=PersonStatus.ACTIVE).get() == other
    assert Enrolment.objects.get(person=other, ends_on=None).post == "主任"
    assert verify(on(3)) == []


def test_who_is_erased_after_the_preview_comes_as_somebody_new(top: int) -> None:
    bring("people", "people", ROWS[:1], 2, unit_id=top).apply()
    steps = bring("people", "people", [{**ROWS[0], "post": "主任"}], 3, unit_id=top)
    with acting():
        actions.erase_person(person_key=Person.objects.get().key, actor=SYSTEM, at=at(3))
    assert steps.apply()["new"] == 1
    assert Person.objects.filter(status=PersonStatus.ACTIVE).count() == 1
    assert verify(on(3)) == []


def test_an_import_stands_in_one_state_and_moves_on_from_it_alone(top: int) -> None:
    steps = bring("people", "people", ROWS[:2], 2, unit_id=top)
    for action, more in (
        (actions.apply_chunk, {"after": 0}),
        (actions.finish_import, {}),
        (actions.end_missing, {}),
        (actions.stage, {"rows": []}),
        (actions.match_chunk, {"after": 0}),
    ):
        with pytest.raises(Refusal) as refused:
            steps.call(action, **more)
        assert refused.value.code == "wrong_state"
    steps.call(actions.begin_apply)
    with pytest.raises(Refusal) as refused:
        steps.call(actions.finish_import)
    assert refused.value.code == "wrong_state"
    with pytest.raises(Refusal) as refused:
        steps.call(actions.cancel_import)
    assert refused.value.code == "wrong_state"
    assert RosterImport.objects.get().status == ImportStatus.APPLYING
    Steps(steps.key, 2).go_on()
