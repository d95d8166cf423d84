"""The bank's answer read back: what was paid, what was not, and what of a file or a row cannot be taken."""

import csv
import io
from collections.abc import Iterator, Sequence

import pytest
import xlsxwriter
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.layout_builders import layout, line, written
from songnuan.documents.reading import as_file
from songnuan.kernel.refusal import Refusal
from songnuan.payments.layouts.fitting import checker
from songnuan.payments.layouts.model import Layout
from songnuan.payments.layouts.results import ResultFault, ResultRow, read_results

HEAD = "业务参考号,收款账号,户名,金额,处理结果,失败原因\n"
ONE = "F6-1-0001,6222029999000000001,赵守江,1409.50,成功,\n"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def read(layout: Layout, content: bytes | str, name: str = "answer.csv") -> list[ResultRow | ResultFault]:
    with as_file(content.encode() if isinstance(content, str) else content) as file:
        return list(read_results(layout, file, name))


def fault(row: str) -> ResultFault:
    told = read(layout("csv-coded"), HEAD + ONE + row)
    assert isinstance(told[0], ResultRow)
    assert isinstance(told[1], ResultFault)
    assert told[1].row == 3
    return told[1]


def book(rows: Sequence[Sequence[object]], more: Sequence[Sequence[object]] = ()) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as workbook:
        for some in (rows, more):
            sheet = workbook.add_worksheet()
            for place, row in enumerate(some):
                sheet.write_row(place, 0, row)
    return made.getvalue()


def test_paid_failed_and_under_way() -> None:
    more = "F6-1-0002,6222029999000000002,钱望江,1000,失败,户名不符\nF6-1-0003,,孙听江,,处理中,\n"
    assert read(layout("csv-coded"), HEAD + ONE + more + "\n合计,,,2409.50,,\n") == [
        ResultRow(2, "F6-1-0001", "6222029999000000001", "赵守江", 140_950, is_paid=True, reason=""),
        ResultRow(3, "F6-1-0002", "6222029999000000002", "钱望江", 100_000, is_paid=False, reason="户名不符"),
        ResultRow(4, "F6-1-0003", "", "孙听江", None, is_paid=None, reason=""),
    ]


def test_a_workbook_with_a_title_and_numbers() -> None:
    rows: list[list[object]] = [
        ["代发结果清单"],
        ["序号", "账 号", "户名", "金额（元）", "状态", "失败原因"],
        [1, "6222029999000000001", "=赵", 1409.5, "成功", ""],
        [2, "6222029999000000002", "钱望江", "￥1,000.00", "退回", "账户已销户"],
        [],
        ["合计", "", "", 2409.5],
    ]
    told = read(layout("workbook-five"), book(rows), "answer.xlsx")
    assert [one.row for one in told] == [3, 4]
    assert isinstance(told[0], ResultFault)
    assert told[0].code == "formula"
    assert told[1] == ResultRow(4, "", "6222029999000000002", "钱望江", 100_000, False, "账户已销户")


def test_an_answer_without_headings_by_its_order() -> None:
    text = (
        "2|2,409.50|人民币\n"
        "F6-1-0001|6222029999000000001|赵守江|澄江银行|1,409.50|慰问金|S|\n"
        "F6-1-0002|6222029999000000002|钱望江|澄江银行|1,000.00|慰问金|F|户名不符\n"
    )
    assert read(layout("text-bars"), text, "answer.txt") == [
        ResultRow(2, "F6-1-0001", "6222029999000000001", "赵守江", 140_950, is_paid=True, reason=""),
        ResultRow(3, "F6-1-0002", "6222029999000000002", "钱望江", 100_000, is_paid=False, reason="户名不符"),
    ]


def test_an_answer_without_its_total_loses_no_payment() -> None:
    text = "F6-1-0001|6222029999000000001|赵守江|澄江银行|1,409.50|慰问金|S|\n"
    [told] = read(layout("text-bars"), text, "answer.txt")
    assert isinstance(told, ResultRow)
    assert told.row == 1


def test_an_answer_that_lists_failures_only() -> None:
    results = {"account": ["账号"], "reason": ["原因"]}
    told = read(layout("workbook-five", results=results), "账号,原因\n6222029999000000001,户名不符\n")
    assert told == [ResultRow(2, "", "6222029999000000001", "", None, is_paid=False, reason="户名不符")]


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1,000.00", 100_000),
        ("1000", 100_000),
        ("1000.5", 100_050),
        ("１０００．５０元", 100_050),
        ("0.01", 1),
    ],
)
def test_amounts_in_yuan(text: str, minor: int) -> None:
    told = read(layout("csv-coded"), HEAD + f'F1,,,"{text}",成功,\n')[0]
    assert isinstance(told, ResultRow)
    assert told.amount_minor == minor


