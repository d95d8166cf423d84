"""Somebody takes a list of who learns a lesson away; that it was taken is noted."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.outreach.actions import taking
from songnuan.outreach.actions.taking import CourseList
from songnuan.outreach.course_models import Course


@journey
def take_course_list(*, course_id: int, what: CourseList, people: int, actor: Actor, at: datetime) -> Course:
    """Note that a list of people was taken away. Who makes the list calls it before handing it out.

    Raises:
        Refusal: As `outreach.actions.taking.take_course_list`.

    """
    return taking.take_course_list(course_id=course_id, what=what, people=people, actor=actor, at=at)
