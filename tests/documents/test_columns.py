"""Columns are matched with fields, proposals are cautious, and rows that are no data are told."""

import re
import time
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.documents.columns import Columns, Unknown, is_data, is_help_sheet, match
from songnuan.documents.header import Field, Header, Layout, Party, Rows, find_header
from songnuan.documents.reading import Odd
from songnuan.kernel.cells import Cell

Row = Sequence[Cell | Odd]


def looks_like_a_phone(cell: Cell) -> bool:
    return re.fullmatch(r"1\d{10}", str(cell)) is not None


def looks_like_a_name(cell: Cell) -> bool:
    return re.fullmatch("[李赵张王]..?", str(cell)) is not None


def looks_like_a_day(cell: Cell) -> bool:
    return isinstance(cell, date)


LAYOUT = Layout(
    "service",
    (
        Field("number", ("序号", "No."), party="*"),
        Field("name", ("姓名",), required=True, looks=looks_like_a_name, private=True),
        Field("id_number", ("身份证号", "证件号码")),
        Field("phone", ("手机号", "联系电话", "办公电话"), looks=looks_like_a_phone, private=True),
        Field("unit", ("单位", "科室")),
        Field("starts_on", ("开始时间",), looks=looks_like_a_day),
        Field("ends_on", ("结束时间",), looks=looks_like_a_day),
        Field("note", ("备注",), party="*"),
    ),
    any_of=(frozenset({"unit", "note"}), frozenset({"phone", "id_number"})),
    parties=(Party("", ("职工",)), Party("other", ("家属", "紧急联系人"))),
    others=("民族",),
)
LI: Row = (1, "李芳", "13800138000", "急诊科")
ZHAO: Row = (2, "赵敏", "13800138001", "检验科")


def columns_of(headings: Sequence[str], *rows: Row, **known: str) -> Columns:
    """Match a row of headings with rows below it."""
    return match(Header(1, 1, tuple(headings)), LAYOUT, known, [headings, *rows])


def proposals(columns: Columns) -> dict[str, str]:
    return {unknown.heading: unknown.proposal for unknown in columns.unknown}


def test_columns_tell_where_each_field_stands_and_what_is_missing() -> None:
    columns = columns_of(("序号", "姓 名*", "手机号", "单位", "爱好"), LI)
    assert dict(columns.places) == {"number": 0, "name": 1, "phone": 2, "unit": 3}
    assert dict(columns.headings) == {"number": "序号", "name": "姓 名*", "phone": "手机号", "unit": "单位"}
    assert columns.unknown == (Unknown(4, "爱好"),)
    assert columns.missing == ()


def test_of_fields_of_which_one_is_enough_the_first_is_missed() -> None:
    assert columns_of(("序号",)).missing == ("name", "id_number", "unit")
    assert columns_of(("姓名", "备注", "联系电话")).missing == ()


def test_two_columns_never_tell_one_field() -> None:
    columns = columns_of(("办公电话", "姓名", "手机号", "姓名"), ("1", "李芳", "13800138000", "x"))
    assert dict(columns.places) == {"phone": 2, "name": 1}
    assert [(one.heading, one.proposal, one.again) for one in columns.unknown] == [
        ("办公电话", "", "phone"),
        ("姓名", "", "name"),
    ]


class TestKnown:
    """What an office said before goes before everything else."""

    def test_a_heading_is_taken_for_what_the_office_said(self) -> None:
        columns = columns_of(("姓名", "何人", "手机号"), known="", 何人="name")
        assert dict(columns.places) == {"name": 1, "phone": 2}

    def test_a_heading_is_left_out_when_the_office_said_so(self) -> None:
        columns = columns_of(("姓名", "手机号", "爱好"), 手机号="", 爱好="")
        assert dict(columns.places) == {"name": 0}
        assert columns.unknown == ()

    def test_a_remark_in_brackets_makes_no_difference(self) -> None:
        columns = columns_of(("姓名", "何 处（全称）*"), 何处="unit")
        assert dict(columns.places) == {"name": 0, "unit": 1}

    def test_a_field_that_the_table_does_not_have_is_not_taken(self) -> None:
        columns = columns_of(("姓名", "何处"), 何处="address")
        assert proposals(columns) == {"何处": ""}

    def test_the_group_is_part_of_the_heading(self) -> None:
        header = Header(2, 2, ("姓名", "甲/何处", "乙/何处"), ("", "甲", "乙"))
        columns = match(header, LAYOUT, {"乙/何处": "unit"})
        assert dict(columns.places) == {"name": 0, "unit": 2}


