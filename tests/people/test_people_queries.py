"""What pages read of rosters and imports: who stands there, what would change, what is wrong."""

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from people_builders import Steps, at, bring, open_unit
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.sealed import seal_texts
from songnuan.organisation.models import Unit
from songnuan.people import actions, queries
from songnuan.people.columns import CELLS_PLACE, FACTS_PLACE
from songnuan.people.models import Enrolment, RosterImport
from songnuan.people.queries import Change

pytestmark = pytest.mark.django_db

ZHANG = {
    "name": "张三",
    "id_number": "110101199003071233",
    "phone": "13800138000",
    "account": "6222000000000001",
    "unit_name": "急诊科",
    "post": "医生",
}
LI = {"name": "李四", "phone": "13900139000", "unit_name": "检验科", "note": "借调"}
CHILD = {
    "name": "王小五",
    "id_number": "11010120100101001X",
    "birth_on": "2010-01-01",
    "phone": "13700137000",
}
COLUMNS = [
    {
        "sheet": "人员",
        "header_row": 1,
        "lines": 1,
        "headings": ["姓名", "身份证号码"],
        "places": {"name": 0, "id_number": 1},
    },
    {"sheet": "续表", "header_row": 1, "lines": 1, "headings": ["职工姓名"], "places": {"name": 0}},
]


@pytest.fixture
def top(db: None) -> int:  # noqa: ARG001 - asks for the database
    """A hospital with two departments; returns its id."""
    top = open_unit("澄江医院", "bureau")
    for name in ("急诊科", "检验科"):
        open_unit(name, "department", top)
    return top


def pk_of(steps: Steps) -> int:
    """Return the id of an import."""
    return RosterImport.objects.get(key=steps.key).pk


def test_rosters_are_listed_with_who_stands_there_and_what_waits(top: int) -> None:
    done = bring("people", "people", [ZHANG, LI], 2, unit_id=top)
    done.apply()
    waiting = bring("people", "people", [ZHANG], 3, unit_id=top)
    [row] = queries.rosters(Unit.objects.filter(pk=top))
    assert (row.key, row.people, row.open_imports) == ("people", 2, 1)
    assert row.last_import is not None
    assert row.waiting is not None
    assert (row.last_import.key, row.waiting.key) == (done.key, waiting.key)
    assert queries.rosters(Unit.objects.exclude(pk=top)) == []
    assert [one.key for one in queries.imports_of(row.pk, size=9)] == [waiting.key, done.key]
    assert [one.key for one in queries.imports_of(row.pk, before=row.waiting.pk, size=9)] == [done.key]


def test_a_roster_is_read_page_by_page(top: int) -> None:
    bring("people", "people", [{"name": f"张{number}"} for number in range(7)], 2, unit_id=top).apply()
    roster = queries.roster("people")
    assert roster is not None
    names, after = [], None
    while page := queries.roster_page(roster.pk, after=after, size=3):
        names += [row.name for row in page]
        after = page[-1].after
    assert names == [f"张{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("110101199003071233", ["张三"]),
        ("110101 1990 0307 1233", ["张三"]),
        ("139 0013 9000", ["李四"]),
        ("李", []),
        ("王小", ["王*五"]),
        ("王小五", ["王*五"]),
        ("13900139001", []),
        ("%小", []),
    ],
)
def test_somebody_is_looked_for_by_number_phone_and_name(top: int, text: str, found: list[str]) -> None:
    bring("people", "people", [ZHANG, LI, CHILD], 2, unit_id=top).apply()
    roster = queries.roster("people")
    assert roster is not None
    assert [row.name for row in queries.search_roster(roster.pk, text, SYSTEM, at(4), size=9)] == found


def test_families_and_service_are_read_with_what_they_tell(top: int) -> None:
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    wife = {
        **ZHANG,
        "relation": "spouse",
        "relative_name": "赵六",
        "relative_phone": "13700137000",
        "relative_unit": "二院",
    }
    bring("families", "families", [wife], 3, unit_id=top).apply()
    aid = {**ZHANG, "place": "武汉市", "starts_on": "2020-02-09", "minutes": 90}
    bring("service", "service", [aid], 3, unit_id=top).apply()
    families, service = queries.roster("families"), queries.roster("service")
    assert families is not None
    assert service is not None
    [kin] = queries.roster_page(families.pk, size=9)
    assert (kin.name, kin.relation, kin.relative_name) == ("张三", "spouse", "赵六")
    assert (kin.relative_phone, kin.workplace) == ("137****7000", "二院")
    [served] = queries.search_roster(service.pk, "张三", SYSTEM, at(4), size=9)
    assert (served.place, served.minutes, served.ends_on) == ("武汉市", 90, None)
    told = queries.person(kin.person_key, SYSTEM, at(4))
    assert told is not None
    assert {(one.what, one.also) for one in told[1]} == {("医生", ""), ("武汉市", ""), ("spouse", "赵六")}


