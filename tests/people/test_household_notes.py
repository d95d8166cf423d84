"""What is decided about a child whose two parents are at the front: who may, how long it holds."""

import pytest
from django.db import IntegrityError, connection, transaction

from household_builders import DECIDED, aid, both, due, families, found_family, key_of, note, tell
from organisation.house_samples import House, holder
from people_builders import acting, at, everything, on
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission, Role
from songnuan.people import actions, queries
from songnuan.people.checks import verify
from songnuan.people.duplicates import Found
from songnuan.people.models import HouseholdNote, Person
from songnuan.people.rules import REMARK_MAX

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db: None) -> House:  # noqa: ARG001 - asks for the database
    """A bureau with two employees who are married, and their child."""
    return found_family()


def test_a_decision_is_kept_and_holds_until_more_is_told(house: House) -> None:
    both(house)
    officer = holder("officer", Role.UNION_OFFICER, house.bureau)
    assert due() == 1
    assert note(officer) == [key_of("张小宝")]
    assert due() == 0
    [family] = families()
    [told] = family.notes
    assert (told.text, told.by, told.children) == (DECIDED, officer.label, ("张*宝",))
    assert not family.is_due
    assert queries.children_at_front(SYSTEM, Permission.PEOPLE_IMPORT, at(4)) == 1, "it stays to be seen"
    tell(house, {**aid("张父", 1, 9), "minutes": 600}, day=5)
    assert due(day=5) == 0, "the same days, told with hours"
    tell(house, aid("张父", 12, 14, "黄冈市"), day=6)
    assert due(day=6) == 1
    [family] = families(day=6)
    assert (family.is_due, len(family.notes)) == (True, 1)
    note(officer, day=6, text="同意。")
    assert due(day=6) == 0
    assert [one.text for one in families(day=6)[0].notes] == ["同意。", DECIDED]
    assert list(verify(on(6))) == []


def test_a_second_click_notes_nothing_more(house: House) -> None:
    both(house)
    officer = holder("officer", Role.UNION_OFFICER, house.bureau)
    note(officer)
    note(officer)
    assert HouseholdNote.objects.count() == 1


def test_the_trail_has_keys_and_a_digest_and_no_word_of_it(house: House) -> None:
    both(house)
    note()
    [entry] = Entry.objects.filter(action="people.note_household")
    assert entry.subject == f"people.person:{key_of('张小宝')}"
    assert not any(word in entry.facts for word in ("张", "李", "领导小组"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM people_householdnote")
        assert "领导小组" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"text": " "}, "decision_missing", id="nothing said"),
        pytest.param({"text": "长" * (REMARK_MAX + 1)}, "text_too_long", id="too much"),
        pytest.param({"seen": "0" * 16}, "household_changed", id="something else was read"),
        pytest.param({"first_key": "0" * 32}, "person_gone", id="nobody"),
    ],
)
def test_what_is_no_decision_is_refused_and_nothing_changes(
    house: House, changes: dict[str, str], code: str
) -> None:
    both(house)
    before = everything(HouseholdNote, Entry)
    with pytest.raises(Refusal) as refused:
        note(changes=changes)
    assert refused.value.code == code
    assert everything(HouseholdNote, Entry) == before


def test_who_may_not_import_there_decides_nothing(house: House) -> None:
    both(house)
    [family] = families()
    told = {"first_key": family.first.key, "second_key": family.second.key, "seen": family.seen}
    before = everything(HouseholdNote, Entry)
    for role, unit in (
        (Role.INSPECTOR, house.bureau),
        (Role.FINANCE, house.bureau),
        (Role.UNIT_LIAISON, house.channel),
        (Role.PRIVACY_OFFICER, house.bureau),
    ):
        actor = holder(role.value, role, unit)
        with pytest.raises(Refusal) as refused, acting():
            actions.note_household(text=DECIDED, actor=actor, at=at(4), **told)
        assert refused.value.code == "not_permitted"
    assert everything(HouseholdNote, Entry)[0] == before[0]
    assert not Entry.objects.filter(action="people.note_household").exists()


