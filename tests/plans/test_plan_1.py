"""Plan 1 as it ships: read with the real kinds of measure, linted, and held against the schema."""

import re
from pathlib import Path
from typing import Any

import pytest

from songnuan.journeys.measures import settings_by_kind
from songnuan.plans.lint import lint_text
from songnuan.plans.planfile import PlanFile, read, schema
from songnuan.plans.yamltext import outline

SOURCE = (Path(__file__).resolve().parents[2] / "plans/front-line-visits.yaml").read_text()


@pytest.fixture(scope="module")
def plan() -> PlanFile:
    return read(SOURCE, settings_by_kind())


def test_it_says_what_is_to_be_done_by_whom_and_until_when(plan: PlanFile) -> None:
    assert (plan.slug, plan.title, plan.unit, plan.office) == (
        "front-line-visits", "走访慰问防疫一线工作方案", "澄江省水运管理局", "局疫情防控办公室",
    )  # fmt: skip
    assert (str(plan.starts_on), str(plan.due_on)) == ("2020-04-08", "2020-04-21")
    assert [(fund.number, fund.amount_minor) for fund in plan.funds] == [("澄水运财〔2020〕18号", 14_100_00)]
    assert [clause.number for clause in plan.clauses if clause.level == 1] == ["一、", "二、", "三、", "四、"]


def test_its_measures_agree_with_each_other_and_with_the_text(plan: PlanFile) -> None:
    settings = {measure.kind: measure.settings for _clause, measure in plan.measures()}
    assert sorted(settings) == sorted(
        [
            "pairing",
            "unit_visits",
            "inspection",
            "leader_visits",
            "kit_purchase",
            "fund",
            "visit_reports",
            "problems",
            "assignments",
            "burden",
        ]
    )
    assert {settings[kind]["units"] for kind in ("pairing", "unit_visits", "kit_purchase")} == {47}
    assert settings["unit_visits"]["due_on"] == str(plan.due_on)
    assert len({item["key"] for item in settings["inspection"]["items"]}) == 5
    kit = {(line["item"], line["quantity"]) for line in settings["kit_purchase"]["kit"]}
    assert kit == {("方便面", 2), ("苹果", 1), ("梨", 1)}
    text = next(clause.text for clause in plan.clauses if clause.key == "standard")
    for item, quantity in kit:
        assert f"{item}{quantity}箱" in text
        assert f"{item}{quantity * 47}箱" in text


def test_its_lint_names_the_open_question_and_nothing_else(plan: PlanFile) -> None:
    assert [(finding.code, finding.clause) for finding in lint_text(plan)] == [
        ("question_open", "（二）专项资金")
    ]


def test_its_questions_are_answered_or_hold_nothing_up(plan: PlanFile) -> None:
    assert [(question.key, bool(question.answer), question.blocks.value) for question in plan.questions] == [
        ("goods_or_cash", True, "open"),
        ("money_left", False, "nothing"),
    ]


def test_the_published_schema_takes_it() -> None:
    document = schema(settings_by_kind())
    assert _against(document, document, outline(SOURCE).data, "plan") == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("slug: front", "slug: Front", "plan.slug"),
        ("due_on: 2020-04-21\n\n", "dueon: 2020-04-21\n\n", "plan"),
        ("kind: pairing", "kind: paring", "plan.clauses.1.measures.0"),
        ("        units: 47\n", "        units: many\n", "plan.clauses.1.measures.0"),
    ],
)
def test_the_published_schema_refuses_what_the_reader_refuses(old: str, new: str, where: str) -> None:
    document = schema(settings_by_kind())
    assert old in SOURCE
    assert where in _against(document, document, outline(SOURCE.replace(old, new, 1)).data, "plan")


_TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def _against(document: dict[str, Any], rule: dict[str, Any], value: Any, where: str) -> list[str]:
    """Return the places at which a value breaks the part of JSON Schema that pydantic writes."""
    if "$ref" in rule:
        return _against(document, document["$defs"][rule["$ref"].rpartition("/")[2]], value, where)
    options = rule.get("oneOf") or rule.get("anyOf")
    if options:
        fits = sum(not _against(document, option, value, where) for option in options)
        holds = fits == 1 if "oneOf" in rule else fits > 0
    elif "const" in rule or "enum" in rule:
        holds = value in rule.get("enum", [rule.get("const")])
    else:
        holds = type(value) is _TYPES[rule["type"]] and (
            not isinstance(value, str) or re.search(rule.get("pattern", ""), value) is not None
        )
    return _inside(document, rule, value, where) if holds else [where]


def _inside(document: dict[str, Any], rule: dict[str, Any], value: Any, where: str) -> list[str]:
    if isinstance(value, list) and "items" in rule:
        places = [(rule["items"], item, f"{where}.{index}") for index, item in enumerate(value)]
    elif isinstance(value, dict) and "properties" in rule:
        known = rule["properties"]
        unfit = set(rule.get("required", [])) - set(value)
        if unfit or (rule["additionalProperties"] is False and set(value) - set(known)):
            return [where]
        places = [(known[name], item, f"{where}.{name}") for name, item in value.items()]
    else:
        places = []
    return [broken for part, item, at in places for broken in _against(document, part, item, at)]
