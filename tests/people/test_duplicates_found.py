import pytest

from pairs import person, roster, told
from people import Bureau
from people_builders import at
from songnuan.audit.models import Entry
from songnuan.journeys.duplicate_tasks import find_after_import, find_all_duplicates
from songnuan.journeys.find_duplicates import find_duplicates
from songnuan.journeys.merge_persons import merge_persons
from songnuan.journeys.schedule import SCHEDULE
from songnuan.journeys.show_person import show_person
from songnuan.journeys.tell_apart import tell_apart
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.people.models import DuplicatePair, PairStatus, Person

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13800010001"


def two() -> tuple[Person, Person]:
    """Enter somebody twice."""
    return person("张建国", phone=PHONE), person("张建国", phone=PHONE, address="东江路1号")


def test_who_was_entered_twice_is_found_and_merged_once() -> None:
    keep, drop = two()
    assert find_duplicates(actor=SYSTEM, at=at(2)) == 1
    assert find_duplicates(actor=SYSTEM, at=at(3)) == 0
    merge_persons(keep_key=keep.key, drop_key=drop.key, choices={}, actor=SYSTEM, at=at(4))
    with pytest.raises(Refusal):
        merge_persons(keep_key=drop.key, drop_key=keep.key, choices={}, actor=SYSTEM, at=at(4))
    assert Entry.objects.filter(action="journey.refused", subject="merge_persons.merge_persons").count() == 1
    assert Person.objects.filter(status="active").get().key == keep.key
    assert find_duplicates(actor=SYSTEM, at=at(5)) == 0


def test_who_was_told_apart_stays_apart() -> None:
    two()
    find_duplicates(actor=SYSTEM, at=at(2))
    tell_apart(pair_id=DuplicatePair.objects.get().pk, actor=SYSTEM, at=at(3))
    assert find_duplicates(actor=SYSTEM, at=at(4)) == 0
    assert DuplicatePair.objects.get().status == PairStatus.DISTINCT


def test_the_worker_looks_after_an_import_and_every_night(bureau: Bureau) -> None:
    source = told(roster(bureau.bureau_id))
    two()
    assert find_after_import.call(source.key) == 1
    assert find_all_duplicates.call() == 0
    assert find_all_duplicates in [entry.task for entry in SCHEDULE]


def test_a_look_at_numbers_needs_its_purpose_and_is_recorded() -> None:
    one, _other = two()
    with pytest.raises(Refusal) as refused:
        show_person(person_key=one.key, purpose=" ", actor=SYSTEM, at=at(2))
    assert refused.value.code == "purpose_missing"
    plain = show_person(person_key=one.key, purpose="核对发放慰问金", actor=SYSTEM, at=at(2))
    assert plain.phone == PHONE
    [look] = Entry.objects.filter(action="people.show_person")
    assert look.subject == f"people.person:{one.key}"
