"""A lesson is learnt by a roster: opened and told, brought in line, taught at doors, chased, closed."""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.journeys.write_lesson import marked
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.outreach.actions import courses
from songnuan.outreach.actions.courses import Terms
from songnuan.outreach.course_models import Course, Door
from songnuan.outreach.course_queries import courses as all_courses
from songnuan.outreach.course_queries import expected_now
from songnuan.outreach.course_rules import Changes, Window
from songnuan.outreach.lesson_queries import accounts


@journey
def open_course(*, lesson_id: int, roster_id: int, terms: Terms, actor: Actor, at: datetime) -> Course:
    """Let everybody on a roster learn a lesson; who has an account is told.

    Raises:
        Refusal: As `outreach.actions.courses.open_course`.

    """
    made = courses.open_course(lesson_id=lesson_id, roster_id=roster_id, terms=terms, actor=actor, at=at)
    users = list(expected_now(made.pk).filter(user__is_active=True).values_list("user", flat=True))
    _tell(made, users, f"lesson.learn:{made.pk}", actor, at)
    return made


@journey
def align_course(*, course_id: int, actor: Actor, at: datetime) -> Changes:
    """Bring who is expected in line with the roster; who joined and has an account is told.

    Raises:
        Refusal: As `outreach.actions.courses.align_course`.

    """
    return align(course_id, actor, at)


@journey
def chase_course(*, course_id: int, actor: Actor, at: datetime) -> int:
    """Tell everybody with an account what they still lack; return how many.

    Raises:
        Refusal: As `outreach.actions.courses.chase_course`.

    """
    users = courses.chase_course(course_id=course_id, actor=actor, at=at)
    course = all_courses().get(pk=course_id)
    _tell(course, users, f"lesson.chased:{course_id}:{at.isoformat()}", actor, at)
    return len(users)


@journey
def close_course(*, course_id: int, actor: Actor, at: datetime) -> Course:
    """Close a course.

    Raises:
        Refusal: As `outreach.actions.courses.close_course`.

    """
    return courses.close_course(course_id=course_id, actor=actor, at=at)


@journey
def open_door(
    *, course_id: int, place: str, window: Window, is_make_up: bool, actor: Actor, at: datetime
) -> Door:
    """Say when and where a lesson is taught.

    Raises:
        Refusal: As `outreach.actions.courses.open_door`.

    """
    return courses.open_door(
        course_id=course_id, place=place, window=window, is_make_up=is_make_up, actor=actor, at=at
    )


@journey
def end_door(*, door_id: int, actor: Actor, at: datetime) -> Door:
    """End a door.

    Raises:
        Refusal: As `outreach.actions.courses.end_door`.

    """
    return courses.end_door(door_id=door_id, actor=actor, at=at)


def align(course_id: int, actor: Actor, at: datetime) -> Changes:
    """Bring a course in line with its roster, in the caller's transaction; who joined is told, and once."""
    told = courses.align_course(course_id=course_id, actor=actor, at=at)
    users = list(expected_now(course_id).filter(user__is_active=True).values_list("user", flat=True))
    course = all_courses().get(pk=course_id)
    _tell(course, users, f"lesson.learn:{course_id}", actor, at)
    return told


def _tell(course: Course, users: list[int], key: str, actor: Actor, at: datetime) -> None:
    """Tell accounts what they have to learn; the first part of the key is the topic."""
    tell(
        accounts(users),
        partial(_words, course),
        topic=key.partition(":")[0],
        key=key,
        url=f"/courses/{course.pk}/mine/",
        plan=course.lesson.measure.plan.title,
        actor=actor,
        at=at,
    )


def _words(course: Course) -> tuple[str, str]:
    title = marked(course.lesson, _("To learn: %(title)s") % {"title": course.lesson.title})
    body = _("Learn it by %(day)s, and pass its test.") if course.pass_at else _("Learn it by %(day)s.")
    return title, body % {"day": written(course.until_on)}