def test_amounts_in_fen() -> None:
    told = layout("csv-coded").said()
    in_fen = layout("csv-coded", results={**told["results"], "unit": "fen"})
    rows = read(in_fen, HEAD + 'F1,,,140950,成功,\nF2,,,"140,950",成功,\nF3,,,1409.50,成功,\nF4,,,,成功,\n')
    assert [getattr(row, "amount_minor", "fault") for row in rows] == [140_950, 140_950, "fault", None]


@pytest.mark.parametrize(
    ("row", "field", "code", "sentence"),
    [
        (",,赵守江,1,成功,", "account", "result_nobody", "Neither reference nor account"),
        ("F1,,,1,可能,", "outcome", "result_outcome", "“可能” is no word"),
        ("F1,,,一千,成功,", "amount", "result_amount", "“一千” is not an amount"),
        ("F1,,,-1,成功,", "amount", "result_amount", "“-1” is not an amount"),
        ("F1,,,1.005,成功,", "amount", "result_amount", "is not an amount"),
        ("F1,6222****0001,,1,成功,", "account", "result_account", "cut, masked"),
        ("F1,6.22203E+18,,1,成功,", "account", "result_account", "stored as a number"),
    ],
)
def test_a_row_that_cannot_be_taken(row: str, field: str, code: str, sentence: str) -> None:
    found = fault(row + "\n")
    assert (found.field, found.code) == (field, code)
    assert sentence in found.sentence
    assert "6222029999" not in found.sentence


def test_no_long_number_stands_in_what_is_said() -> None:
    assert "110101199003071233" not in fault("F1,,,1,110101199003071233,\n").sentence


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HEAD, "results_empty"),
        ("甲,乙\n1,2\n", "results_headings"),
        ("收款账号,户名\n6222029999000000001,赵\n", "results_headings"),
        ("收款账号,账号,处理结果\n1,2,成功\n", "results_doubled"),
        (b"", "unreadable"),
        (b"%PDF-1.4 xxxxxxxxxx", "unreadable"),
        (b"PK\x03\x04" + b"\0" * 40, "unreadable"),
        ("<html><table><tr><td>1", "unreadable"),
        (HEAD + '"F1', "unreadable"),
    ],
)
def test_a_file_that_is_no_answer(content: bytes | str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(layout("csv-coded"), content)
    assert refused.value.code == code
    assert refused.value.field == "file"


def test_two_sheets_with_rows() -> None:
    rows = [["账号", "状态"], ["6222029999000000001", "成功"]]
    with pytest.raises(Refusal) as refused:
        read(layout("workbook-five"), book(rows, rows))
    assert refused.value.code == "results_sheets"
    assert len(read(layout("workbook-five"), book(rows, [["说明", "请核对"]]))) == 1


_AMOUNTS = st.integers(min_value=1, max_value=10**12)
_NAMES = st.text(alphabet="赵钱孙李𠮷·阿依古丽ab ", min_size=1, max_size=8).map(str.strip).filter(bool)
_WORDS = st.sampled_from(["成功", "失败", "处理中"])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(_NAMES, _AMOUNTS, st.sampled_from(["成功", "失败", "处理中"])), max_size=12, min_size=1
    )
)
def test_what_was_sent_and_answered_is_read_as_it_was(told: list[tuple[str, int, str]]) -> None:
    lines = [line(at, name=name, amount_minor=minor) for at, (name, minor, _word) in enumerate(told, 1)]
    expected = [
        (one.name.split(), one.account, one.amount_minor, {"成功": True, "失败": False}.get(word))
        for one, (_name, _minor, word) in zip(lines, told, strict=True)
    ]
    for slug in ("csv-coded", "text-bars"):
        sent = layout(slug)
        assert not any(checker(sent)(one) for one in lines)
        rows = written(sent, lines).decode(sent.encoding.value).splitlines()
        ends = [",处理结果,失败原因", *(f",{word}," for *_who, word in told)]
        if slug == "text-bars":
            ends = ["||", *(f"|{word}|" for *_who, word in told)]
        answer = "\n".join(row + end for row, end in zip(rows, ends, strict=True))
        found = read(sent, answer.encode(sent.encoding.value))
        assert [
            (row.name.split(), row.account, row.amount_minor, row.is_paid)
            for row in found
            if isinstance(row, ResultRow)
        ] == expected


def test_a_file_of_many_rows_is_read_while_it_comes() -> None:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["业务参考号", "收款账号", "处理结果"])
    writer.writerows((f"F{at}", f"62220299990000{at:05}", "成功") for at in range(5000))
    with as_file(made.getvalue().encode()) as file:
        rows = read_results(layout("csv-coded"), file, "answer.csv")
        assert getattr(next(rows), "reference", "") == "F0"
        assert sum(1 for _row in rows) == 4999
