"""Rosters come in from files: shown before they are applied, nothing done twice, good rows not held up."""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.core import serializers
from python_calamine import CalamineWorkbook

from people import LEAD, Bureau, at
from roster_files import (
    FAMILY,
    HEADINGS,
    SERVICE,
    Row,
    bring,
    number,
    people,
    person,
    read,
    take,
    text,
    workbook,
)
from songnuan.audit.checks import verify
from songnuan.audit.models import Entry
from songnuan.cli.commands import songnuan
from songnuan.journeys import import_roster, roster_reading, uploads
from songnuan.journeys.import_units import import_units
from songnuan.journeys.roster_reading import MendedCell
from songnuan.journeys.roster_result import Result, result_of
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Unit
from songnuan.organisation.queries import units_by_name
from songnuan.people.columns import index
from songnuan.people.models import (
    ColumnMemory,
    Enrolment,
    FamilyLink,
    ImportProblem,
    ImportStatus,
    KeptRow,
    Person,
    Roster,
    RosterImport,
    Service,
    StagedPerson,
)
from songnuan.people.models import Mend as MendRow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_nothing() -> Iterator[None]:
    yield
    for name in files():
        uploads.remove(name)


def figures(result: Result) -> tuple[int, ...]:
    """Return rows, accepted, unchanged, rejected, joined, changed, left."""
    return (
        result.rows, result.accepted, result.unchanged, result.rejected, result.joined, result.changed,
        result.left,
    )  # fmt: skip


def register() -> list[Any]:
    """Return all that the register holds."""
    tables = (Roster, Person, Enrolment, FamilyLink, Service, Unit)
    return [json.loads(serializers.serialize("json", table.objects.order_by("pk"))) for table in tables]


def waiting() -> list[int]:
    """Return how much waits for imports."""
    return [table.objects.count() for table in (StagedPerson, ImportProblem, KeptRow, MendRow)]


def files() -> list[str]:
    """Return the names of the files that wait."""
    return sorted(path.name for path in Path(settings.FILES_ROOT).glob("uploads/*"))


def problems(source: RosterImport) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in result_of(source).problems]


# From the file to the register ---------------------------------------------------------------------


def test_a_file_becomes_people_whose_numbers_are_sealed(bureau: Bureau) -> None:
    assert figures(take(people(1, 2, 3), bureau)) == (3, 3, 0, 0, 3, 0, 0)
    roster = Roster.objects.get(key="people")
    assert (roster.kind, roster.unit_id, roster.legal_ground) == ("people", bureau.bureau_id, "unstated")
    one = Person.objects.get(id_index=index("id_number", number(1)))
    assert (one.name, one.id_number, one.phone, one.sex) == (person(1)[1], number(1), "19900000001", "female")
    raw = Person.objects.filter(pk=one.pk).extra(select={"raw": "id_number || phone"}).values_list("raw")
    assert number(1) not in str(list(raw))
    enrolled = Enrolment.objects.get(person=one)
    assert (enrolled.unit_id, enrolled.post, enrolled.starts_on) == (bureau.lead_id, "会计", date(2020, 4, 6))
    source = RosterImport.objects.get()
    assert (source.status, source.roster_id) == (ImportStatus.APPLIED, roster.pk)
    assert waiting() == [0, 0, 0, 0]
    assert verify() == []
    entries = list(Entry.objects.filter(stream__name="roster:people").order_by("seq"))
    acts = [entry.action for entry in entries]
    assert (acts[0], acts[-1]) == ("people.receive_import", "people.finish_import")
    told = " ".join(entry.facts for entry in entries)
    assert all(personal not in told for personal in (number(1), "19900000001", one.name))


def test_reading_changes_nothing_in_the_register(bureau: Bureau) -> None:
    take(people(1, 2), bureau)
    before = register()
    source = read(people(2, 3), day=7)
    assert source.status == ImportStatus.STAGED
    assert figures(result_of(source)) == (2, 2, 1, 0, 1, 0, 1)
    assert register() == before
    assert StagedPerson.objects.count() == 2


def test_the_same_file_twice_changes_nothing(bureau: Bureau) -> None:
    take(people(1, 2, 3), bureau)
    before = register()
    assert figures(take(people(1, 2, 3), bureau, day=7)) == (3, 3, 3, 0, 0, 0, 0)
    assert register() == before


