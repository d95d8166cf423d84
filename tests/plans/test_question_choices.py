"""A question may offer choices: what a file may say of them, what is chosen, and what becomes of it."""

import json
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from plans.plan_samples import KINDS, TEXT, changed, line, plan
from plans.test_plan_actions import House, answer, everything, house, refused
from songnuan.audit.models import Entry
from songnuan.kernel.refusal import Refusal
from songnuan.plans import queries
from songnuan.plans.comparing import compare
from songnuan.plans.faults import PlanRefused
from songnuan.plans.models import Blocks, Question
from songnuan.plans.planfile import read, schema
from songnuan.plans.rewriting import from_template, rewritten
from visits.builders import moment

__all__ = ["house"]

OFFERED = """\
    choices:
      - key: goods
        text: 是实物。
      - key: cash
        text: 是现金。
"""
ANSWERED = changed(("    blocks: open\n", f"    blocks: open\n{OFFERED}"))
OPEN = ANSWERED.replace("    answer: 是实物。\n    ground: 会议纪要\n", "")
KEPT = [{"key": "goods", "text": "是实物。"}, {"key": "cash", "text": "是现金。"}]


def faults(text: str) -> list[tuple[int, str]]:
    """Return the line of each fault and what it says."""
    with pytest.raises(PlanRefused) as caught:
        read(text, KINDS)
    assert caught.value.code == "plan_invalid"
    return [(fault.line, fault.sentence) for fault in caught.value.faults]


def test_a_file_offers_choices_and_answers_with_one_of_them() -> None:
    (question,) = read(ANSWERED, KINDS).questions
    assert (question.offered, question.answer, question.choice) == (KEPT, "是实物。", "goods")
    (question,) = read(OPEN, KINDS).questions
    assert (question.offered, question.answer, question.choice) == (KEPT, None, "")
    (question,) = plan().questions
    assert (question.offered, question.choice) == ([], "")


def test_an_answer_that_is_none_of_the_choices_is_refused_on_its_line() -> None:
    text = ANSWERED.replace("answer: 是实物。", "answer: 是购物卡。")
    ((at, sentence),) = faults(text)
    assert at == line("answer: 是购物卡。", text)
    assert "“是实物。”、“是现金。”" in sentence


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        (
            "key: cash\n        text: 是",
            "key: goods\n        text: 是",
            "key: goods\n        text: 是现",
            "taken",
        ),
        ("text: 是现金。", 'text: " 是实物。 "', 'text: " 是实物。 "', "is taken already"),
        ("text: 是现金。", "text: ''", "text: ''", "this may not be empty."),
        ("text: 是现金。", "text: |\n          是\n          现金。", "text: |", "write this on one line."),
        ("text: 是现金。", f"text: {'长' * 201}", "text: 长", "at most 200 characters"),
        ("key: cash\n        t", "key: 现金\n        t", "key: 现金", "use small letters"),
        ("      - key: cash\n        text: 是现金。\n", "", "choices:", "offer at least two answers"),
        (OFFERED, "    choices: []\n", "choices: []", "offer at least two answers"),
        (
            OFFERED,
            OFFERED + "".join(f"      - {{key: a{n}, text: {n}}}\n" for n in range(7)),
            "choices:",
            "at most 8 are allowed here.",
        ),
        (
            OFFERED,
            "    choices: [{key: a, text: 是实物。}, {key: a, text: 是现金。}]\n",
            "choices: [",
            "“a” is taken already",
        ),
    ],
)
def test_choices_that_cannot_be_told_apart_are_refused_on_their_line(
    old: str, new: str, at: str, sentence: str
) -> None:
    assert ANSWERED.count(old) == 1
    text = ANSWERED.replace(old, new)
    found = faults(text)
    assert found[0][0] == line(at, text), found
    assert sentence in found[0][1], found


def test_two_questions_on_one_line_do_not_share_a_key() -> None:
    head, _mark, tail = TEXT.partition("questions:\n")
    rest = tail[tail.index("clauses:") :]
    two = "{key: a, text: 甲, blocks: open}, {key: a, text: 乙, blocks: open}"
    assert "“a” is taken already" in faults(f"{head}questions: [{two}]\n{rest}")[0][1]


def test_the_schema_tells_of_choices() -> None:
    told = schema(KINDS)["$defs"]["QuestionEntry"]["properties"]["choices"]
    assert told["maxItems"] == 8
    assert told["items"]["$ref"].endswith("/ChoiceEntry")


def test_a_plan_from_a_template_offers_the_choices_and_not_the_answer() -> None:
    (question,) = read(rewritten(ANSWERED, from_template({"slug": "other"})), KINDS).questions
    assert (question.offered, question.answer, question.choice) == (KEPT, None, "")


def test_choices_that_differ_are_compared_with_their_keys() -> None:
    new = ANSWERED.replace("key: cash\n        text", "key: money\n        text")
    (row,) = compare(read(ANSWERED, KINDS), read(new, KINDS)).questions
    assert [(one.name, one.before, one.after) for one in row.differences] == [
        ("choices", "goods=是实物。\ncash=是现金。", "goods=是实物。\nmoney=是现金。")
    ]
    (row,) = compare(plan(), read(ANSWERED, KINDS)).questions
    assert [(one.name, one.before) for one in row.differences] == [("choices", "")]
    assert compare(plan(), plan()).is_same


