"""`songnuan roster import`: one document for every kind, refusals with their codes, and the marked copy."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from people import PLANS, SLUG
from roster_files import FAMILY, HEADINGS, SERVICE, Row, number, people, person, text
from songnuan.cli.commands import songnuan
from songnuan.organisation.models import Assignment, Unit, UnitRecord
from songnuan.people.models import ColumnMemory, Person, Roster, RosterImport, StagedPerson

pytestmark = pytest.mark.django_db
KEYS = {
    "rows", "accepted", "unchanged", "rejected", "joined", "changed", "left", "columns", "unknown",
    "repeated", "sheets", "problems",
}  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(songnuan, ["roster", *arguments], catch_exceptions=False)


def written(folder: Path, content: bytes, name: str = "花名册.csv") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def bring(path: str, kind: str, *options: str) -> Any:
    """Import a file; return its document."""
    result = run("import", path, "--kind", kind, "--json", *options)
    assert result.exit_code == 0, result.stdout
    return json.loads(result.stdout)


def refused(path: str, kind: str, *options: str) -> str:
    """Return the code with which a file is refused."""
    result = run("import", path, "--kind", kind, "--json", *options)
    assert result.exit_code == 1
    code: str = json.loads(result.stdout)["refused"]["code"]
    assert json.loads(result.stdout)["refused"]["message"] in result.stderr
    return code


def test_people_come_in_with_one_document_that_says_all(tmp_path: Path) -> None:
    rows = [person(1), person(2, 身份证号=number(2)[:-1]), person(3)]
    path = written(tmp_path, text([*HEADINGS, "星座"], *([*row, ""] for row in rows)))
    done = bring(path, "people", "--create-units")
    assert set(done) == KEYS
    figures = ("rows", "accepted", "unchanged", "rejected", "joined", "changed", "left")
    assert [done[key] for key in figures] == [3, 2, 0, 1, 2, 0, 0]
    assert done["columns"]["id_number"] == "身份证号"
    assert done["unknown"] == [{"sheet": "花名册", "heading": "星座", "proposal": ""}]
    assert done["sheets"] == [{"name": "花名册", "rows": 3}]
    [problem] = done["problems"]
    assert set(problem) == {"sheet", "row", "column", "code", "message"}
    assert (problem["row"], problem["column"], problem["code"]) == (4, "身份证号", "id_length")
    assert Person.objects.count() == 2
    assert bring(path, "people")["unchanged"] == 2
    assert run("list", "--json").stdout.count('"key": "people"') == 1


def test_a_column_that_tells_what_another_tells_is_named_and_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, text([*HEADINGS, "单位", "星座"], [*person(1), "无此单位", ""]))
    result = run("import", path, "--kind", "people", "--json", "--create-units", "--dry-run")
    done = json.loads(result.stdout)
    told = {"sheet": "花名册", "column": "G", "heading": "单位", "field": "unit", "instead": "E"}
    assert done["repeated"] == [told]
    assert done["columns"]["unit"] == "工作单位"
    assert done["problems"] == []
    assert "“单位”" in result.stderr


def test_of_units_too_a_column_told_twice_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, text(["单位名称", "地址", "地址"], ["一站", "甲", "乙"]))
    done = bring(path, "units", "--unit", "", "--dry-run")
    assert [(one["column"], one["field"], one["instead"]) for one in done["repeated"]] == [
        ("C", "address", "B")
    ]


def test_a_dry_run_says_the_same_and_leaves_only_that_it_was(tmp_path: Path) -> None:
    path = written(tmp_path, people(1, 2))
    dry = bring(path, "people", "--dry-run", "--create-units")
    assert (dry["accepted"], dry["joined"]) == (2, 2)
    left = (Roster, Person, Unit, StagedPerson)
    assert [table.objects.count() for table in left] == [0, 0, 0, 0]
    assert [source.status for source in RosterImport.objects.all()] == ["cancelled"]
    assert bring(path, "people", "--create-units") == dry


def test_a_newer_file_counts_who_joins_changes_and_leaves(tmp_path: Path) -> None:
    bring(written(tmp_path, people(1, 2, 3)), "people", "--create-units")
    newer = written(tmp_path, text(HEADINGS, person(2), person(3, 岗位="出纳"), person(4)))
    for options in (["--dry-run"], ["--end-missing"]):
        done = bring(newer, "people", *options)
        assert [done[key] for key in ("unchanged", "joined", "changed", "left")] == [1, 1, 1, 1]
    assert bring(newer, "people")["left"] == 0
    listed = json.loads(run("list", "--json").stdout)
    assert [(row["key"], row["people"]) for row in listed] == [("people", 3)]


def test_families_and_service_stand_in_rosters_of_their_own(tmp_path: Path) -> None:
    bring(written(tmp_path, people(1)), "people", "--create-units")
    family: list[Row] = [[person(1)[1], number(1), "钱望河", "妻子", number(11), ""]]
    assert bring(written(tmp_path, text(FAMILY, *family)), "families")["accepted"] == 1
    service: list[Row] = [[person(1)[1], number(1), "东江卡口", "登记员", "否", "2020-03-01", ""]]
    done = bring(written(tmp_path, text(SERVICE, *service)), "service", "--roster", "spring")
    assert (done["accepted"], done["columns"]["place"]) == (1, "支援地点")
    assert sorted(Roster.objects.values_list("key", flat=True)) == ["families", "people", "spring"]


def test_a_heading_may_be_explained_and_is_remembered(tmp_path: Path) -> None:
    odd = [*HEADINGS[:1], "人员大名", *HEADINGS[2:]]
    path = written(tmp_path, text(odd, person(1), person(2)))
    assert refused(path, "people") == "header_missing"
    assert refused(path, "people", "--columns", "人员大名=nickname") == "column_unknown"
    assert refused(path, "people", "--columns", "人员大名") == "column_unknown"
    bring(written(tmp_path, people(3, 4), "一.csv"), "people", "--create-units")
    assert bring(path, "people", "--columns", "人员大名=name", "--dry-run")["accepted"] == 2
    assert ColumnMemory.objects.count() == 0
    assert bring(path, "people", "--columns", "人员大名=name")["accepted"] == 2
    assert bring(path, "people")["unchanged"] == 2


@pytest.mark.parametrize("kind", ["units", "people", "families", "service"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unreadable"),
        (text(["甲", "乙"], ["丙", "丁"]), "header_missing"),
    ],
    ids=["empty", "damaged", "without headings"],
)
def test_what_cannot_be_read_is_refused_for_every_kind(
    tmp_path: Path, kind: str, content: bytes, code: str
) -> None:
    assert refused(written(tmp_path, content), kind) == code
    assert Unit.objects.count() == 0
    assert Roster.objects.count() == 0


def test_a_refused_file_is_told_as_a_problem_too(tmp_path: Path) -> None:
    for content, code, row in (
        (b"", "unreadable", 0),
        (text(["甲", "乙"], ["丙", "丁"]), "header_missing", 0),
        ('姓名,身份证号\n赵守江,"110\n'.encode(), "unreadable", 2),
    ):
        result = run("import", written(tmp_path, content), "--kind", "people", "--json")
        told = json.loads(result.stdout)
        assert result.exit_code == 1
        assert [told[key] for key in ("rows", "accepted", "unchanged", "rejected")] == [0, 0, 0, 0]
        message = told["refused"]["message"]
        problem = {"sheet": "", "row": row, "column": "", "code": code, "message": message}
        assert (told["columns"], told["problems"]) == ({}, [problem])
    chosen = run("import", written(tmp_path, people(1)), "--kind", "people", "--json", "--columns", "x=y")
    assert set(json.loads(chosen.stdout)) == {"refused"}


@pytest.mark.parametrize("kind", ["units", "people"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert refused(str(pipe), kind) == refused("/dev/zero", kind) == "unreadable"
    link = tmp_path / "link.csv"
    link.symlink_to(written(tmp_path, people(1)))
    assert bring(str(link), "people", "--create-units")["accepted"] == 1


@pytest.mark.parametrize(
    "name", ["名册.csv".encode("gb18030"), b"\xff\xfe.csv", "册".encode() * 80 + b".csv"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(text(HEADINGS, person(1), person(2, 手机号="1")))
    done = bring(str(path), "people", "--create-units")
    [problem] = done["problems"]
    assert (done["accepted"], problem["sheet"]) == (1, done["sheets"][0]["name"])
    if name.startswith("名册".encode("gb18030")):
        assert problem["sheet"] == "名册"


def test_the_marked_copy_takes_no_place_but_its_own(tmp_path: Path) -> None:
    content = people(1)
    path = written(tmp_path, content)
    report = tmp_path / "none" / "copy.xlsx"
    for place in (path, str(report)):
        assert refused(path, "people", "--create-units", "--report", place) == "report_misplaced"
    assert Path(path).read_bytes() == content
    assert not Roster.objects.exists()


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    assert {refused(str(path), kind) for kind in ("units", "people")} == {"too_large"}


def test_the_marked_copy_is_written_also_when_nothing_is_wrong(tmp_path: Path) -> None:
    report = tmp_path / "copy.xlsx"
    for content, marked in ((people(1, 2), False), (text(HEADINGS, person(1, 手机号="1")), True)):
        bring(written(tmp_path, content), "people", "--dry-run", "--create-units", "--report", str(report))
        rows = CalamineWorkbook.from_path(report).get_sheet_by_name("花名册").to_python()
        assert any("问题" in map(str, row) for row in rows) is marked or not marked
        assert str(rows[2][2]) == number(1)
        report.unlink()
    assert refused(written(tmp_path, b""), "people", "--report", str(report)) == "unreadable"
    assert not report.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["花名册.csv"]


def test_problems_are_listed_in_words(tmp_path: Path) -> None:
    path = written(tmp_path, text(HEADINGS, *(person(place, 手机号="1") for place in range(60))))
    shown = run("import", path, "--kind", "people", "--dry-run", "--create-units")
    assert shown.exit_code == 0
    assert shown.stdout.count("phone_invalid") == 50
    assert "--report" in shown.stdout


# Units ---------------------------------------------------------------------------------------------


def tree() -> dict[str, str | None]:
    """Return each open unit's name with that of the unit above it."""
    records = {record.unit_id: record for record in UnitRecord.objects.filter(ends_on=None)}
    return {
        record.name: records[record.parent_id].name if record.parent_id else None
        for record in records.values()
    }


