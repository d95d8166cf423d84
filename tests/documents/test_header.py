"""Headings are found below titles, in one line or two, and data is not taken for them."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.documents.header import HEADER_WITHIN, Field, Header, Layout, Party, Rows, find_header, normal
from songnuan.documents.reading import Odd
from songnuan.kernel.cells import Cell

PAIRS = Layout(
    "pairs",
    (
        Field("number", ("序号", "No."), party="*"),
        Field("name", ("姓名", "Name"), required=True),
        Field("id_number", ("身份证号", "身份证", "ID number")),
        Field("phone", ("手机", "联系电话", "电话")),
        Field("unit", ("单位", "Unit")),
        Field("relative_name", ("家属姓名", "姓名"), required=True, party="relative"),
        Field("relative_phone", ("家属电话", "电话"), party="relative"),
        Field("relation", ("关系",), required=True, party="relative", pattern=r"与.{1,6}关系"),
    ),
    parties=(Party("", ("职工", "本人")), Party("relative", ("家属", "亲属")), Party("other", ("联系人",))),
    others=("年龄",),
)
PEOPLE = Layout(
    "people",
    tuple(field for field in PAIRS.fields if field.party != "relative"),
    parties=(Party("", ("职工", "本人")), Party("other", ("家属", "联系人"))),
    others=("年龄",),
)
LI: tuple[Cell, ...] = (1, "李芳", "110101199003071233", "13800138000", "急诊科")
ZHAO: tuple[Cell, ...] = (2, "赵敏", "11010519491231002X", "13800138001", "检验科")
HEADINGS: tuple[str, ...] = ("序号", "姓名", "身份证号", "联系电话", "单位")


@pytest.mark.parametrize(
    ("heading", "plain"),
    [
        ("姓 名", "姓名"),
        ("身份证\n号码", "身份证号码"),
        ("＊姓名：", "姓名"),
        ("身分證號碼", "身份证号码"),
        ("聯絡電話", "联系电话"),
        ("银行帐号", "银行账号"),
        ("工时（小时）", "工时(小时)"),
        ("ＩＤ Ｎｏ．", "idno"),
        ("№", "no"),
        ("\ufeff備\u200b註", "备注"),
        ("行動電話", "手机"),
        (12.0, "12"),
        ("", ""),
        (Odd("formula", "姓名"), "姓名"),
        (Odd("error", "#REF!"), ""),
    ],
)
def test_a_heading_is_compared_in_its_plain_form(heading: str | float | Odd, plain: str) -> None:
    assert normal(heading) == plain


@given(st.text(max_size=300))
def test_the_plain_form_of_any_text_has_no_space(text: str) -> None:
    assert not re.search(r"\s", normal(text))


@given(st.text("姓名（必填）＊* ：:IDＩＤ號号\n\u3000证證1．.", max_size=12))
def test_the_plain_form_of_a_heading_is_its_own_plain_form(heading: str) -> None:
    assert normal(normal(heading)) == normal(heading)


@pytest.mark.parametrize("above", [0, 1, 3, HEADER_WITHIN - 1])
def test_headings_stand_below_any_number_of_titles(above: int) -> None:
    titles = [
        ("第一医院参加疫情防控一线职工花名册（2020年4月）",),
        ("填报单位：第一医院", "", "日期：2020年4月8日"),
        (),
    ]
    rows: Rows = [titles[number % 3] for number in range(above)] + [HEADINGS, LI, ZHAO]
    assert find_header(rows, PEOPLE) == Header(above + 1, 1, HEADINGS)


def test_headings_that_stand_too_low_are_not_looked_for() -> None:
    rows: list[tuple[Cell, ...]] = [("说明",)] * HEADER_WITHIN + [HEADINGS, LI]
    assert find_header(rows, PEOPLE) is None


def test_a_line_that_tells_who_sent_it_is_not_taken_for_headings() -> None:
    rows = [
        ("花名册",) * 5,
        ("单位：", "第一医院", "联系人：", "王五", "联系电话：", "13800138000"),
        HEADINGS,
        LI,
    ]
    header = find_header(rows, PEOPLE)
    assert header is not None
    assert header.row == 3


def test_of_headings_printed_on_every_page_the_first_are_taken() -> None:
    header = find_header([HEADINGS, LI, ZHAO, HEADINGS, LI, HEADINGS], PEOPLE)
    assert header == Header(1, 1, HEADINGS)


def test_a_row_of_data_above_repeated_headings_is_no_first_line_of_theirs() -> None:
    rows = [
        ("姓名", "证件", "身份证"),
        ("李芳", "身份证", "380702199508281016"),
        ("姓名", "证件", "身份证"),
        ("赵敏", "身份证", "1"),
    ]
    header = find_header(rows, PEOPLE)
    assert header is not None
    assert (header.row, header.lines) == (1, 1)


GROUPED = (
    "序号",
    "职工信息/姓名",
    "身份证号",
    "家属信息/姓名",
    "关系",
    "电话",
    "单位",
)
GROUPS = ("", "职工信息", "职工信息", "家属信息", "家属信息", "家属信息", "")


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (  # as the reader gives merged cells
            ("序号", "职工信息", "职工信息", "家属信息", "家属信息", "家属信息", "单位"),
            ("序号", "姓名", "身份证号", "姓名", "关系", "电话", "单位"),
        ),
        (  # as they stand in a text file
            ("序号", "职工信息", "", "家属信息", "", "", "单位"),
            ("", "姓名", "身份证号", "姓名", "关系", "电话"),
        ),
        (
            ("序号", "职工信息", "", "家属信息", "", "", "单位"),
            ("序号", "姓名", "身份证号", "姓名", "关系", "电话", "单位"),
        ),
    ],
)
@pytest.mark.parametrize(
    "titles", [(), (("职工家属花名册",) * 7,), (("职工家属花名册",),), (("",) * 3 + ("职工家属花名册",),)]
)
def test_headings_in_two_lines_keep_their_groups(
    titles: Rows, upper: tuple[str, ...], lower: tuple[str, ...]
) -> None:
    rows = [*titles, upper, lower, (1, "李芳", "110101199003071233", "张三", "配偶", "13800138000", "急诊科")]
    assert find_header(rows, PAIRS) == Header(len(titles) + 2, 2, GROUPED, GROUPS)


@pytest.mark.parametrize("group", [("家属", "", ""), ("家属", "家属", "")])
def test_what_belongs_to_the_row_ends_a_group(group: tuple[str, ...]) -> None:
    header = find_header([("姓名", *group), ("", "姓名", "关系", "序号"), ("李芳", "张三", "配偶", 1)], PAIRS)
    assert header is not None
    assert header.headings == ("姓名", "家属/姓名", "关系", "序号")


def test_a_title_above_all_columns_is_no_group() -> None:
    rows = [
        ("职工家属名单",) * 5,
        ("职工姓名", "身份证号", "家属姓名", "关系", "电话"),
        ("李芳", "1", "张三", "配偶", "2"),
    ]
    header = find_header(rows, PAIRS)
    assert header == Header(2, 1, ("职工姓名", "身份证号", "家属姓名", "关系", "电话"))


def test_an_empty_row_below_headings_makes_no_second_line() -> None:
    header = find_header([HEADINGS, (), LI], PEOPLE)
    assert header == Header(1, 1, HEADINGS)


def test_a_line_that_says_what_must_be_filled_in_is_no_second_line() -> None:
    header = find_header([HEADINGS, ("", "必填", "必填", "选填", ""), LI], PEOPLE)
    assert header == Header(1, 1, HEADINGS)


def test_a_heading_merged_over_two_columns_counts_once_where_the_second_is_empty() -> None:
    header = find_header([("姓名", "姓名", "关系", "家属姓名"), ("李芳", "", "配偶", "张三")], PAIRS)
    assert header is not None
    assert header.headings == ("姓名", "", "关系", "家属姓名")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(), ()],
        [LI, ZHAO],
        [("填表说明",), ("1. 姓名：须与身份证一致。",), ("2. 身份证号码：18位。",)],
        [("字段", "说明"), ("姓名", "必填"), ("身份证号", "18位"), ("联系电话", "11位"), ("单位", "全称")],
        [("李芳", "急诊科", "护师"), ("赵敏", "检验科", "技师")],
        [("性别", "类别"), ("男", "在编"), ("女", "编外")],
        [(date(2020, 4, 8), 1.5, True, Odd("error", "#REF!"))],
        [("备注",), ("无",)],
    ],
)
def test_what_has_no_headings_has_none(rows: Rows) -> None:
    assert find_header(rows, PEOPLE) is None


def test_one_column_of_names_is_a_table() -> None:
    assert find_header([("职工名单",), ("姓名",), ("李芳",)], PEOPLE) == Header(2, 1, ("姓名",))


def test_headings_that_are_only_alike_are_found_for_a_proposal() -> None:
    header = find_header([("名单",), ("姓名字", "身份证件号", "在哪里"), ("李芳", "1", "2")], PEOPLE)
    assert header == Header(2, 1, ("姓名字", "身份证件号", "在哪里"))


def test_headings_that_an_office_explained_are_known() -> None:
    rows = [("甲方", "乙方"), ("李芳", "急诊科")]
    assert find_header(rows, PEOPLE) is None
    assert find_header(rows, PEOPLE, {"甲方": "name", "乙方": "unit"}) == Header(1, 1, ("甲方", "乙方"))


CELL = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["姓名", "家属信息", "职工信息", "序号", "身份证", "", "填表人：", "电话"]),
    st.integers(),
    st.floats(),
    st.dates(),
    st.booleans(),
    st.builds(Odd, st.sampled_from(["formula", "error"]), st.text(max_size=4)),
)


@given(st.lists(st.lists(CELL, max_size=8), max_size=40))
def test_any_rows_are_looked_through(rows: Rows) -> None:
    header = find_header(rows, PAIRS)
    if header is not None:
        assert 1 <= header.row <= min(len(rows), HEADER_WITHIN + 1)
        assert not header.groups or len(header.groups) == len(header.headings)
