"""What the worker does each morning with approvals that wait."""

from django_tasks import task

from songnuan.journeys.remind_approvals import remind_approvals
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@task
def remind_of_approvals() -> int:
    """Remind whoever an approval has waited for too long; return how many wait that long."""
    return remind_approvals(actor=SYSTEM, at=now())
