"""What the worker does each night with courses and events."""

from django_tasks import task

from songnuan.journeys import forget_deputies, keep_courses
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@task
def keep_all_courses() -> int:
    """Bring what rosters learn in line with them; return how many people joined, moved or left."""
    return keep_courses.keep_courses(actor=SYSTEM, at=now())


@task
def forget_all_deputies() -> int:
    """Forget who was sent to events that are long over; return how many."""
    return forget_deputies.forget_deputies(actor=SYSTEM, at=now())
