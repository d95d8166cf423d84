"""What people were looked at for: kept sealed until they are erased, and only a keyed digest in the trail."""

import json
from collections.abc import Callable

import pytest
from django.db import connection

from pairs import enrol, pair, person, roster
from people import Bureau
from people_builders import acting, at, everything, on
from songnuan.audit.checks import verify as verify_trail
from songnuan.audit.models import Entry
from songnuan.audit.queries import entries
from songnuan.audit.record import record
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.show_person import show_person
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people import queries
from songnuan.people.actions import erase_person, merge_persons
from songnuan.people.checks import verify
from songnuan.people.models import LookPurpose, Person, Roster

pytestmark = pytest.mark.django_db

PURPOSE = "为王秀英核对慰问金账号"


@pytest.fixture
def union(bureau: Bureau) -> Actor:
    """A union officer of the bureau."""
    user = create_account(username="union", name="沈工会", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    return actor_of(user)


@pytest.fixture
def staff(bureau: Bureau) -> Roster:
    """A roster of the bureau's people."""
    return roster(bureau.bureau_id)


@pytest.fixture
def zhang(staff: Roster) -> Person:
    """Somebody with a phone."""
    one = person("张建国", phone="13800010001")
    enrol(staff, one)
    return one


def look(who: Person, actor: Actor, purpose: str = PURPOSE, day: int = 3) -> None:
    """Look at somebody in full."""
    show_person(person_key=who.key, purpose=purpose, actor=actor, at=at(day))


def erase(who: Person, day: int = 5) -> None:
    """Erase somebody."""
    with acting():
        erase_person(person_key=who.key, actor=SYSTEM, at=at(day))


def stored() -> str:
    """Return all that the database holds of trail and purposes, as it is stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts FROM audit_entry")
        facts = cursor.fetchall()
        cursor.execute("SELECT person_id, digest, purpose FROM people_lookpurpose")
        return repr((facts, cursor.fetchall()))


def codes() -> list[str]:
    """Return what the checks find."""
    return [finding.code for finding in [*verify(on(5)), *verify_trail()]]


def test_neither_trail_nor_table_tells_in_plain_what_a_look_was_for(union: Actor, zhang: Person) -> None:
    look(zhang, union)
    assert "王秀英" not in stored()
    assert LookPurpose.objects.get().purpose == PURPOSE
    [row] = entries(subject=f"people.person:{zhang.key}")
    assert set(row.facts) == {"digest", "minor"}
    assert queries.purposes_of([row]) == {row.id: PURPOSE}
    assert [one.purpose for one in queries.own_view(zhang.key, at(4)).looks] == [PURPOSE]
    assert codes() == []


def test_looks_for_the_same_have_digests_of_their_own(union: Actor, zhang: Person) -> None:
    for day in (3, 4):
        look(zhang, union, day=day)
    assert len(set(LookPurpose.objects.values_list("digest", flat=True))) == 2


def test_a_look_that_is_refused_leaves_no_purpose(bureau: Bureau, union: Actor, zhang: Person) -> None:
    for actor, purpose in ((bureau.officer, PURPOSE), (union, "  "), (union, "为" * 401)):
        with pytest.raises(Refusal):
            look(zhang, actor, purpose)
    assert not LookPurpose.objects.exists()
    assert not Entry.objects.filter(action="people.show_person").exists()
    assert "王秀英" not in stored()


def test_with_the_person_it_is_erased_and_the_look_itself_stays(
    union: Actor, staff: Roster, zhang: Person
) -> None:
    other = person("李文")
    enrol(staff, other)
    look(zhang, union)
    look(other, union, "寄送")
    before = Entry.objects.filter(action="people.show_person").values()
    kept = list(before)
    erase(zhang)
    assert list(before) == kept
    assert [row.purpose for row in LookPurpose.objects.all()] == ["寄送"]
    rows = entries(stream="people", action="people.show_person")
    assert sorted(queries.purposes_of(rows).values()) == ["", "寄送"]
    assert codes() == []


def test_what_somebody_was_looked_at_for_before_a_merge_goes_with_them(
    union: Actor, staff: Roster, zhang: Person
) -> None:
    other = person("张建囯", phone="13800010002")
    enrol(staff, other)
    pair(zhang, other)
    look(other, union)
    with acting():
        merge_persons(keep_key=zhang.key, drop_key=other.key, choices={}, actor=SYSTEM, at=at(4))
    assert [one.purpose for one in queries.own_view(zhang.key, at(4)).looks] == [PURPOSE]
    assert codes() == []
    erase(zhang)
    assert not LookPurpose.objects.exists()
    assert codes() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: LookPurpose.objects.update(purpose="别的事由"), "purpose_changed"),
        (lambda: LookPurpose.objects.update(digest="0" * 64), "purpose_changed"),
        (lambda: unsealed("x"), "purpose_changed"),
        (lambda: LookPurpose.objects.all().delete(), "purpose_missing"),
    ],
    ids=["another text", "another digest", "no seal", "gone"],
)
def test_what_is_changed_past_the_actions_is_found(
    union: Actor, zhang: Person, change: Callable[[], object], code: str
) -> None:
    look(zhang, union)
    change()
    found = [finding for finding in verify(on(5)) if finding.code == code]
    assert len(found) == 1
    assert "王秀英" not in repr(found)


def unsealed(text: str) -> None:
    """Put a text in the place of the sealed ones."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_lookpurpose SET purpose = %s", [text])


def test_a_purpose_that_outlives_its_person_is_found(union: Actor, zhang: Person) -> None:
    look(zhang, union)
    kept = LookPurpose.objects.get()
    erase(zhang)
    LookPurpose.objects.bulk_create([kept])
    assert codes() == ["erased_person_left"]


def test_an_entry_from_before_tells_its_purpose_itself(zhang: Person) -> None:
    with acting():
        record(
            stream="people",
            action="people.show_person",
            subject=f"people.person:{zhang.key}",
            actor=SYSTEM,
            at=at(2),
            facts={"purpose": "核对", "minor": False},
        )
    assert json.loads(Entry.objects.get(action="people.show_person").facts)["purpose"] == "核对"
    assert [one.purpose for one in queries.own_view(zhang.key, at(4)).looks] == ["核对"]
    assert codes() == []


def test_whose_purposes_are_erased_is_not_looked_at_again(union: Actor, zhang: Person) -> None:
    erase(zhang)
    before = everything(LookPurpose, Person)
    with pytest.raises(Refusal) as refused:
        look(zhang, union, day=6)
    assert refused.value.code == "person_gone"
    assert everything(LookPurpose, Person) == before
