"""Reading a workbook of units: what offices send, and what nobody should have to fear."""

import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from songnuan.documents import reading
from songnuan.documents.opening import UNPACKED_MAX
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.roster import UNITS, Problem, UnitRow, UnitSheet, read_units

HEADINGS = [
    "序号", "慰问单位", "类别", "包联院区", "地址", "一线人数", "联系人", "联系电话",
    "牵头处室（单位）", "慰问标准（元）", "拟慰问时间", "备注",
]  # fmt: skip
LOCK = [
    1,
    "东港船闸管理所",
    "船闸",
    "东江院区",
    "沿江路1号",
    6,
    "赵守江",
    "19900000001",
    "航道处",
    300,
    "4月8日",
    "",
]
STATION = [
    2,
    "西港航道管理站",
    "航道站",
    "西江院区",
    "沿江路2号",
    13,
    "钱望江",
    "0591-87123456",
    "审计处",
    300,
    "",
    "",
]

Row = Sequence[object]


def book(*rows: Row, sheet: str = "一览表", merged: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    """Return a workbook with one sheet of these rows; dates as real dates."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    page = made.add_worksheet(sheet)
    day = made.add_format({"num_format": "yyyy-mm-dd"})
    for number, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(number, place, cell, day)
            elif cell != "":
                page.write(number, place, cell)
    for top, left, bottom, right, text in merged:
        page.merge_range(top, left, bottom, right, text)
    made.close()
    return file.getvalue()


def read(*rows: Row, year: int = 2020) -> UnitSheet:
    return read_units(book(*rows), year=year)


def cell(column: str, value: object) -> UnitSheet:
    """Read a table with one unit, in which one cell holds `value`."""
    row = list(LOCK)
    row[HEADINGS.index(column)] = value
    return read(HEADINGS, row)


def codes(sheet: UnitSheet) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in sheet.problems]


def refusal(content: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_units(content, year=2020)
    assert len(caught.value.sentence) > 20
    return caught.value


# What offices send -------------------------------------------------------------------------------


def test_a_table_below_its_title_and_above_its_total_is_read_row_by_row() -> None:
    sheet = read_units(
        book(
            ["走访慰问单位一览表"],
            ["填报单位：局疫情防控办公室"],
            HEADINGS,
            LOCK,
            STATION,
            ["合 计", "", "", "", "", 19, "", "", "", 600],
            [],
            ["填表人：示例    审核人：示例    联系电话：19900009999"],
            merged=[(0, 0, 0, 11, "走访慰问单位一览表")],
        ),
        year=2020,
    )
    assert sheet.rows == [
        UnitRow(
            row=4, name="东港船闸管理所", category="船闸", compound="东江院区", address="沿江路1号",
            staff_count=6, contact_name="赵守江", contact_phone="19900000001", lead_name="航道处",
            planned_on=date(2020, 4, 8),
        ),
        UnitRow(
            row=5, name="西港航道管理站", category="航道站", compound="西江院区", address="沿江路2号",
            staff_count=13, contact_name="钱望江", contact_phone="0591-87123456", lead_name="审计处",
        ),
    ]  # fmt: skip
    assert sheet.problems == []
    assert sheet.sound == sheet.rows
    assert sheet.sheet == "一览表"
    assert sheet.columns["lead_name"] == "牵头处室（单位）"
    assert list(sheet.unused) == ["慰问标准（元）"]


@pytest.mark.parametrize(
    "headings",
    [
        ["序号", "单位名称", "牵头处室", "联系人", "联系电话"],
        ["序 号", " 单 位 ", "牵头单位", "联系人姓名", "手机号码"],
        ["No.", "慰问单位*", "牵头处室(单位)", "联系人：", "联系方式（手机）"],
        ["编号", "一线单位", "牵头处室、单位", "联系人", "电话"],
    ],
)
def test_columns_are_known_by_any_of_their_usual_headings(headings: list[str]) -> None:
    sheet = read(headings, [1, "东港船闸管理所", "航道处", "赵守江", "19900000001"])
    assert sheet.rows == [
        UnitRow(
            row=2,
            name="东港船闸管理所",
            contact_name="赵守江",
            contact_phone="19900000001",
            lead_name="航道处",
        )
    ]
    assert sheet.problems == []


def test_columns_may_stand_in_any_order_and_headings_over_two_rows() -> None:
    sheet = read_units(
        book(
            ["", "", "", "", ""],
            ["", "", "", "联系人", "电话"],
            ["航道处", 1, "东港船闸管理所", "赵守江", 19900000001],
            merged=[
                (0, 0, 1, 0, "牵头处室"),
                (0, 1, 1, 1, "序号"),
                (0, 2, 1, 2, "慰问单位"),
                (0, 3, 0, 4, "联系方式"),
            ],
        ),
        year=2020,
    )
    assert [(row.row, row.name, row.contact_phone, row.lead_name) for row in sheet.rows] == [
        (3, "东港船闸管理所", "19900000001", "航道处")
    ]
    assert sheet.problems == []


def test_a_lead_merged_over_several_units_leads_each_of_them() -> None:
    names = [["东港所"], ["西港所"], ["南浦所"]]
    content = book(["单位", "牵头处室"], *names, merged=[(1, 1, 3, 1, "航道处")])
    assert [row.lead_name for row in read_units(content, year=2020).rows] == ["航道处"] * 3


def test_full_width_letters_brackets_and_spaces_do_not_matter() -> None:
    sheet = read(
        ["慰 问 单 位", "牵头处室（单位）", "联系电话", "一线人数（人）"],
        ["东港 船闸(一所)", " 航 道 处 ", "１９９００００ ０００１", "１２人"],
    )
    [row] = sheet.rows
    assert (row.name, row.lead_name) == ("东港船闸（一所）", "航道处")
    assert (row.contact_phone, row.staff_count) == ("19900000001", 12)


def test_a_heading_repeated_on_a_new_page_and_empty_rows_are_passed_over() -> None:
    sheet = read(HEADINGS, LOCK, [], HEADINGS, STATION)
    assert [row.row for row in sheet.rows] == [2, 5]
    assert sheet.problems == []


def test_the_sheet_with_the_table_is_found_among_others_and_hidden_ones_are_left_alone() -> None:
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    made.add_worksheet("说明").write(0, 0, "请填写下表")
    for name, unit in (("旧表", "旧所"), ("新表", "新所")):
        page = made.add_worksheet(name)
        page.write_row(0, 0, ["单位", "牵头处室"])
        page.write_row(1, 0, [unit, "航道处"])
        if name == "旧表":
            page.hide()
    made.close()
    sheet = read_units(file.getvalue(), year=2020)
    assert (sheet.sheet, [row.name for row in sheet.rows]) == ("新表", ["新所"])


@pytest.mark.parametrize(
    "value",
    [
        date(2020, 4, 16), "2020-04-16", "2020.4.16", "2020/4/16", "2020年4月16日",
        "4月16日", "4.16", " ２０２０年４月 １６日",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(value: object) -> None:
    sheet = cell("拟慰问时间", value)
    assert [row.planned_on for row in sheet.rows] == [date(2020, 4, 16)]
    assert sheet.problems == []


def test_a_moment_counts_as_its_day_and_a_day_without_a_year_takes_the_one_given() -> None:
    assert cell("拟慰问时间", datetime(2020, 4, 16, 14, 30)).rows[0].planned_on == date(2020, 4, 16)  # noqa: DTZ001 - as in a cell
    assert read(HEADINGS, LOCK, year=2021).rows[0].planned_on == date(2021, 4, 8)


def test_a_text_file_and_a_table_on_two_sheets_are_read_alike() -> None:
    text = "单位,牵头处室,联系电话\n东港所,航道处,19900000001\n".encode("gb18030")
    [row] = read_units(text, year=2020, name="一览表.csv").rows
    assert (row.sheet, row.row, row.name, row.contact_phone) == ("一览表", 2, "东港所", "19900000001")
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, unit in (("东片", "东港所"), ("西片", "西港所"), ("南片", "东港所")):
        page = made.add_worksheet(name)
        page.write_row(0, 0, ["单位", "牵头处室"])
        page.write_row(1, 0, [unit, "航道处"])
    made.close()
    sheet = read_units(file.getvalue(), year=2020)
    assert [row.place for row in sheet.sound] == [("东片", 2), ("西片", 2)]
    assert [(problem.place, problem.code) for problem in sheet.problems] == [
        (("南片", 2), "duplicate_in_file")
    ]
    assert "东片" in sheet.problems[0].message


def test_units_alone_need_no_leads_and_tell_their_places() -> None:
    content = book(["部门名称", "上级单位"], ["航道处", ""], ["东港所", "航道处"])
    sheet = read_units(content, year=2020, layout=UNITS)
    assert [(row.name, row.parent_name) for row in sheet.rows] == [("航道处", ""), ("东港所", "航道处")]
    assert refusal(content).code == "header_missing"


# What is wrong with a row ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("联系电话", "1380013800", "phone_invalid"),
        ("联系电话", "见备注", "phone_invalid"),
        ("联系电话", 1.5, "phone_invalid"),
        ("联系电话", "19900000001、19900000002", "phone_invalid"),
        ("一线人数", "十二", "number_invalid"),
        ("一线人数", -3, "number_invalid"),
        ("一线人数", 2.5, "number_invalid"),
        ("一线人数", 10_000_000, "number_invalid"),
        ("拟慰问时间", "2020年2月30日", "date_invalid"),
        ("拟慰问时间", "四月中旬", "date_invalid"),
        ("拟慰问时间", "4月16日至18日", "date_invalid"),
        ("拟慰问时间", 43936, "date_invalid"),
        ("牵头处室（单位）", "", "lead_missing"),
        ("慰问单位", "长" * 121, "name_too_long"),
        ("类别", "长" * 61, "text_too_long"),
    ],
)
def test_a_cell_that_cannot_be_read_is_a_problem_with_its_place(
    column: str, value: object, code: str
) -> None:
    sheet = cell(column, value)
    assert codes(sheet) == [(2, column, code)]
    assert sheet.problems[0].sheet == "一览表"
    assert sheet.sound == []


def test_a_row_without_a_name_is_a_problem_and_the_others_are_read() -> None:
    nameless = [2, "", *STATION[2:]]
    sheet = read(HEADINGS, LOCK, nameless, STATION)
    assert codes(sheet) == [(3, "慰问单位", "name_missing")]
    assert [row.row for row in sheet.rows] == [2, 4]


def test_a_unit_that_stands_there_twice_is_taken_once_and_the_second_named() -> None:
    again = [3, "东港 船闸管理所", *STATION[2:]]
    sheet = read(HEADINGS, LOCK, STATION, again)
    assert codes(sheet) == [(4, "慰问单位", "duplicate_in_file")]
    assert "row 2" in sheet.problems[0].message
    assert [row.row for row in sheet.rows] == [2, 3]
    assert sheet.sound == sheet.rows


def test_every_problem_of_a_row_is_told_at_once_and_what_can_be_read_is() -> None:
    row = [1, "东港船闸管理所", "船闸", "", "", "很多", "赵守江", "123", "", 300, "不定", ""]
    sheet = read(HEADINGS, row, STATION)
    assert {code for _row, _column, code in codes(sheet)} == {
        "number_invalid", "phone_invalid", "date_invalid", "lead_missing",
    }  # fmt: skip
    assert sheet.rows[0] == UnitRow(row=2, name="东港船闸管理所", category="船闸", contact_name="赵守江")
    assert [row.row for row in sheet.sound] == [3]


def test_empty_cells_beside_the_name_and_the_lead_are_no_problem() -> None:
    sheet = read(HEADINGS, ["", "东港船闸管理所", "", "", "", "", "", "", "航道处"])
    assert sheet.rows == [UnitRow(row=2, name="东港船闸管理所", lead_name="航道处")]
    assert sheet.problems == []


def test_a_fault_of_a_formula_is_an_empty_cell() -> None:
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True})
    page = made.add_worksheet()
    page.write_row(0, 0, ["单位", "牵头处室", "一线人数"])
    page.write_row(1, 0, ["东港所", "航道处"])
    page.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    made.close()
    assert read_units(file.getvalue(), year=2020).rows == [UnitRow(row=2, name="东港所", lead_name="航道处")]


# What cannot be read at all ----------------------------------------------------------------------


def test_a_table_without_headings_or_without_leads_is_refused() -> None:
    assert refusal(book(["甲", "乙"], ["丙", "丁"])).code == "header_missing"
    assert refusal(book(["单位"], ["东港所"])).code == "header_missing"
    assert refusal(book()).code == "unreadable"
    assert refusal(book(*[[]] * 40, HEADINGS, LOCK)).code == "header_missing"
    no_lead = refusal(book(["单位", "联系人"], ["东港所", "赵守江"]))
    assert (no_lead.code, no_lead.facts) == ("header_missing", {"row": 1})


def repacked(change: dict[str, bytes | None]) -> bytes:
    """Return a good workbook with some parts replaced, added, or left out (None)."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(HEADINGS, LOCK))) as good, zipfile.ZipFile(file, "w") as made:
        parts = {name: good.read(name) for name in good.namelist()}
        for name, content in {**parts, **change}.items():
            if content is not None:
                made.writestr(name, content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BROKEN = {
    "empty": b"",
    "a web page": b"<html><body><table></table></body></html>",
    "cut off": book(HEADINGS, LOCK)[:-200],
    "no workbook": b"PK\x03\x04 and so on",
    "another kind of zip": repacked({"xl/workbook.xml": None}),
    "an old file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a lost sheet": repacked({SHEET: None}),
    "a broken sheet": repacked({SHEET: b"<worksheet><sheetData><row r='1'><c r='A1'"}),
    "a sheet of noise": repacked({SHEET: bytes(range(256)) * 40}),
    "a hungry table of texts": repacked({"xl/sharedStrings.xml": b'<sst uniqueCount="999999999999"/>'}),
    "a cell in the far corner": repacked(
        {
            SHEET: b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            b"</sheetData></worksheet>"
        }
    ),
}  # fmt: skip


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_workbook_or_broken_is_refused_with_a_sentence(content: bytes) -> None:
    found = refusal(content)
    assert (found.code, found.field) == ("unreadable", "file")


def test_noise_anywhere_in_a_workbook_is_refused_or_read_and_never_worse() -> None:
    good = book(HEADINGS, LOCK, STATION)
    for place in range(30, len(good), len(good) // 12):
        spoilt = bytearray(good)
        spoilt[place : place + 4] = b"\xff\x00\xff\x00"
        try:
            sheet = read_units(bytes(spoilt), year=2020)
        except Refusal as found:
            assert found.code in {"unreadable", "header_missing", "too_large"}  # noqa: PT017 - either is right
        else:
            assert isinstance(sheet, UnitSheet)


def test_a_file_that_is_too_large_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = bytearray(repacked({"xl/media/image1.png": b"\0" * 100}))
    entry = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(b"xl/media/image1.png"))
    bomb[entry + 24 : entry + 28] = struct.pack("<I", UNPACKED_MAX + 1)
    assert refusal(bytes(bomb)).code == "too_large"

    def never(*_args: object, **_more: object) -> None:
        raise AssertionError("the parser was started")

    monkeypatch.setattr("songnuan.documents.reading.subprocess.Popen", never)
    monkeypatch.setattr(reading, "FILE_MAX", 1000)
    assert refusal(b"\0" * 1001).code == "too_large"


def test_a_workbook_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SILENCE_MAX", 0.001)
    assert refusal(book(HEADINGS, LOCK)).code == "unreadable"


def test_a_problem_says_where_it_is() -> None:
    [problem] = cell("联系电话", "12345").problems
    assert problem == Problem("一览表", 2, "联系电话", "phone_invalid", problem.message)
    assert "12345" in problem.message


def test_the_sample_of_the_plan_is_read_whole() -> None:
    content = (Path(__file__).resolve().parents[2] / "plans/samples/front-line-units.xlsx").read_bytes()
    sheet = read_units(content, year=2020)
    assert len(sheet.rows) == 47
    assert sheet.problems == []
    assert all(row.contact_phone and row.compound and row.planned_on for row in sheet.rows)


@pytest.mark.parametrize("heading", ["片区", "区县", "所在区县", "District"])
def test_the_district_comes_under_its_usual_names_and_is_no_compound(heading: str) -> None:
    headings = ["单位名称", "包联院区", heading, "牵头处室"]
    (row,) = read(headings, ["东港船闸管理所", "东江院区", "上城片", "航道处"]).rows
    assert (row.district, row.compound) == ("上城片", "东江院区")
