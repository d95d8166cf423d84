"""A course stops: its lesson is withdrawn, its measure closed, its door ended; and what ended stays so."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from outreach.course_house import BEGINS, TODAY, School, make_school, own, rates, refused
from outreach.lesson_house import NOW, RIGHT, WRONG
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.attend_course import (
    AT_THE_DOOR,
    check_in_by_account,
    check_in_by_told,
    confirm_reading,
    enter_attendance,
    grant_tries,
    open_reading,
    take_attendance_back,
    take_test,
)
from songnuan.journeys.measures.lessons import progress
from songnuan.journeys.sign_lesson import withdraw_lesson
from songnuan.journeys.teach_course import chase_course, close_course, end_door
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.outreach.actions import attending, courses
from songnuan.outreach.actions.attending import Told, as_learner
from songnuan.outreach.actions.courses import held_course
from songnuan.outreach.course_models import Attendance, Course, CourseTry, Door, Expected, Learner, Reading
from songnuan.outreach.course_queries import owed_by, standings
from songnuan.people.models import Enrolment
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
    told = Told(code=mine.code or "")
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
    lead: dict[str, Any] = {"actor": school.lead, "at": BEGINS}
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


def test_of_what_is_closed_the_database_keeps_every_record(school: School) -> None:
    course = school.course()
    mine, door, live = school.learner(course, "周静"), school.door(course), school.course(quiz=False)
    enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
    other = school.learner(course, "陈一鸣")
    open_reading(learner_id=other.pk, actor=as_learner(other), at=NOW)
    close_course(course_id=course.pk, actor=school.lead, at=NOW)
    who = school.lead.user_id or 0
    acts = (
        lambda: Course.objects.filter(pk=course.pk).update(until_on=TODAY + 9 * DAY),
        lambda: Course.objects.filter(pk=course.pk).update(by_reading=False),
        lambda: Course.objects.filter(pk=course.pk).update(chased_at=NOW),
        lambda: Course.objects.filter(pk=course.pk).update(closed_at=NOW + DAY),
        lambda: Course.objects.filter(pk=live.pk).update(opened_at=NOW + DAY),
        lambda: Learner.objects.filter(pk=mine.pk).update(user=who),
        lambda: Learner.objects.filter(pk=mine.pk).update(granted=1),
        lambda: Learner.objects.create(course=course, person=mine.person, code="X"),
        lambda: Expected.objects.filter(learner=mine).update(ends_on=TODAY),
        lambda: Expected.objects.create(learner=mine, unit=school.house.centre, starts_on=TODAY),
        lambda: Door.objects.filter(pk=door.pk).update(ended_at=NOW + DAY),
        lambda: Door.objects.filter(pk=door.pk).update(place="别处"),
        lambda: Door.objects.create(
            course=course, place="别处", begins_at=NOW, ends_at=BEGINS, code="x", made_by_id=who, made_at=NOW
        ),
        lambda: Attendance.objects.filter(learner=mine).update(voided_at=NOW, voided_by=who),
        lambda: Attendance.objects.filter(learner=mine).update(by=None, way="reading", reason=None),
        lambda: Reading.objects.update(opened_at=BEGINS),
        lambda: Reading.objects.all().delete(),
        lambda: Reading.objects.create(learner=mine, opened_at=NOW),
        lambda: CourseTry.objects.create(learner=mine, number=1, right=3, questions=3, passed=True, at=NOW),
        lambda: _raw("DELETE FROM outreach_door"),
        lambda: _raw("DELETE FROM outreach_learner"),
        lambda: _raw("DELETE FROM outreach_course"),
    )
    for act in acts:
        # The constraint that is named is a trigger's: none of those that hold beside it.
        with pytest.raises(IntegrityError, match=r"_(kept|stays|shut)|append-only"), transaction.atomic():
            act()
    assert rates(course, TODAY) == (6, 1, 0, 0)
    # What may be forgotten is: the words, of people who are erased.
    assert Attendance.objects.filter(learner=mine).update(reason=None) == 1


def _raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_office_grants_new_tries_once_all_are_used(school: School) -> None:
    school.enrol("校工会", "语文组")
    course = school.course()
    mine, user = school.learner(course, "语文组0"), own(school, "语文组0")
    others = Learner.objects.filter(course=course).exclude(pk=mine.pk)
    for learner in others.exclude(user=school.lead.user_id):
        enter_attendance(learner_id=learner.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
        take_test(learner_id=learner.pk, picks=RIGHT, actor=as_learner(learner), at=NOW)
    lead: dict[str, Any] = {"actor": school.lead, "at": NOW}
    enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", **lead)

    def grant(actor: Actor = school.lead, learner: Learner = mine) -> Learner:
        return grant_tries(learner_id=learner.pk, actor=actor, at=NOW)

    def fail() -> object:
        return take_test(learner_id=mine.pk, picks=WRONG, actor=user, at=NOW)

    refused(grant, "tries_left")
    fail()
    assert [fails for _course, _lacks, fails in owed_by(user.user_id or 0)] == [True]
    fail()
    refused(fail, "test_tries")
    assert owed_by(user.user_id or 0) == [], "what somebody can do no more is not asked of them"
    lacking = [one.learner_id for one in standings(course, TODAY) if one.lacks]
    assert mine.pk in lacking, "and yet they have to make up for it"
    school.leave("校工会")
    school.align(course, NOW)
    refused(lambda: chase_course(course_id=course.pk, **lead), "tries_spent")
    for actor in (school.house.people["inspector"], school.house.people["stranger"], school.clerk):
        refused(lambda actor=actor: grant(actor), "not_permitted")  # type: ignore[misc]
    refused(lambda: grant(learner=school.learner(course, "周静")), "test_passed")
    with pytest.raises(IntegrityError, match="shut"), transaction.atomic():
        CourseTry.objects.create(learner=mine, number=3, right=3, questions=3, passed=True, at=NOW)
    assert grant().granted == 1
    assert Entry.objects.filter(action="outreach.grant_tries").count() == 1
    refused(grant, "tries_left")
    assert [fails for _course, _lacks, fails in owed_by(user.user_id or 0)] == [True]
    assert chase_course(course_id=course.pk, **lead) == 1
    assert fail()[0].number == 3  # type: ignore[index]
    assert take_test(learner_id=mine.pk, picks=RIGHT, actor=user, at=NOW)[0].passed
    refused(grant, "test_passed")


def test_who_gets_an_account_later_is_linked_to_it(school: School) -> None:
    User.objects.filter(name="数学组0").update(is_active=False, phone="")
    course = school.course()
    later, closed = school.learner(course, "数学组0"), school.learner(course, "语文组0")
    assert (later.user, closed.user) == (None, User.objects.get(pk=closed.user_id or 0))
    User.objects.filter(name="数学组0").update(is_active=True)
    User.objects.filter(pk=closed.user_id or 0).update(is_active=False)
    school.align(course, NOW)
    later.refresh_from_db()
    closed.refresh_from_db()
    assert isinstance(later.user, User)
    assert (later.user.name, closed.user) == ("数学组0", None), "a closed account is none"
    told = OutboxMessage.objects.filter(topic="lesson.learn", recipient=later.user)
    assert told.count() == 1
    facts = json.loads(Entry.objects.get(action="outreach.align_course").facts)
    assert (facts["linked"], facts["made"], facts["left"]) == (1, 0, 0)
    school.align(course, NOW)
    assert Entry.objects.filter(action="outreach.align_course").count() == 1, "nothing changed any more"


def test_an_account_is_linked_to_nobody_while_two_bear_its_name(school: School) -> None:
    User.objects.filter(name="数学组0").update(phone="")
    Enrolment.objects.filter(person=school.people["数学组0"]).delete()
    course = school.course()
    school.people.pop("数学组0")
    school.enrol("数学组0", "数学组")
    school.enrol("数学组0", "语文组")
    school.align(course, NOW)
    assert not Learner.objects.filter(course=course, person__name="数学组0", user__isnull=False).exists()
