"""The answers that a question offers are written in the web, and stay with their signs."""

import pytest
from django.urls import reverse

from people import PLANS, SLUG, Bureau, at
from songnuan.journeys.load_plan import load_plan
from songnuan.plans.models import Plan, PlanVersion, Question
from songnuan.plans.queries import current_version
from songnuan.plans.versions import text_of
from songnuan.web.question_forms import choices_of
from web.browsing import as_, on
from web.test_plan_text import posted

pytestmark = pytest.mark.django_db

FORM = reverse("plan_questions_edit", args=(SLUG,))
OFFERED = """\
    blocks: nothing
    choices:
      - {key: back, text: 交回。} # 原样
      - {key: extra, text: 补充。}
"""


@pytest.fixture
def draft(bureau: Bureau) -> Plan:
    """Plan 1 as a draft whose second question offers two answers."""
    source = (PLANS / f"{SLUG}.yaml").read_text().replace("    blocks: nothing\n", OFFERED)
    return load_plan(source=source, actor=bureau.officer, at=at(6))


def offered(plan: Plan) -> dict[str, list[dict[str, str]]]:
    """Return what each question of the text offers, and that the rows say the same."""
    plan.refresh_from_db()
    found = {row.key: row.offered for row in text_of(current_version(plan).source).questions}
    assert dict(Question.objects.filter(plan=plan).values_list("key", "choices")) == found
    return found


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (None, None),
        (" \n \n", None),
        ("each=分发\none = 一份", [("each", "分发"), ("one", "一份")]),
        ("each＝分发\n\n  只发一份  ", [("each", "分发"), ("choice_1", "只发一份")]),
        ("甲\nchoice_1=乙\n丙", [("choice_2", "甲"), ("choice_1", "乙"), ("choice_3", "丙")]),
        ("a=b=c\nA=B", [("a", "b=c"), ("choice_1", "A=B")]),
        ("each=", [("choice_1", "each=")]),
    ],
)
def test_choices_are_read_from_lines(told: str | None, found: list[tuple[str, str]] | None) -> None:
    read = choices_of(told)
    assert (read is None) == (found is None)
    assert [(row["key"], row["text"]) for row in read or []] == (found or [])


def test_choices_survive_an_edit_of_something_else(bureau: Bureau, draft: Plan) -> None:
    before = offered(draft)
    with on(at(6, 11)):
        client = as_(bureau.officer)
        assert client.get(FORM).context["form"].initial["questions-1-choices"] == "back=交回。\nextra=补充。"
        assert posted(client, FORM, 1).status_code == 302
        assert PlanVersion.objects.count() == 1, "the same is no new text"
        assert posted(client, FORM, 1, **{"questions-0-ground": "会议纪要"}).status_code == 302
    assert offered(draft) == before
    assert "# 原样" in current_version(draft).source


def test_choices_go_with_their_question(bureau: Bureau, draft: Plan) -> None:
    gone = {f"questions-0-{name}": "" for name in ("text", "answer", "ground", "choices")}
    with on(at(6, 11)):
        client = as_(bureau.officer)
        assert posted(client, FORM, 1, **gone).status_code == 302
        kept = offered(draft)
        assert [(key, len(choices)) for key, choices in kept.items()] == [("money_left", 2)]
        new = {"questions-1-text": "还有吗？", "questions-1-blocks": "open"}
        assert posted(client, FORM, 2, **new).status_code == 302
        added = offered(draft)
        assert added == {**kept, "question_1": []}
        assert posted(client, FORM, 3, **{"questions-0-choices": ""}).status_code == 302
    assert offered(draft) == {"money_left": [], "question_1": []}
    assert "choices" not in current_version(draft).source


def test_choices_are_reworded_and_added_and_the_signs_stay(bureau: Bureau, draft: Plan) -> None:
    told = {"questions-1-choices": "back=全部交回。\r\nextra=补充。\r\n另行研究。"}
    with on(at(6, 11)):
        assert posted(as_(bureau.officer), FORM, 1, **told).status_code == 302
    assert offered(draft)["money_left"] == [
        {"key": "back", "text": "全部交回。"},
        {"key": "extra", "text": "补充。"},
        {"key": "choice_1", "text": "另行研究。"},
    ]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"questions-1-choices": "back=交回。"}, "questions-1-choices"),
        ({"questions-1-choices": "back=交回。\nback=补充。"}, "questions-1-choices"),
        ({"questions-1-choices": "交回。\n交回。"}, "questions-1-choices"),
        ({"questions-1-choices": "\n".join("甲乙丙丁戊己庚辛壬")}, "questions-1-choices"),
        ({"questions-1-answer": "都行。", "questions-1-ground": "会议纪要"}, "questions-1-answer"),
    ],
)
def test_what_cannot_be_chosen_from_is_said_beside_its_input(
    bureau: Bureau, draft: Plan, told: dict[str, str], wrong: str
) -> None:
    before = offered(draft)
    with on(at(6, 11)):
        page = posted(as_(bureau.officer), FORM, 1, **told)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {wrong}
    for typed in told.values():
        assert typed.splitlines()[0] in page.content.decode()
    assert offered(draft) == before
    assert PlanVersion.objects.count() == 1


def test_an_answer_in_the_text_is_one_of_its_choices(bureau: Bureau, draft: Plan) -> None:
    told = {"questions-1-answer": "补充。", "questions-1-ground": "会议纪要"}
    with on(at(6, 11)):
        assert posted(as_(bureau.officer), FORM, 1, **told).status_code == 302
    question = Question.objects.get(plan=draft, key="money_left")
    assert (question.answer, question.choice) == ("补充。", "extra")
