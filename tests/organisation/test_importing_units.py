"""Units from a workbook: taken as a dated difference, and the same rows twice are one import."""

import json
from dataclasses import replace
from datetime import date

import pytest

from organisation.house_samples import House, acting, at, everything, holder, on, open_unit, refused
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation import actions
from songnuan.organisation.checks import verify
from songnuan.organisation.models import Unit, UnitKind, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import contact_of, subtree, unit_by_name, unit_views, units_by_name
from songnuan.organisation.roster import UnitRow

pytestmark = pytest.mark.django_db

ROWS = [
    UnitRow(
        row=4, name="东港船闸管理所", category="船闸", compound="东江院区", address="沿江路1号",
        staff_count=6, contact_name="赵守江", contact_phone="19900000001", lead_name="航道处",
        planned_on=date(2020, 4, 8),
    ),
    UnitRow(row=5, name="北渡航道管理站", category="航道站", contact_phone="19900000002", lead_name="航道处"),
    UnitRow(row=6, name="白石检查站", staff_count=0, lead_name="水上搜救中心"),
]  # fmt: skip


def take(
    house: House, rows: list[UnitRow], day: int = 2, *, create_leads: bool = False
) -> actions.ImportResult:
    with acting():
        return actions.import_units(
            bureau_id=house.bureau, rows=rows, create_leads=create_leads, actor=SYSTEM, at=at(day)
        )


def test_new_names_open_units_and_known_ones_change_from_the_day(house: House) -> None:
    assert take(house, ROWS) == actions.ImportResult(accepted=3, created=2, changed=1, unchanged=0)
    front = unit_views(subtree(house.bureau, on(2), [UnitKind.FRONT_LINE]), on(2))
    assert [view.name for view in front][-2:] == ["北渡航道管理站", "白石检查站"]
    assert len({view.key for view in front}) == len(front) == 5
    known = next(view for view in front if view.unit_id == house.lock)
    assert (known.category, known.compound, known.staff_count) == ("船闸", "东江院区", 6)
    assert contact_of(house.lock, on(2)).phone == "19900000001"
    assert contact_of(house.lock, on(1)).phone == ""
    assert unit_by_name("北渡航道管理站", on(1)) is None
    assert front[-1].staff_count == 0
    assert verify(on(2)) == []


def test_a_district_is_dated_and_a_table_without_one_leaves_it(house: House) -> None:
    take(house, ROWS)
    take(house, [replace(ROWS[0], district="上城片")], day=3)
    take(house, ROWS, day=4)
    found = {
        day: view.district
        for day in (2, 3, 4)
        for view in unit_views(subtree(house.bureau, on(day)), on(day))
        if view.unit_id == house.lock
    }
    assert found == {2: "", 3: "上城片", 4: "上城片"}


def test_the_same_rows_again_change_nothing(house: House) -> None:
    take(house, ROWS)
    before = everything()
    again = take(house, ROWS, day=3)
    assert again == actions.ImportResult(accepted=3, created=0, changed=0, unchanged=3)
    assert everything() == before


def test_one_changed_cell_opens_one_record(house: House) -> None:
    take(house, ROWS)
    records = UnitRecord.objects.count()
    rows = [ROWS[0], replace(ROWS[1], contact_phone="199-0000-0009"), ROWS[2]]
    assert take(house, rows, day=4) == actions.ImportResult(accepted=3, created=0, changed=1, unchanged=2)
    assert UnitRecord.objects.count() == records + 1
    unit = units_by_name(["北渡航道管理站"], on(4))["北渡航道管理站"]
    assert [contact_of(unit, on(day)).phone for day in (3, 4)] == ["19900000002", "19900000009"]
    first, second = UnitRecord.objects.filter(unit=unit).order_by("pk")
    assert first.contact_phone_index != second.contact_phone_index
    assert verify(on(4)) == []


def test_an_empty_cell_says_nothing_and_keeps_what_is_known(house: House) -> None:
    take(house, ROWS)
    bare = [UnitRow(row=4, name="东港船闸管理所", lead_name="航道处")]
    assert take(house, bare, day=3).unchanged == 1
    assert contact_of(house.lock, on(3)).name == "赵守江"


def test_a_unit_that_is_in_no_row_stays(house: House) -> None:
    take(house, ROWS)
    assert unit_by_name("南浦水上交通检查站", on(2)) == Unit.objects.get(pk=house.gate)


