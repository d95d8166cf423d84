"""A lesson is learnt by a roster: who is expected, at the door, by reading, the test, and past days stay."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from hands import together
from outreach.course_house import BEGINS, TODAY, WINDOW, School, make_school, own, rates, refused
from outreach.lesson_house import NOW, RIGHT, WRONG
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
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
from songnuan.journeys.base import step
from songnuan.journeys.forgetting import forget_words
from songnuan.journeys.measures.lessons import evidence, progress
from songnuan.journeys.teach_course import chase_course, close_course, end_door, open_course, open_door
from songnuan.kernel import sealed
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.sealing import open_text
from songnuan.organisation.models import User
from songnuan.outreach.actions.attending import Told, as_learner
from songnuan.outreach.actions.courses import Terms
from songnuan.outreach.course_models import Attendance, Course, CourseTry, Expected, Learner
from songnuan.outreach.course_queries import owed_by, shares_of, standings
from songnuan.outreach.course_rules import Enrolled, changes, least_reading, percent, permille
from songnuan.people.models import Enrolment, Person, PersonStatus

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def school() -> School:
    return make_school()


def test_the_roster_is_expected_and_who_has_an_account_is_told(school: School) -> None:
    course = school.course()
    assert rates(course) == (6, 0, 0, 0)
    linked = Learner.objects.filter(course=course, user__isnull=False)
    assert [one.person.name for one in linked] == ["语文组0"], "a number of his own tells the other apart"
    assert len(set(Learner.objects.values_list("code", flat=True))) == 6
    told = OutboxMessage.objects.filter(topic="lesson.learn")
    assert [one.recipient.name for one in told] == ["语文组0"]
    assert [one.lesson.title for one, _lacks, _fails in owed_by(linked[0].user_id or 0)] == ["勤洗手、戴口罩"]


def test_who_may_open_a_course(school: School) -> None:
    lesson = school.house.signed()
    draft = school.house.draft()
    terms = Terms(TODAY + DAY, 2)

    def opened(**told: Any) -> Callable[[], object]:
        facts = {"lesson_id": lesson.pk, "roster_id": school.roster.pk, "terms": terms, "actor": school.lead}
        return lambda: open_course(**{**facts, "at": NOW, **told})

    refused(opened(actor=school.house.people["stranger"]), "not_permitted")
    refused(opened(actor=school.house.people["inspector"]), "not_permitted")
    refused(opened(actor=school.clerk), "not_permitted")
    refused(opened(actor=SYSTEM), "person_needed")
    refused(opened(lesson_id=draft.pk), "lesson_not_signed")
    refused(opened(roster_id=0), "roster_of_no_people")
    refused(opened(terms=replace(terms, until_on=TODAY - DAY)), "course_past")
    refused(opened(terms=replace(terms, pass_at=4)), "pass_at")
    refused(opened(terms=replace(terms, tries=0)), "course_tries")
    opened()()
    refused(opened(), "course_twice")


def test_at_the_door_everybody_counts_once(school: School) -> None:
    course = school.course()
    door = school.door(course)
    actor = own(school, "语文组0")
    refused(
        lambda: check_in_by_account(code=door.code, actor=actor, at=BEGINS - timedelta(minutes=31)),
        "door_early",
    )
    made = check_in_by_account(code=door.code, actor=actor, at=BEGINS)
    again = check_in_by_account(code=door.code, actor=actor, at=BEGINS + timedelta(hours=1))
    assert (again.pk, again.is_late, Attendance.objects.count()) == (made.pk, False, 1)
    late = BEGINS + timedelta(minutes=10, seconds=1)

    def told(**who: str) -> Callable[[], Attendance]:
        return lambda: check_in_by_told(code=door.code, told=Told(**who), actor=AT_THE_DOOR, at=late)

    code = school.learner(course, "陈一鸣").code or ""
    first = told(code=f" {code[:4].lower()}-{code[4:].lower()} ")()
    assert (first.way, first.is_late, first.learner.person) == ("code", True, school.people["陈一鸣"])
    assert told(name="陈一鸣", phone_tail="8011")().pk == first.pk, "he is in already"
    assert told(name="林小满", phone_tail="8013")().learner.person == school.people["数学组林小满"]
    assert told(name="周静")().way == "name", "of whom no number is known the name has to do"
    refused(told(name="林小满"), "learner_stranger")
    refused(told(name="林小满", phone_tail="8011"), "learner_stranger")
    refused(told(name="外人丑"), "learner_stranger")
    refused(told(name=""), "learner_stranger")
    refused(told(code="AAAAAAAA"), "learner_stranger")
    refused(
        lambda: check_in_by_account(code=door.code, actor=own(school, "语文组1"), at=late), "learner_stranger"
    )
    refused(lambda: check_in_by_account(code="x", actor=actor, at=late), "door_unknown")
    assert rates(course) == (6, 4, 0, 0)


def test_two_of_one_name_without_numbers_are_told_apart_by_the_office(school: School) -> None:
    school.enrol("吴双", "语文组")
    school.enrol("吴双", "数学组")
    door = school.door(school.course())
    told = Told(name="吴双", phone_tail="")
    refused(
        lambda: check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS), "learner_several"
    )


def test_a_name_at_the_door_opens_the_numbers_of_its_bearers_alone(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = school.door(school.course())
    opened: list[str] = []

    def watched(place: str, text: str) -> str:
        opened.append(place)
        return open_text(place, text)

    monkeypatch.setattr(sealed, "open_text", watched)
    told = Told(name="陈一鸣", phone_tail="8011")
    check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS)
    assert opened.count("people.person.phone") == 1, "three more on the roster have a number"


def test_who_has_an_account_checks_in_with_it_alone(school: School) -> None:
    course = school.course()
    door, mine = school.door(course), school.learner(course, "语文组0")

    def come(told: Told) -> Callable[[], Attendance]:
        return lambda: check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS)

    refused(come(Told(code=mine.code or "")), "learner_account")
    refused(come(Told(name="语文组0")), "learner_account")
    refused(lambda: open_reading(learner_id=mine.pk, actor=as_learner(mine), at=NOW), "learner_other")
    User.objects.filter(pk=mine.user_id or 0).update(is_active=False)
    assert come(Told(name="语文组0"))().learner == mine, "an account that is closed is none"


def test_the_code_of_who_was_erased_is_nobodys(school: School) -> None:
    course = school.course()
    door, mine = school.door(course), school.learner(course, "周静")
    told = Told(code=mine.code or "")
    Person.objects.filter(pk=mine.person_id).update(name="", status=PersonStatus.ERASED)
    refused(
        lambda: check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS), "learner_stranger"
    )


def test_a_door_is_open_for_its_time_alone(school: School) -> None:
    course, other = school.course(), school.course(quiz=False)
    door, elsewhere = school.door(course), school.door(other)
    own_code = Told(code=school.learner(course, "周静").code or "")

    def come(code: str, at: Any) -> Callable[[], object]:
        return lambda: check_in_by_told(code=code, told=own_code, actor=AT_THE_DOOR, at=at)

    refused(come(elsewhere.code, BEGINS), "learner_stranger")
    refused(come(door.code, WINDOW.ends_at + timedelta(seconds=1)), "door_over")
    end_door(door_id=door.pk, actor=school.lead, at=NOW)
    refused(come(door.code, BEGINS), "door_unknown")
    for window, code in (
        (replace(WINDOW, ends_at=BEGINS), "door_times"),
        (replace(WINDOW, ends_at=BEGINS + timedelta(hours=13)), "door_times"),
        (replace(WINDOW, begins_at=NOW - 2 * DAY, ends_at=NOW - 2 * DAY + timedelta(hours=1)), "door_past"),
        (replace(WINDOW, late=-1), "door_minutes"),
    ):
        refused(lambda window=window: school.door(course, window), code)  # type: ignore[misc]
    refused(
        lambda: open_door(
            course_id=course.pk,
            place="报告厅",
            window=WINDOW,
            is_make_up=False,
            actor=school.house.people["stranger"],
            at=NOW,
        ),
        "not_permitted",
    )


def test_a_scan_at_once_by_many_counts_once(school: School) -> None:
    course = school.course()
    door = school.door(course)
    actor = own(school, "语文组0")
    acts = [lambda: check_in_by_account(code=door.code, actor=actor, at=BEGINS)] * 6
    assert together(*acts) == {"done": 6}
    assert Attendance.objects.count() == 1


def test_reading_counts_once_it_was_read(school: School) -> None:
    course = school.course()
    mine = school.learner(course, "陈一鸣")
    me, later = as_learner(mine), NOW + least_reading(course.lesson.text)

    def confirm(actor: Actor = me, at: Any = later, *, is_at_end: bool = True) -> Callable[[], Attendance]:
        return lambda: confirm_reading(learner_id=mine.pk, is_at_end=is_at_end, actor=actor, at=at)

    refused(confirm(), "reading_unopened")
    open_reading(learner_id=mine.pk, actor=me, at=NOW)
    open_reading(learner_id=mine.pk, actor=me, at=later)
    refused(confirm(at=later - timedelta(seconds=1)), "reading_fast")
    refused(confirm(is_at_end=False), "reading_end")
    other = as_learner(school.learner(course, "周静"))
    for somebody in (other, SYSTEM, AT_THE_DOOR, school.lead, own(school, "语文组0")):
        refused(confirm(somebody), "learner_other")
    made = confirm()()
    assert (made.way, made.door_id, confirm(at=later + DAY)().pk) == ("reading", None, made.pk)
    strict = school.course(quiz=False, by_reading=False)
    learner = school.learner(strict, "周静")
    refused(
        lambda: open_reading(learner_id=learner.pk, actor=as_learner(learner), at=NOW), "reading_not_asked"
    )


def test_the_test_has_a_pass_mark_and_a_second_try(school: School) -> None:
    course = school.course()
    door = school.door(course)
    mine = school.learner(course, "周静")
    me = as_learner(mine)

    def answer(picks: Any, actor: Actor = me) -> Callable[[], tuple[CourseTry, Any]]:
        return lambda: take_test(learner_id=mine.pk, picks=picks, actor=actor, at=BEGINS)

    refused(answer(RIGHT), "test_first")
    check_in_by_told(code=door.code, told=Told(name="周静"), actor=AT_THE_DOOR, at=BEGINS)
    refused(answer(RIGHT, school.lead), "learner_other")
    refused(answer([set(), {0}, {0}]), "answer_open")
    first = answer(WRONG)()[0]
    assert (first.number, first.right, first.questions, first.passed) == (1, 0, 3, False)
    assert rates(course) == (6, 1, 1, 0)
    second = answer(RIGHT)()[0]
    assert (second.number, second.right, second.passed) == (2, 3, True)
    assert rates(course) == (6, 1, 1, 1)
    refused(answer(RIGHT), "test_passed")
    other = school.learner(course, "陈一鸣")
    check_in_by_told(code=door.code, told=Told(code=other.code or ""), actor=AT_THE_DOOR, at=BEGINS)
    for _try in range(2):
        take_test(learner_id=other.pk, picks=WRONG, actor=as_learner(other), at=BEGINS)
    refused(
        lambda: take_test(learner_id=other.pk, picks=RIGHT, actor=as_learner(other), at=BEGINS), "test_tries"
    )
    plain = school.learner(school.course(quiz=False), "周静")
    refused(lambda: take_test(learner_id=plain.pk, picks=(), actor=as_learner(plain), at=BEGINS), "test_none")


def test_the_office_enters_and_takes_back_with_a_reason_but_not_itself(school: School) -> None:
    school.enrol("校工会", "语文组")
    course = school.course()
    mine = school.learner(course, "周静")

    def enter(**told: Any) -> Callable[[], Attendance]:
        facts = {"learner_id": mine.pk, "happened_at": NOW, "reason": "停电，纸质签到", "actor": school.lead}
        return lambda: enter_attendance(**{**facts, "at": BEGINS, **told})

    def back(**told: Any) -> Callable[[], Attendance]:
        facts = {"learner_id": mine.pk, "reason": "签错人", "actor": school.lead, "at": BEGINS + DAY}
        return lambda: take_attendance_back(**{**facts, **told})

    refused(enter(actor=school.house.people["stranger"]), "not_permitted")
    refused(enter(actor=school.house.people["inspector"]), "not_permitted")
    refused(enter(actor=school.clerk), "not_permitted")
    refused(enter(reason=" "), "words_missing")
    refused(enter(happened_at=BEGINS + DAY), "attended_ahead")
    refused(enter(happened_at=NOW - DAY), "attended_ahead")
    refused(enter(learner_id=school.learner(course, "校工会").pk), "learner_own")
    refused(back(), "attended_not")
    made = enter()()
    assert (made.by_id, made.reason, made.way) == (school.lead.user_id, "停电，纸质签到", "office")
    refused(enter(), "attended_already")
    refused(back(reason=""), "words_missing")
    refused(back(actor=school.clerk), "not_permitted")
    back()()
    assert rates(course, TODAY) == (7, 1, 0, 0), "what was known on that day stays"
    assert rates(course, TODAY + DAY) == (7, 0, 0, 0)
    assert enter(at=BEGINS + 2 * DAY)().pk != made.pk


def test_past_rates_never_change(school: School) -> None:
    course = school.course()
    door = school.door(course)
    check_in_by_told(code=door.code, told=Told(name="周静"), actor=AT_THE_DOOR, at=BEGINS)
    code = school.learner(course, "周静").code
    school.leave("周静", TODAY + DAY)
    school.enrol("新来", "数学组", on=TODAY + DAY)
    school.align(course, NOW + DAY)
    assert rates(course, TODAY) == (6, 1, 0, 0)
    assert rates(course, TODAY + DAY) == (6, 0, 0, 0)
    # Who comes back is who they were: what they learnt, and their code, count again.
    back = school.people["周静"]
    row = school.told_by
    Enrolment.objects.create(
        roster=school.roster,
        person=back,
        unit=school.house.sections["语文组"],
        category="专任教师",
        told_digest="y",
        told_by=row,
        starts_on=TODAY + 2 * DAY,
    )
    school.align(course, NOW + 2 * DAY)
    school.align(course, NOW + 2 * DAY)
    assert rates(course, TODAY) == (6, 1, 0, 0)
    assert rates(course, TODAY + 2 * DAY) == (7, 1, 0, 0)
    assert school.learner(course, "周静").code == code
    units = shares_of(course, TODAY + 2 * DAY).units
    assert units[school.house.sections["语文组"].pk].attended == 1


def test_who_was_merged_is_who_they_were(school: School) -> None:
    course = school.course()
    door = school.door(course)
    check_in_by_told(code=door.code, told=Told(name="周静"), actor=AT_THE_DOOR, at=BEGINS)
    other = school.enrol("周静静", "数学组")
    Person.objects.filter(pk=school.people["周静"].pk).update(status=PersonStatus.MERGED, merged_into=other)
    school.align(course, NOW + DAY)
    assert rates(course, TODAY + DAY) == (6, 1, 0, 0)


def test_two_who_were_one_are_expected_once_as_the_one_who_came(school: School) -> None:
    course = school.course()
    door = school.door(course)
    code = school.learner(course, "周静").code
    check_in_by_told(code=door.code, told=Told(code=code or ""), actor=AT_THE_DOOR, at=BEGINS)
    twice, other = school.people["周静"], school.people["陈一鸣"]
    Person.objects.filter(pk=twice.pk).update(status=PersonStatus.MERGED, merged_into=other)
    school.align(course, NOW + DAY)
    assert rates(course, TODAY) == (6, 1, 0, 0)
    assert rates(course, TODAY + DAY) == (5, 1, 0, 0)
    Enrolment.objects.filter(person__in=[twice, other]).update(unit=school.house.sections["语文组"])
    school.align(course, NOW + 2 * DAY)
    assert rates(course, TODAY + 2 * DAY) == (5, 1, 0, 0)


def test_the_counts_by_unit_and_category_are_those_of_the_whole(school: School) -> None:
    course = school.course()
    door = school.door(course)
    for name in ("周静", "陈一鸣"):
        told = Told(code=school.learner(course, name).code or "")
        check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS)
    found = shares_of(course, TODAY)
    for shares in (found.units.values(), found.categories.values()):
        assert sum(one.expected for one in shares) == found.whole.expected == 6
        assert sum(one.attended for one in shares) == found.whole.attended == 2
    assert (found.categories["行政人员"].expected, found.make_up) == (1, 6), "nobody has passed the test"
    assert [one.lacks for one in standings(course, TODAY)] == [True] * 6


def test_who_lacks_it_is_chased_once_a_day(school: School) -> None:
    course = school.course(quiz=False)
    refused(
        lambda: chase_course(course_id=course.pk, actor=school.house.people["inspector"], at=NOW),
        "not_permitted",
    )
    assert chase_course(course_id=course.pk, actor=school.lead, at=NOW) == 1
    refused(lambda: chase_course(course_id=course.pk, actor=school.lead, at=BEGINS), "chased_today")
    assert OutboxMessage.objects.filter(topic="lesson.chased").count() == 1
    for learner in Learner.objects.filter(course=course):
        enter_attendance(
            learner_id=learner.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=BEGINS
        )
    refused(lambda: chase_course(course_id=course.pk, actor=school.lead, at=NOW + DAY), "nobody_lacks")


def test_what_is_closed_stays_as_it_is(school: School) -> None:
    course = school.course(quiz=False)
    mine = school.learner(course, "周静")
    door = school.door(course)
    refused(
        lambda: close_course(course_id=course.pk, actor=school.house.people["stranger"], at=NOW),
        "not_permitted",
    )
    close_course(course_id=course.pk, actor=school.lead, at=NOW)
    told = Told(code=mine.code or "")
    refused(lambda: check_in_by_told(code=door.code, told=told, actor=AT_THE_DOOR, at=BEGINS), "door_unknown")
    refused(lambda: open_reading(learner_id=mine.pk, actor=as_learner(mine), at=NOW), "course_closed")
    refused(lambda: school.align(course, NOW), "course_closed")
    refused(lambda: close_course(course_id=course.pk, actor=school.lead, at=NOW), "course_closed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.create(learner=mine, way="reading", at=NOW, noted_at=NOW)
    facts = json.loads(Entry.objects.get(action="outreach.close_course").facts)
    assert (facts["people"], facts["attended"]) == (6, 0)


def test_the_database_keeps_periods_and_attendance(school: School) -> None:
    course = school.course()
    mine = school.learner(course, "周静")
    enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=BEGINS)
    take_test(learner_id=mine.pk, picks=RIGHT, actor=as_learner(mine), at=BEGINS)
    for act in (
        lambda: Attendance.objects.all().delete(),
        lambda: Attendance.objects.update(at=BEGINS),
        lambda: Expected.objects.update(starts_on=TODAY - DAY),
        lambda: Expected.objects.all().delete(),
        lambda: CourseTry.objects.update(passed=False),
        lambda: CourseTry.objects.all().delete(),
        lambda: Course.objects.update(pass_at=0),
        lambda: Learner.objects.update(code="X"),
        lambda: Attendance.objects.create(learner=mine, way="reading", at=NOW, noted_at=NOW),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_the_measure_shows_the_course(school: School) -> None:
    measure = school.house.measure
    measure.settings = {"aim": 90, "learn_by": str(TODAY + DAY)}
    measure.save(update_fields=["settings"])
    assert progress([measure], NOW)[measure.pk].late == 0
    assert progress([measure], NOW + 2 * DAY)[measure.pk].late == 1
    course = school.course(quiz=False)
    told = progress([measure], NOW + 2 * DAY)[measure.pk]
    assert (told.done, told.due, told.late) == (1, 2, 0)
    told = progress([measure], NOW + 6 * DAY)[measure.pk]
    assert (told.done, told.due, told.late) == (1, 2, 1)
    for learner in Learner.objects.filter(course=course):
        enter_attendance(
            learner_id=learner.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=BEGINS
        )
    told = progress([measure], NOW + 6 * DAY)[measure.pk]
    assert (told.done, told.due, told.late) == (2, 2, 0)
    close_course(course_id=course.pk, actor=school.lead, at=BEGINS)
    assert [one.kind for one in evidence(measure, NOW)] == ["lesson", "course"]


def test_of_who_is_erased_no_words_are_left_and_the_counts_stay(school: School) -> None:
    course = school.course(quiz=False)
    for name in ("周静", "陈一鸣"):
        mine = school.learner(course, name)
        enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=BEGINS)
    take_attendance_back(
        learner_id=school.learner(course, "周静").pk, reason="签错人", actor=school.lead, at=BEGINS
    )
    gone = school.people["周静"]
    Person.objects.filter(pk=gone.pk).update(name="", status=PersonStatus.ERASED)
    with step():
        assert forget_words({"actor": SYSTEM, "at": BEGINS + DAY}) == 3
    told = Attendance.objects.order_by("pk").values_list("reason", "void_reason")
    assert list(told) == [(None, None), ("签到表", None)]
    assert rates(course) == (6, 1, 0, 0)
    with step():
        assert forget_words({"actor": SYSTEM, "at": BEGINS + DAY}) == 0


PLACES = st.dictionaries(
    st.integers(1, 8), st.integers(1, 3).map(lambda unit: Enrolled(unit, "")), max_size=8
)


@given(now=PLACES, before=PLACES)
def test_after_a_difference_who_is_expected_is_the_roster(now: Any, before: Any) -> None:
    periods = {person: (person * 10, told) for person, told in before.items()}
    told = changes(now, periods)
    left = {person: where for person, (pk, where) in periods.items() if pk not in told.ended}
    assert left | told.joined == now
    assert not left.keys() & told.joined.keys(), "one period is open at a time"
    assert changes(now, {person: (0, where) for person, where in now.items()}).is_empty


@given(part=st.integers(0, 500), more=st.integers(0, 500))
def test_a_share_is_rounded_half_up(part: int, more: int) -> None:
    whole = part + more
    told = permille(part, whole)
    if not whole:
        assert (told, percent(part, whole)) == (None, "—")
    else:
        assert told is not None
        assert abs(told * whole - 1000 * part) * 2 <= whole