def test_other_spellings_and_another_order_change_nothing(bureau: Bureau) -> None:
    take(people(1, 2), bureau)
    before = register()
    order = ["岗位", "所在单位", "联系电话（手机）", "公民身份号码", "职工姓名"]
    again = [["会 计", *reversed(row[1:5])] for row in (person(1), person(2))]
    again[0][3] = f" {number(1)[:6]} {number(1)[6:]}"
    again[1][4] = " ".join(str(again[1][4]))
    assert figures(take(text(order, *again), bureau, day=8)) == (2, 2, 2, 0, 0, 0, 0)
    assert register() == before


def test_a_newer_file_is_a_difference_and_who_is_missing_leaves_only_on_demand(bureau: Bureau) -> None:
    take(people(1, 2, 3), bureau)
    newer = text(HEADINGS, person(2), person(3, 岗位="出纳"), person(4))
    assert figures(take(newer, bureau, day=8)) == (3, 3, 1, 0, 1, 1, 1)
    assert Enrolment.objects.filter(ends_on=None).count() == 4
    assert figures(take(newer, bureau, day=9, end_missing=True)) == (3, 3, 3, 0, 0, 0, 1)
    gone = Enrolment.objects.get(person__id_index=index("id_number", number(1)))
    assert gone.ends_on == date(2020, 4, 9)
    changed = Enrolment.objects.filter(person__id_index=index("id_number", number(3))).order_by("pk")
    assert [(row.post, row.ends_on) for row in changed] == [("会计", date(2020, 4, 8)), ("出纳", None)]


def test_rejected_rows_are_named_and_do_not_hold_up_the_others(bureau: Bureau) -> None:
    content = text(
        HEADINGS,
        person(1),
        person(2, 身份证号=number(2)[:17]),
        person(3, 手机号="12345"),
        person(4, 工作单位="无此单位"),
        person(1, 序号=5),
        person(6),
        ["合计", 6],
    )
    result = take(content, bureau)
    assert figures(result) == (6, 2, 0, 4, 2, 0, 0)
    assert [(problem.row, problem.column, problem.code) for problem in result.problems] == [
        (4, "身份证号", "id_length"),
        (5, "手机号", "phone_invalid"),
        (6, "工作单位", "unit_unknown"),
        (7, "身份证号", "duplicate_in_file"),
    ]
    assert {problem.sheet for problem in result.problems} == {"花名册"}
    assert "无此单位" in result.problems[2].message
    assert result.columns == {
        "number": "序号", "name": "姓名", "id_number": "身份证号", "phone": "手机号", "unit": "工作单位",
        "post": "岗位",
    }  # fmt: skip
    assert [(sheet.name, sheet.rows) for sheet in result.sheets] == [("花名册", 6)]
    assert Person.objects.count() == 2


def test_a_row_tells_all_that_is_wrong_in_it_once_however_often_it_is_matched(bureau: Bureau) -> None:
    take(people(9), bureau)
    wrong = person(2, 手机号="12345", 工作单位="无此单位")
    known = person(9, 姓名="别人", 手机号="12345")
    twice = [person(1, 手机号="12345"), known, person(1, 工作单位="无此单位")]
    rows = [person(1), wrong, *twice]
    told = [
        (4, "手机号", "phone_invalid"),
        (4, "工作单位", "unit_unknown"),
        (5, "手机号", "phone_invalid"),
        (5, "身份证号", "duplicate_in_file"),
        (6, "手机号", "phone_invalid"),
        (6, "身份证号", "conflict_existing"),
        (7, "工作单位", "unit_unknown"),
        (7, "身份证号", "duplicate_in_file"),
    ]
    source = read(text(HEADINGS, *rows), day=7)
    assert problems(source) == told
    assert figures(result_of(source))[:4] == (5, 1, 0, 4), "a row counts once, whatever is wrong in it"
    mend(source, 4, "phone", "19900000002")
    assert problems(source) == [(4, "工作单位", "unit_unknown"), *told[2:]]
    mend(source, 4, "unit", LEAD)
    assert problems(source) == told[2:]
    mend(source, 5, "phone", "19900000003")
    assert problems(source)[0] == (5, "身份证号", "duplicate_in_file")
    assert figures(result_of(source))[:4] == (5, 2, 0, 3)
    import_roster.apply(import_key=source.key, end_missing=False, actor=SYSTEM, at=at(7))
    assert Person.objects.count() == 3


