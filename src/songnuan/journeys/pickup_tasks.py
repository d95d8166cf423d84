"""What the worker does each night with kits that people pick up."""

from django_tasks import task

from songnuan.journeys.keep_pickups import keep_pickups
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@task
def keep_all_pickups() -> int:
    """Bring what is handed out in line with the rosters, and pass on what was missed; return how much."""
    return keep_pickups(actor=SYSTEM, at=now())