def test_units_alone_come_to_their_places(tmp_path: Path) -> None:
    rows = [["港航局", "", ""], ["一所", "航道处", "5"], ["航道处", "港航局", ""], ["二所", "无此处", ""]]
    path = written(tmp_path, text(["部门名称", "上级单位", "人数"], *rows), "单位.csv")
    dry = bring(path, "units", "--dry-run")
    assert set(dry) >= KEYS
    assert Unit.objects.count() == 0
    done = bring(path, "units")
    assert done == dry
    assert [done[key] for key in ("rows", "accepted", "created", "rejected", "joined", "left")] == [
        4,
        3,
        2,
        1,
        2,
        0,
    ]
    assert [(problem["row"], problem["code"]) for problem in done["problems"]] == [(6, "unit_unknown")]
    assert tree() == {"港航局": None, "航道处": "港航局", "一所": "航道处"}
    again = bring(path, "units")
    assert (again["unchanged"], again["created"], again["changed"]) == (3, 0, 0)
    assert bring(path, "units", "--create-units")["accepted"] == 4
    assert tree()["二所"] == "无此处"
    moved = written(tmp_path, text(["部门名称", "上级单位"], ["一所", "港航局"]), "单位.csv")
    assert bring(moved, "units")["changed"] == 1
    assert tree()["一所"] == "港航局"


