"""A roster of service at the front comes in: who served where, from when, and how that changes."""

import pytest

from people_builders import bring, everything, on, open_unit, problems, seen
from songnuan.people.checks import verify
from songnuan.people.models import Person, Service

pytestmark = pytest.mark.django_db

ZHANG = {"name": "张三", "id_number": "110101199003071233", "phone": "13800138000", "unit_name": "急诊科"}
AID = {
    "name": "张三",
    "id_number": ZHANG["id_number"],
    "unit_name": "急诊科",
    "place": "湖北省武汉市",
    "post": "重症护理",
    "direct_contact": True,
    "starts_on": "2020-02-09",
}
GATE = {**AID, "place": "东江码头", "post": "测温", "direct_contact": None, "starts_on": "2020-03-01"}


@pytest.fixture
def top(db: None) -> int:  # noqa: ARG001 - asks for the database
    """A hospital with a department and an employee; returns its id."""
    top = open_unit("澄江医院", "bureau")
    open_unit("急诊科", "department", top)
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    return top


def served() -> list[tuple[str, str, object, object, object]]:
    """Return who, where, since when, until when, and when it was withdrawn."""
    rows = Service.objects.order_by("pk")
    return list(rows.values_list("person__name", "place", "starts_on", "ends_on", "withdrawn_on"))


def test_service_of_known_people_is_stored_and_again_changes_nothing(top: int) -> None:
    steps = bring("service", "service", [AID, GATE], 3, unit_id=top)
    assert seen(steps.key) == {"rows": 2, "accepted": 2, "joined": 2}
    steps.apply()
    aid = Service.objects.get(place="湖北省武汉市")
    assert (aid.direct_contact, aid.minutes, aid.recorded_on, aid.post) == (True, None, on(3), "重症护理")
    assert Person.objects.count() == 1
    before = everything(Person, Service)
    again = bring("service", "service", [AID, GATE], 4, unit_id=top)
    assert seen(again.key) == {"rows": 2, "accepted": 2, "unchanged": 2}
    again.apply(end_missing=True)
    assert everything(Person, Service) == before
    assert verify(on(4)) == []


def test_the_return_is_a_new_row_beside_the_one_withdrawn(top: int) -> None:
    bring("service", "service", [AID], 3, unit_id=top).apply()
    back = {**AID, "ends_on": "2020-04-05", "minutes": 4800, "direct_contact": None}
    steps = bring("service", "service", [back], 6, unit_id=top)
    assert seen(steps.key)["changed"] == 1
    steps.apply()
    assert [(row[3], row[4]) for row in served()] == [(None, on(6)), (on(5), None)]
    now = Service.objects.get(withdrawn_on=None)
    assert (now.minutes, now.direct_contact) == (4800, True)


def test_somebody_unknown_is_made_once_with_a_number_and_refused_without_one(top: int) -> None:
    stranger = {**AID, "name": "王五", "id_number": "11010519491231002X"}
    rows = [
        stranger,
        {**stranger, "place": "东江码头"},
        {**AID, "name": "赵六", "id_number": "", "phone": "13700137000"},
    ]
    steps = bring("service", "service", rows, 3, unit_id=top, size=1)
    assert [(row, code) for row, code, _column in problems()] == [(4, "person_unknown")]
    steps.apply()
    assert Person.objects.filter(name="王五").count() == 1
    assert [(who, place) for who, place, *_rest in served()] == [
        ("王五", "湖北省武汉市"),
        ("王五", "东江码头"),
    ]


@pytest.mark.parametrize(
    "less", [{"phone": ZHANG["phone"]}, {}, {"unit_name": ""}], ids=["phone", "unit", "nothing"]
)
def test_a_person_is_found_without_a_number(top: int, less: dict[str, str]) -> None:
    steps = bring("service", "service", [{**AID, "id_number": "", **less}], 3, unit_id=top)
    assert seen(steps.key)["joined"] == 1
    steps.apply()
    assert served()[0][0] == "张三"


def test_the_same_service_twice_counts_once_however_the_person_is_told(top: int) -> None:
    rows = [AID, AID, {**AID, "id_number": "", "phone": ZHANG["phone"]}]
    steps = bring("service", "service", rows, 3, unit_id=top)
    assert [(row, code) for row, code, _column in problems()] == [
        (3, "duplicate_in_file"),
        (4, "duplicate_in_file"),
    ]
    steps.apply()
    assert len(served()) == 1


def test_a_number_with_another_name_is_refused(top: int) -> None:
    rows = [{**AID, "name": "张叁"}, {**AID, "name": "王五", "id_number": "11010519491231002X"}]
    rows.append({**rows[1], "name": "王伍", "place": "东江码头"})
    steps = bring("service", "service", rows, 3, unit_id=top)
    assert [(row, code) for row, code, _column in problems()] == [
        (4, "conflict_existing"),
        (2, "conflict_existing"),
    ]
    steps.apply()
    assert Person.objects.count() == 2


def test_two_numbers_for_one_phone_and_name_are_two_people(top: int) -> None:
    bring("people", "people", [{"name": "李四", "phone": "13900139000"}], 2, unit_id=top).apply()
    one = {**AID, "name": "李四", "phone": "13900139000", "id_number": "11010519491231002X"}
    steps = bring("service", "service", [one, {**one, "id_number": "440524188001010014"}], 3, unit_id=top)
    assert seen(steps.key)["new"] == 2
    steps.apply()
    assert Person.objects.filter(name="李四").count() == 3


def test_service_that_is_told_no_more_is_withdrawn_on_demand(top: int) -> None:
    bring("service", "service", [AID, GATE], 3, unit_id=top).apply()
    steps = bring("service", "service", [AID], 5, unit_id=top)
    assert seen(steps.key)["left"] == 1
    steps.apply(end_missing=True)
    assert [(place, gone) for _who, place, _start, _end, gone in served()] == [
        ("湖北省武汉市", None),
        ("东江码头", on(5)),
    ]
