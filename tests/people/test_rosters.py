"""Rosters are opened, changed and closed by who may import people at their unit."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from people_builders import acting, at, bring, everything, open_unit
from songnuan.audit.checks import verify as verify_trail
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.people import actions
from songnuan.people.models import Person, PersonStatus, Roster, RosterImport

pytestmark = pytest.mark.django_db


@pytest.fixture
def top(db: None) -> int:  # noqa: ARG001 - asks for the database
    """A hospital; returns its id."""
    return open_unit("澄江医院", "bureau")


def opened(top: int, **facts: object) -> Roster:
    """Open a roster as the system."""
    told = {"title": "在职人员", "kind": "people", "unit_id": top, "actor": SYSTEM, "at": at(2), **facts}
    with acting():
        return actions.create_roster(**told)  # type: ignore[arg-type]  # told by name


def test_a_roster_gets_a_key_of_its_kind_and_the_next_one_a_number(top: int) -> None:
    assert [opened(top).key for _again in range(3)] == ["people", "people-2", "people-3"]
    assert opened(top, key="union").key == "union"
    assert Entry.objects.filter(action="people.create_roster").count() == 4
    assert verify_trail() == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"key": "Ü"}, "key_invalid"),
        ({"key": "new"}, "key_reserved"),
        ({"key": "imports"}, "key_reserved"),
        ({"key": "people"}, "key_taken"),
        ({"kind": "pets"}, "kind_unknown"),
        ({"title": "  "}, "title_missing"),
        ({"title": "名" * 121}, "text_too_long"),
        ({"legal_ground": "because"}, "ground_unknown"),
        ({"retain_until": at(2)}, "date_invalid"),
        ({"notice": "告" * 4001}, "text_too_long"),
    ],
)
def test_what_cannot_be_is_refused(top: int, facts: dict[str, object], code: str) -> None:
    opened(top, key="people")
    before = everything(Roster)
    with pytest.raises(Refusal) as refused:
        opened(top, **facts)
    assert refused.value.code == code
    assert everything(Roster) == before


def test_a_change_is_recorded_and_the_same_again_is_none(top: int) -> None:
    roster = opened(top)
    told = {"legal_ground": "emergency", "purpose": "慰问", "retain_until": date(2021, 4, 1)}
    with acting():
        assert actions.change_roster(roster_id=roster.pk, actor=SYSTEM, at=at(3), **told)
        assert not actions.change_roster(roster_id=roster.pk, actor=SYSTEM, at=at(3), **told)
    roster.refresh_from_db()
    assert (roster.legal_ground, roster.purpose, roster.retain_until) == tuple(told.values())
    [entry] = Entry.objects.filter(action="people.change_roster")
    assert entry.facts == '{"changed":["legal_ground","purpose","retain_until"]}'


def test_nothing_comes_into_a_closed_roster_nor_what_it_does_not_list(top: int) -> None:
    waiting = bring("people", "people", [{"name": "张三"}], 2, unit_id=top)
    roster = opened(top, key="people")
    with pytest.raises(Refusal) as refused:
        bring("people", "families", [], 3, unit_id=top)
    assert refused.value.code == "roster_kind"
    with acting():
        actions.close_roster(roster_id=roster.pk, actor=SYSTEM, at=at(3))
    with pytest.raises(Refusal) as refused:
        bring("people", "people", [], 3, unit_id=top)
    assert refused.value.code == "roster_closed"
    with pytest.raises(Refusal) as refused:
        waiting.apply()
    assert refused.value.code == "roster_closed"
    with pytest.raises(Refusal) as refused, acting():
        actions.close_roster(roster_id=roster.pk, actor=SYSTEM, at=at(3))
    assert refused.value.code == "wrong_state"
    assert (Person.objects.count(), RosterImport.objects.get().status) == (0, "staged")


def test_a_file_makes_no_roster_under_a_word_of_the_addresses(top: int) -> None:
    with pytest.raises(Refusal) as refused:
        bring("new", "people", [{"name": "张三"}], 2, unit_id=top)
    assert (refused.value.code, RosterImport.objects.count()) == ("key_reserved", 0)


def test_a_closed_roster_is_opened_again_and_only_a_closed_one(top: int) -> None:
    roster = opened(top, key="people")
    with pytest.raises(Refusal) as refused, acting():
        actions.reopen_roster(roster_id=roster.pk, actor=SYSTEM, at=at(3))
    assert refused.value.code == "wrong_state"
    waiting = bring("people", "people", [{"name": "张三"}], 2, unit_id=top)
    with acting():
        actions.close_roster(roster_id=roster.pk, actor=SYSTEM, at=at(3))
    with acting():
        actions.reopen_roster(roster_id=roster.pk, actor=SYSTEM, at=at(4))
    waiting.apply()
    assert (Person.objects.count(), Roster.objects.get().status) == (1, "open")
    told = Entry.objects.filter(subject="people.roster:people").order_by("seq")
    assert [row.action for row in told] == [
        "people.create_roster",
        "people.close_roster",
        "people.reopen_roster",
    ]


def test_a_cancelled_import_leaves_its_two_entries_and_nothing_else(top: int) -> None:
    steps = bring("people", "people", [{"name": "张三"}], 2, unit_id=top)
    steps.call(actions.cancel_import)
    while steps.call(actions.clear_staged):
        pass
    told = Entry.objects.filter(stream__name="roster:people").order_by("seq").values_list("action", flat=True)
    assert list(told) == ["people.receive_import", "people.cancel_import"]
    assert (Roster.objects.count(), Person.objects.count()) == (0, 0)


def test_a_file_that_cannot_be_read_fails_with_its_reason(top: int) -> None:
    steps = bring("people", "people", [], 2, unit_id=top)
    steps.call(actions.fail_import, note="这不是表格。")
    source = RosterImport.objects.get()
    assert (source.status, source.note) == ("failed", "这不是表格。")


def test_rows_do_not_hold_from_a_day_to_come(top: int) -> None:
    with pytest.raises(Refusal) as refused, acting():
        actions.receive_import(
            roster_key="people",
            kind="people",
            file_name="a.xlsx",
            file_digest="0" * 64,
            file_size=1,
            options={},
            unit_id=top,
            day=at(3).date(),
            actor=SYSTEM,
            at=at(2),
        )
    assert refused.value.code == "day_later"
    assert not RosterImport.objects.exists()


def test_the_tables_refuse_what_cannot_be(top: int) -> None:
    bring(
        "people", "people", [{"name": "张三", "phone": "13800138000", "id_number": "A1"}], 2, unit_id=top
    ).apply()
    person = Person.objects.get()
    for wrong in (
        {"status": "gone"},
        {"sex": "x"},
        {"status": PersonStatus.MERGED},
        {"status": PersonStatus.ERASED},
        {"phone": None},
        {"phone_index": ""},
        {"account_index": "0" * 32},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.filter(pk=person.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(
            key="k", id_number="A1", id_index=person.id_index, created_at=at(2), changed_at=at(2)
        )
