"""What somebody learnt and was invited to, on their own page and in the copy they take away."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outreach.course_house import BEGINS, School, make_school
from outreach.lesson_house import NOW, RIGHT, WRONG
from outreach.test_events import ask, make_measure, planned
from songnuan.journeys.attend_course import enter_attendance, take_attendance_back, take_test
from songnuan.journeys.hold_event import answer_invitation
from songnuan.outreach.actions.attending import as_learner
from songnuan.outreach.actions.events import as_invited
from songnuan.outreach.course_models import Course
from songnuan.plans.models import Measure
from web.browsing import inside, on

pytestmark = pytest.mark.django_db(transaction=True)


def page(client: Client) -> str:
    with on(NOW):
        return str(client.get(reverse("own_view")).content.decode())


def copy(client: Client) -> Any:
    with on(NOW):
        return client.post(reverse("own_data"), {"key": str(uuid4())}).json()


def learnt(school: School) -> Course:
    """Let 陈一鸣 learn a lesson twice, since the first did not count, fail its test and send a deputy."""
    course = school.course()
    mine = school.learner(course, "陈一鸣")
    for reason in ("签到表第3行", "补签"):
        enter_attendance(learner_id=mine.pk, happened_at=NOW, reason=reason, actor=school.lead, at=BEGINS)
        if reason != "补签":
            take_attendance_back(learner_id=mine.pk, reason="看错行", actor=school.lead, at=BEGINS)
    for picks in (WRONG, RIGHT):
        take_test(learner_id=mine.pk, picks=picks, actor=as_learner(mine), at=BEGINS)
    row = ask(school, planned(school, make_measure(school)), school.people["陈一鸣"], "leader")
    answer_invitation(invitation_id=row.pk, answer="deputy", deputy="王小明", actor=as_invited(row), at=NOW)
    return course


def test_the_own_page_and_the_copy_tell_of_lessons_tests_and_invitations(school: School) -> None:
    course = learnt(school)
    client, other = (inside(school.people[name], school.lead, NOW) for name in ("陈一鸣", "周静"))
    words = ("签到表第3行", "看错行", "补签", "返校欢迎活动", "王小明", "领导代表")
    told = page(client)
    assert [one in told for one in (course.lesson.title, *words)] == [True] * 7
    theirs = page(other)
    assert [one in theirs for one in (course.lesson.title, *words)] == [True, *[False] * 6]
    taken = copy(client)
    [mine] = taken["courses"]
    assert [(one["is_void"], one["reason"], one["void_reason"]) for one in mine["attendances"]] == [
        (True, "签到表第3行", "看错行"),
        (False, "补签", ""),
    ]
    assert [one["passed"] for one in mine["tries"]] == [False, True]
    [invited] = taken["invitations"]
    assert (invited["answer"], invited["deputy"], invited["capacity"]) == ("deputy", "王小明", "leader")
    assert copy(other)["invitations"] == []


def test_however_much_somebody_learns_the_page_asks_as_often(school: School) -> None:
    def asked() -> int:
        client = inside(school.people["陈一鸣"], school.lead, NOW)
        with CaptureQueriesContext(connection) as queries:
            page(client)
        return len(queries)

    learnt(school)
    before = asked()
    school.course()
    ask(school, planned(school, Measure.objects.get(key="occasion")), school.people["陈一鸣"])
    assert asked() == before


@pytest.fixture
def school() -> School:
    return make_school()
