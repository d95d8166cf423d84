"""Reading workbooks: what stands in a file arrives, under the numbers it has there."""

import subprocess
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from documents.reading_samples import (
    FILES,
    MAIN,
    TYPES,
    archive,
    ods,
    parts,
    read,
    refused,
    relations,
    rows,
    text,
    worksheet,
    written,
    xlsx,
)
from songnuan.documents import reading
from songnuan.documents.reading import FRAME_ROWS, SHEET_NAME_MAX, Odd, as_file, decode, read_frames
from songnuan.people.columns import LIMITS


@pytest.mark.parametrize("name", ["staff.xlsx", "staff.xlsm", "staff.xls", "staff.ods"])
def test_a_workbook_of_each_format_comes_as_it_stands(name: str) -> None:
    sheets = read((FILES / name).read_bytes(), name)
    assert list(sheets) == ["职工名单", "第二页"], "the hidden sheet is not read"
    staff = sheets["职工名单"]
    assert staff[1] == ["东港航道中心职工名单"] * 8
    assert staff[2] == ["序号", "单位", "姓名", "身份证号码", "出生日期", "到岗时间", "工时", "是否在岗"]
    lock = "东港船闸管理所"
    assert staff[3] == [
        1, lock, "赵守江", "000000199001010015", date(1990, 1, 1),
        datetime.fromisoformat("2020-04-01T08:30"), 8.5, "是",
    ]  # fmt: skip
    assert staff[4] == [
        2, lock, "钱望江", "000000198512310027", date(1985, 12, 31),
        datetime.fromisoformat("2020-04-02T12:00"), 7, "否",
    ]  # fmt: skip
    assert staff[5][:4] == [3, lock, "孙小川", "00000019770707003X"]
    assert staff[6][:4] == [4, "西港航道管理站", "李·阿依古丽", "000000199912120048"]
    assert type(staff[6][5]) is date, "midnight stands for the day"
    assert 7 not in staff
    assert sheets["第二页"] == {5: ["", "", "从C5开始"], 6: ["", "", "", 1.5], 7: ["", "", "12:00:00"]}


@pytest.mark.parametrize(("name", "error"), [("staff.xlsx", "#DIV/0!"), ("staff.ods", "")])
def test_formulas_and_errors_say_so(name: str, error: str) -> None:
    total = read((FILES / name).read_bytes())["职工名单"][8]
    assert total[0] == "合计"
    assert total[6:] == [Odd("formula", 27.75), Odd("error", error)]


def test_formulas_of_all_kinds_are_found() -> None:
    cells = [
        '<c r="A1"><f>1+1</f><v>2</v></c>',
        '<c r="B1" t="str"><f t="shared" ref="B1:B2" si="0">A1&amp;"x"</f><v>2x</v></c>',
        '<c r="C1"><v>7</v></c><c r="D1" s="1"><f>TODAY()</f><v>43922</v></c>',
        '</row><row r="2"><c r="B2" t="str"><f t="shared" si="0"/><v>x</v></c>',
        '<c r="C2"><f t="array" ref="C2:D3">E2:F3</f><v>1</v></c><c r="D2"><v>2</v></c>',
        '</row><row r="3"><c r="C3"><v>3</v></c><c r="D3"><v>4</v></c><c r="F3"><f>Z9</f></c>',
        '<c r="H3" t="e"><f>Z9/0</f><v>#REF!</v></c><c r="I3" t="e"><v>#N/A</v></c>',
    ]
    found = rows(xlsx(f'<row r="1">{"".join(cells)}</row>', "<extLst><x:f>A1</x:f></extLst>"))
    assert found == [
        [Odd("formula", 2), Odd("formula", "2x"), 7, Odd("formula", date(2020, 4, 1))],
        ["", Odd("formula", "x"), Odd("formula", 1), Odd("formula", 2)],
        ["", "", Odd("formula", 3), Odd("formula", 4), "", Odd("formula", ""), "", *_errors("#REF!", "#N/A")],
    ]


def _errors(*texts: str) -> list[Odd]:
    return [Odd("error", text) for text in texts]


def test_a_value_that_only_looks_like_one_is_no_formula() -> None:
    content = xlsx(f'<row r="1">{text("A1", "=1+1")}{text("B1", "&lt;f>")}</row>', "<filter f='1'/>")
    assert rows(content) == [["=1+1", "<f>"]]


def test_rows_and_cells_without_their_numbers_are_counted() -> None:
    sheet = "<row><c><v>1</v></c><c><f>1</f><v>2</v></c></row><row/><row><c t='e'><v>#N/A</v></c></row>"
    assert read(xlsx(sheet))["一"] == {1: [1, Odd("formula", 2)], 3: _errors("#N/A")}


def test_a_workbook_with_prefixes_is_read() -> None:
    made = parts(
        '<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c>'
        '<x:c r="B1"><x:f>1</x:f><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
        ["姓名"],
    )
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace("<sheet ", "<x:sheet xmlns:x='urn:x' ")
    assert rows(archive(made)) == [["姓名", Odd("formula", 1)]]


