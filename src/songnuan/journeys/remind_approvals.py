"""Whoever an approval waits for is reminded, after some working days and again after as many.

Where nobody can take the step, who asked is told instead: the request would lie there for ever.
"""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.approvals.queries import Course, courses, pending
from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of

WORKDAYS = 2
"""How many working days a request lies at a step before the first reminder, and before each next one."""


@journey
def remind_approvals(*, actor: Actor, at: datetime) -> int:
    """Leave a notice for whoever may decide what has waited too long, once for each time it is due.

    Where the table of working days ends, nobody is reminded.

    Returns:
        How many requests have waited that long.

    """
    late = [course for course in courses(pending(), at) if (course.workdays or 0) >= WORKDAYS]
    for course in late:
        here = course.here
        if here is None or course.workdays is None:
            continue
        people = {candidate.user_id for candidate in here.candidates} or {course.requested_by_id}
        tell(
            User.objects.filter(pk__in=people).order_by("pk"),
            partial(_words, course),
            topic="approval.stuck" if here.is_stuck else "approval.waiting",
            key=f"approval:{course.request_id}:{here.position}:{course.workdays // WORKDAYS}",
            url="/approvals/",
            actor=actor,
            at=at,
        )
    return len(late)


def _words(course: Course) -> tuple[str, str]:
    if course.here is not None and course.here.is_stuck:
        title = _("Nobody can take the step at which it lies: %(title)s") % {"title": course.title}
        return title, _("Take the request back, or have the post given by an administrator.")
    title = _("Waits for your decision: %(title)s") % {"title": course.title}
    body = _("It has lain there since %(day)s, for %(count)s working days.")
    return title, body % {"day": written(day_of(course.since)), "count": course.workdays}
