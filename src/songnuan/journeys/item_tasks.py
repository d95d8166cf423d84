"""What the worker does each morning with items of instructions that are due."""

from django_tasks import task

from songnuan.journeys.remind_of_items import remind_of_items
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@task
def remind() -> int:
    """Remind of what is due; return how many items are."""
    return remind_of_items(actor=SYSTEM, at=now())
