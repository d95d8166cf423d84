"""A plan file is read whole, or refused with every fault and its line."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.plan_samples import KINDS, TEXT, Kits, Visits, changed, line, plan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.faults import SHOWN, Fault, PlanRefused
from songnuan.plans.models import Blocks, PlanKind
from songnuan.plans.planfile import paragraphs, read, schema, settings_of
from songnuan.plans.yamltext import ENTRIES, LIMIT, decoded


def refused(text: str) -> PlanRefused:
    with pytest.raises(PlanRefused) as caught:
        read(text, KINDS)
    return caught.value


def test_a_file_is_read_with_all_it_says() -> None:
    found = plan()
    assert (found.slug, found.title, found.unit, found.office) == (
        "front-line", "走访慰问方案", "澄江省水运管理局", "局疫情防控办公室",
    )  # fmt: skip
    assert (found.starts_on, found.due_on) == (date(2020, 4, 8), date(2020, 4, 21))
    assert [basis.number for basis in found.basis] == ["澄水运防〔2020〕3号", None]
    assert [(fund.number, fund.amount_minor) for fund in found.funds] == [("澄水运财〔2020〕18号", 14_100_00)]
    assert [(question.blocks, question.answer) for question in found.questions] == [(Blocks.OPEN, "是实物。")]
    assert [(clause.level, clause.heading) for clause in found.clauses] == [
        (1, "一、走访安排"), (2, "（一）结对"), (2, "（二）时限"), (1, "二、慰问品"),
    ]  # fmt: skip
    assert paragraphs(found.clauses[2].text) == ["原则上4月21日前完成。", "确需延后的，说明理由。"]
    assert [(clause.key, measure.kind, measure.key) for clause, measure in found.measures()] == [
        ("pairing", "pairing", "pairing"), ("schedule", "visits", "first_round"), ("goods", "kits", "kits"),
    ]  # fmt: skip


def test_settings_become_their_kinds_model_and_no_figure_a_float() -> None:
    _pairing, visits, kits = (measure for _clause, measure in plan().measures())
    assert kits.settings["price"] == "300.00"
    assert settings_of(kits, KINDS) == Kits.model_validate(
        {"price": "300", "fund": "澄水运财〔2020〕18号", "kit": [{"item": "苹果", "quantity": 1}]}
    )
    assert settings_of(visits, KINDS) == Visits(due_on=date(2020, 4, 21), units=47)


def test_lines_that_end_as_windows_ends_them_and_a_byte_order_mark_change_nothing() -> None:
    assert read("\ufeff" + TEXT.replace("\n", "\r\n"), KINDS) == plan()


def test_signs_that_show_nothing_are_dropped() -> None:
    marked = TEXT.replace("走访慰问", "走访\u200b慰\u202e问\ufeff").replace("slug", "\u2066slug")
    assert read(marked, KINDS) == plan()


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (TEXT.encode("gb18030"), 2, "not UTF-8 text but GB18030, as it seems"),
        (TEXT.encode("utf-16"), 1, "not UTF-8 text but UTF-16, as it seems"),
        (b"slug: a\n\xff\xff\xff", 2, "this is not UTF-8 text; save"),
        (b"\0" * (LIMIT + 1), 0, "the file is larger than 1 MB"),
    ],
)
def test_bytes_that_are_no_text_of_ours_are_refused(content: bytes, line: int, sentence: str) -> None:
    with pytest.raises(PlanRefused) as caught:
        decoded(content)
    assert caught.value.code == "plan_unreadable"
    assert [(fault.line, sentence in fault.sentence) for fault in caught.value.faults] == [(line, True)]


def test_the_bytes_of_a_plan_file_are_its_text() -> None:
    assert decoded(TEXT.encode("utf-8-sig")) == TEXT


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        ("title: 结对", "title：结对", "title：结对", "full-width colon; write “title: ”"),
        ("title: 结对", "title:结对", "title:结对", "after “title:” a space is missing."),
        ("  - key: goods", "  -key: goods", "  -key: goods", "after the hyphen a space is missing."),
        ("    title: 结对", "\ttitle: 结对", "\ttitle: 结对", "indented with a tab"),
        ("price: 300.00", "price: '300.00", "price: '300", "a quotation mark is opened here and not closed."),
    ],
)
def test_what_is_written_wrongly_most_often_is_told_by_its_name(
    old: str, new: str, at: str, sentence: str
) -> None:
    text = changed((old, new))
    fault = refused(text).faults[0]
    assert sentence in fault.sentence
    assert fault.line == line(at, text)


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        ("title: 走访慰问方案\n", "", "slug:", "Line 1, title (title): this entry is missing; add it."),
        ("slug: front-line", "slug: Front Line", "slug", "Line 1, slug (short name): use small letters"),
        ("due_on: 2020", "dueon: 2020", "due_on", "an entry of this name is not known here; is “due_on”"),
        ("office: 局", "qq: 1\noffice: 局", "office", "qq: an entry of this name is not known here; remove"),
        ("2020-04-08", "4月8日", "starts_on", "starts_on (first day): write a date as 2020-04-21."),
        ("2020-04-08", "20200408", "starts_on", "starts_on (first day): write a date as 2020-04-21."),
        ("2020-04-08", "2020-02-30", "starts_on", "starts_on (first day): write a date as 2020-04-21."),
        ("amount: 14100", "amount: 一万", "amount", "fund 1 澄水运财〔2020〕18号关于专项资金的通知 › amount"),
        ("amount: 14100", "amount: 1.005", "amount", "more than two decimals"),
        ("amount: 14100", "amount: true", "amount", "write an amount in yuan"),
        (
            "blocks: open", "blocks: nobody",
            "blocks", "cash › blocks (what it blocks): write one of: issue, open, payment, nothing.",
        ),
        ("  - key: cash\n", "  - clause: no\n    key: cash\n", "  - key: cash", "no clause has the key “no”"),
        ("    ground: 会议纪要\n", "", "  - key: cash", "give answer and ground together"),
        ("number: 一、", "number: 第一章", "number: 一、", "write a clause's number as 一、 or （一）"),
        ("key: pairing", "key: 结对", "key: pairing", "clause 2 （一）结对 › key (key): use small letters"),
        ("key: pairing", "key: true", "key: pairing", "clause 2 （一）结对 › key (key): write text here."),
        ("office: 局", "kind: party\noffice: 局", "office", "kind (kind of plan): write one of: care,"),
        ("units: 47", "units: 四十七", "units: 47", "measure 1 pairing › units: write a whole number here."),
        ("units: 47", "units: 0", "units: 47", "units: this must be more than 0."),
        ("units: 47", "unit: 47", "units: 47", "unit (issuing unit): an entry of this name is not"),
        ("kind: pairing", "kind: paring", "kind: pairing", "called “paring”; the kinds are: kits, pairing"),
        ("- kind: pairing", "- key: pairing", "- kind: pairing", "kind (kind of measure): this entry is"),
        ("item: 苹果", "item: ''", "{item", "measure 1 kits › kit 1 › item: this may not be empty."),
        ("item: 苹果", "item: 苹果苹果苹果苹果苹果苹果", "{item", "this is too long; at most 10 characters."),
        ("- {item: 苹果, quantity: 1}", "[]", "kit:", "at least 1 are needed here; there are 0."),
        ("key: goods", "key: pairing", "key: goods", "“pairing” is taken already, in line"),
        ("key: first_round", "key: pairing", "key: first_round", "“pairing” is taken already"),
        (
            "title: 局领导批示\n    dated_on: 2020-03-30", "局领导批示",
            "title: 局领导批示", "write entries here, each as “name:",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_line_and_place(old: str, new: str, at: str, sentence: str) -> None:
    refusal = refused(changed((old, new)))
    assert refusal.code == "plan_invalid"
    fault = next(fault for fault in refusal.faults if sentence in str(fault))
    assert fault.line == line(at)
    assert str(fault) in refusal.sentence


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    refusal = refused(
        changed(("starts_on: 2020-04-08", "starts_on: x"), ("units: 47", "units: x"), ("slug: f", "slug: F"))
    )
    assert [fault.line for fault in refusal.faults] == [1, line("starts_on"), line("units: 47")]
    assert refusal.facts == {"count": 3, "line": 1}
    assert refusal.sentence.count("\n") == 3


def test_of_very_many_faults_the_first_hundred_are_shown_and_all_are_counted() -> None:
    refusal = refused(TEXT + "".join(f"x{number}: 1\n" for number in range(SHOWN + 20)))
    assert refusal.facts["count"] == SHOWN + 20
    assert refusal.sentence.endswith("… and 20 more.")
    assert refusal.sentence.count("\n") == SHOWN + 1


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("", 0, "the file is empty."),
        ("# nothing\n", 0, "the file is empty."),
        ("slug: a\ntitle: 'x\n", 2, "a quotation mark is opened here and not closed."),
        ("slug: a\n  title: x\n", 2, "the layout cannot be understood here"),
        ("slug: a\n\ttitle: x\n", 2, "this line is indented with a tab; use spaces."),
        ("slug: a\ntitle: b: c\n", 2, "the layout cannot be understood here"),
        ("a: 1\nb: 2\na: 3\n", 3, "this entry stands here twice, first in line 1; keep one."),
        ("a: &x 1\nb: 1\n", 1, "anchors and aliases"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases"),
        ("a: &x [*x]\n", 1, "anchors and aliases"),
        ("a: 1\nb: !!python/name:os.system x\n", 2, "tags (!) are not used"),
        ("a: 1\n---\nb: 1\n", 2, "a second document begins here"),
        ("%YAML 1.1\n---\na: 1\n", 2, "directives"),
        ("? [a]\n: 1\n", 1, "the name of an entry must be a plain word."),
        ("a: " + "[" * 40, 1, "entries stand too deep inside each other"),
        ("a: 1\nb: x\x07\n", 2, "this line contains a character that cannot be seen"),
        ('a: 1\nb: "\\0"\n', 2, "this contains a character that cannot be seen"),
        ('a: 1\n"\\ud800": 1\n', 2, "the name of an entry contains a character that cannot be seen"),
        ("a: \ud800\n", 1, "this line contains a character that cannot be seen"),
        ("- a\n" * (ENTRIES + 1), ENTRIES, "the file has more entries than any plan"),
        ("x" * (LIMIT + 1), 0, "the file is larger than 1 MB"),
        ("言" * (LIMIT // 3 + 1), 0, "the file is larger than 1 MB"),
        ('a: "\\UFFFFFFFF"\n', 0, "the layout cannot be understood here"),
    ],
)  # fmt: skip
def test_what_is_not_laid_out_as_a_plan_file_is_unreadable(text: str, at: int, sentence: str) -> None:
    refusal = refused(text)
    assert refusal.code == "plan_unreadable"
    fault = next(fault for fault in refusal.faults if sentence in fault.sentence)
    assert fault.line == at


@pytest.mark.parametrize(
    "text", ["走访", "- a\n- b\n", "3", "null", "clauses: 1", "clauses: [1, [2]]", "clauses: {a: 1}"]
)
def test_what_is_no_plan_is_refused_as_one(text: str) -> None:
    assert refused(text).code == "plan_invalid"


def test_a_question_without_answer_needs_no_ground() -> None:
    found = plan(("    answer: 是实物。\n", ""), ("    ground: 会议纪要\n", ""))
    assert (found.questions[0].answer, found.questions[0].ground) == (None, None)


def test_settings_of_a_kind_that_is_gone_or_changed_are_refused() -> None:
    measure = next(measure for _clause, measure in plan().measures())
    with pytest.raises(Refusal) as gone:
        settings_of(measure, {})
    assert gone.value.code == "kind_unknown"
    with pytest.raises(Refusal) as stricter:
        settings_of(measure, {"pairing": Visits})
    assert stricter.value.code == "settings_invalid"
    assert "due_on (deadline): this entry is missing; add it." in stricter.value.sentence


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refused(text)


@given(st.text(alphabet="ab:-[]{}?!&*|>%@'\"#, \n\t\\0x〔（一", max_size=80))
def test_any_scramble_of_yaml_signs_is_read_or_refused(text: str) -> None:
    _read_or_refused(text)


@given(st.data())
def test_any_spoiling_of_a_plan_file_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT)))
    end = data.draw(st.integers(start, min(len(TEXT), start + 60)))
    middle = data.draw(
        st.one_of(st.text(max_size=8), st.sampled_from(TEXT.splitlines()), st.sampled_from(list(":-[{&*!|")))
    )
    _read_or_refused(TEXT[:start] + middle + TEXT[end:])


_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.sampled_from(["", "x", "一、", "2020-04-21", "pairing"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["kind", "key", "title", "measures", "units", "number", "kit"]), inner, max_size=3
        ),
    ),
    max_leaves=8,
)


@given(st.sampled_from(["title", "due_on", "basis", "funds", "questions", "clauses"]), _VALUES)
def test_any_value_in_place_of_another_is_read_or_refused(name: str, value: Any) -> None:
    _read_or_refused(f"{name}: {_flow(value)}\n")


def _flow(value: object) -> str:
    """Write a value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)