def test_of_destroyed_numbers_none_comes_twice_and_a_family_may_need_no_unit(
    bureau: Bureau,
) -> None:
    zeros = next(found for place in range(3000) if (found := number(place)).endswith("000"))
    lost = [person(2, 身份证号=zeros), person(3, 身份证号=zeros), person(4, 身份证号="4.40E+17")]
    source = read(text(HEADINGS, *lost), unit_id=bureau.bureau_id)
    assert {code for _row, _column, code in problems(source)} == {"id_lost_digits"}
    take(people(1, 2), bureau)
    row = [person(1)[1], number(1)[:-1], "赵小", "儿子", number(20), "", "无此单位"]
    source = read(text([*FAMILY, "工作单位"], row), kind="families", day=7)
    assert [code for _row, _column, code in problems(source)] == ["id_length"]


def test_a_number_under_another_name_is_a_conflict(bureau: Bureau) -> None:
    take(people(1), bureau)
    source = read(text(HEADINGS, person(1, 姓名="别人")), day=7)
    assert (
        problems(source) == [(3, "姓名", "conflict_existing")]
        or problems(source)[0][2] == "conflict_existing"
    )
    assert figures(result_of(source))[:4] == (1, 0, 0, 1)


def test_where_some_numbers_were_destroyed_those_that_end_in_zeros_are_not_believed(bureau: Bureau) -> None:
    zeros = next(found for place in range(3000) if (found := number(place)).endswith("000"))
    rows = [person(1), person(2, 身份证号=zeros)]
    assert problems(read(text(HEADINGS, *rows))) == []
    source = read(text(HEADINGS, *rows, person(3, 身份证号="4.4E+17")), unit_id=bureau.bureau_id)
    assert problems(source) == [(4, "身份证号", "id_lost_digits"), (5, "身份证号", "id_lost_digits")]


def test_unknown_units_are_made_when_asked_and_rows_without_one_belong_to_the_roster_s(
    bureau: Bureau,
) -> None:
    content = text(HEADINGS, person(1, 工作单位="新设所"), person(2, 工作单位=""))
    source = read(content, unit_id=bureau.bureau_id, create_units=True)
    assert (source.counts["accepted"], source.counts["units"]) == (2, 1)
    assert units_by_name(["新设所"], at(6).date()) == {}
    import_roster.apply(import_key=source.key, end_missing=False, actor=SYSTEM, at=at(6))
    made = units_by_name(["新设所"], at(6).date(), under=bureau.bureau_id)["新设所"]
    assert {row.unit_id for row in Enrolment.objects.all()} == {made, bureau.bureau_id}


def test_a_house_without_units_gets_one_with_its_first_roster(db: None) -> None:  # noqa: ARG001 - an empty house
    source = read(text(["姓名", "身份证号"], ["赵守江", number(1)]))
    assert Unit.objects.count() == 0
    import_roster.apply(import_key=source.key, end_missing=False, actor=SYSTEM, at=at(6))
    assert units_by_name(["本单位"], at(6).date())["本单位"] == Roster.objects.get().unit_id


# Columns -------------------------------------------------------------------------------------------

ODD = ["序号", "人员大名", "身份证号", "手机号", "工作单位", "岗位"]


def test_a_heading_nobody_knows_is_asked_about_once_and_remembered(bureau: Bureau) -> None:
    content = text(ODD, person(1), person(2), person(3))
    source = read(content, unit_id=bureau.bureau_id)
    assert source.status == ImportStatus.ASKING
    [sheet] = source.columns
    assert (sheet["missing"], StagedPerson.objects.count()) == (["name"], 0)
    assert [(told["heading"], told["proposal"]) for told in sheet["unknown"]] == [("人员大名", "name")]
    import_roster.settle_columns(import_key=source.key, chosen={"人员大名": "name"}, actor=SYSTEM, at=at(6))
    import_roster.read(import_key=source.key, actor=SYSTEM, at=at(6))
    source.refresh_from_db()
    assert (source.status, source.counts["accepted"]) == (ImportStatus.STAGED, 3)
    assert ColumnMemory.objects.get().unit_id == bureau.bureau_id
    again = read(text(ODD, person(4)), unit_id=bureau.bureau_id, day=7)
    assert again.status == ImportStatus.STAGED


