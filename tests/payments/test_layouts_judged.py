"""Layouts of bank files: what is taken, and every sentence of what is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from payments.layout_builders import layout
from songnuan.payments.layouts.reading import LayoutRefused, read, shipped, written
from songnuan.plans.rewriting import snippet

COLUMNS = [
    {"heading": "账号", "content": "account"},
    {"heading": "户名", "content": "name"},
    {"heading": "金额", "content": "amount"},
]
PLAIN: dict[str, Any] = {
    "slug": "own",
    "title": "自用",
    "kind": "csv",
    "extension": "csv",
    "delimiter": "comma",
    "columns": COLUMNS,
    "results": {"account": ["账号"], "outcome": ["结果"], "paid": ["成功"], "failed": ["失败"]},
}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def refused(**changes: Any) -> LayoutRefused:
    with pytest.raises(LayoutRefused) as found:
        read(snippet({**PLAIN, **changes}))
    return found.value


def test_a_layout_is_its_yaml() -> None:
    assert read(snippet(PLAIN)).title == "自用"
    for one in shipped():
        assert read(written(one)) == one


def test_every_fault_is_told_with_its_line() -> None:
    columns = [{"heading": "甲", "content": "fixed"}, {"heading": "甲", "content": "bank"}]
    faults = refused(columns=columns).faults
    assert [str(fault) for fault in faults] == [
        "Line 6, columns (columns): No column holds the account. Add one: without it no bank can pay.",
        "Line 6, columns (columns): No column holds the account holder. Add one: without it no bank can pay.",
        "Line 6, columns (columns): No column holds the amount. Add one: without it no bank can pay.",
        "Line 7, column 1 › text (text): Write the text that always stands in this column.",
        "Line 9, column 2 › heading (heading): Column 1 has the heading “甲” already. Give each its own.",
    ]


def test_a_place_is_called_what_it_is_in_a_layout_and_not_in_a_plan() -> None:
    faults = refused(kind="pdf", unit="dollar").faults
    assert [fault.where for fault in faults] == ["kind (kind of file)", "unit (unit of amounts)"]


def column(**told: Any) -> list[dict[str, Any]]:
    return [*COLUMNS, {"heading": "栏", **told}]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"delimiter": None}, "Say what stands between the cells"),
        ({"kind": "xlsx", "extension": "xlsx"}, "A workbook has no delimiter"),
        ({"kind": "xlsx", "delimiter": None}, "name of a workbook ends with xlsx"),
        ({"extension": "xlsx"}, "Only a workbook's name ends with xlsx"),
        ({"extension": "exe"}, "write one of: xlsx, csv, txt, dat"),
        ({"columns": column(content="account")}, "An earlier column says the same"),
        ({"columns": column(content="fixed")}, "Write the text that always stands"),
        ({"columns": column(content="id_type")}, "what the bank calls the identity card"),
        ({"columns": column(content="bank", text="x")}, "takes no text of its own"),
        ({"columns": column(content="fixed", text="1,2")}, "the sign that stands between the cells"),
        ({"columns": column(content="fixed", text="=1")}, "may not begin with “=”"),
        ({"columns": column(content="fixed", text='a"')}, "a quotation mark"),
        ({"columns": column(content="fixed", text="12345", longest=4)}, "at most 4 fit"),
        ({"columns": column(content="fixed", text="𠮷"), "encoding": "gbk"}, "encoding does not know"),
        ({"columns": column(content="fixed", text="a", secret=1)}, "not known here"),
        ({"columns": column(content="shell")}, "write one of: position, reference"),
        ({"columns": []}, "at least 1 are needed"),
        ({"above": ["a,b"]}, "the sign that stands between the cells"),
        ({"total": {"place": "last", "cells": [{"content": "empty"}]}}, "The total says nothing"),
        ({"total": {"place": "last", "cells": [{"content": "text"}]}}, "Write the text that stands"),
        ({"total": {"place": "last", "cells": [{"content": "sum", "text": "1"}]}}, "is reckoned"),
        ({"results": {"outcome": ["结果"], "paid": ["a"], "failed": ["b"]}}, "column of the reference or of"),
        ({"results": {"account": ["账号"], "outcome": ["结果"], "paid": ["a"]}}, "something was not paid"),
        ({"results": {"account": ["账号"], "paid": ["a"]}}, "No column of the answer tells the outcome"),
        ({"results": {"account": ["账号"], "name": ["账 号"]}}, "would mean two things"),
        (
            {"results": {"account": ["账号"], "outcome": ["结果"], "paid": ["A"], "failed": ["a"]}},
            "would mean two things",
        ),
        ({"results": {"header": False}}, "what each column of an answer without headings tells"),
        ({"results": {"header": False, "order": ["account", "account"]}}, "earlier column tells the same"),
        ({"results": {"account": ["账号"], "top": 1}}, "only where the answer has no headings"),
        ({"slug": "Own Layout"}, "use small letters"),
    ],
)
def test_what_does_not_fit_together_is_said(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(**changes).sentence


def test_what_is_no_layout() -> None:
    for text in ("[1, 2]", "x", "a: &b 1", "a: !!python/object:os.system x", ""):
        with pytest.raises(LayoutRefused):
            read(text)


def test_a_workbook_may_hold_any_text() -> None:
    told = layout("workbook-five").said()
    told["columns"] = [*told["columns"], {"heading": "=1", "content": "fixed", "text": '-","'}]
    assert read(snippet(told)).columns[-1].text == '-","'


def test_the_table_of_the_documentation_is_what_is_shipped() -> None:
    text = (Path(__file__).parents[2] / "docs/benefits.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.partition("## Bank files")[2].partition("\n## ")[0].splitlines()
        if line.startswith("|")
    ][2:]
    told = {one.slug: one for one in shipped()}
    assert {row[0] for row in rows} == set(told)
    for slug, title, file, headings, total, columns in rows:
        one = told[slug]
        parts = [f".{one.extension}"]
        if one.is_text and one.delimiter is not None:
            parts += [str(one.encoding.label), one.delimiter.value]
        said = [column.heading + (f" = {column.text}" if column.text else "") for column in one.columns]
        assert (title, file, columns) == (one.title, ", ".join(parts), ", ".join(said))
        assert (headings == "yes", total) == (one.header, one.total.place.value if one.total else "none")
