"""Work that comes again and again: data, and the rows it becomes.

A run is a job with the schedule's name and the moment it was due; both are unique together, so that
however many workers look, each run is enqueued once. A run missed while no worker was up is made up
for once, not for each time it was missed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django_tasks.base import Task

from songnuan.jobs.backend import new_job
from songnuan.jobs.models import Job
from songnuan.kernel.clock import CHINA

FIRST = 20  # the priority of what is short and must be on time, before letters and before the night's work
START = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A task without arguments and when it runs.

    Args:
        name: Of the schedule; never changes.
        task: The `@task`.
        when: A distance at most a week, or a time of each day in China.

    """

    name: str
    task: Task[[], Any]
    when: timedelta | time

    def due_at(self, now: datetime) -> datetime:
        """Return the last moment, at or before `now`, when it was due."""
        if isinstance(self.when, timedelta):
            return now - (now - START) % self.when
        today = datetime.combine(now.astimezone(CHINA).date(), self.when, tzinfo=CHINA)
        return today if today <= now else today - timedelta(days=1)


def enqueue_due(schedule: Sequence[Scheduled], now: datetime) -> int:
    """Enqueue the runs that are due and not there yet; return how many were written.

    A schedule whose last run still waits or runs is left alone, so that runs never pile up.
    """
    due = {entry.name: (entry, entry.due_at(now)) for entry in schedule}
    rows = Job.objects.filter(schedule__in=due)
    busy = set(
        rows.filter(status__in=[Job.Status.READY, Job.Status.RUNNING]).values_list("schedule", flat=True)
    )
    moments = {moment for _entry, moment in due.values()}
    known = set(rows.filter(due_at__in=moments).values_list("schedule", "due_at"))
    fresh = []
    for name, (entry, moment) in due.items():
        if name not in busy and (name, moment) not in known:
            job = new_job(entry.task, now)
            job.schedule, job.due_at = name, moment
            fresh.append(job)
    if fresh:
        Job.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)
