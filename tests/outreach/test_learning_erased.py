"""What courses and events keep of people goes with them, and with the roster; figures of past days stay."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from goods.builders import snapshot
from outreach.course_house import BEGINS, COURSES, TODAY, School, make_school, rates
from outreach.lesson_house import NOW
from outreach.test_events import ask, make_measure, planned
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.attend_course import (
    AT_THE_DOOR,
    check_in_by_told,
    confirm_reading,
    enter_attendance,
    take_attendance_back,
)
from songnuan.journeys.base import step
from songnuan.journeys.forget_deputies import forget_deputies
from songnuan.journeys.forgetting import forget_words
from songnuan.journeys.hold_event import answer_invitation
from songnuan.journeys.keep_courses import keep_courses
from songnuan.journeys.schedule import SCHEDULE
from songnuan.journeys.teach_course import close_course
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.actions.attending import Told, as_learner
from songnuan.outreach.actions.courses import align_course
from songnuan.outreach.actions.events import as_invited
from songnuan.outreach.checks import verify
from songnuan.outreach.course_models import Attendance, Course, Expected, Learner
from songnuan.outreach.course_queries import expected_now, learner_of_code, owed_by
from songnuan.outreach.event_models import Invitation
from songnuan.outreach.event_queries import invitation_of_code
from songnuan.people.models import Person, PersonStatus, Roster, RosterStatus

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
LATER = BEGINS + DAY
LEFT = {"learning_told_left"}


@pytest.fixture
def school() -> School:
    return make_school()


def erase(school: School, *names: str) -> None:
    """Let the register have erased people."""
    for name in names:
        Person.objects.filter(pk=school.people[name].pk).update(
            name="", phone=None, status=PersonStatus.ERASED
        )


def erase_roster(school: School) -> None:
    """Let the roster be erased; its people stay, for others."""
    Roster.objects.filter(pk=school.roster.pk).update(status=RosterStatus.ERASED, erased_on=LATER.date())


def forget(at: datetime = LATER) -> int:
    with step():
        return forget_words({"actor": SYSTEM, "at": at})


def findings() -> set[str]:
    return {one.code for one in verify()}


def enter(school: School, course: Course, name: str) -> None:
    learner = school.learner(course, name)
    enter_attendance(learner_id=learner.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=BEGINS)


def told_of(learner: Learner) -> set[object]:
    learner.refresh_from_db()
    told: set[object] = {learner.code, learner.user_id}
    told |= set(Expected.objects.filter(learner=learner).values_list("category", flat=True))
    for words in Attendance.objects.filter(learner=learner).values_list("reason", "void_reason"):
        told |= set(words)
    return told - {None, ""}


def refused(act: Callable[[], object]) -> None:
    before = snapshot((*COURSES, Invitation))
    with pytest.raises(Refusal):
        act()
    assert snapshot((*COURSES, Invitation)) == before


def test_with_somebody_goes_what_a_course_told_of_them_and_they_are_expected_no_more(school: School) -> None:
    course = school.course(quiz=False)
    for name in ("语文组0", "陈一鸣"):
        enter(school, course, name)
    take_attendance_back(
        learner_id=school.learner(course, "语文组0").pk, reason="签错人", actor=school.lead, at=BEGINS
    )
    gone, stays = school.learner(course, "语文组0"), school.learner(course, "陈一鸣")
    user, before = gone.user_id or 0, told_of(stays)
    assert owed_by(user)
    assert findings() == set()
    erase(school, "语文组0")
    assert findings() == LEFT
    assert forget() == 3
    assert (told_of(gone), told_of(stays)) == (set(), before)
    assert findings() == set()
    assert owed_by(user) == []
    assert (rates(course), rates(course, LATER.date())) == ((6, 1, 0, 0), (5, 1, 0, 0))
    assert [
        json.loads(one.facts)["texts"] for one in Entry.objects.filter(action="outreach.forget_words")
    ] == [3]
    assert forget() == 0


def test_with_the_roster_it_goes_of_everybody_also_where_the_course_is_closed(school: School) -> None:
    course = school.course(quiz=False)
    enter(school, course, "陈一鸣")
    close_course(course_id=course.pk, actor=school.lead, at=BEGINS)
    erase_roster(school)
    assert findings() == LEFT
    assert forget() > 0
    assert [told_of(one) for one in Learner.objects.all()] == [set()] * 6
    assert findings() == set()
    assert rates(course, LATER.date()) == (6, 1, 0, 0)
    assert forget() == 0


def test_who_was_erased_or_whose_roster_was_does_nothing_any_more(school: School) -> None:
    course = school.course(quiz=False)
    door = school.door(course)
    one, other = school.learner(course, "周静"), school.learner(course, "陈一鸣")
    actors = {row.pk: as_learner(row) for row in (one, other)}

    def nothing(row: Learner, told: Told) -> None:
        code = row.code or ""
        refused(lambda: check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS))
        refused(lambda: check_in_by_told(code=door.code, told=Told(code=code), actor=AT_THE_DOOR, at=BEGINS))
        refused(lambda: confirm_reading(learner_id=row.pk, is_at_end=True, actor=actors[row.pk], at=BEGINS))
        refused(
            lambda: enter_attendance(
                learner_id=row.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=BEGINS
            )
        )
        assert learner_of_code(code) is None

    erase(school, "周静")
    nothing(one, Told(name="周静"))
    assert learner_of_code(other.code or "") == other
    erase_roster(school)
    nothing(other, Told(name="陈一鸣", phone_tail="8011"))
    assert not expected_now(course.pk).exists()


def test_what_is_emptied_is_not_written_anew(school: School) -> None:
    course = school.course(quiz=False)
    gone = school.learner(course, "语文组0")
    user, code = gone.user_id, gone.code
    rows = Learner.objects.filter(pk=gone.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(code="ABCDEFGH")
    erase(school, "语文组0")
    close_course(course_id=course.pk, actor=school.lead, at=BEGINS)
    forget()
    for told in ({"code": code}, {"user": user}, {"granted": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**told)
    periods = Expected.objects.filter(learner=gone)
    with pytest.raises(IntegrityError), transaction.atomic():
        periods.update(category="专任教师")
    with pytest.raises(IntegrityError), transaction.atomic():
        periods.update(ends_on=LATER.date())


def test_a_roster_that_is_not_kept_any_more_brings_nobody_in(school: School) -> None:
    course = school.course(quiz=False)
    erase_roster(school)
    forget()
    school.enrol("王新", "数学组")
    with step():
        assert align_course(course_id=course.pk, actor=school.lead, at=LATER).is_empty
    assert keep_courses(actor=SYSTEM, at=LATER) == 0
    assert Learner.objects.filter(user__isnull=False).count() == 0
    assert Learner.objects.count() == 6


def test_courses_follow_their_rosters_at_night_and_who_joined_is_told_once(school: School) -> None:
    course, closed = school.course(quiz=False), school.course(quiz=False)
    close_course(course_id=closed.pk, actor=school.lead, at=NOW)
    school.enrol("语文组1", "语文组")
    school.leave("周静", LATER.date())
    assert keep_courses(actor=SYSTEM, at=LATER) == 2
    assert rates(course, LATER.date())[0] == 6
    assert (rates(course, TODAY)[0], rates(closed, LATER.date())[0]) == (6, 6)
    told = OutboxMessage.objects.filter(topic="lesson.learn", key__startswith=f"lesson.learn:{course.pk}")
    assert sorted(one.recipient.name for one in told) == ["语文组0", "语文组1"]
    assert keep_courses(actor=SYSTEM, at=LATER) == 0
    assert told.count() == 2


def invitation(school: School, who: Actor | Person, deputy: str = "") -> Invitation:
    event = planned(school, make_measure(school)) if not Invitation.objects.exists() else None
    row = ask(school, event or Invitation.objects.all()[0].event, who)
    if deputy:
        actor = who if isinstance(who, Actor) else as_invited(row)
        answer_invitation(invitation_id=row.pk, answer="deputy", deputy=deputy, actor=actor, at=NOW)
    return row


def test_the_link_and_the_deputy_of_an_invitation_go_with_who_was_invited(school: School) -> None:
    row = invitation(school, school.people["周静"], "王小明")
    other = invitation(school, school.people["陈一鸣"], "李小红")
    codes = [row.code or "", other.code or ""]
    erase(school, "周静")
    assert findings() == LEFT
    refused(lambda: answer_invitation(invitation_id=row.pk, answer="yes", actor=as_invited(row), at=NOW))
    assert forget() == 1
    told = Invitation.objects.order_by("pk").values_list("code", "deputy")
    assert list(told) == [(None, None), (codes[1], "李小红")]
    assert [invitation_of_code(code) for code in codes] == [None, other]
    assert findings() == set()


def test_who_was_sent_is_forgotten_ninety_days_after_the_event(school: School) -> None:
    account = next(iter(school.house.staff["语文组"]))
    row = invitation(school, account, "王小明")
    over = row.event.ends_at
    assert forget_deputies(actor=SYSTEM, at=over + 90 * DAY) == 0
    assert Invitation.objects.get().deputy == "王小明"
    assert forget_deputies(actor=SYSTEM, at=over + 90 * DAY + timedelta(seconds=1)) == 1
    row.refresh_from_db()
    assert (row.deputy, row.answer) == (None, "deputy")
    assert forget_deputies(actor=SYSTEM, at=over + 91 * DAY) == 0
    assert {"courses.keep", "events.forget"} <= {one.name for one in SCHEDULE}
