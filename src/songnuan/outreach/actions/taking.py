"""Lists of who learns a lesson leave the house: that they were taken is noted, with how many people."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.outreach.actions.courses import note
from songnuan.outreach.course_models import Course
from songnuan.outreach.course_queries import courses


class CourseList(StrEnum):
    """Which list: who has to make up for it, or the codes of those without an account."""

    MAKE_UP = "make-up"
    CODES = "codes"


@transaction.atomic(savepoint=False)
def take_course_list(*, course_id: int, what: CourseList, people: int, actor: Actor, at: datetime) -> Course:
    """Note that somebody takes a list of people away; of one that is closed, too.

    Raises:
        Refusal: `course_unknown`, `not_permitted`.

    """
    course = courses().filter(pk=course_id).first()
    if course is None:
        raise Refusal("course_unknown", _("There is no such course. Open it from its lesson."))
    require(actor, Permission.PEOPLE_VIEW, unit_id=course.roster.unit_id, at=at)
    if what == CourseList.CODES:
        require(actor, Permission.OUTREACH_WRITE, unit_id=course.lesson.measure.plan.unit_id, at=at)
    note(course, "take_course_list", actor, at, course_list=what.value, people=people)
    return course