def test_a_front_line_unit_is_known_wherever_below_the_bureau_it_stands(house: House) -> None:
    with acting():
        actions.change_unit(unit_id=house.lock, parent_id=house.center, actor=SYSTEM, at=at(1))
    assert take(house, ROWS[:1]).created == 0
    assert UnitRecord.objects.get(unit=house.lock, ends_on=None).parent_id == house.center


def test_leads_are_opened_on_wish_once_and_of_the_kind_their_name_tells(house: House) -> None:
    assert take(house, ROWS).leads_created == 0
    rows = [*ROWS, UnitRow(row=7, name="清水站", lead_name="机关党委")]
    assert take(house, rows, create_leads=True).leads_created == 2
    views = {view.name: view.kind for view in unit_views(subtree(house.bureau, on(2)), on(2))}
    assert views["水上搜救中心"] == UnitKind.SUBORDINATE
    assert views["机关党委"] == UnitKind.DEPARTMENT
    assert take(house, rows, create_leads=True).leads_created == 0


def test_an_import_leaves_one_row_in_the_trail_with_figures_and_no_person(house: House) -> None:
    take(house, ROWS)
    take(house, ROWS, day=3)
    take(house, [ROWS[0], ROWS[1], replace(ROWS[2], contact_name="钱望江")], day=3)
    entries = list(Entry.objects.filter(action="organisation.import_units").order_by("seq"))
    assert {entry.subject for entry in entries} == {"organisation.unit:bureau"}
    facts = [json.loads(entry.facts) for entry in entries]
    assert {name: facts[0][name] for name in ("accepted", "created", "changed", "unchanged")} == {
        "accepted": 3, "created": 2, "changed": 1, "unchanged": 0,
    }  # fmt: skip
    assert facts[0]["digest"] == facts[1]["digest"] != facts[2]["digest"]
    text = "".join(entry.facts for entry in entries)
    for personal in ("赵守江", "19900000001", "沿江路", "钱望江"):
        assert personal not in text


def test_rows_that_contradict_the_tree_or_themselves_are_refused_whole(house: House) -> None:
    cases = {
        "duplicate_row": [*ROWS, UnitRow(row=9, name="白石 检查站", lead_name="航道处")],
        "name_taken": [*ROWS, UnitRow(row=9, name="东江航道中心", lead_name="航道处")],
        "name_missing": [*ROWS, UnitRow(row=9, name=" ")],
        "phone_invalid": [*ROWS, UnitRow(row=9, name="清水站", contact_phone="1380013800")],
    }
    for code, rows in cases.items():
        with refused(code):
            actions.import_units(bureau_id=house.bureau, rows=rows, actor=SYSTEM, at=at(2))
    open_unit("东港船闸管理所", "front_line", house.center)
    with refused("name_ambiguous"):
        actions.import_units(bureau_id=house.bureau, rows=ROWS, actor=SYSTEM, at=at(2))


def test_an_import_does_not_rewrite_the_past(house: House) -> None:
    take(house, ROWS, day=5)
    with refused("before_last_change"):
        actions.import_units(
            bureau_id=house.bureau, rows=[replace(ROWS[0], staff_count=9)], actor=SYSTEM, at=at(4)
        )


def test_only_who_imports_units_over_the_bureau_may(house: House) -> None:
    officer = holder("officer", Role.PROGRAMME_OFFICER, house.center)
    with refused("not_permitted"):
        actions.import_units(bureau_id=house.bureau, rows=ROWS, actor=officer, at=at(2))
    with acting():
        actions.import_units(bureau_id=house.center, rows=ROWS[1:], actor=officer, at=at(2))
    with acting():
        actions.close_unit(unit_id=house.audit, actor=SYSTEM, at=at(2))
    with refused("unit_not_open"):
        actions.import_units(bureau_id=house.audit, rows=ROWS, actor=SYSTEM, at=at(3))


@pytest.mark.parametrize("number", [60, 600])
def test_the_number_of_statements_does_not_grow_with_each_row(
    house: House, number: int, django_assert_max_num_queries: object
) -> None:
    rows = [UnitRow(row=row, name=f"第{row}站", lead_name="航道处") for row in range(number)]
    with django_assert_max_num_queries(30 + number // 20):  # type: ignore[operator]  # a fixture of pytest-django
        take(house, rows)
    changed = [replace(row, staff_count=row.row) for row in rows]
    with django_assert_max_num_queries(30 + number // 20):  # type: ignore[operator]  # as above
        assert take(house, changed, day=3).changed == number
    assert verify(on(3)) == []