def test_a_field_that_is_none_is_refused(bureau: Bureau) -> None:
    source = read(text(ODD, person(1), person(2)), unit_id=bureau.bureau_id)
    with pytest.raises(Refusal) as refused:
        import_roster.settle_columns(
            import_key=source.key, chosen={"人员大名": "nickname"}, actor=SYSTEM, at=at(6)
        )
    assert refused.value.code == "column_unknown"
    assert ColumnMemory.objects.count() == 0


def test_sheets_that_explain_are_left_out_and_several_tables_come_in(bureau: Bureau) -> None:
    content = workbook(
        ("填表说明", [["姓名", "身份证号"], ["张示例", number(99)]]),
        ("机关", [HEADINGS, person(1), person(2)]),
        ("基层", [["航道处人员"], HEADINGS, person(3)]),
        ("Sheet3", []),
    )
    result = take(content, bureau, name="花名册.xlsx")
    assert [(sheet.name, sheet.rows) for sheet in result.sheets] == [("机关", 2), ("基层", 1)]
    assert Person.objects.count() == 3
    alone = workbook(("填表说明", [["姓名", "身份证号"], ["赵守江", number(9)]]))
    assert take(alone, bureau, day=7, name="另.xlsx").rows == 1


def headless() -> bytes:
    """Return a workbook whose second sheet goes on with the table of the first, without headings."""
    return workbook(("甲", [HEADINGS, person(1), person(2)]), ("乙", [person(3), person(4)]))


def test_a_sheet_that_goes_on_without_headings_is_a_problem_and_holds_up_nothing_but_leaving(
    bureau: Bureau,
) -> None:
    take(people(1, 9), bureau)
    source = read(headless(), name="花名册.xlsx", unit_id=bureau.bureau_id, day=7)
    assert figures(result_of(source)) == (2, 2, 1, 0, 1, 0, 1)
    [problem] = result_of(source).problems
    assert (problem.sheet, problem.row, problem.column, problem.code) == ("乙", 1, "", "header_missing")
    assert problem.message
    before = register()
    with pytest.raises(Refusal) as refused:
        import_roster.apply(import_key=source.key, end_missing=True, actor=SYSTEM, at=at(7))
    source.refresh_from_db()
    assert (refused.value.code, register(), source.status) == ("sheet_unread", before, ImportStatus.STAGED)
    import_roster.apply(import_key=source.key, end_missing=False, actor=SYSTEM, at=at(7))
    assert Person.objects.count() == 3
    assert Enrolment.objects.filter(ends_on=None).count() == 3


def test_the_command_tells_of_the_sheet_without_headings(bureau: Bureau, tmp_path: Path) -> None:
    take(people(1, 9), bureau)
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(headless())
    told = ["roster", "import", str(path), "--kind", "people", "--json"]
    done = CliRunner().invoke(songnuan, told, catch_exceptions=False)
    [problem] = json.loads(done.stdout)["problems"]
    assert (problem["sheet"], problem["row"], problem["code"]) == ("乙", 1, "header_missing")
    assert json.loads(done.stdout)["accepted"] == 2
    before = register()
    refused = CliRunner().invoke(songnuan, [*told, "--whole"], catch_exceptions=False)
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refused"]["code"] == "sheet_unread"
    assert register() == before


def test_a_sheet_without_headings_leaves_an_import_of_units_as_it_was(bureau: Bureau) -> None:
    rows: list[Row] = [["单位名称", "人数"], ["东江船闸管理所", 12]]
    content = workbook(("甲", rows), ("乙", [["西港航道站", 8]]))
    done = import_units(
        content=content,
        name="单位.xlsx",
        slug="",
        alone=True,
        unit="",
        create_leads=False,
        columns={},
        dry_run=False,
        report_to=None,
        actor=SYSTEM,
        at=at(6),
    )
    assert (done.rows, done.problems) == (1, [])
    assert "东江船闸管理所" in units_by_name(["东江船闸管理所"], at(6).date(), under=bureau.bureau_id)


# What is wrong is mended, marked, or given up ----------------------------------------------------------


def mend(source: RosterImport, row: int, field: str, value: str) -> None:
    mend_all(source, MendedCell("花名册", row, field, value))


def mend_all(source: RosterImport, *cells: MendedCell) -> None:
    import_roster.mend(import_key=source.key, cells=cells, actor=SYSTEM, at=at(6))
    source.refresh_from_db()


