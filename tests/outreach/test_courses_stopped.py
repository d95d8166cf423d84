"""A course stops: its lesson is withdrawn, its measure closed, its door ended; and what ended stays so."""

from datetime import timedelta

import pytest

from outreach.course_house import BEGINS, TODAY, School, make_school, own, rates, refused
from outreach.lesson_house import NOW, RIGHT
from songnuan.audit.models import Entry
from songnuan.journeys.attend_course import (
    AT_THE_DOOR,
    check_in_by_account,
    check_in_by_told,
    confirm_reading,
    enter_attendance,
    open_reading,
    take_attendance_back,
    take_test,
)
from songnuan.journeys.measures.lessons import progress
from songnuan.journeys.sign_lesson import withdraw_lesson
from songnuan.journeys.teach_course import chase_course, close_course, end_door
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.actions import attending, courses
from songnuan.outreach.actions.attending import Told, as_learner
from songnuan.outreach.actions.courses import held_course
from songnuan.outreach.course_models import Attendance, Course, Door, Learner
from songnuan.outreach.course_queries import owed_by
from songnuan.plans.models import Measure, MeasureStatus

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def school() -> School:
    return make_school()


def test_a_withdrawn_lesson_is_learnt_by_nobody_any_more(school: School) -> None:
    measure = school.house.measure
    course = school.course()
    door, mine, user = school.door(course), school.learner(course, "周静"), own(school, "语文组0")
    me = as_learner(mine)
    enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
    publicity = school.house.people["publicity"]
    withdraw_lesson(lesson_id=course.lesson_id, remark="有新规定", actor=publicity, at=NOW)
    course.refresh_from_db()
    assert (course.closed_at, course.closed_by_id) == (NOW, publicity.user_id)
    told = Told(code=mine.code)
    refused(lambda: check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS), "door_unknown")
    refused(lambda: open_reading(learner_id=mine.pk, actor=me, at=NOW), "lesson_withdrawn")
    refused(lambda: confirm_reading(learner_id=mine.pk, is_at_end=True, actor=me, at=NOW), "lesson_withdrawn")
    refused(lambda: take_test(learner_id=mine.pk, picks=RIGHT, actor=me, at=NOW), "lesson_withdrawn")
    refused(lambda: chase_course(course_id=course.pk, actor=school.lead, at=NOW), "lesson_withdrawn")
    refused(lambda: school.align(course, NOW), "lesson_withdrawn")
    assert owed_by(user.user_id or 0) == []
    assert rates(course, TODAY) == (6, 1, 0, 0), "who learnt it has learnt it"
    assert Entry.objects.filter(action="outreach.close_course").count() == 1
    assert progress([measure], NOW + 9 * DAY)[measure.pk].late == 0, "nobody can learn it: nobody is late"


def test_what_all_had_learnt_before_it_was_withdrawn_stays_done(school: School) -> None:
    measure = school.house.measure
    course = school.course(quiz=False)
    for learner in Learner.objects.filter(course=course):
        enter_attendance(learner_id=learner.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
    close_course(course_id=course.pk, actor=school.lead, at=NOW)
    before = progress([measure], NOW + DAY)[measure.pk].done
    publicity = school.house.people["publicity"]
    withdraw_lesson(lesson_id=course.lesson_id, remark="过时", actor=publicity, at=NOW + DAY)
    assert progress([measure], NOW + 2 * DAY)[measure.pk].done == before == 2
    assert Entry.objects.filter(action="outreach.close_course").count() == 1, "it was closed already"


def test_in_a_closed_measure_nothing_is_learnt_or_due(school: School) -> None:
    course = school.course()
    door, mine, user = school.door(course), school.learner(course, "周静"), own(school, "语文组0")
    me = as_learner(mine)
    enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
    assert len(owed_by(user.user_id or 0)) == 1
    Measure.objects.filter(pk=school.house.measure.pk).update(status=MeasureStatus.CLOSED, closed_at=NOW)
    lead = {"actor": school.lead, "at": BEGINS}
    for act in (
        lambda: school.door(course),
        lambda: end_door(door_id=door.pk, **lead),
        lambda: school.align(course, NOW),
        lambda: chase_course(course_id=course.pk, **lead),
        lambda: close_course(course_id=course.pk, **lead),
        lambda: check_in_by_account(code=door.code, actor=user, at=BEGINS),
        lambda: check_in_by_told(code=door.code, told=Told(name="周静"), actor=AT_THE_DOOR, at=BEGINS),
        lambda: open_reading(learner_id=mine.pk, actor=me, at=NOW),
        lambda: take_test(learner_id=mine.pk, picks=RIGHT, actor=me, at=NOW),
        lambda: take_attendance_back(learner_id=mine.pk, reason="签错人", **lead),
    ):
        refused(act, "measure_closed")
    assert owed_by(user.user_id or 0) == []


def test_a_door_that_is_ended_meanwhile_lets_nobody_in(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = school.course()
    door = school.door(course)

    def ended_meanwhile(course_id: int) -> Course:
        Door.objects.filter(pk=door.pk).update(ended_at=NOW)
        return held_course(course_id)

    for where in (attending, courses):
        monkeypatch.setattr(where, "held_course", ended_meanwhile)
    actor = own(school, "语文组0")
    with pytest.raises(Refusal) as told:
        check_in_by_account(code=door.code, actor=actor, at=BEGINS)
    assert told.value.code == "door_unknown"
    with pytest.raises(Refusal) as told:
        end_door(door_id=door.pk, actor=school.lead, at=NOW)
    assert told.value.code == "door_unknown"
    assert not Attendance.objects.exists()
