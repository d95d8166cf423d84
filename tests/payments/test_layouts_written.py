"""Bank files: each shipped layout to the byte, the same twice, and what may not stand in one."""

import io
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from payments.layout_builders import LINES, cells, layout, line, sheet_xml, written
from songnuan.kernel.money import LIMIT_MINOR
from songnuan.kernel.refusal import Refusal
from songnuan.payments.layouts.fitting import checker
from songnuan.payments.layouts.model import Layout
from songnuan.payments.layouts.payline import PayLine, Sums
from songnuan.payments.layouts.reading import shipped
from songnuan.payments.layouts.writing import write_file

CSV = (
    "付款行联行号,编号,收款行,业务参考号,收款账号,收款人姓名,金额,证件类型,证件号码,用途\r\n"
    "41995,21,1,F6-1-0001,6222029999000000001,赵守江,1409.50,01,110101199003071233,ev\r\n"
    "41995,21,1,F6-1-0002,6222029999000000002,欧阳·阿依古丽,0.05,01,110101199003071233,ev\r\n"
)
TXT = (
    "3|5638.05|人民币伍仟陆佰叁拾捌元零伍分\r\n"
    "F6-1-0001|6222029999000000001|赵守江|澄江银行东港支行|1409.50|抗疫一线慰问金\r\n"
    "F6-1-0002|6222029999000000002|欧阳·阿依古丽|澄江银行东港支行|0.05|抗疫一线慰问金\r\n"
    "F6-1-0003|6222029999000000003|钱𠮷祥|澄江银行东港支行|4228.50|抗疫一线慰问金\r\n"
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_three_layouts_are_shipped() -> None:
    assert [one.slug for one in shipped()] == ["csv-coded", "text-bars", "workbook-five"]
    assert {one.kind.value for one in shipped()} == {"xlsx", "csv", "txt"}


def test_the_text_with_fixed_codes() -> None:
    assert written(layout("csv-coded"), LINES[:2]) == CSV.encode("gb18030")


def test_the_text_with_its_total_first() -> None:
    assert written(layout("text-bars"), LINES) == TXT.encode()
    assert written(layout("text-bars"), iter(LINES), Sums(3, 563_805)) == TXT.encode()


def test_the_workbook() -> None:
    content = written(layout("workbook-five"), LINES)
    assert cells(content) == [
        ["序号", "账号", "户名", "金额", "备注"],
        [1, "6222029999000000001", "赵守江", 1409.5, "抗疫一线慰问金"],
        [2, "6222029999000000002", "欧阳·阿依古丽", 0.05, "抗疫一线慰问金"],
        [3, "6222029999000000003", "钱𠮷祥", 4228.5, "抗疫一线慰问金"],
    ]
    sheet = sheet_xml(content)
    assert '<c r="B2" s="1" t="inlineStr"><is><t>6222029999000000001</t></is></c>' in sheet
    assert '<c r="D2" s="2"><v>1409.5</v></c>' in sheet


@pytest.mark.parametrize("slug", ["csv-coded", "text-bars", "workbook-five"])
def test_the_same_lines_make_the_same_bytes_whenever_they_are_written(slug: str) -> None:
    one = layout(slug)
    lines = [replace_number(each) for each in LINES]
    before = written(one, lines)
    time.sleep(1.1)
    kept = Layout.model_validate_json(one.model_dump_json())
    assert kept == one
    assert written(kept, iter(lines)) == before


def replace_number(each: PayLine) -> PayLine:
    return replace(each, id_number=each.id_number or "110101199003071233")


def test_what_is_told_of_the_lines_has_to_be_so() -> None:
    with pytest.raises(ValueError, match="do not come to"):
        written(layout("text-bars"), LINES, Sums(3, 563_804))


def test_what_is_written_comes_back() -> None:
    made = io.BytesIO()
    assert write_file(layout("workbook-five"), LINES, made) == Sums(3, 563_805)


def test_everything_around_the_lines() -> None:
    total = {
        "place": "last",
        "cells": [
            {"content": "text", "text": "合计"},
            {"content": "count"},
            {"content": "empty"},
            {"content": "sum"},
            {"content": "capitals"},
        ],
    }
    changes = {"above": ["澄江省水运管理局代发清单", "批次1"], "total": total, "unit": "fen"}
    text = written(layout("csv-coded", encoding="utf-8-sig", ending="lf", **changes), LINES[:1])
    assert text.startswith("\ufeff澄江省水运管理局代发清单\n批次1\n付款行联行号,".encode())
    end = ",140950,01,110101199003071233,ev\n合计,1,,140950,人民币壹仟肆佰零玖元伍角\n"
    assert text.endswith(end.encode())
    book = cells(written(layout("workbook-five", **changes), LINES[:1]))
    assert book[0] == ["澄江省水运管理局代发清单"]
    assert book[3:] == [
        [1, "6222029999000000001", "赵守江", 140_950, "抗疫一线慰问金"],
        ["合计", 1, "", 140_950, "人民币壹仟肆佰零玖元伍角"],
    ]


def test_a_workbook_with_its_total_first() -> None:
    total = {"place": "first", "cells": [{"content": "sum"}, {"content": "count"}]}
    book = cells(written(layout("workbook-five", total=total), LINES))
    assert book[0] == [5638.05, 3]
    assert book[1][0] == "序号"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＠"])
def test_what_a_table_program_would_run_is_refused_in_texts_and_a_text_in_workbooks(sign: str) -> None:
    bad = line(name=f"{sign}1+1")
    assert "table programs" in str(checker(layout("csv-coded"))(bad))
    assert "table programs" in str(checker(layout("text-bars"))(bad))
    assert checker(layout("workbook-five"))(bad) is None
    content = written(layout("workbook-five"), [bad])
    assert cells(content)[1][2] == f"{sign}1+1"
    assert "<f>" not in sheet_xml(content)


@pytest.mark.parametrize(
    ("slug", "changes", "why"),
    [
        ("workbook-five", {"account": ""}, "no account"),
        ("workbook-five", {"account": "6222 0299"}, "8 to 32 digits"),
        ("workbook-five", {"account": "622202999900000000A"}, "8 to 32 digits"),
        ("workbook-five", {"name": ""}, "“户名” is empty"),
        ("workbook-five", {"name": "赵\n守江"}, "line break"),
        ("workbook-five", {"name": "赵\u2028守江"}, "line break"),
        ("workbook-five", {"name": "赵\ud800"}, "cannot be seen"),
        ("workbook-five", {"purpose": "长" * 61}, "longer than the 60"),
        ("workbook-five", {"amount_minor": 0}, "amount is nothing"),
        ("workbook-five", {"amount_minor": -1}, "amount is nothing"),
        ("workbook-five", {"amount_minor": LIMIT_MINOR + 1}, "too large"),
        ("csv-coded", {"name": "赵,守江"}, "“,”, which would break"),
        ("csv-coded", {"name": '赵"守江'}, "which would break"),
        ("csv-coded", {"reference": ""}, "“业务参考号” is empty"),
        ("csv-coded", {"id_number": ""}, "“证件号码” is empty"),
        ("csv-coded", {"id_number": "H12345678"}, "resident identity card"),
        ("csv-coded", {"account": "6" * 33}, "8 to 32 digits"),
        ("text-bars", {"bank": "东港|支行"}, "“|”, which would break"),
        ("text-bars", {"name": "\t赵守江"}, "line break"),
    ],
)
def test_why_a_payment_cannot_stand_in_a_layout(slug: str, changes: dict[str, object], why: str) -> None:
    bad = line(7, **changes)
    assert why in str(checker(layout(slug))(bad))
    with pytest.raises(Refusal, match="Payment 7 does not fit") as refused:
        written(layout(slug), [line(1), bad])
    assert refused.value.code == "line_unfit"
    assert dict(refused.value.facts) == {"position": 7}


def test_a_rare_character_needs_an_encoding_that_knows_it() -> None:
    rare = line(name="钱𠮷祥")
    assert checker(layout("csv-coded"))(rare) is None
    assert "“𠮷”, which the encoding" in str(checker(layout("csv-coded", encoding="gbk"))(rare))


def test_other_lines_fit() -> None:
    assert checker(layout("text-bars"))(line(bank="", purpose="", id_number="H12345678")) is None
    assert checker(layout("text-bars"))(line(name="赵,守江")) is None


@given(st.text(max_size=12))
def test_whatever_is_called_fit_is_read_back_as_it_was(name: str) -> None:
    for slug in ("csv-coded", "text-bars"):
        one, told = layout(slug), line(name=name)
        if checker(one)(told) is None:
            rows = written(one, [told]).decode(one.encoding.value).split("\r\n")
            assert rows[1].split(one.sign)[5 if slug == "csv-coded" else 2] == name
            assert len(rows) == 3
