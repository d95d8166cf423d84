"""A plan file written anew says what was changed, and nothing else moves: comments, order, way of writing."""

import difflib
from pathlib import Path

import pytest

from people import PLANS
from plans.plan_samples import TEXT
from songnuan.plans import rewriting
from songnuan.plans.yamltext import outline

FILES = sorted(PLANS.glob("*.yaml"))


def entries(text: str) -> dict[str, object]:
    data = outline(text).data
    assert isinstance(data, dict)
    return data


def lines_changed(old: str, new: str) -> list[str]:
    rows = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    return [row for row in rows if row[:1] in "+-" and row[:3] not in {"+++", "---"}]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_plan_written_anew_without_a_change_says_the_same(path: Path) -> None:
    text = path.read_text()
    assert outline(rewriting.rewritten(text, lambda _entries: None)).data == outline(text).data


def test_what_somebody_does_with_what_a_text_says_is_theirs_alone() -> None:
    one = outline(TEXT)
    said = outline(TEXT)
    assert isinstance(one.data, dict)
    one.data["clauses"].clear()
    one.lines.clear()
    assert (outline(TEXT).data, outline(TEXT).lines) == (said.data, said.lines)
    assert said.lines


def test_one_clause_changed_leaves_every_other_line_alone() -> None:
    text = "# 说明\n" + TEXT.replace("title: 时限", "title: 时限  # 待定")
    changed = rewriting.rewritten(text, rewriting.clause("schedule", {"text": "4月22日前完成。\n另行通知。"}))
    assert lines_changed(text, changed) == [
        "-      原则上4月21日前完成。",
        "-      确需延后的，说明理由。",
        "+      4月22日前完成。",
        "+      另行通知。",
    ]
    assert "# 说明" in changed
    assert "时限  # 待定" in changed


def test_what_looks_like_a_figure_or_a_date_stays_the_text_it_was() -> None:
    changed = rewriting.rewritten(TEXT, rewriting.head({"due_on": "2020-04-22", "title": "第2号：方案 # 一"}))
    assert "due_on: 2020-04-22" in changed
    assert "price: 300.00" in changed
    data = entries(changed)
    assert (data["due_on"], data["title"]) == ("2020-04-22", "第2号：方案 # 一")


def test_clauses_are_added_moved_and_removed_by_their_keys() -> None:
    values = {"number": "（三）", "title": "新增", "text": "一\n二", "office": None}
    text = rewriting.rewritten(TEXT, rewriting.new_clause("clause_1", values, "pairing"))
    text = rewriting.rewritten(text, rewriting.move_clause("clause_1", 1))
    text = rewriting.rewritten(text, rewriting.remove_clause("pairing"))
    clauses = entries(text)["clauses"]
    assert isinstance(clauses, list)
    assert [clause["key"] for clause in clauses] == ["visits", "schedule", "clause_1", "goods"]
    assert clauses[2] == {"key": "clause_1", "number": "（三）", "title": "新增", "text": "一\n二\n"}


def test_measures_are_set_by_their_keys_and_settings_not_told_go() -> None:
    text = rewriting.rewritten(
        TEXT, rewriting.measure("schedule", "first_round", "visits", {"due_on": "2020-04-20", "units": 46})
    )
    text = rewriting.rewritten(text, rewriting.measure("visits", "pairing_2", "pairing", {"units": 3}))
    text = rewriting.rewritten(text, rewriting.remove_measure("goods", "kits"))
    clauses = {clause["key"]: clause for clause in entries(text)["clauses"]}  # type: ignore[attr-defined]
    assert clauses["schedule"]["measures"] == [
        {"kind": "visits", "key": "first_round", "due_on": "2020-04-20", "units": 46}
    ]
    assert clauses["visits"]["measures"] == [{"kind": "pairing", "key": "pairing_2", "units": 3}]
    assert "measures" not in clauses["goods"]


def test_a_question_about_a_clause_that_went_is_about_the_plan() -> None:
    text = TEXT.replace("    blocks: open", "    clause: goods\n    blocks: open")
    data = entries(rewriting.rewritten(text, rewriting.remove_clause("goods")))
    assert "clause" not in data["questions"][0]  # type: ignore[index]


@pytest.mark.parametrize(
    "word", ["true", "null", "~", "3", "- 一", "a: b", "#一", "'", '"', "一\n\n二", " 空 ", "@x"]
)
def test_whatever_is_typed_comes_back_as_it_was_typed(word: str) -> None:
    data = entries(rewriting.rewritten(TEXT, rewriting.clause("goods", {"title": word})))
    found = data["clauses"][3]["title"]  # type: ignore[index]
    assert found.rstrip("\n") == word


def test_keys_once_used_are_not_used_again() -> None:
    assert rewriting.free_key("clause", {"clause_1", "visits"}) == "clause_2"
    assert rewriting.free_key("fund", {"pairing"}, bare=True) == "fund"
    assert rewriting.free_key("fund", {"fund", "fund_2"}, bare=True) == "fund_3"
