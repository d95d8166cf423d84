"""A roster of families comes in: employees are known, relatives found or made, links dated."""

import pytest

from people_builders import bring, everything, on, open_unit, problems, seen
from songnuan.people.checks import verify
from songnuan.people.models import Enrolment, FamilyLink, Person

pytestmark = pytest.mark.django_db

ZHANG = {"name": "张三", "id_number": "110101199003071233", "unit_name": "急诊科"}
LI = {"name": "李四", "id_number": "11010519491231002X", "unit_name": "检验科"}
WIFE = {
    "name": "张三",
    "id_number": ZHANG["id_number"],
    "relation": "spouse",
    "relative_name": "赵六",
    "relative_id_number": "440524188001010014",
    "relative_phone": "13800138000",
    "relative_unit": "第二医院",
}
CHILD = {"name": "张三", "unit_name": "急诊科", "relation": "child", "relative_name": "张小三"}


@pytest.fixture
def top(db: None) -> int:  # noqa: ARG001 - asks for the database
    """A hospital with two departments and two employees; returns its id."""
    top = open_unit("澄江医院", "bureau")
    for name in ("急诊科", "检验科"):
        open_unit(name, "department", top)
    bring("people", "people", [ZHANG, LI], 2, unit_id=top).apply()
    return top


def links() -> list[tuple[str, str, str, object, object]]:
    """Return employee, relative, relation and period of every link."""
    rows = FamilyLink.objects.order_by("pk")
    return list(rows.values_list("person__name", "relative__name", "relation", "starts_on", "ends_on"))


def test_relatives_are_made_and_linked_and_are_no_staff(top: int) -> None:
    steps = bring("families", "families", [WIFE, CHILD], 3, unit_id=top)
    assert seen(steps.key) == {"rows": 2, "accepted": 2, "new": 2}
    assert Person.objects.count() == 2
    steps.apply()
    assert links() == [("张三", "赵六", "spouse", on(3), None), ("张三", "张小三", "child", on(3), None)]
    wife = Person.objects.get(name="赵六")
    assert (wife.id_number, wife.phone) == ("440524188001010014", "13800138000")
    assert FamilyLink.objects.get(relative=wife).workplace == "第二医院"
    assert Enrolment.objects.count() == 2
    assert verify(on(3)) == []


def test_the_same_families_again_change_nothing(top: int) -> None:
    bring("families", "families", [WIFE, CHILD], 3, unit_id=top).apply()
    before = everything(Person, FamilyLink)
    steps = bring("families", "families", [WIFE, CHILD], 4, unit_id=top)
    assert seen(steps.key) == {"rows": 2, "accepted": 2, "unchanged": 2}
    steps.apply(end_missing=True)
    assert everything(Person, FamilyLink) == before


def test_an_employee_must_be_known_and_be_one(top: int) -> None:
    bring("people", "people", [{**ZHANG, "id_number": "53010219200508011X"}], 2, unit_id=top).apply()
    rows = [
        {**WIFE, "id_number": "440524188001010014"},
        {**WIFE, "name": "张叁"},
        CHILD,
        {**CHILD, "name": "李四", "unit_name": "急诊科"},
        {**CHILD, "name": "李四", "unit_name": ""},
        {**CHILD, "name": "李四", "unit_name": "药剂科"},
    ]
    steps = bring("families", "families", rows, 3, unit_id=top)
    assert [(row, code) for row, code, _column in problems()] == [
        (7, "unit_unknown"),
        (2, "person_unknown"),
        (3, "conflict_existing"),
        (4, "person_ambiguous"),
        (5, "person_unknown"),
    ]
    steps.apply()
    assert links() == [("李四", "张小三", "child", on(3), None)]


def test_a_relative_is_found_by_name_under_the_same_employee_and_gets_the_number(top: int) -> None:
    bring("families", "families", [{**WIFE, "relative_id_number": ""}], 3, unit_id=top).apply()
    steps = bring("families", "families", [WIFE], 4, unit_id=top)
    assert seen(steps.key)["changed"] == 1
    steps.apply()
    assert Person.objects.get(name="赵六").id_number == "440524188001010014"
    assert links() == [("张三", "赵六", "spouse", on(3), None)]


