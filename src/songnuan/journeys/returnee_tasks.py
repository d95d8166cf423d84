"""What the worker does with returnees: asks after what is missing, and erases those whose day is over."""

from django_tasks import task

from songnuan.journeys.erase_returnees import erase_returnees
from songnuan.journeys.remind_of_returnees import remind_of_returnees
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@task
def ask_after_returnees() -> int:
    """Remind of statuses that are missing; return how many people were spoken of."""
    return remind_of_returnees(actor=SYSTEM, at=now())


@task
def erase_returnees_due() -> int:
    """Erase those whose day is over; return how many."""
    return erase_returnees(actor=SYSTEM, at=now())