def test_what_would_change_is_told_field_by_field_and_masked(top: int) -> None:
    bring("people", "people", [ZHANG, LI, CHILD], 2, unit_id=top).apply()
    rows = [
        {
            **ZHANG,
            "post": "主任",
            "phone": "13800138999",
            "account": "6222000000000009",
            "unit_name": "检验科",
        },
        {**LI, "id_number": "11010519491231002X", "sex": "male", "note": ""},
        {**CHILD, "phone": "13700137999"},
        {"name": "赵六", "unit_name": "急诊科"},
    ]
    steps = bring("people", "people", rows, 3, unit_id=top)
    with translation.override("en"):
        zhang, li, child = queries.differences(pk_of(steps), "changed", size=9)
        [zhao] = queries.differences(pk_of(steps), "joined", size=9)
    assert (zhang.name, zhang.id_tail, zhang.sheet, zhang.row, zhang.unit) == (
        "张三",
        "1233",
        "人员",
        2,
        "检验科",
    )
    assert set(zhang.changes) == {
        Change("phone", "138****8000", "138****8999"),
        Change("account", "*" * 12 + "0001", "*" * 12 + "0009"),
        Change("unit", "急诊科", "检验科"),
        Change("post", "医生", "主任"),
    }
    assert set(li.changes) == {Change("sex", "", "male"), Change("id_number", "", "****002X")}
    assert (child.name, child.id_tail, child.changes) == ("王*五", "", (Change("phone", "****", "****"),))
    assert (zhao.name, zhao.unit, zhao.changes) == ("赵六", "急诊科", ())
    with translation.override("en"):
        assert queries.differences(pk_of(steps), "changed", after=zhang.after, size=1) == [li]


def test_what_would_change_in_families_and_service_is_told_too(top: int) -> None:
    bring("people", "people", [ZHANG], 2, unit_id=top).apply()
    wife = {**ZHANG, "relation": "spouse", "relative_name": "赵六", "relative_unit": "二院"}
    bring("families", "families", [wife], 3, unit_id=top).apply()
    aid = {**ZHANG, "place": "武汉市", "starts_on": "2020-02-09"}
    bring("service", "service", [aid], 3, unit_id=top).apply()
    told = {**wife, "relation": "other", "relative_unit": "三院", "relative_phone": "13700137000"}
    families = bring("families", "families", [told], 4, unit_id=top)
    back = {**aid, "ends_on": "2020-04-05", "minutes": 90, "direct_contact": True}
    service = bring("service", "service", [back], 4, unit_id=top)
    with translation.override("en"):
        [kin] = queries.differences(pk_of(families), "changed", size=9)
        [served] = queries.differences(pk_of(service), "changed", size=9)
    assert (kin.name, kin.also) == ("张三", "赵六")
    assert set(kin.changes) == {
        Change("relative_phone", "", "137****7000"),
        Change("relation", "spouse", "another relative"),
        Change("relative_unit", "二院", "三院"),
    }
    assert (served.also, set(served.changes)) == (
        "武汉市",
        {
            Change("ends_on", "", "2020-04-05"),
            Change("hours", "", "1.5"),
            Change("direct_contact", "", "yes"),
        },
    )


def test_who_would_leave_is_told(top: int) -> None:
    bring("people", "people", [ZHANG, LI, CHILD], 2, unit_id=top).apply()
    steps = bring("people", "people", [ZHANG], 3, unit_id=top)
    first = queries.leaving(pk_of(steps), size=1)
    [last] = queries.leaving(pk_of(steps), after=first[0].after, size=9)
    assert [(one.name, one.unit) for one in (*first, last)] == [("李四", "检验科"), ("王*五", "澄江医院")]


def test_problems_are_told_in_the_order_of_the_workbook_with_cells_and_mends(top: int) -> None:
    steps = bring("people", "people", [ZHANG, {**ZHANG, "name": "张叁"}], 2, unit_id=top)
    steps.call(actions.start_reading)
    steps.call(actions.note_columns, columns=COLUMNS)
    facts, cells = seal_texts(FACTS_PLACE, ['{"length":3}']), seal_texts(CELLS_PLACE, ['["张三","123"]'])
    problems = [
        ("续表", 2, "职工姓名", "name", "name_missing", facts[0]),
        ("人员", 9, "身份证号码", "id_number", "id_length", facts[0]),
    ]
    steps.call(actions.stage, rows=[], problems=problems, kept=[("人员", 9, cells[0])])
    steps.call(actions.mend, sheet="人员", row=9, place=1, value="1234")
    steps.match()
    source = pk_of(steps)
    assert queries.problem_codes(source) == [("duplicate_in_file", 1), ("id_length", 1), ("name_missing", 1)]
    rows = queries.problem_rows(source, size=9)
    assert [(row.sheet, row.row) for row in rows] == [("人员", 3), ("人员", 9), ("续表", 2)]
    assert (rows[1].cells, rows[1].mended) == (("张三", "123"), {1: "1234"})
    [mark] = rows[1].marks
    assert (mark.place, mark.column, mark.field, mark.code) == (1, "身份证号码", "id_number", "id_length")
    with translation.override("en"):
        assert (
            queries.problem_row(source, "人员", 9).marks[0].sentence.startswith("The identity number has 3")
        )
    assert queries.problem_rows(source, after=("人员", 9), size=9) == rows[2:]
    assert queries.problem_rows(source, size=9, code="name_missing") == rows[2:]
    assert queries.kept_cells(source, "人员", 9) == '["张三","123"]'
    assert queries.kept_cells(source, "人员", 3) is None


def test_what_headings_mean_is_remembered_for_the_unit_and_the_kind(top: int) -> None:
    steps = bring("people", "people", [ZHANG], 2, unit_id=top)
    steps.call(actions.remember_columns, chosen={"工作地": "unit", "星座": ""})
    steps.call(actions.remember_columns, chosen={"工作地": "post"})
    assert queries.known_columns(top, "people") == {"工作地": "post", "星座": ""}
    assert queries.known_columns(top, "families") == {}


def test_a_page_of_a_roster_asks_the_same_few_questions_however_long_it_is(
    top: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bring("people", "people", [{"name": f"张{number}"} for number in range(30)], 2, unit_id=top).apply()
    assert Enrolment.objects.count() == 30
    roster = queries.roster("people")
    assert roster is not None
    with django_assert_max_num_queries(2):
        assert len(queries.roster_page(roster.pk, size=30)) == 30
