"""Lessons through their pages: written, signed, answered by staff and by nobody, rates, receipts, papers."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from outreach.lesson_house import NOW, UNTIL, LessonHouse, make_lesson_house
from songnuan.audit.models import Entry
from songnuan.kernel.actor import Actor
from songnuan.outreach.lesson_models import Lesson, QuizAsked, QuizCode, QuizTally
from songnuan.outreach.sending_models import Addressed, HandedOn
from songnuan.web.due import desk_of, due_of
from songnuan.web.trail_subjects import look_up
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {"q1": "0", "q2": ["0", "1"], "q3": "1"}


@pytest.fixture
def house() -> LessonHouse:
    return make_lesson_house()


def get(actor: Actor, address: str) -> Any:
    with on(NOW):
        return as_(actor).get(address)


def post(actor: Actor, address: str, **told: object) -> Any:
    with on(NOW):
        return as_(actor).post(address, {"key": str(uuid4()), **told})


def dues(actor: Actor) -> list[str]:
    reader = Reader(user=user_of(actor), actor=actor, at=NOW, day=NOW.date())
    with on(NOW):
        return [one.title for one in due_of(desk_of(reader))]


def test_by_a_code_anybody_answers_and_leaves_nothing(house: LessonHouse) -> None:
    lesson = house.signed()
    code = house.code(lesson)
    address = reverse("quiz_by_code", args=(code.code,))
    client = Client(enforce_csrf_checks=True)
    with on(NOW):
        shut = client.get(address).content.decode()
        assert "答题尚未开放" in shut
        assert "现在不在答题时间" in shut
        assert "<fieldset" not in shut
        assert lesson.text[:4] in shut
    row, entries = house.open(lesson), Entry.objects.count()
    with on(NOW):
        assert "几道小题" in client.get(address).content.decode()
        lacking = client.post(address, {"key": str(uuid4()), **ANSWERS, "q3": "x"})
        assert (lacking.status_code, "第3题" in lacking.content.decode()) == (422, True)
        assert "checked" in lacking.content.decode(), "what was picked stays"
        assert client.post(address, ANSWERS).status_code == 422, "a page without its key counts nothing"
        done = client.post(address, {"key": str(uuid4()), **ANSWERS})
        assert "您答对3题" in done.content.decode()
        assert "报告社区</b>" not in done.content.decode(), "what is right is told after the last round alone"
        # Whoever is signed in answers as nobody all the same.
        signed = as_(house.staff["一科"][0])
        assert signed.post(address, {"key": str(uuid4()), **ANSWERS}).status_code == 200
    assert QuizTally.objects.get(round=row).answered == 2
    assert not QuizAsked.objects.filter(answered_at__isnull=False).exists()
    assert Entry.objects.count() == entries
    assert client.get(reverse("quiz_by_code", args=("nothing",))).status_code == 404
    assert not client.cookies, "no page behind a code sets a cookie"
    house.close(lesson)
    tallies = list(QuizTally.objects.values())
    with on(NOW):
        shut = client.get(address).content.decode()
        assert "本轮答题已于" in shut
        assert "之后可能还有一轮" in shut
        late = client.post(address, {"key": str(uuid4()), **ANSWERS})
        assert (late.status_code, "您刚才的答案没有计入" in late.content.decode()) == (422, True)
    assert list(QuizTally.objects.values()) == tallies


def test_a_lesson_goes_its_way_through_the_pages(house: LessonHouse) -> None:
    office, publicity, first = house.people["office"], house.people["publicity"], house.staff["一科"][0]
    written = post(
        office,
        reverse("lesson_new", args=(house.measure.pk,)),
        title="勤洗手",
        text="先洗手。",
        roles=["unit_liaison"],
    )
    lesson = Lesson.objects.get()
    page, act = reverse("lesson", args=(lesson.pk,)), reverse("lesson_act", args=(lesson.pk,))
    assert written.headers["Location"] == page
    wrong = post(office, act, act="question", question="先做什么？", options="洗手\n做饭")
    assert (wrong.status_code, "正确的选项" in wrong.content.decode()) == (422, True)
    post(office, act, act="question", question="先做什么？", options="*洗手\n做饭")
    post(office, act, act="hand_in")
    assert "待签发：勤洗手" in dues(publicity)
    assert "待签发：勤洗手" not in dues(office)
    post(publicity, act, act="sign")
    sent = reverse("lesson_send", args=(lesson.pk,))
    post(office, sent, act="send")
    assert "先洗手。" in get(first, page).content.decode()
    assert Addressed.objects.get(user=first.user_id).read_at == NOW
    told = {"way": "qq", "place": "一科群", "unit": house.sections["一科"].pk}
    post(first, reverse("lesson_hand", args=(lesson.pk,)), **told)
    assert HandedOn.objects.get().by_id == first.user_id
    post(office, reverse("quiz_round", args=(lesson.pk,)), kind="after", until_on=UNTIL.isoformat())
    assert "请答题：勤洗手" in dues(first)
    quiz = reverse("lesson_quiz", args=(lesson.pk,))
    for one in house.staff["一科"]:
        assert "您答对1题" in post(one, quiz, q1="0").content.decode()
    assert "请答题：勤洗手" not in dues(first)
    assert "100%" not in get(office, page).content.decode()
    post(office, reverse("quiz_round", args=(lesson.pk,)), act="close")
    shown = get(office, page).content.decode()
    assert "100%" in shown
    assert "二科" in shown
    own = get(first, page).content.decode()
    assert "100%" in own
    assert "二科" not in own, "who sees one unit sees no other"
    code = {"audience": "floating", "unit": house.sections["一科"].pk, "place": "东门"}
    post(office, reverse("quiz_code_new", args=(lesson.pk,)), **code)
    made = QuizCode.objects.get()
    led = get(office, reverse("quiz_code_end", args=(made.pk,)))
    assert led.headers["Location"] == reverse("lesson", args=(lesson.pk,)) + "#codes"
    assert get(house.people["stranger"], reverse("quiz_code_end", args=(made.pk,))).headers["Location"] == "/"
    papers = [
        *(reverse("quiz_rates", args=(lesson.pk, kind)) for kind in ("xlsx", "pdf")),
        *(reverse("quiz_poster", args=(made.pk, kind)) for kind in ("pdf", "png")),
        reverse("lesson_paper", args=(lesson.pk, "png")),
    ]
    for paper in papers:
        assert get(office, paper).status_code == 200
    for address in (page, quiz, *papers):
        assert get(house.people["stranger"], address).status_code == 404
    assert get(first, papers[0]).status_code == 404
    assert post(house.people["stranger"], act, act="withdraw", remark="x").status_code == 404
    reader = Reader(user=user_of(office), actor=office, at=NOW, day=NOW.date())
    subject = f"outreach.lesson:{lesson.pk}"
    assert look_up([subject], reader)[subject].text == "勤洗手"
    assert "勤洗手" in get(office, reverse("lessons")).content.decode()
