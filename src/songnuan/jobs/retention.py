"""Forgets what has served: posts received long ago, and jobs done long ago. Failed jobs stay."""

from datetime import timedelta

from django.db.models import Model, QuerySet
from django_tasks import task

from songnuan.jobs.models import InboxEntry, Job
from songnuan.jobs.progress import report
from songnuan.kernel.clock import wall
from songnuan.organisation.queries import now

POSTS = timedelta(days=90)
JOBS = timedelta(days=30)
CHUNK = 1000


@task
def forget() -> int:
    """Delete inbox entries over 90 days and done jobs over 30 days old; return how many rows.

    An inbox entry's age is counted by the installation's clock, as it was received; a job's by
    the machine's own.
    """
    posts = InboxEntry.objects.filter(received_at__lt=now() - POSTS)
    jobs = Job.objects.filter(status=Job.Status.DONE, finished_at__lt=wall() - JOBS)
    return _delete(posts) + _delete(jobs)


def _delete(rows: QuerySet[InboxEntry] | QuerySet[Job]) -> int:
    """Delete in chunks, so that the write lock is never held for long."""
    model: type[Model] = rows.model
    gone = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        model._base_manager.filter(pk__in=keys).delete()  # noqa: SLF001 - Django's documented API
        gone += len(keys)
        report(gone)
    return gone
