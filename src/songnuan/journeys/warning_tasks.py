"""What the worker does every few minutes with early warning."""

from django_tasks import task

from songnuan.jobs.schedule import FIRST
from songnuan.journeys.look_for_warnings import look_for_warnings
from songnuan.journeys.remind_of_alerts import remind_of_alerts
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@task(priority=FIRST)
def look_at_counts() -> int:
    """Look at counts that are due or have changed; return how many alerts were raised."""
    return look_for_warnings(actor=SYSTEM, at=now())


@task(priority=FIRST)
def chase_alerts() -> int:
    """Tell of alerts that nobody has acknowledged; return how many were spoken of."""
    return remind_of_alerts(actor=SYSTEM, at=now())