def test_a_mended_cell_lets_its_row_in_and_stays_mended_when_the_file_is_read_again(bureau: Bureau) -> None:
    content = text(HEADINGS, person(1), person(2, 手机号="12345"), person(3, 工作单位="无此单位"))
    source = read(content, unit_id=bureau.bureau_id)
    assert [row for row, _column, _code in problems(source)] == [4, 5]
    assert KeptRow.objects.count() == 2, "also of the row in which only matching found something"
    mend(source, 4, "phone", "19900000002")
    assert (source.status, problems(source)) == (ImportStatus.STAGED, [(5, "工作单位", "unit_unknown")])
    mend(source, 5, "unit", LEAD)
    assert (source.counts["accepted"], problems(source)) == (3, [])
    import_roster.read(import_key=source.key, actor=SYSTEM, at=at(6))
    source.refresh_from_db()
    assert (source.counts["accepted"], problems(source)) == (3, [])
    import_roster.apply(import_key=source.key, end_missing=False, actor=SYSTEM, at=at(6))
    assert Person.objects.get(id_index=index("id_number", number(2))).phone == "19900000002"
    assert waiting() == [0, 0, 0, 0]


def test_a_mend_may_be_wrong_again_and_another_mend_may_make_two_rows_one(bureau: Bureau) -> None:
    source = read(text(HEADINGS, person(1), person(2, 手机号="12345")), unit_id=bureau.bureau_id)
    mend(source, 4, "phone", "123456")
    assert problems(source) == [(4, "手机号", "phone_invalid")]
    mend(source, 4, "id_number", number(1))
    mend(source, 4, "phone", "19900000009")
    assert [code for _row, _column, code in problems(source)] == ["duplicate_in_file"]


def test_a_doubted_number_put_in_by_hand_is_believed(bureau: Bureau) -> None:
    zeros = next(found for place in range(3000) if (found := number(place)).endswith("000"))
    rows = [person(1, 身份证号=zeros), person(2, 身份证号="4.4E+17"), person(3, 手机号="1")]
    source = read(text(HEADINGS, *rows), unit_id=bureau.bureau_id)
    mend(source, 3, "id_number", zeros)
    mend(source, 5, "phone", "19900000003")
    assert problems(source) == [(4, "身份证号", "id_lost_digits")]
    # Read again, as after a heading was settled otherwise, it is still the number that was put in by hand.
    import_roster.read(import_key=source.key, actor=SYSTEM, at=at(6))
    assert problems(source) == [(4, "身份证号", "id_lost_digits")]
    mend(source, 4, "id_number", number(2))
    assert problems(source) == []


