"""What the worker does each morning with what is due, and every few minutes with what leaves the house.

`REMINDERS` is the registry: a part of the house that reminds of something adds its journey here.
"""

import logging
from collections.abc import Callable

from django_tasks import task

from songnuan.journeys.pass_on import pass_on
from songnuan.journeys.remind_of_deadlines import remind_of_deadlines
from songnuan.journeys.remind_of_kits import remind_of_kits
from songnuan.journeys.remind_of_problems import remind_of_problems
from songnuan.journeys.remind_of_visits import remind_of_visits
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now

logger = logging.getLogger(__name__)
REMINDERS: tuple[Callable[..., int], ...] = (
    remind_of_visits,
    remind_of_problems,
    remind_of_kits,
    remind_of_deadlines,
)


@task
def remind_of_all() -> int:
    """Leave all reminders of the day; return how many things were spoken of.

    Raises:
        ExceptionGroup: What failed, once the other reminders were left.

    """
    moment, told, failed = now(), 0, []
    for remind in REMINDERS:
        try:
            told += remind(actor=SYSTEM, at=moment)
        except Exception as error:
            logger.exception("reminding: %s", remind.__name__)
            failed.append(error)
    if failed:
        raise ExceptionGroup("reminders that could not be left", failed)
    return told


@task
def pass_on_notices() -> int:
    """Write the letters that go out now; return how many."""
    return pass_on(actor=SYSTEM, at=now())
