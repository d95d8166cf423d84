"""The questions of all plans in one list: what each holds up, since when, and how it was answered."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from people import PLANS, SLUG, START, Bureau, at
from songnuan.journeys.create_account import create_account
from songnuan.journeys.load_plan import load_plan
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Plan, Question
from songnuan.plans.queries import choice_of
from songnuan.web.views.questions import Line
from web.browsing import as_, on, queries_of, trail_length

pytestmark = pytest.mark.django_db

LIST = reverse("questions")
KEEP = reverse("question_kept", args=(SLUG, "money_left"))
TEXT = (PLANS / f"{SLUG}.yaml").read_text()
FIRST = TEXT.replace("blocks: nothing", "blocks: payment")
SECOND = TEXT.replace(f"slug: {SLUG}", "slug: second").replace("blocks: nothing", "blocks: issue")
OFFERED = """\
    blocks: payment
    choices:
      - {key: back, text: 结余交回。}
      - {key: extra, text: 用于补充慰问。}
"""
CHOSEN = {"choice": "extra", "ground": "会议纪要〔2020〕9号"}
GIVEN = {"answer": "结余交回。", "ground": "会议纪要〔2020〕9号"}


@pytest.fixture
def plan(bureau: Bureau) -> None:
    """Two plans that wait for an answer: one before it is issued, and one before anything is paid."""
    load_plan(source=FIRST, actor=bureau.officer, at=at(6))
    load_plan(source=SECOND, actor=bureau.officer, at=at(9))
    load_plan(source=SECOND + "\n", actor=bureau.officer, at=at(10))


def shown(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.plan.slug, line.question.key) for line in lines]


@pytest.mark.usefixtures("plan")
def test_what_holds_up_most_stands_first_with_its_clause_and_since_when(bureau: Bureau) -> None:
    with on(at(11)):
        page = as_(bureau.officer).get(LIST)
    found = page.context["open"]
    assert shown(found) == [("second", "money_left"), (SLUG, "money_left")]
    assert [(line.clause, line.question.asked_at) for line in found] == [
        ("（二）专项资金", at(9)),  # the newer version of the text asks what the first one asked
        ("（二）专项资金", at(6)),
    ]
    answered = page.context["answered"]
    assert {line.question.key for line in answered} == {"goods_or_cash"}
    assert answered[0].question.answered_by is not None
    words = page.content.decode()
    assert "局疫情防控办公室会议纪要〔2020〕7号" in words
    assert "测试officer" in words


@pytest.mark.usefixtures("plan")
def test_the_list_of_one_plan_and_its_count_are_at_hand(bureau: Bureau) -> None:
    with on(at(11)):
        client = as_(bureau.officer)
        assert shown(client.get(f"{LIST}?plan=second").context["open"]) == [("second", "money_left")]
        assert client.get(reverse("plans")).context["open_questions"] == 2
        page = client.get(reverse("plan", args=("second",)))
        assert [(clause.key, question.key) for clause, question in page.context["asked"]] == [
            ("fund", "money_left")
        ]
        assert f"{LIST}?plan=second" in page.content.decode()
        due = next(item for item in client.get(reverse("home")).context["due"] if item.url == LIST)
    assert [part.url for part in due.parts] == [
        reverse("plan", args=(slug,)) + "#clause-fund" for slug in (SLUG, "second")
    ]


@pytest.mark.usefixtures("plan")
def test_an_answer_with_its_ground_becomes_part_of_the_plan(bureau: Bureau) -> None:
    with on(at(11)):
        client = as_(bureau.officer)
        page = client.post(KEEP, {**GIVEN, "ground": " "})
        assert page.status_code == 422
        assert page.context["tried"]["anchor"] == f"{SLUG}-money_left"
        assert page.context["tried"]["ground_error"] in page.content.decode()
        assert GIVEN["answer"] in page.content.decode()
        assert not Question.objects.filter(answer=GIVEN["answer"]).exists()
        assert client.post(KEEP, GIVEN).headers["Location"] == LIST
        assert client.post(KEEP, GIVEN).headers["X-Songnuan-Refusal"] == "question_answered"
        assert shown(client.get(LIST).context["open"]) == [("second", "money_left")]
        words = client.get(reverse("plan", args=(SLUG,))).content.decode()
    kept = Question.objects.get(plan__slug=SLUG, key="money_left")
    assert (kept.answer, kept.ground, kept.answered_by_id) == (*GIVEN.values(), bureau.officer.user_id)
    assert "测试officer · 2020年4月11日" in words


@pytest.mark.usefixtures("plan")
def test_who_may_not_write_reads_and_who_has_no_post_sees_nothing(bureau: Bureau) -> None:
    outsider = actor_of(
        create_account(username="outsider", name="外人", password=None, actor=SYSTEM, at=START)
    )
    with on(at(11)):
        for actor in (bureau.approver, bureau.finance, bureau.inspector):
            page = as_(actor).get(LIST)
            assert len(page.context["open"]) == 2
            assert not any(line.may_answer for line in page.context["open"])
            assert as_(actor).post(KEEP, GIVEN).status_code == 403
        assert as_(outsider).get(LIST).context["open"] == []
        assert as_(outsider).post(KEEP, GIVEN).status_code == 404
    assert not Question.objects.filter(answer=GIVEN["answer"]).exists()


@pytest.mark.usefixtures("plan")
def test_reading_changes_nothing_and_asks_as_often_for_many_as_for_few(bureau: Bureau) -> None:
    before = trail_length()
    with on(at(11)):
        client = as_(bureau.officer)
        few = queries_of(client, f"{LIST}?plan=second")
        assert queries_of(client, LIST) <= few
        assert client.get(KEEP).headers["Location"] == LIST
    assert trail_length() == before


@pytest.mark.usefixtures("plan")
def test_findings_are_grouped_and_lead_to_their_clause(bureau: Bureau) -> None:
    # Written while its office was staffed; the text alone has warnings, and nothing that is only open.
    with on(at(11)):
        page = as_(bureau.officer).get(reverse("plan", args=("second",)))
    groups = page.context["findings"]
    assert [group.severity for group in groups] == ["warning"]
    assert {line.key for line in groups[0].lines} >= {"pairing"}
    assert 'href="#clause-pairing"' in page.content.decode()


def test_twenty_plans_are_asked_for_like_two_and_no_text_is_read(bureau: Bureau) -> None:
    load_plan(source=SECOND, actor=bureau.officer, at=at(6))
    plan = Plan.objects.get(slug="second")
    client = as_(bureau.officer)

    def add(count: int, start: int) -> None:
        for number in range(start, start + count):
            other = Plan.objects.create(slug=f"p{number}", title="又一份", unit=plan.unit)
            facts = {"position": 1, "text": "由谁签收？", "blocks": "nothing", "asked_at": at(7)}
            Question.objects.create(plan=other, key="who", **facts)

    add(1, 0)
    with on(at(11)):
        few = queries_of(client, LIST)
        add(18, 1)
        with CaptureQueriesContext(connection) as taken:
            assert len(client.get(LIST).context["open"]) == 20
    assert len(taken) == few
    assert not any("source" in row["sql"] for row in taken)


@pytest.fixture
def offering(bureau: Bureau) -> Plan:
    """A plan whose open question offers two answers."""
    return load_plan(source=TEXT.replace("    blocks: nothing\n", OFFERED), actor=bureau.officer, at=at(6))


def radios(page: str) -> list[tuple[str, bool]]:
    """Return the choices of a page, and whether each is chosen."""
    found = re.findall(r'<input type="radio" name="choice" value="(\w+)"( checked)?>', page)
    return [(value, bool(checked)) for value, checked in found]


@pytest.mark.usefixtures("offering")
@pytest.mark.parametrize("name", ["question_kept", "question_answer"])
def test_an_answer_is_chosen_where_the_question_offers_some(bureau: Bureau, name: str) -> None:
    url = reverse(name, args=(SLUG, "money_left"))
    back = LIST if name == "question_kept" else reverse("plan", args=(SLUG,))
    untouched = list(Question.objects.order_by("pk").values())
    with on(at(11)):
        client = as_(bureau.officer)
        page = client.get(back).content.decode()
        assert radios(page) == [("back", False), ("extra", False)]
        assert 'name="answer"' not in page
        assert "用于补充慰问。</label>" in page
        for wrong in ({"choice": ""}, {"choice": "cash"}, {"choice": "", "answer": "结余交回。"}):
            refused = client.post(url, {**CHOSEN, **wrong})
            assert refused.status_code == 422
            words = refused.content.decode()
            sentence = refused.context["tried"]["choice_error"]
            assert f"{sentence}</p><div><div><label" in words, "the error stands above what is chosen from"
            assert 'aria-invalid="true" aria-describedby="choice-error"' in words
            assert CHOSEN["ground"] in words
        refused = client.post(url, {**CHOSEN, "ground": ""})
        assert "ground_error" in refused.context["tried"]
        assert radios(refused.content.decode()) == [("back", False), ("extra", True)]
        assert list(Question.objects.order_by("pk").values()) == untouched
        assert client.post(url, CHOSEN).headers["Location"] == back
        assert "用于补充慰问。" in client.get(back).content.decode()
    kept = Question.objects.get(key="money_left")
    assert (kept.answer, kept.choice, kept.ground) == ("用于补充慰问。", "extra", CHOSEN["ground"])
    assert choice_of(kept.plan_id, "money_left") == "extra"


@pytest.mark.usefixtures("offering")
def test_who_does_not_answer_reads_what_is_offered(bureau: Bureau) -> None:
    untouched = list(Question.objects.order_by("pk").values())
    with on(at(11)):
        for url in (LIST, reverse("plan", args=(SLUG,))):
            words = as_(bureau.approver).get(url).content.decode()
            assert radios(words) == []
            assert '<li lang="zh-Hans">用于补充慰问。</li>' in words
        assert as_(bureau.approver).post(KEEP, CHOSEN).status_code == 403
    assert list(Question.objects.order_by("pk").values()) == untouched