def test_parts_may_stand_elsewhere_in_the_archive() -> None:
    made = parts(worksheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), ["姓名"])
    moved = {
        "_rels/.rels": relations({"r1": ("officeDocument", "/Office/Workbook.xml")}),
        "office/workbook.xml": made["xl/workbook.xml"],
        "office\\_rels\\workbook.xml.rels": relations(
            {"r1": ("worksheet", "/a.xml"), "r3": ("sharedStrings", "../texts/t.xml")}
        ),
        "a.xml": made["xl/worksheets/sheet1.xml"],
        "texts/t.xml": made["xl/sharedStrings.xml"],
    }
    assert rows(archive(moved)) == [["姓名"]]


def test_days_may_be_counted_from_1904() -> None:
    cell = '<row r="1"><c r="A1" s="1"><v>42460</v></c></row>'
    assert rows(xlsx(cell, properties=' date1904="1"')) == [[date(2020, 4, 1)]]
    assert rows(xlsx(cell)) == [[date(2016, 3, 31)]]


def test_what_json_does_not_have_becomes_text() -> None:
    cells = '<c r="A1"><v>NaN</v></c><c r="B1"><v>1e999</v></c><c r="C1"><f>0/0</f><v>NaN</v></c>'
    found = rows(xlsx(f'<row r="1">{cells}{text("D1", "null")}</row>'))
    assert found == [["nan", "inf", Odd("formula", "nan"), "null"]]


def test_what_is_merged_downwards_stands_in_each_row_that_has_something_of_its_own() -> None:
    table = [["单位", "姓名"], ["", "赵守江"], ["", "钱望江"], [], ["", "孙小川"], ["", "李四"]]
    assert read(written(table, (1, 0, 4, 0, "东港船闸管理所")))["一"] == {
        1: ["单位", "姓名"],
        2: ["东港船闸管理所", "赵守江"],
        3: ["东港船闸管理所", "钱望江"],
        5: ["东港船闸管理所", "孙小川"],
        6: ["", "李四"],
    }


def test_what_is_merged_over_columns_is_repeated_within_the_headings_only() -> None:
    table: list[list[object]] = [[f"r{number}"] for number in range(1, 33)]
    found = read(written(table, (0, 1, 1, 3, "家属"), (29, 1, 29, 2, "近"), (30, 1, 31, 2, "远")))["一"]
    assert found[1] == ["r1", "家属", "家属", "家属"]
    assert found[2] == ["r2", "家属", "家属", "家属"]
    assert found[30] == ["r30", "近", "近"]
    assert found[31] == ["r31", "远"]
    assert found[32] == ["r32", "远"]


def test_ods_rows_and_cells_may_be_repeated_and_merged() -> None:
    def cell(value: str, more: str = "") -> str:
        return (
            f'<table:table-cell office:value-type="string" {more}><text:p>{value}</text:p></table:table-cell>'
        )

    covered = "<table:covered-table-cell/>"
    formula = 'table:formula="of:=1" office:value-type="float" office:value="1"'
    spanned = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    repeated = 'table:number-columns-repeated="2"'
    table = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"<table:table-row>{cell('单位', spanned)}{cell('赵守江', repeated)}</table:table-row>"
        f"<table:table-row>{covered}<table:table-cell {formula}/></table:table-row>"
        '<table:table-row table:number-rows-repeated="1048572"><table:table-cell/></table:table-row>'
    )
    assert read(ods(table))["一"] == {3: ["单位", "赵守江", "赵守江"], 4: ["单位", Odd("formula", 1)]}


def test_a_long_sheet_comes_in_order_and_whole() -> None:
    count = 2 * FRAME_ROWS + 7_000
    table: list[list[object]] = [["序号", "姓名", "身份证号码", "单位", "备注"]]
    table += [[n, f"赵{n}", f"{n:018d}", f"第{n % 40}船闸", "值守" * 20] for n in range(2, count + 1)]
    table[count - 1].append("=1+1")
    content = written(table, (count - 3, 3, count - 1, 3, "并"))
    with as_file(content) as file:
        frames = list(read_frames(file, "名单.xlsx"))
    assert [len(frame.rows()) for frame in frames[:2]] == [60, FRAME_ROWS]
    numbers = [row[0] for frame in frames for row in frame.rows()]
    assert numbers[1:] == list(range(2, count + 1))
    assert all(frame.rows()[0][0] in {frame.first, "序号"} for frame in frames)
    assert frames[-1].rows()[-1][3:] == ["并", "值守" * 20, Odd("formula", 0)]


def test_numbers_stay_true_over_a_gap_and_empty_rows_are_not_sent() -> None:
    last = 1_048_576
    sheet = f'<row r="3">{text("B3", "上")}</row><row r="{last}">{text(f"A{last}", "下")}</row>'
    with as_file(xlsx(sheet)) as file:
        frames = list(read_frames(file, "名单.xlsx"))
    assert [frame.first for frame in frames] == [1, last - (last - 61) % FRAME_ROWS]
    assert frames[0].rows()[:3] == [[], [], ["", "上"]]
    assert frames[1].rows()[-1] == ["下"]


