"""Somebody learns a lesson: checked in at the door, by reading or by the office; and takes its test."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.kernel.actor import Actor
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.outreach.actions.courses import held_course, note, require_runs
from songnuan.outreach.actions.lessons import person
from songnuan.outreach.course_models import Attendance, AttendedWay, Course, CourseTry, Door, Learner, Reading
from songnuan.outreach.course_queries import (
    attendance_of,
    expected_now,
    has_account,
    learner_of_code,
    named,
    own_learner,
    tries_of,
)
from songnuan.outreach.course_rules import REASON_LONGEST, Window, check_read, plain_code, tries_allowed
from songnuan.outreach.erased import erased_learners
from songnuan.outreach.lesson_rules import words
from songnuan.outreach.quiz_rules import Outcome, outcome, questions_of

_TAIL = 4


@dataclass(frozen=True, slots=True)
class Told:
    """Who somebody without an account says they are: their own code, or name and end of the number."""

    code: str = ""
    name: str = ""
    phone_tail: str = ""


@transaction.atomic(savepoint=False)
def check_in_by_account(*, code: str, actor: Actor, at: datetime) -> Attendance:
    """Check the actor in at a door; who is in already stays so, as they came first.

    Raises:
        Refusal: `door_unknown`, `course_closed`, `door_early`, `door_over`, `person_needed`,
            `learner_stranger` for who is not on the roster.

    """
    door, course = _door(code)
    learner = own_learner(course.pk, person(actor))
    if learner is None:
        raise _stranger()
    return _attend(learner, door, AttendedWay.ACCOUNT, actor, at)


@transaction.atomic(savepoint=False)
def check_in_by_told(*, code: str, told: Told, actor: Actor, at: datetime) -> Attendance:
    """Check in who has no account: by their own code, or by name and the end of their number.

    Raises:
        Refusal: `door_unknown`, `door_early`, `door_over`, `learner_stranger`, `learner_account` for who
            has an account, `learner_several` where a name is borne by several and the number tells them not
            apart, and as `require_runs`.

    """
    door, course = _door(code)
    way, field = (AttendedWay.CODE, "own_code") if told.code else (AttendedWay.NAME, "name")
    learner = learner_of_code(plain_code(told.code)) if told.code else _named(course, told)
    if learner is None or learner.course_id != course.pk:
        raise _stranger(field)
    if has_account(learner):
        sentence = _("You have an account: sign in, and check in with it.")
        raise Refusal("learner_account", sentence, field=field)
    return _attend(learner, door, way, actor, at)


def _named(course: Course, told: Told) -> Learner | None:
    """Return whom a name and the end of a number mean; of whom no number is known the name has to do."""
    name, tail = tidy_name(told.name), told.phone_tail.strip()
    found = list(named(course.pk, name))
    numbers = {one.pk: (one.person.merged_into or one.person).phone or "" for one in found}
    fits = [one for one in found if numbers[one.pk] and numbers[one.pk][-_TAIL:] == tail]
    unknown = [one for one in found if not numbers[one.pk]]
    if len(fits) == 1:
        return fits[0]
    if not fits and len(unknown) == 1 and len(found) == 1:
        return unknown[0]
    if len(fits) > 1 or (not fits and len(unknown) > 1):
        sentence = _("Several people bear this name. Check in with your own code, or ask the office.")
        raise Refusal("learner_several", sentence, field="own_code")
    return None


def _attend(learner: Learner, door: Door, way: AttendedWay, actor: Actor, at: datetime) -> Attendance:
    known = attendance_of(learner.pk)
    if known is not None:
        return known
    window = Window(door.begins_at, door.ends_at, door.early_minutes, door.late_minutes)
    is_late = window.is_late(at)
    made = Attendance.objects.create(learner=learner, door=door, way=way, is_late=is_late, at=at, noted_at=at)
    note(learner.course, "check_in_learner", actor, at, attended_by=way.value, learner=learner.pk)
    return made


@transaction.atomic(savepoint=False)
def open_reading(*, learner_id: int, actor: Actor, at: datetime) -> Reading:
    """Note that somebody opened a lesson to read it; the first time counts.

    Raises:
        Refusal: `learner_stranger`, `course_closed`, `reading_not_asked`, `learner_other` for the lesson
            of somebody else.

    """
    learner, _course = _own(learner_id, actor)
    return Reading.objects.get_or_create(learner=learner, defaults={"opened_at": at})[0]


@transaction.atomic(savepoint=False)
def confirm_reading(*, learner_id: int, is_at_end: bool, actor: Actor, at: datetime) -> Attendance:
    """Note that somebody read a lesson to its end, as they say themselves.

    Raises:
        Refusal: As `open_reading`, and `check_read`.

    """
    learner, course = _own(learner_id, actor)
    known = attendance_of(learner.pk)
    if known is not None:
        return known
    opened = Reading.objects.filter(learner=learner).values_list("opened_at", flat=True).first()
    check_read(course.lesson.text, opened, at, is_at_end=is_at_end)
    made = Attendance.objects.create(
        learner=learner, way=AttendedWay.READING, at=at, noted_at=at, is_late=False
    )
    note(course, "confirm_reading", actor, at, learner=learner.pk)
    return made


@transaction.atomic(savepoint=False)
def take_test(
    *, learner_id: int, picks: Sequence[Collection[int]], actor: Actor, at: datetime
) -> tuple[CourseTry, Outcome]:
    """Take the test of a lesson; how many were right is kept, and never what was answered.

    Raises:
        Refusal: `learner_stranger`, `learner_other`, `course_closed`, `test_none`, `test_first` before the
            lesson was learnt, `test_passed`, `test_tries`, and as `quiz_rules.outcome`.

    """
    learner, course = _own(learner_id, actor, reads=False)
    if not course.pass_at:
        raise Refusal("test_none", _("There is no test of this lesson."))
    if attendance_of(learner.pk) is None:
        raise Refusal("test_first", _("Learn the lesson first: be there, or read it to the end."))
    before = tries_of(learner.pk)
    if any(one.passed for one in before):
        raise Refusal("test_passed", _("You have passed already."))
    if len(before) >= tries_allowed(course.tries, learner.granted):
        sentence = _("You have had all %(count)s tries. Ask the office to be taught again.")
        raise Refusal("test_tries", sentence % {"count": len(before)})
    told = outcome(questions_of(course.lesson.questions), picks, course.pass_at)
    made = CourseTry.objects.create(
        learner=learner,
        number=len(before) + 1,
        right=sum(told.right),
        questions=len(told.right),
        passed=told.is_aware,
        at=at,
    )
    note(course, "take_test", actor, at, learner=learner.pk)
    return made, told


@transaction.atomic(savepoint=False)
def enter_attendance(
    *, learner_id: int, happened_at: datetime, reason: str, actor: Actor, at: datetime
) -> Attendance:
    """Enter by hand that somebody was there, and say how that is known. Nobody enters themselves.

    Raises:
        Refusal: `learner_stranger`, `course_closed`, `not_permitted`, `learner_own`, `attended_already`,
            `attended_ahead`, `words_missing`, `text_too_long`.

    """
    learner, course = _of_office(learner_id, actor, at)
    told = words(reason, field="reason", longest=REASON_LONGEST)
    if not course.opened_at <= happened_at <= at:
        sentence = _("They were there between the opening of this and now.")
        raise Refusal("attended_ahead", sentence, field="happened_at")
    if attendance_of(learner.pk) is not None:
        raise Refusal("attended_already", _("They are checked in already. Reload the page."))
    made = Attendance.objects.create(
        learner=learner,
        way=AttendedWay.OFFICE,
        at=happened_at,
        noted_at=at,
        by_id=actor.user_id,
        reason=told,
    )
    note(course, "enter_attendance", actor, at, learner=learner.pk)
    return made


@transaction.atomic(savepoint=False)
def take_attendance_back(*, learner_id: int, reason: str, actor: Actor, at: datetime) -> Attendance:
    """Take back that somebody was there, with a reason; what was entered stays to be seen.

    Raises:
        Refusal: `learner_stranger`, `course_closed`, `not_permitted`, `learner_own`, `attended_not`,
            `words_missing`, `text_too_long`.

    """
    learner, course = _of_office(learner_id, actor, at)
    told = words(reason, field="reason", longest=REASON_LONGEST)
    known = attendance_of(learner.pk)
    if known is None:
        raise Refusal("attended_not", _("They are not checked in. Reload the page."))
    known.voided_at, known.voided_by_id, known.void_reason = at, actor.user_id, told
    known.save(update_fields=["voided_at", "voided_by", "void_reason"])
    note(course, "take_attendance_back", actor, at, learner=learner.pk)
    return known


@transaction.atomic(savepoint=False)
def grant_tries(*, learner_id: int, actor: Actor, at: datetime) -> Learner:
    """Let somebody who used all tries of the test take it again, as often as at first.

    Raises:
        Refusal: `learner_stranger`, `not_permitted`, `learner_own`, `test_none`, `test_passed`, `tries_left`,
            and as `require_runs`.

    """
    learner, course = _of_office(learner_id, actor, at)
    if not course.pass_at:
        raise Refusal("test_none", _("There is no test of this lesson."))
    before = tries_of(learner.pk)
    if any(one.passed for one in before):
        raise Refusal("test_passed", _("They have passed already."))
    if len(before) < tries_allowed(course.tries, learner.granted):
        raise Refusal("tries_left", _("They can still try: new tries are granted once all are used."))
    Learner.objects.filter(pk=learner.pk).update(granted=F("granted") + 1)
    note(course, "grant_tries", actor, at, learner=learner.pk)
    learner.refresh_from_db()
    return learner


def _of_office(learner_id: int, actor: Actor, at: datetime) -> tuple[Learner, Course]:
    known = Learner.objects.filter(pk=learner_id).values_list("course", flat=True).first()
    if known is None:
        raise _stranger()
    course = held_course(known)
    learner = Learner.objects.exclude(pk__in=erased_learners().values("pk")).filter(pk=learner_id).first()
    if learner is None:
        raise _stranger()
    who = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=course.lesson.measure.plan.unit_id, at=at)
    require(actor, Permission.PEOPLE_VIEW, unit_id=course.roster.unit_id, at=at)
    require_runs(course)
    if learner.user_id == who:
        sentence = _("This is yourself: check in at the door or read it; all else somebody else enters.")
        raise NotPermitted("learner_own", sentence)
    return learner, course


def _own(learner_id: int, actor: Actor, *, reads: bool = True) -> tuple[Learner, Course]:
    """Return a learner and the course, held until commit; who has an account acts with it alone."""
    learner = Learner.objects.filter(pk=learner_id).first()
    if learner is None:
        raise _stranger()
    course = held_course(learner.course_id)
    found = expected_now(course.pk).filter(pk=learner_id).first()
    if found is None:
        raise _stranger()
    by_code = actor == as_learner(found) and not has_account(found)
    if not by_code and (actor.user_id is None or found.user_id != actor.user_id):
        sentence = _("Everybody learns for themselves: open it with your own account or code.")
        raise NotPermitted("learner_other", sentence)
    require_runs(course)
    if reads and not course.by_reading:
        sentence = _("This lesson is taught at a time and place; reading it alone does not count.")
        raise Refusal("reading_not_asked", sentence)
    return found, course


def as_learner(learner: Learner) -> Actor:
    """Return as whom somebody acts who came in with their own code."""
    return Actor(key=f"learner:{learner.pk}", label="凭学习码")


def _door(code: str) -> tuple[Door, Course]:
    known = Door.objects.filter(code=code).values_list("course", flat=True).first()
    course = held_course(known) if known else None
    # Read once the course is held: a door may be ended meanwhile.
    found = Door.objects.filter(code=code, ended_at__isnull=True).first()
    if course is None or found is None:
        raise Refusal("door_unknown", pgettext("door", "This code is not valid any more."))
    require_runs(course)
    return found, course


def _stranger(field: str = "") -> Refusal:
    sentence = _("Nobody like that is expected here. Look at what you typed, or ask the office at the door.")
    return Refusal("learner_stranger", sentence, field=field)