@pytest.mark.django_db
def test_the_choice_is_kept_with_its_text_as_the_answer(house: House) -> None:
    draft = house.load(OPEN)
    assert queries.choice_of(draft.pk, "cash") is None
    question = answer(house, draft, answer="", choice=" cash ", ground=" 会议纪要 ")
    assert (question.answer, question.choice, question.ground) == ("是现金。", "cash", "会议纪要")
    assert (question.answered_by_id, question.answered_at) == (house.officer.user_id, moment(6, 14))
    assert queries.choice_of(draft.pk, "cash") == "cash"
    assert queries.choice_of(draft.pk, "other") is None
    assert queries.open_questions(draft.pk) == []
    facts = json.loads(Entry.objects.get(action="plans.answer_question").facts)
    assert (facts["choice"], facts["blocks"]) == ("cash", "open")
    refused("question_answered", lambda: answer(house, draft, answer="", choice="goods"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"choice": ""}, "choice_empty", "choice"),
        ({"answer": "是现金。"}, "choice_empty", "choice"),  # words are no choice, whatever they say
        ({"choice": "card"}, "choice_unknown", "choice"),
        ({"choice": "是现金。"}, "choice_unknown", "choice"),
        ({"choice": "cash", "ground": " "}, "ground_empty", "ground"),
        ({"choice": "cash", "key": "other"}, "question_unknown", ""),
    ],
)
def test_what_is_none_of_the_choices_is_no_answer(
    house: House, told: dict[str, Any], code: str, field: str
) -> None:
    draft = house.load(OPEN)
    refusal = refused(code, lambda: answer(house, draft, **{"answer": "", **told}))
    assert refusal.field == field
    if code == "choice_unknown":
        assert "“是实物。”、“是现金。”" in refusal.sentence
    assert queries.choice_of(draft.pk, "cash") is None


@pytest.mark.django_db
def test_a_choice_is_not_taken_where_none_is_offered(house: House) -> None:
    draft = house.load(changed(("    answer: 是实物。\n    ground: 会议纪要\n", "")))
    refused("answer_empty", lambda: answer(house, draft, answer="", choice="cash"))
    question = answer(house, draft, choice="cash")
    assert (question.answer, question.choice) == ("是实物。", "")
    assert queries.choice_of(draft.pk, "cash") is None


@pytest.mark.django_db
def test_who_may_not_write_and_what_waits_or_is_closed_takes_no_choice(house: House) -> None:
    told = {"answer": "", "choice": "cash"}
    draft = house.load(OPEN)
    refused("not_permitted", lambda: answer(house, draft, **told, actor=house.approver))
    for status, code in (("submitted", "plan_waiting"), ("closed", "plan_closed")):
        text = OPEN.replace("slug: front", f"slug: {status}").replace("blocks: open", "blocks: payment")
        refused(code, partial(answer, house, house.bring(status, text), **told))


@pytest.mark.django_db
def test_a_file_that_answers_keeps_the_choice(house: House) -> None:
    draft = house.load(ANSWERED)
    (question,) = queries.questions(draft)
    assert (question.choices, question.answer, question.choice) == (KEPT, "是实物。", "goods")
    assert queries.choice_of(draft.pk, "cash") == "goods"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "stays"),
    [
        ("原则上", "一般", True),
        ("是实物还是现金？", "是实物还是购物卡？", False),
        ("text: 是现金。", "text: 全部是现金。", False),
        ("text: 是实物。", "text: 全部是实物。", False),
        ("key: cash\n        text", "key: money\n        text", False),
        ("        text: 是现金。\n", "        text: 是现金。\n      - {key: both, text: 各一半。}\n", False),
        (OFFERED, "", False),
    ],
)
def test_a_choice_is_kept_while_question_and_choices_stay_the_same(
    house: House,
    old: str,
    new: str,
    stays: bool,  # noqa: FBT001
) -> None:
    draft = house.load(OPEN)
    answer(house, draft, answer="", choice="cash")
    assert OPEN.count(old) == 1
    house.load(OPEN.replace(old, new))
    (question,) = queries.questions(draft)
    assert (question.answer, question.choice) == (("是现金。", "cash") if stays else ("", ""))
    assert queries.choice_of(draft.pk, "cash") == ("cash" if stays else None)
    assert (question.answered_at is not None) is stays


@pytest.mark.django_db
def test_an_answer_in_words_is_asked_anew_once_choices_are_offered(house: House) -> None:
    draft = house.load(OPEN.replace(OFFERED, ""))
    answer(house, draft)
    house.load(OPEN)
    assert [(row.answer, row.choice) for row in queries.questions(draft)] == [("", "")]
    assert [row.key for row in queries.open_questions(draft.pk, [Blocks.OPEN])] == ["cash"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "values"),
    [
        (OPEN, {"choice": "cash"}),  # chosen, and not answered
        (ANSWERED, {"choice": ""}),  # answered where choices are offered, and none chosen
        (ANSWERED, {"choices": []}),
        (TEXT, {"choice": "cash"}),  # chosen where none is offered
        (TEXT, {"choices": KEPT}),
    ],
)
def test_the_database_keeps_answer_and_choice_together(
    house: House, text: str, values: dict[str, Any]
) -> None:
    house.load(text)
    before = everything()
    with pytest.raises(IntegrityError, match="plans_question_choice"), transaction.atomic():
        Question.objects.update(**values)
    assert everything() == before


@pytest.mark.django_db
def test_a_refused_file_changes_nothing(house: House) -> None:
    house.load(OPEN)
    before = everything()
    with pytest.raises(Refusal):
        house.load(ANSWERED.replace("answer: 是实物。", "answer: 是购物卡。"))
    assert everything() == before
