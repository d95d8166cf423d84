"""What is changed past the actions is found."""

import pytest
from django.db import connection

from people_builders import bring, on, open_unit
from songnuan.people.checks import verify
from songnuan.people.models import Enrolment, Person, PersonStatus, RosterImport

pytestmark = pytest.mark.django_db

ROWS = [
    {"name": "张三", "id_number": "110101199003071233", "phone": "13800138000"},
    {"name": "李四", "id_number": "11010519491231002X", "birth_on": "2010-01-01"},
]


@pytest.fixture
def persons(db: None) -> list[Person]:  # noqa: ARG001 - asks for the database
    """Two people in a roster, whose tables agree."""
    top = open_unit("澄江医院", "bureau")
    steps = bring("people", "people", ROWS, 2, unit_id=top)
    steps.apply()
    assert verify(on(2)) == []
    return list(Person.objects.order_by("pk"))


def codes(day: int = 2) -> list[str]:
    """Return the codes that are found."""
    return [finding.code for finding in verify(on(day))]


def test_somebody_merged_into_nobody_and_still_standing_is_found(persons: list[Person]) -> None:
    one, other = persons
    Person.objects.filter(pk=other.pk).update(status=PersonStatus.MERGED, merged_into=one)
    assert codes() == ["absent_standing"]
    Person.objects.filter(pk=one.pk).update(status=PersonStatus.MERGED, merged_into=other)
    assert codes() == ["merged_astray", "merged_astray", "absent_standing", "absent_standing"]


def test_overlapping_periods_are_found(persons: list[Person]) -> None:
    one = Enrolment.objects.get(person=persons[0])
    one.pk, one.ends_on = None, on(9)
    Enrolment.objects.bulk_create([one])
    assert codes() == ["periods_overlap"]


def test_a_minor_without_restriction_is_found(persons: list[Person]) -> None:
    Person.objects.filter(pk__in=[person.pk for person in persons]).update(restricted=False)
    assert codes() == ["minor_open"]


def test_a_number_under_another_index_is_found(persons: list[Person]) -> None:
    Person.objects.filter(pk=persons[0].pk).update(phone="13900139000")
    [finding] = verify(on(2))
    assert (finding.code, finding.where) == ("number_misindexed", f"people.person:{persons[0].key}")
    assert "139" not in str(finding)


def test_a_sealed_text_moved_to_another_column_is_found(persons: list[Person]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET phone = id_number WHERE id = %s", [persons[0].pk])
    assert codes() == ["seal_broken"]


def test_rows_of_an_import_that_ended_long_ago_are_found(persons: list[Person]) -> None:
    assert len(persons) == RosterImport.objects.get().counts["rows"]
    assert codes(day=10) == []
    assert codes(day=11) == ["staged_left"]