def test_several_cells_are_mended_at_once_and_matched_once(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [person(1, 手机号="1", 身份证号="2"), person(2, 手机号="12"), person(3, 工作单位="无此单位")]
    source = read(text(HEADINGS, *rows), unit_id=bureau.bureau_id)
    assert len(problems(source)) == 4
    matched = []

    def match_rows(*told: Any) -> None:
        matched.append(told)
        roster_reading.match_rows(*told)

    monkeypatch.setattr(import_roster, "match_rows", match_rows)
    told = ((3, "phone", "19900000001"), (3, "id_number", number(1)), (4, "phone", "5"), (5, "unit", LEAD))
    mend_all(source, *(MendedCell("花名册", row, field, value) for row, field, value in told))
    assert (len(matched), source.status) == (1, ImportStatus.STAGED)
    assert problems(source) == [(4, "手机号", "phone_invalid")]
    assert source.counts["accepted"] == 2
    import_roster.read(import_key=source.key, actor=SYSTEM, at=at(6))
    source.refresh_from_db()
    assert problems(source) == [(4, "手机号", "phone_invalid")], (
        "they stay mended when the file is read again"
    )


def test_of_several_mends_all_or_none_are_taken(bureau: Bureau) -> None:
    source = read(text(HEADINGS, person(1, 手机号="1"), person(2)), unit_id=bureau.bureau_id)
    before = waiting(), problems(source)
    good = MendedCell("花名册", 3, "phone", "19900000001")
    for bad, code in (
        (MendedCell("花名册", 3, "account", "6"), "column_missing"),
        (MendedCell("花名册", 4, "phone", "6"), "row_not_kept"),
        (MendedCell("无此表", 3, "phone", "6"), "column_missing"),
    ):
        with pytest.raises(Refusal) as refused:
            mend_all(source, good, bad)
        assert refused.value.code == code
        source.refresh_from_db()
        assert (waiting(), problems(source), source.status) == (*before, ImportStatus.STAGED)


def test_what_cannot_be_mended_here_is_said(bureau: Bureau) -> None:
    source = read(text(HEADINGS, person(1, 手机号="1"), person(2)), unit_id=bureau.bureau_id)
    for row, field, code in ((3, "account", "column_missing"), (4, "phone", "row_not_kept")):
        with pytest.raises(Refusal) as refused:
            mend(source, row, field, "1")
        assert refused.value.code == code
    source.refresh_from_db()
    assert source.status == ImportStatus.STAGED


def test_the_marked_copy_holds_the_file_and_what_is_wrong_in_it(bureau: Bureau) -> None:
    rows: list[Row] = [HEADINGS, person(1), person(2, 手机号="12345")]
    source = read(workbook(("花名册", rows)), name="花名册.xlsx", unit_id=bureau.bureau_id)
    for moment in ("staged", "applied"):
        if moment == "applied":
            import_roster.apply(import_key=source.key, end_missing=False, actor=SYSTEM, at=at(6))
        file = io.BytesIO()
        import_roster.report(import_key=source.key, to=file, actor=bureau.officer, at=at(6))
        copy = CalamineWorkbook.from_filelike(io.BytesIO(file.getvalue()))
        marked = copy.get_sheet_by_name("花名册").to_python()
        assert [row[1] for row in marked] == ["姓名", person(1)[1], person(2)[1]]
        assert [row[-1] for row in marked][:2] == ["问题", ""]
        assert "11" in str(marked[2][-1])
    assert Entry.objects.filter(action="people.report").count() == 2
    uploads.remove(source.options["upload"])
    with pytest.raises(Refusal) as refused:
        import_roster.report(import_key=source.key, to=io.BytesIO(), actor=bureau.officer, at=at(6))
    assert refused.value.code == "upload_gone"


def test_what_is_given_up_leaves_nothing_but_that_it_was(bureau: Bureau) -> None:
    before = register()
    source = read(text(HEADINGS, person(1), person(2, 手机号="1")), unit_id=bureau.bureau_id)
    assert len(files()) == 1
    import_roster.cancel(import_key=source.key, actor=SYSTEM, at=at(6))
    source.refresh_from_db()
    assert (source.status, waiting(), files(), register()) == (
        ImportStatus.CANCELLED,
        [0, 0, 0, 0],
        [],
        before,
    )
    import_roster.cancel(import_key=source.key, actor=SYSTEM, at=at(6))
    assert Entry.objects.filter(action="people.cancel_import").count() == 1
    with pytest.raises(Refusal):
        import_roster.read(import_key=source.key, actor=SYSTEM, at=at(6))


# Who, and how often --------------------------------------------------------------------------------


def test_a_file_brought_twice_is_one_import(bureau: Bureau) -> None:
    first = bring(people(1), unit_id=bureau.bureau_id)
    assert bring(people(1), unit_id=bureau.bureau_id) == first
    assert bring(people(2), unit_id=bureau.bureau_id) != first
    assert bring(people(1), unit_id=bureau.bureau_id, key="others") != first
    assert len(files()) == 3


def test_what_waits_is_sealed(bureau: Bureau) -> None:
    bring(people(1), unit_id=bureau.bureau_id)
    [name] = files()
    path = Path(settings.FILES_ROOT) / "uploads" / name
    assert path.stat().st_mode & 0o077 == 0
    assert number(1).encode() not in path.read_bytes()


@pytest.mark.parametrize("who", ["approver", "finance", "inspector", "stranger"])
def test_who_imports_no_people_changes_nothing(bureau: Bureau, who: str) -> None:
    source = read(people(1), unit_id=bureau.bureau_id)
    before, kept = register(), files()
    actor = getattr(bureau, who)
    with pytest.raises(NotPermitted):
        bring(people(2), unit_id=bureau.bureau_id, actor=actor)
    for act in (import_roster.read, import_roster.cancel):
        with pytest.raises(NotPermitted):
            act(import_key=source.key, actor=actor, at=at(6))
    with pytest.raises(NotPermitted):
        import_roster.apply(import_key=source.key, end_missing=False, actor=actor, at=at(6))
    with pytest.raises(NotPermitted):
        import_roster.report(import_key=source.key, to=io.BytesIO(), actor=actor, at=at(6))
    source.refresh_from_db()
    assert (source.status, register(), files()) == (ImportStatus.STAGED, before, kept)


def test_two_do_not_work_on_one_import_at_once(bureau: Bureau) -> None:
    source = read(text(HEADINGS, person(1, 手机号="1")), unit_id=bureau.bureau_id)
    with uploads.held(source.options["upload"]):
        with pytest.raises(Refusal) as reading:
            import_roster.read(import_key=source.key, actor=SYSTEM, at=at(6))
        with pytest.raises(Refusal) as mending:
            mend(source, 3, "phone", "19900000001")
    assert (reading.value.code, mending.value.code) == ("import_busy", "import_busy")
    assert StagedPerson.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"PK\x03\x04 broken", "unreadable"),
        (b"<html><body>", "unreadable"),
        (text(["甲", "乙"], ["丙", "丁"]), "header_missing"),
    ],
)
def test_a_file_that_cannot_be_read_ends_its_import(bureau: Bureau, content: bytes, code: str) -> None:
    key = bring(content, unit_id=bureau.bureau_id)
    with pytest.raises(Refusal) as refused:
        import_roster.read(import_key=key, actor=SYSTEM, at=at(6))
    assert refused.value.code == code
    source = RosterImport.objects.get(key=key)
    assert (source.status, source.note) == (ImportStatus.FAILED, refused.value.sentence)
    assert waiting() == [0, 0, 0, 0]
    assert Entry.objects.filter(action="journey.refused").exists()


