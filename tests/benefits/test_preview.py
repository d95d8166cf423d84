"""A standard is tried on a file of people: by the rules that are known, and with what is wrong in it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from songnuan.benefits import people_file, standardfile
from songnuan.benefits.preview import Answer, preview
from songnuan.cli.commands import songnuan
from songnuan.documents.reading import as_file
from songnuan.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db
AS_OF = date(2020, 6, 30)
HEAD = """
slug: state
title: 临时性工作补助
starts_on: 2020-01-25
basis: {title: 关于有关经费保障政策的通知, number: 财社〔2020〕2号}
"""
STATE = (
    HEAD
    + """
parts:
  - by: day
    rows:
      - {key: hubei-direct, title: 湖北直接接触, amount: 300, factor: 2, places: [湖北], contact: true}
      - {key: hubei-other, title: 湖北其他人员, amount: 200, factor: 2, places: [湖北]}
      - {key: direct, title: 直接接触, amount: 300, contact: true}
      - {key: other, title: 其他人员, amount: 200}
"""
)
ONE = "{key: one, title: 每人, amount: 500}"


def rows_of(people: str) -> list[people_file.ToldRow]:
    with as_file(people.encode()) as file:
        return people_file.read(file, "people.csv", AS_OF)


def tried(standard: str, people: str) -> list[Answer]:
    return preview(standardfile.read(standard).made(), rows_of(people), AS_OF)


def amounts(standard: str, people: str) -> list[int | None]:
    return [answer.amount_minor for answer in tried(standard, people)]


def faults(standard: str) -> list[tuple[int, str]]:
    with pytest.raises(standardfile.StandardRefused) as refused:
        standardfile.read(standard)
    return [(fault.line, "/".join(map(str, fault.path))) for fault in refused.value.faults]


def test_the_states_rule_and_its_doubling_in_hubei() -> None:
    people = (
        "姓名,地点,直接接触,开始日期,结束日期\n"
        "甲,湖北,是,2020-02-10,2020-03-20\n乙,湖北,否,2020-02-10,2020-03-20\n"
        "丙,本市,是,2020-02-10,2020-03-20\n丁,本市,,2020-02-29,2020-02-29\n戊,本市,是,2019-12-01,2020-01-24\n"
    )
    answers = tried(STATE, people)
    assert [(one.row, one.amount_minor, one.rule) for one in answers] == [
        (2, 24_000_00, "hubei-direct"),
        (3, 16_000_00, "hubei-other"),
        (4, 12_000_00, "direct"),
        (5, 200_00, "other"),
        (6, 0, ""),
    ]
    assert not any(name in one.reason for one in answers for name in "甲乙丙丁戊"), "no name is echoed"


def test_half_days_once_and_months() -> None:
    halves = STATE.replace("by: day", "by: half_day")
    people = "contact,from,to,hours\nyes,2020-02-01,2020-02-01,{}\n"
    told = [amounts(halves, people.format(hours)) for hours in ("4", "4:00", "4:01", "4.1", "8", "")]
    assert told == [[150_00], [150_00], [300_00], [300_00], [300_00], [300_00]]
    both = (
        HEAD
        + "parts:\n  - {by: once, rows: [{key: once, title: 一次性, amount: 6000}]}\n"
        + ("  - {by: day, rows: [{key: daily, title: 每日, amount: 300}]}\n")
    )
    [answer] = tried(both, "from,to\n2020-02-10,2020-03-20\n")
    assert (answer.amount_minor, answer.rule) == (18_000_00, "once, daily")
    monthly = (
        HEAD + "parts:\n  - {by: month, rows: [{key: first, title: 一类, amount: 560, categories: [一类]}]}\n"
    )
    assert amounts(monthly, "类别,起,止\n一类,2020-01-31,2020-02-01\n二类,2020-02-01,\n") == [1120_00, 0]


def test_what_was_paid_elsewhere_is_out_and_what_limits_is_said() -> None:
    capped = (
        HEAD
        + 'cap_time: 3000\ncap_year: "6000"\n'
        + "parts:\n  - {by: once, rows: [{key: a, title: 慰问金, amount: 3500}]}\n"
    )
    people = "from,settled,this_year\n2020-02-01,,\n2020-02-01,600,4000\n2020-02-01,,6100\n"
    with override("zh-hans"):
        answers = tried(capped, people)
    assert [one.amount_minor for one in answers] == [3_000_00, 2_000_00, 0]
    assert "500.00" in answers[0].reason
    assert "600.00" in answers[1].reason
    out = "place,contact,from,to,paid_from,paid_to\n湖北,yes,2020-02-10,2020-03-20,2020-02-10,2020-02-19\n"
    assert amounts(STATE, out) == [18_000_00]


def test_an_open_amount_blocks_and_says_so() -> None:
    answers = tried(
        HEAD + "parts:\n  - {by: once, rows: [{key: wuhan, title: 援鄂, amount: XX}]}\n", "from\n2020-02-01\n"
    )
    assert [(one.amount_minor, one.rule) for one in answers] == [(None, "wuhan")]
    assert "援鄂" in answers[0].reason


def test_a_row_that_is_wrong_says_what_and_the_others_are_answered() -> None:
    people = (
        "from,to,contact,hours,settled\n2020-02-31,,,,\n2020-02-02,2020-02-01,,,\n,,,,3\n2020-02-01,2020-02-01,也许,,\n"
        "2020-02-01,2020-02-01,,很久,\n2020-02-01,2020-02-01,,,-5\n2020-02-01,2020-02-01,,,\n"
    )
    answers = tried(STATE, people)
    assert [one.amount_minor for one in answers] == [None] * 6 + [200_00]
    assert all(one.reason for one in answers)
    for text, code in (("\n \n", "people_empty"), ("甲,乙\n1,2\n", "people_headings")):
        with pytest.raises(Refusal) as refused:
            rows_of(text)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("standard", "path"),
    [
        (HEAD, "parts"),
        (HEAD + "parts: []\n", "parts"),
        (HEAD + "parts:\n  - {by: week, rows: [{key: a, title: a, amount: 1}]}\n", "parts/0/by"),
        (HEAD + "parts:\n  - {by: day, rows: [{key: a, title: a, amount: 0}]}\n", "parts/0/rows/0/amount"),
        (
            HEAD + "parts:\n  - {by: day, rows: [{key: a, title: a, amount: 1.005}]}\n",
            "parts/0/rows/0/amount",
        ),
        (
            HEAD + "parts:\n  - {by: day, rows: [{key: a, title: a, amount: 1, colour: red}]}\n",
            "parts/0/rows/0/colour",
        ),
        (HEAD + f"parts:\n  - {{by: day, rows: [{ONE}, {ONE.replace('one', 'two')}]}}\n", "parts/0/rows/1"),
        (
            HEAD + f"parts:\n  - {{by: day, rows: [{ONE}]}}\n  - {{by: once, rows: [{ONE}]}}\n",
            "parts/1/rows/0/key",
        ),
        (HEAD + f"ends_on: 2020-01-24\nparts:\n  - {{by: day, rows: [{ONE}]}}\n", "ends_on"),
        (HEAD + f"ceiling: 1000\nparts:\n  - {{by: day, rows: [{ONE}]}}\n", "ceiling"),
        (
            HEAD + f"ceiling: 499.99\nceiling_basis: 实施办法\nparts:\n  - {{by: day, rows: [{ONE}]}}\n",
            "parts/0/rows/0/amount",
        ),
    ],
)
def test_what_is_wrong_in_a_standard_is_said_with_its_line(standard: str, path: str) -> None:
    [(line, where)] = faults(standard)
    assert where == path
    assert line > 0


def test_the_command_answers_each_row_and_keeps_nothing(tmp_path: Path) -> None:
    standard, people = tmp_path / "standard.yaml", tmp_path / "people.csv"
    standard.write_text(STATE)
    people.write_text("地点,直接接触,开始日期,结束日期\n湖北,是,2020-02-10,2020-03-20\n", encoding="gb18030")

    def run(*options: str) -> Any:
        return CliRunner().invoke(songnuan, ["benefits", "preview", str(standard), str(people), *options])

    done = run("--json", "--as-of", "2020-02-19")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == [
        {
            "row": 2,
            "amount_minor": 6_000_00,
            "rule": "hubei-direct",
            "reason": json.loads(done.stdout)[0]["reason"],
        }
    ]
    people.write_text("开始日期\n昨天以后\n")
    assert run("--json").exit_code == 1
    standard.write_text("slug: [")
    refused = run("--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refused"]["code"] == "standard_unreadable"


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "standards").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_standards_that_ship_are_read(path: Path) -> None:
    told = standardfile.read(path.read_text())
    assert told.slug == path.stem
    assert f"`{path.name}`" in (path.parent / "README.md").read_text()
    assert len(tried(path.read_text(), "from\n2020-02-01\n")) == 1