def test_a_relative_of_two_employees_is_one_person(top: int) -> None:
    mother = {**WIFE, "name": "李四", "id_number": LI["id_number"], "relation": "parent"}
    bring("families", "families", [WIFE, mother], 3, unit_id=top, size=1).apply()
    bring("families", "families", [WIFE, mother], 3, unit_id=top).apply()
    assert Person.objects.filter(name="赵六").count() == 1
    assert {(who, what) for who, _name, what, _start, _end in links()} == {
        ("张三", "spouse"),
        ("李四", "parent"),
    }


def test_a_number_with_two_names_in_a_file_is_refused_the_second_time(top: int) -> None:
    other = {**WIFE, "name": "李四", "id_number": LI["id_number"], "relative_name": "赵陆"}
    steps = bring("families", "families", [WIFE, other], 3, unit_id=top)
    assert [(row, code) for row, code, _column in problems()] == [(3, "conflict_existing")]
    steps.apply()
    assert len(links()) == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"relative_name": "赵陆"}, "conflict_existing"),
        ({"relative_name": "张三", "relative_id_number": ZHANG["id_number"]}, "relative_oneself"),
    ],
)
def test_a_relatives_number_must_be_theirs(top: int, row: dict[str, str], code: str) -> None:
    bring("families", "families", [WIFE], 3, unit_id=top).apply()
    before = everything(Person, FamilyLink)
    steps = bring("families", "families", [{**WIFE, **row}], 4, unit_id=top)
    assert [(where, what) for where, what, _column in problems()] == [(2, code)]
    steps.apply()
    assert everything(Person, FamilyLink) == before


def test_one_relative_told_twice_counts_once_and_the_fuller_row_stands(top: int) -> None:
    less = {**WIFE, "id_number": "", "unit_name": "急诊科", "relative_id_number": ""}
    steps = bring("families", "families", [less, WIFE, WIFE], 3, unit_id=top)
    assert {(row, code) for row, code, _column in problems()} == {
        (2, "duplicate_in_file"),
        (4, "duplicate_in_file"),
    }
    steps.apply()
    assert Person.objects.get(name="赵六").id_number == "440524188001010014"


def test_another_relation_ends_the_link_and_begins_the_next(top: int) -> None:
    bring("families", "families", [WIFE], 3, unit_id=top).apply()
    bring("families", "families", [{**WIFE, "relation": "other"}], 5, unit_id=top).apply()
    assert links() == [("张三", "赵六", "spouse", on(3), on(5)), ("张三", "赵六", "other", on(5), None)]


def test_links_that_are_told_no_more_end_on_demand_but_not_those_of_a_rejected_row(top: int) -> None:
    mother = {**WIFE, "name": "李四", "id_number": LI["id_number"], "relation": "parent"}
    bring("families", "families", [WIFE, CHILD, mother], 3, unit_id=top).apply()
    torn = {"name": "李四", "id_number": LI["id_number"], "state": "rejected"}
    steps = bring("families", "families", [WIFE, torn], 4, unit_id=top)
    assert seen(steps.key)["left"] == 1
    steps.apply(end_missing=True)
    assert [(who, name) for who, name, _what, _start, end in links() if end] == [("张三", "张小三")]


def test_what_one_row_leaves_out_of_a_relative_of_two_employees_another_tells(top: int) -> None:
    told = {**WIFE, "relation": "parent", "relative_phone": "", "relative_sex": ""}
    other = {**told, "name": "李四", "id_number": LI["id_number"], "unit_name": LI["unit_name"]}
    rows = [told, {**other, "relative_phone": "13800138000", "relative_birth_on": "1950-01-01"}]
    bring("families", "families", rows, 3, unit_id=top).apply()
    parent = Person.objects.get(name="赵六")
    assert (parent.phone, str(parent.birth_on)) == ("13800138000", "1950-01-01")
    assert len(links()) == 2
    assert verify(on(3)) == []