# Families and service ------------------------------------------------------------------------------


def test_families_join_their_employees(bureau: Bureau) -> None:
    take(people(1, 2), bureau)
    rows: list[Row] = [
        [person(1)[1], number(1), "钱望河", "妻子", number(11), "19900000011"],
        [person(1)[1], "", "赵小江", "儿子", "", ""],
        [person(2)[1], number(2), "孙如海", "母亲", number(12), ""],
        ["无此人", number(20), "李小川", "女儿", "", ""],
    ]
    result = take(text(FAMILY, *rows), bureau, kind="families", day=7)
    assert (result.accepted, result.rejected) == (3, 1)
    assert [problem.code for problem in result.problems] == ["person_unknown"]
    links = FamilyLink.objects.filter(ends_on=None).order_by("pk")
    assert [(link.person.name, link.relative.name, link.relation) for link in links] == [
        (person(1)[1], "钱望河", "spouse"),
        (person(1)[1], "赵小江", "child"),
        (person(2)[1], "孙如海", "parent"),
    ]
    before = register()
    again = take(text(FAMILY, *rows), bureau, kind="families", day=8)
    assert (again.unchanged, again.joined) == (3, 0)
    assert register() == before


def test_service_is_put_down_with_its_place_and_days(bureau: Bureau) -> None:
    take(people(1), bureau)
    rows: list[Row] = [
        [person(1)[1], number(1), "东江卡口", "登记员", "否", "2020-03-01", "2020-03-31"],
        ["钱望河", number(30), "定点医院", "护士", "是", "2020.2.10", ""],
        ["无号人", "", "定点医院", "护士", "是", "2020.2.10", ""],
    ]
    result = take(text(SERVICE, *rows), bureau, kind="service", day=7)
    assert (result.accepted, result.rejected) == (2, 1)
    assert [problem.code for problem in result.problems] == ["person_unknown"]
    served = Service.objects.order_by("pk").values_list("place", "direct_contact", "starts_on", "ends_on")
    assert list(served) == [
        ("东江卡口", False, date(2020, 3, 1), date(2020, 3, 31)),
        ("定点医院", True, date(2020, 2, 10), None),
    ]
    before = register()
    assert take(text(SERVICE, *rows), bureau, kind="service", day=8).unchanged == 2
    assert register() == before


def test_contact_that_nothing_is_said_of_is_not_told_and_none_says_no(bureau: Bureau) -> None:
    said = ("/", "　", "不详", "—", "", "无", "没有", "×")
    rows: list[Row] = [
        [person(at)[1], number(at), "东江卡口", "登记员", contact, "2020-03-01", ""]
        for at, contact in enumerate(said)
    ]
    result = take(text(SERVICE, *rows), bureau, kind="service", day=7)
    assert (result.accepted, result.problems) == (len(said), [])
    told = Service.objects.order_by("pk").values_list("direct_contact", flat=True)
    assert list(told) == [None] * 5 + [False] * 3