def test_an_empty_sheet_beside_the_table_is_passed_over() -> None:
    made = parts(worksheet(f'<row r="1">{text("A1", "姓名")}</row>'))
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "<sheets>", '<sheets><sheet name="Sheet2" sheetId="2" r:id="r9"/>'
    )
    made["xl/_rels/workbook.xml.rels"] = str(made["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="r9" Type="{TYPES}/worksheet" Target="/xl/two.xml"/></Relationships>',
    )
    made["xl/two.xml"] = f"<worksheet {MAIN}><sheetData/></worksheet>"
    assert read(archive(made)) == {"一": {1: ["姓名"]}}


def test_sheets_have_names_that_can_be_kept_and_no_two_alike() -> None:
    long = "名" * 400
    for names, expected in (
        ([long, long], ["名" * SHEET_NAME_MAX, "名" * (SHEET_NAME_MAX - 4) + " (2)"]),
        (["一", "一 (2)", "一"], ["一", "一 (2)", "一 (3)"]),
        (["一&#9;&#x85;二"], ["一二"]),
    ):
        made = parts("")
        keys = [f"s{place}" for place in range(len(names))]
        sheets = "".join(
            f'<sheet name="{name}" sheetId="{place}" r:id="s{place}"/>' for place, name in enumerate(names)
        )
        made["xl/workbook.xml"] = f'<workbook {MAIN} xmlns:r="{TYPES}"><sheets>{sheets}</sheets></workbook>'
        made["xl/_rels/workbook.xml.rels"] = relations({key: ("worksheet", f"{key}.xml") for key in keys})
        for key in keys:
            made[f"xl/{key}.xml"] = worksheet(f'<row r="1">{text("A1", key)}</row>')
        assert read(archive(made)) == {name: {1: [key]} for name, key in zip(expected, keys, strict=True)}
    assert [*read(b"1,2", f"{long}.csv")] == ["名" * SHEET_NAME_MAX]
    assert LIMITS["sheet"] == SHEET_NAME_MAX


def test_rows_out_of_their_order_are_put_in_order_or_refused() -> None:
    near = xlsx('<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')
    assert rows(near) == [[1], [2]]
    filler = "".join(f'<row r="{n}">{text(f"A{n}", "值守" * 100)}</row>' for n in range(2, 6000))
    far = xlsx(filler + '<row r="1"><c r="A1"><v>1</v></c></row>')
    assert refused(far).facts["why"] == "damaged"


def test_long_texts_come_in_smaller_frames() -> None:
    long = "长" * 30_000
    filler = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 1001))
    with as_file(xlsx(filler, texts=[long])) as file:
        frames = list(read_frames(file, "名单.xlsx"))
    assert max(len(frame.body) for frame in frames) <= 8_000_000
    assert [frame.first + row for frame in frames for row, _cells in enumerate(frame.rows())] == list(
        range(1, 1001)
    )


def test_a_body_without_odd_cells_is_not_touched() -> None:
    assert decode(b'[["{",1,true],[]]') == [["{", 1, True], []]
    body = b'[[{"d":"2020-04-08"},{"m":"2020-04-08T09:30:00"},{"e":""},{"f":{"d":"2020-04-08"}}]]'
    day, moment = date(2020, 4, 8), datetime.fromisoformat("2020-04-08T09:30")
    assert decode(body) == [[day, moment, Odd("error", ""), Odd("formula", day)]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """The processes that were started, and how."""
    found: list[tuple[subprocess.Popen[bytes], dict[str, Any]]] = []
    start: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen

    def popen(command: list[str], **how: Any) -> subprocess.Popen[bytes]:
        process = start(command, **how)
        found.append((process, how))
        return process

    monkeypatch.setattr(subprocess, "Popen", popen)
    return found


def test_who_stops_early_leaves_no_process(
    started: list[tuple[subprocess.Popen[bytes], dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGNUAN_HOME", "/srv/keys")
    with as_file(written([["姓名"], *([n, "赵守江" * 9] for n in range(9_000))])) as file:
        frames = read_frames(file, "名单.xlsx")
        next(frames)
        frames.close()
    ((process, how),) = started
    assert process.returncode is not None
    assert "SONGNUAN_HOME" not in how["env"], "the process knows of no keys"


def test_a_process_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SILENCE_MAX", 0)
    assert refused(written([["姓名"]])).facts["why"] == "slow"


@pytest.mark.parametrize("code", ["", "print('x' * 2_000_000)", 'print(\'{"sheet":"","first":1,"size":9}\')'])
def test_a_process_that_dies_leaves_a_refusal(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_START", code)
    assert refused(written([["姓名"]])).code == "unreadable"


def test_a_process_that_worked_too_long_is_told_from_one_that_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"
    monkeypatch.setattr(reading, "_START", long)
    assert refused(written([["姓名"]])).facts["why"] == "slow"
