"""However many lessons, rounds and courses a measure has, its progress asks the database as often."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.course_house import BEGINS, School, make_school
from outreach.lesson_house import NOW
from songnuan.journeys.hold_quiz import close_quiz, open_quiz
from songnuan.journeys.measures.lessons import evidence, progress
from songnuan.journeys.teach_course import close_course
from songnuan.outreach.course_models import Course

pytestmark = pytest.mark.django_db(transaction=True)


def asked(school: School) -> int:
    measure = school.house.measure
    with CaptureQueriesContext(connection) as told:
        progress([measure], BEGINS + timedelta(days=1))
        evidence(measure, BEGINS)
    return len(told)


def taught(school: School) -> Course:
    """Let a lesson be learnt, quizzed and closed."""
    course = school.course()
    actor = school.house.people["publicity"]
    open_quiz(
        lesson_id=course.lesson_id, kind="after", until_on=(NOW + timedelta(3)).date(), actor=actor, at=NOW
    )
    close_quiz(lesson_id=course.lesson_id, actor=actor, at=BEGINS)
    close_course(course_id=course.pk, actor=school.lead, at=BEGINS)
    return course


def test_progress_and_evidence_ask_as_often_for_many_lessons_as_for_one() -> None:
    school = make_school()
    taught(school)
    before = asked(school)
    for _number in range(3):
        taught(school)
    assert asked(school) == before