class TestProposals:
    """A field is proposed, never taken."""

    def test_by_a_heading_that_is_alike(self) -> None:
        columns = columns_of(("姓名", "身份证件号", "手机号"))
        assert "id_number" not in columns.places
        assert proposals(columns) == {"身份证件号": "id_number"}

    def test_by_cells_that_look_like_nothing_else(self) -> None:
        columns = columns_of(("何人", "呼叫", "单位"), LI[1:], ZHAO[1:])
        assert proposals(columns) == {"何人": "name", "呼叫": "phone"}

    def test_not_by_cells_that_look_like_two_fields(self) -> None:
        day = date(2020, 4, 8)
        columns = columns_of(("姓名", "某日"), ("李芳", day), ("赵敏", day))
        assert proposals(columns) == {"某日": ""}

    def test_by_little_likeness_when_the_cells_look_so_too(self) -> None:
        day = date(2020, 4, 8)
        columns = columns_of(("姓名", "终结时间"), ("李芳", day), ("赵敏", day))
        assert proposals(columns) == {"终结时间": "ends_on"}

    def test_not_for_a_heading_whose_cells_look_different(self) -> None:
        columns = columns_of(("姓名", "手机号型"), ("李芳", "华为"), ("赵敏", "小米"))
        assert proposals(columns) == {"手机号型": ""}

    def test_not_for_a_field_that_is_found(self) -> None:
        columns = columns_of(("姓名", "手机号", "手机号二"), ("李芳", "13800138000", "13800138001"))
        assert proposals(columns) == {"手机号二": ""}

    def test_not_for_two_columns(self) -> None:
        columns = columns_of(("姓名", "呼叫一", "呼叫二"), *[("李芳", "13800138000", "13800138001")] * 2)
        assert proposals(columns) == {"呼叫一": "phone", "呼叫二": ""}

    def test_not_for_what_is_about_somebody_else(self) -> None:
        columns = columns_of(
            ("姓名", "家属手机", "紧急联系人号码"), *[("李芳", "13800138000", "13800138001")] * 2
        )
        assert proposals(columns) == {"家属手机": "", "紧急联系人号码": ""}

    def test_not_from_totals_and_signatures(self) -> None:
        columns = columns_of(
            ("姓名", "呼叫"),
            ("李芳", "13800138000"),
            ("赵敏", "13800138001"),
            ("合计", "2"),
            ("填表人：", "王五"),
        )
        assert proposals(columns) == {"呼叫": "phone"}


class TestSamples:
    """Samples of a column help to name it, but never show anything personal."""

    def test_three_different_cells_are_shown(self) -> None:
        rows = [("李芳", text) for text in ("白班", "白班", "夜班", 3.0, "机动")]
        assert columns_of(("姓名", "班"), *rows).unknown[0].samples == ("白班", "夜班", "3")

    @pytest.mark.parametrize(
        "cell", ["李芳", "13800138000", "110101199003071233", 110101199003071, "住3号楼 20200421", "62 22 02"]
    )
    def test_names_and_numbers_are_not_shown(self, cell: Cell) -> None:
        assert columns_of(("姓名", "某"), ("李芳", cell), ("赵敏", cell)).unknown[0].samples == ()

    def test_what_is_proposed_for_a_private_field_is_not_shown(self) -> None:
        columns = columns_of(("姓名", "联系电话号"), ("李芳", "1380"), ("赵敏", "13800138000"))
        assert columns.unknown[0] == Unknown(1, "联系电话号", "phone")

    def test_long_texts_are_cut(self) -> None:
        assert columns_of(("姓名", "某"), ("李芳", "很" * 50)).unknown[0].samples == ("很" * 20,)


def test_the_column_of_problems_in_a_marked_copy_is_left_out() -> None:
    assert columns_of(("姓名", "手机号", "问题"), ("李芳", "1", "电话不对")).unknown == ()


TITLES: Rows = [("第一医院职工花名册",) * 4, ("填报单位：第一医院", "", "日期：2020年4月8日")]
HEADINGS = ("序号", "姓名", "手机号", "单位")
SHEET: Rows = [*TITLES, HEADINGS, LI, ZHAO]
HEADER = find_header(SHEET, LAYOUT)
assert HEADER is not None
COLUMNS = match(HEADER, LAYOUT, {}, SHEET)