def test_nothing_is_decided_about_who_does_not_serve_at_the_same_time(house: House) -> None:
    both(house)
    [family] = families()
    told = {"first_key": family.first.key, "second_key": family.second.key, "seen": family.seen}
    with pytest.raises(Refusal) as refused, acting():
        actions.note_household(text=DECIDED, actor=SYSTEM, at=at(10), **told)
    assert refused.value.code == "household_settled"
    assert not HouseholdNote.objects.exists()


@pytest.mark.parametrize("name", ["张小宝", "张父", "李母"])
def test_a_decision_goes_with_each_of_the_three(house: House, name: str) -> None:
    both(house)
    note()
    with acting():
        actions.erase_person(person_key=key_of(name), actor=SYSTEM, at=at(6))
    assert not HouseholdNote.objects.exists()
    assert [one.code for one in verify(on(6)) if one.code.startswith("household")] == []


def test_a_decision_moves_with_who_was_entered_twice_and_is_asked_for_anew(house: House) -> None:
    both(house)
    note()
    tell(house, {"name": "李 母", "unit_name": "航道处"}, kind="people", key="again", day=5)
    keep, drop = Person.objects.get(name="李母"), Person.objects.exclude(name="李母").order_by("-pk").first()
    assert drop is not None
    with acting():
        actions.note_pairs(found=[Found(keep.pk, drop.pk, ("name",), 50)], actor=SYSTEM, at=at(5))
        actions.merge_persons(keep_key=drop.key, drop_key=keep.key, choices={}, actor=SYSTEM, at=at(5))
    moved = HouseholdNote.objects.get()
    assert drop.pk in {moved.first_id, moved.second_id}
    assert moved.first_id < moved.second_id
    assert due(day=5) == 1, "who served was the one that went"
    assert [one.code for one in verify(on(5)) if one.code.startswith("household")] == []


@pytest.mark.parametrize("name", ["张小宝", "张父", "李母"])
def test_each_of_the_three_may_read_what_was_decided(house: House, name: str) -> None:
    both(house)
    note(holder("officer", Role.UNION_OFFICER, house.bureau))
    [told] = queries.own_view(key_of(name), at(5)).decisions
    assert (told.text, told.posts) == (DECIDED, ("工会干部 · 澄江省水运管理局",))
    assert queries.own_view(key_of("王远"), at(5)).decisions == ()


def test_a_decision_that_was_tampered_with_is_found(house: House) -> None:
    both(house)
    note()
    assert list(verify(on(4))) == []
    HouseholdNote.objects.update(text="另一句话")
    assert [one.code for one in verify(on(4))] == ["household_note_changed"]
    HouseholdNote.objects.all().delete()
    assert [one.code for one in verify(on(4))] == ["household_note_missing"]


def test_a_note_is_about_three_persons_the_two_in_their_order(house: House) -> None:
    both(house)
    note()
    for change in ({"first": "second"}, {"child": "first"}):
        row = HouseholdNote.objects.get()
        for to, of in change.items():
            setattr(row, to, getattr(row, of))
        row.pk, row.digest = None, "1" * 64
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseholdNote.objects.bulk_create([row])


def test_a_decision_about_two_who_are_one_is_moot(house: House) -> None:
    both(house)
    note()
    first, second = (Person.objects.get(name=name) for name in ("张父", "李母"))
    low, high = sorted((first.pk, second.pk))
    with acting():
        actions.note_pairs(found=[Found(low, high, ("name",), 50)], actor=SYSTEM, at=at(5))
        actions.merge_persons(
            keep_key=first.key, drop_key=second.key, choices={}, end_links=True, actor=SYSTEM, at=at(5)
        )
    assert not HouseholdNote.objects.exists()
    assert [one.code for one in verify(on(5)) if one.code.startswith("household")] == []
