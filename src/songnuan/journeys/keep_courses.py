"""Lessons that rosters learn are brought in line with them each night."""

from datetime import datetime

from songnuan.journeys.base import alone_at_fault, long_journey, step
from songnuan.journeys.teach_course import align
from songnuan.kernel.actor import Actor
from songnuan.outreach.course_models import Course
from songnuan.outreach.lesson_models import LessonStatus
from songnuan.people.models import RosterStatus
from songnuan.plans.models import MeasureStatus


@long_journey
def keep_courses(*, actor: Actor, at: datetime) -> int:
    """Bring every course that runs in line with its roster, one by one; who joined is told.

    A roster that is not kept any more changes nothing. Run again it finds nothing left to do.

    Returns:
        How many people joined, moved or left.

    Raises:
        ExceptionGroup: What failed, once the others were seen to.

    """
    failed: list[Exception] = []
    changed = 0
    rows = Course.objects.filter(
        closed_at__isnull=True,
        roster__status=RosterStatus.OPEN,
        lesson__status=LessonStatus.SIGNED,
        lesson__measure__status=MeasureStatus.OPEN,
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        with alone_at_fault(failed, f"course {pk}"), step():
            told = align(pk, actor, at)
            changed += len(told.joined) + len(told.ended)
    if failed:
        raise ExceptionGroup("courses that could not be seen to", failed)
    return changed