def _read_or_refused(text: str) -> None:
    """Show that reading ends in a plan or in a refusal that says what is wrong, and in nothing else."""
    faults = [Fault(0, "", "read")]
    try:
        read(text, KINDS)
    except PlanRefused as refusal:
        faults = refusal.faults
    assert faults
    assert all(fault.sentence for fault in faults)


def test_the_schema_spells_out_every_kind() -> None:
    document = schema(KINDS)
    measures = document["$defs"]["MeasureEntry"]["oneOf"]
    assert [part["$ref"].rpartition(".")[2] for part in measures] == sorted(KINDS)
    visits = document["$defs"]["measure.visits"]
    assert visits["properties"]["kind"] == {"const": "visits"}
    assert visits["required"] == ["kind", "due_on", "units"]
    assert visits["additionalProperties"] is False
    assert document["$defs"]["PlanFile"]["properties"]["due_on"]["description"] == "Deadline, the last day."


def test_a_plan_is_of_a_kind_and_of_the_other_kind_when_it_does_not_say() -> None:
    assert read(TEXT, KINDS).kind == PlanKind.OTHER
    assert read(changed(("office: 局", "kind: relief\noffice: 局")), KINDS).kind == PlanKind.RELIEF
    document = schema(KINDS)
    told = document["$defs"]["PlanFile"]["properties"]["kind"]
    assert told["default"] == "other"
    assert told["$ref"] == "#/$defs/PlanKind"
    assert document["$defs"]["PlanKind"]["enum"] == PlanKind.values
    assert "kind" not in document["$defs"]["PlanFile"]["required"]


def test_two_kinds_may_share_the_model_of_their_settings() -> None:
    document = schema({"first": Visits, "second": Visits})
    assert {"measure.first", "measure.second"} <= set(document["$defs"])
    assert "Visits" not in document["$defs"]


def test_the_readme_beside_the_plans_names_every_entry() -> None:
    readme = (Path(__file__).resolve().parents[2] / "plans/README.md").read_text()
    document = schema({})
    parts = ("PlanFile", "BasisEntry", "FundEntry", "QuestionEntry", "ClauseEntry")
    names = {name for part in parts for name in document["$defs"][part]["properties"]}
    assert {name for name in names if f"`{name}`" not in readme} == set()