@pytest.mark.parametrize(
    "cells",
    [
        (),
        ("", " ", "\u3000"),
        (5,),
        ("5",),
        ("合计",),
        ("合  计", "", "23"),
        ("总计：", 23),
        ("合计23人",),
        ("共计23人",),
        ("內科小計", "", 5),
        ("小计", "", "5人"),
        ("合计", "合计", "23"),
        (24, "合计", 23),
        (24, "合计：", 23),
        ("", "合计(人)", 23),
        ("Total", "", 23),
        ("合计（大写）：人民币叁佰元整",),
        ("填表人：",),
        ("填表人：王五", "", "审核人："),
        ("填表人:王五    审核人:赵六    2020年4月8日",),
        ("填表人", "王五", "审核人", "赵六"),
        ("制表人      复核人      负责人",),
        ("单位负责人（签字）：", "", "单位（盖章）："),
        ("负责人", "", "经办人"),
        ("審核人：", "", ""),
        ("单位盖章",),
        ("填报日期：2020年4月8日",),
        ("联系电话：", "", "13800138000"),
        ("2020年4月8日",),
        ("   年   月   日",),
        ("注：本表一式两份。",),
        ("注1：身份证号须为18位",),
        ("备注：", "以上人员均在岗"),
        ("说明", "本表由科室填写"),
        ("※ 请用文本格式",),
        ("请各单位于4月20日前将本表报送至医院工会办公室，逾期不再受理。",),
        ("一、临床科室",),
        ("（二）医技科室",),
        ("内科",),
        ("内科", "内科", "内科", "内科"),
        ("序号", "姓名", "手机号", "单位"),
        ("序号", "姓名"),
        ("第一医院职工花名册",),
        ("填报单位：第一医院", "", "日期：2020年4月8日"),
        (1, 2, 3, 4),
        ("1", "2", "3", "4"),
        ("甲", "乙", 1, 2),
        ("示例", "张三", "13800138000", "内科"),
        ("例：", "张三"),
        ("必填", "必填", "选填"),
        ("—以下空白—",),
        ("无",),
        (date(2020, 4, 8),),
    ],
)
def test_a_row_that_tells_of_nobody_is_no_data(cells: Row) -> None:
    assert not is_data(cells, COLUMNS, LAYOUT)


@pytest.mark.parametrize(
    "cells",
    [
        LI,
        (1.0, "李芳"),
        ("1", "李芳", "13800138000"),
        ("", "李芳", "13800138000"),
        (3, "", "13800138000", "内科"),
        (Odd("formula", 4), "李芳", "13800138000"),
        (Odd("error", "#REF!"), "李芳"),
        ("A-01", "李芳", "13800138000"),
        ("合计2次", "李芳", "13800138000"),
        (1, "王小计", "13800138000"),
        (1, "2", "3800"),
        ("", "注册", "13800138000"),
        ("附1", "李芳", "13800138000"),
        ("1", "李芳", "3", "4"),
        (1, Odd("formula", "李芳"), "13800138000"),
    ],
)
def test_a_row_that_tells_of_somebody_is_data(cells: Row) -> None:
    assert is_data(cells, COLUMNS, LAYOUT)


@pytest.mark.parametrize(
    "first",
    [
        *("合计2次", "说明", "备注：已返岗", "注：轮休", "共计3天", "负责人", "小计", "示例", "1", "甲"),
        *("填报员", "单位：第一医院", "制表", "例：甲", "审核  复核", "无", "总计财处"),
    ],
)
@pytest.mark.parametrize("heading", ["备注", "单位"])
def test_somebody_with_a_number_is_data_whatever_stands_in_front(first: str, heading: str) -> None:
    headings = (heading, "姓名", "手机号")
    columns = columns_of(headings)
    assert is_data((first, "李芳", "13800138000"), columns, LAYOUT)


@pytest.mark.parametrize(
    "cells", [("王小计", "13800138000"), ("单于", "1"), ("金额", "1380"), ("全小合", "")]
)
def test_names_that_begin_or_end_like_totals_are_data(cells: Row) -> None:
    assert is_data(cells, columns_of(("姓名", "手机号")), LAYOUT)


@given(
    st.integers(1, 999) | st.just(""),
    st.text("李赵张王芳敏伟小计合总注表", min_size=2, max_size=3).filter(
        lambda name: name not in {"合计", "总计", "小计", "合计计"}
    ),
    st.integers(13000000000, 19999999999),
)
def test_a_named_and_numbered_row_is_always_data(number: int | str, name: str, phone: int) -> None:
    assert is_data((number, name, phone, "急诊科"), COLUMNS, LAYOUT)


CELL = st.one_of(
    st.text(max_size=8), st.integers(), st.floats(), st.dates(), st.builds(Odd, st.just("error"), st.text())
)


@given(st.lists(CELL, max_size=8))
def test_any_row_is_told_one_way_or_the_other(cells: Row) -> None:
    assert is_data(cells, COLUMNS, LAYOUT) in {True, False}


def test_a_million_rows_are_told_in_seconds() -> None:
    rows = [(number, "李芳", "13800138000", "急诊科") for number in range(1, 50_001)]
    began = time.process_time()
    assert all(is_data(row, COLUMNS, LAYOUT) for row in rows)
    assert time.process_time() - began < 0.5  # a tenth of the speed it has


@pytest.mark.parametrize(
    "name",
    [
        "填表说明",
        "示例",
        "样表",
        "填寫說明",
        "代码表",
        "字典",
        "Sheet 说明",
        "README",
        "问题一览",
        "List of problems",
    ],
)
def test_a_sheet_that_explains_is_told_by_its_name(name: str) -> None:
    assert is_help_sheet(name, has_header=True)


@pytest.mark.parametrize("name", ["Sheet1", "在编人员", "花名册", "2020年4月", "模板", ""])
def test_a_sheet_with_headings_is_the_table(name: str) -> None:
    assert not is_help_sheet(name, has_header=True)
    assert is_help_sheet(name, has_header=False)
