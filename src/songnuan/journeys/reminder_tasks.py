"""What the worker does each morning with what is due, and every few minutes with what leaves the house.

`REMINDERS` is the registry: a part of the house that reminds of something adds its journey here.
"""

from collections.abc import Callable

from django_tasks import task

from songnuan.journeys.base import alone_at_fault
from songnuan.journeys.pass_on import pass_on
from songnuan.journeys.remind_of_deadlines import remind_of_deadlines
from songnuan.journeys.remind_of_families import remind_of_families
from songnuan.journeys.remind_of_kits import remind_of_kits
from songnuan.journeys.remind_of_problems import remind_of_problems
from songnuan.journeys.remind_of_visits import remind_of_visits
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now

REMINDERS: tuple[Callable[..., int], ...] = (
    remind_of_visits,
    remind_of_problems,
    remind_of_kits,
    remind_of_deadlines,
    remind_of_families,
)


@task
def remind_of_all() -> int:
    """Leave all reminders of the day; return how many things were spoken of.

    Raises:
        ExceptionGroup: What failed, once the other reminders were left.

    """
    moment, told = now(), 0
    failed: list[Exception] = []
    for remind in REMINDERS:
        with alone_at_fault(failed, remind.__name__):
            told += remind(actor=SYSTEM, at=moment)
    if failed:
        raise ExceptionGroup("reminders that could not be left", failed)
    return told


@task
def pass_on_notices() -> int:
    """Write the letters that go out now; return how many."""
    return pass_on(actor=SYSTEM, at=now())