def test_units_of_a_plan_keep_their_pairs_and_without_leads_they_come_alone(tmp_path: Path) -> None:
    CliRunner().invoke(songnuan, ["plan", "load", str(PLANS / f"{SLUG}.yaml")], catch_exceptions=False)
    done = bring(str(PLANS / "samples/front-line-units.xlsx"), "units", "--create-units")
    assert (done["accepted"], done["pairs_created"], done["sheets"][0]["rows"]) == (47, 47, 47)
    alone = written(tmp_path, text(["慰问单位", "联系人"], ["新渡口", "赵守江"]), "单位.csv")
    assert bring(alone, "units")["created"] == 1
    assert Assignment.objects.count() == 47
    assert UnitRecord.objects.get(name="新渡口").kind == "front_line"
    assert refused(alone, "units", "--plan", "no-such-plan") == "plan_unknown"


def test_the_marked_copy_of_units_names_the_wrong_cells(tmp_path: Path) -> None:
    report = tmp_path / "copy.xlsx"
    path = written(tmp_path, text(["部门名称", "联系电话"], ["一所", "12345"], ["二所", ""]), "单位.csv")
    assert bring(path, "units", "--report", str(report))["rejected"] == 1
    rows = CalamineWorkbook.from_path(report).get_sheet_by_name("单位").to_python()
    assert "12345" in str(rows[2][-1])
