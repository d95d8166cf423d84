"""What the worker does every few minutes with situation reports."""

from django_tasks import task

from songnuan.jobs.schedule import FIRST
from songnuan.journeys.remind_of_reports import remind_of_reports
from songnuan.journeys.report_periods import open_report_periods
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@task(priority=FIRST)
def open_periods() -> int:
    """Open the periods that have begun; return how many."""
    return open_report_periods(actor=SYSTEM, at=now())


@task(priority=FIRST)
def climb_the_ladder() -> int:
    """Remind of reports that are missing; return how many units were spoken of."""
    return remind_of_reports(actor=SYSTEM, at=now())
