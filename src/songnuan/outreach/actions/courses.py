"""A lesson becomes a course of everybody on a roster; it is taught at doors, chased, and closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.kernel.refusal import Fact, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.outreach.actions.lessons import held, person, require_running
from songnuan.outreach.actions.quizzes import require_signed
from songnuan.outreach.course_models import Course, Door, Expected, Learner
from songnuan.outreach.course_queries import (
    accounts_of,
    courses,
    double_periods,
    enrolled,
    learners_by_person,
    open_periods,
    shares_of,
    standings,
)
from songnuan.outreach.course_rules import Changes, Window, changes, check_course, new_code
from songnuan.outreach.lesson_models import LessonStatus
from songnuan.outreach.lesson_rules import PLACE_LONGEST, words
from songnuan.people.models import LIVING, Roster, RosterKind

_CODE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Terms:
    """By when a lesson is to be learnt, and what counts; `pass_at` 0 asks for no test."""

    until_on: date
    pass_at: int = 0
    tries: int = 2
    by_reading: bool = True


@transaction.atomic(savepoint=False)
def open_course(*, lesson_id: int, roster_id: int, terms: Terms, actor: Actor, at: datetime) -> Course:
    """Let everybody on a roster learn a lesson; who joins or leaves later follows by `align_course`.

    Args:
        lesson_id: A lesson that is signed off.
        roster_id: A roster of people; the actor holds PEOPLE_VIEW over the unit that keeps it.
        terms: By when, and what counts.
        actor: Needs OUTREACH_WRITE over the plan's unit.
        at: When.

    Raises:
        Refusal: `lesson_unknown`, `not_permitted`, `lesson_not_signed`, `measure_closed`, `course_twice`,
            `roster_of_no_people`, `course_nobody`, and as `check_course`.

    """
    lesson = held(lesson_id)
    opener = person(actor)
    require(actor, Permission.OUTREACH_WRITE, unit_id=lesson.measure.plan.unit_id, at=at)
    require_signed(lesson)
    require_running(lesson.measure)
    roster = Roster.objects.filter(pk=roster_id, kind=RosterKind.PEOPLE, status__in=LIVING).first()
    if roster is None:
        raise Refusal("roster_of_no_people", _("Choose a roster of people."), field="roster")
    require(actor, Permission.PEOPLE_VIEW, unit_id=roster.unit_id, at=at)
    check_course(terms.until_on, terms.pass_at, terms.tries, len(lesson.questions), day_of(at))
    if Course.objects.filter(lesson=lesson).exists():
        raise Refusal("course_twice", _("This lesson is learnt by a roster already."))
    made = Course.objects.create(
        lesson=lesson,
        roster=roster,
        until_on=terms.until_on,
        pass_at=terms.pass_at,
        tries=terms.tries,
        by_reading=terms.by_reading,
        opened_by_id=opener,
        opened_at=at,
    )
    told, _linked = _apply(made, at)
    if not told.joined:
        raise Refusal("course_nobody", _("Nobody stands on this roster."), field="roster")
    note(made, "open_course", actor, at, people=len(told.joined))
    return held_course(made.pk)


@transaction.atomic(savepoint=False)
def align_course(*, course_id: int, actor: Actor, at: datetime) -> Changes:
    """Bring who is expected in line with the roster as it stands; return what changed. Past days stay.

    A roster that is being erased, or was, changes nothing.

    Raises:
        Refusal: As `led`.

    """
    course = led(course_id, actor, at)
    if course.roster.status not in LIVING:
        return Changes({}, [])
    told, linked = _apply(course, at)
    if linked or not told.is_empty:
        facts: dict[str, Fact] = {"made": len(told.joined), "left": len(told.ended), "linked": linked}
        note(course, "align_course", actor, at, **facts)
    return told


def _apply(course: Course, at: datetime) -> tuple[Changes, int]:
    """Write what a newer roster changes, from today on; return it, and how many were linked to accounts."""
    day = day_of(at)
    now = enrolled(course.roster_id)
    told = changes(now, open_periods(course.pk))
    Expected.objects.filter(pk__in=[*told.ended, *double_periods(course.pk)]).update(ends_on=day)
    # Somebody who was merged is who they were: their code and what they learnt stay.
    known = learners_by_person(course.pk)
    fresh = [one for one in told.joined if one not in known]
    Learner.objects.bulk_create(Learner(course=course, person_id=one, code=new_code()) for one in fresh)
    known = learners_by_person(course.pk)
    Expected.objects.bulk_create(
        Expected(learner_id=known[person_id], unit_id=where.unit_id, category=where.category, starts_on=day)
        for person_id, where in told.joined.items()
    )
    return told, _link(course, {person_id: known[person_id] for person_id in now}, at)


def _link(course: Course, learners: Mapping[int, int], at: datetime) -> int:
    """Link who has none to the account that they have by now; one that was closed is none."""
    mine = Learner.objects.filter(course=course)
    mine.filter(user__is_active=False).update(user=None)
    accounts = accounts_of(learners, course.lesson.measure.plan.unit_id or 0, at)
    had = set(mine.filter(user__isnull=False).values_list("user", flat=True))
    loose = {one.pk: one for one in mine.filter(user__isnull=True)}
    changed = []
    for person_id, user_id in accounts.items():
        learner = loose.get(learners[person_id])
        if learner is not None and user_id not in had:
            learner.user_id = user_id
            changed.append(learner)
    Learner.objects.bulk_update(changed, ["user"])
    return len(changed)


@transaction.atomic(savepoint=False)
def close_course(*, course_id: int, actor: Actor, at: datetime) -> Course:
    """Close a course: nobody learns it any more, and who did not is known.

    Raises:
        Refusal: As `led`.

    """
    course = led(course_id, actor, at)
    close(course, actor, at)
    return held_course(course.pk)


def close(course: Course, actor: Actor, at: datetime) -> None:
    """Write that a course that is held is closed."""
    told = shares_of(course, day_of(at))
    Door.objects.filter(course=course, ended_at__isnull=True).update(ended_at=at)
    Course.objects.filter(pk=course.pk).update(closed_at=at, closed_by=person(actor))
    facts: dict[str, Fact] = {"people": told.whole.expected, "attended": told.whole.attended}
    note(course, "close_course", actor, at, **facts, passed=told.whole.passed)


@transaction.atomic(savepoint=False)
def open_door(
    *, course_id: int, place: str, window: Window, is_make_up: bool, actor: Actor, at: datetime
) -> Door:
    """Say when and where a lesson is taught; a code for the door is made.

    Raises:
        Refusal: `words_missing`, `text_too_long`, and as `led` and `Window.check`.

    """
    course = led(course_id, actor, at)
    maker = person(actor)
    where = words(place, field="place", longest=PLACE_LONGEST)
    window.check(at)
    made = Door.objects.create(
        course=course,
        place=where,
        begins_at=window.begins_at,
        ends_at=window.ends_at,
        early_minutes=window.early,
        late_minutes=window.late,
        is_make_up=is_make_up,
        code=token_urlsafe(_CODE_BYTES),
        made_by_id=maker,
        made_at=at,
    )
    note(course, "open_door", actor, at, door=made.pk)
    return made


@transaction.atomic(savepoint=False)
def end_door(*, door_id: int, actor: Actor, at: datetime) -> Door:
    """End a door: nobody is checked in there any more.

    Raises:
        Refusal: `door_unknown`, and as `led`.

    """
    known = Door.objects.filter(pk=door_id).values_list("course", flat=True).first()
    course = led(known, actor, at) if known else None
    door = Door.objects.filter(pk=door_id, ended_at__isnull=True).first()
    if course is None or door is None:
        raise Refusal("door_unknown", pgettext("door", "This code is not valid any more."))
    Door.objects.filter(pk=door.pk).update(ended_at=at)
    note(course, "end_door", actor, at, door=door.pk)
    door.refresh_from_db()
    return door


@transaction.atomic(savepoint=False)
def chase_course(*, course_id: int, actor: Actor, at: datetime) -> list[int]:
    """Note that who lacks something is chased, once a day; return the accounts of those who have one.

    Raises:
        Refusal: `chased_today`, `nobody_lacks`, `tries_spent` where nobody can do what they lack, and
            as `led`.

    """
    course = led(course_id, actor, at)
    if course.chased_at is not None and day_of(course.chased_at) == day_of(at):
        sentence = _("They were told today already. Give them until tomorrow.")
        raise Refusal("chased_today", sentence)
    lacking = [one for one in standings(course, day_of(at)) if one.lacks]
    if not lacking:
        raise Refusal("nobody_lacks", _("Everybody has learnt it."))
    asked = [one.learner_id for one in lacking if one.can_make_up]
    if not asked:
        sentence = _("Who still lacks it has used all tries of the test. Grant them new ones first.")
        raise Refusal("tries_spent", sentence)
    rows = Learner.objects.filter(pk__in=among(asked), user__is_active=True)
    users = list(rows.order_by("pk").values_list("user", flat=True))
    Course.objects.filter(pk=course.pk).update(chased_at=at)
    note(course, "chase_course", actor, at, people=len(asked), told=len(users))
    return users


def led(course_id: int, actor: Actor, at: datetime) -> Course:
    """Return a course that runs, held until commit, for who leads it.

    Raises:
        Refusal: `course_unknown`, `not_permitted`, and as `require_runs`.

    """
    course = held_course(course_id)
    require(actor, Permission.OUTREACH_WRITE, unit_id=course.lesson.measure.plan.unit_id, at=at)
    require_runs(course)
    return course


def held_course(course_id: int) -> Course:
    """Return a course, held until commit.

    Raises:
        Refusal: `course_unknown`.

    """
    Course.objects.filter(pk=course_id).update(version=F("version") + 1)
    found = courses().filter(pk=course_id).first()
    if found is None:
        raise Refusal("course_unknown", _("There is no such course. Open it from its lesson."))
    return found


def require_runs(course: Course) -> None:
    """Let pass a course that is not closed, of a lesson that stands and a measure that is under way.

    Raises:
        Refusal: `lesson_withdrawn`, `course_closed`, `measure_closed`.

    """
    require_standing(course)
    if course.closed_at is not None:
        raise Refusal("course_closed", _("This is closed: nothing of it changes any more."))
    require_running(course.lesson.measure)


def require_standing(course: Course) -> None:
    """Let pass a course whose lesson was not withdrawn: what was is read by nobody any more.

    Raises:
        Refusal: `lesson_withdrawn`.

    """
    if course.lesson.status == LessonStatus.WITHDRAWN:
        sentence = _("This lesson was withdrawn: it is not learnt any more. What you learnt stays noted.")
        raise Refusal("lesson_withdrawn", sentence)


def note(course: Course, verb: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    """Add to the trail of the plan."""
    record(
        stream=f"plan:{course.lesson.measure.plan.slug}",
        action=f"outreach.{verb}",
        subject=f"outreach.lesson:{course.lesson_id}",
        actor=actor,
        at=at,
        facts={"measure": course.lesson.measure_id, **facts},
    )
