"""Finds work that does not go on: failed jobs and messages, and a queue without a worker."""

from datetime import timedelta

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.jobs.models import Job, OutboxMessage
from songnuan.kernel.clock import wall

PATIENCE = timedelta(minutes=10)


def verify() -> list[Finding]:
    """Return findings `job_failed`, `message_failed` (one each) and `queue_stands` (one for all)."""
    return [*_jobs(), *_messages(), *_queue()]


def _jobs() -> list[Finding]:
    failed = Job.objects.filter(status=Job.Status.FAILED).order_by("pk")
    sentence = _("The job %(task)s failed: %(error)s")
    return [
        Finding(
            "job_failed",
            f"jobs.job:{job.pk}",
            sentence % {"task": job.task, "error": job.error or job.error_class},
        )
        for job in failed.iterator()
    ]


def _messages() -> list[Finding]:
    failed = OutboxMessage.objects.filter(status=OutboxMessage.Status.FAILED).order_by("pk")
    sentence = _("A message of %(topic)s could not be sent by %(channel)s: %(error)s")
    return [
        Finding(
            "message_failed",
            f"jobs.message:{pk}",
            sentence % {"topic": topic, "channel": channel, "error": error},
        )
        for pk, topic, channel, error in failed.values_list("pk", "topic", "channel", "error").iterator()
    ]


def _queue() -> list[Finding]:
    waiting = Job.objects.filter(status=Job.Status.READY, run_after__lt=wall() - PATIENCE).count()
    if not waiting:
        return []
    sentence = _("%(count)s jobs wait for more than ten minutes. Start a worker with “songnuan worker”.")
    return [Finding("queue_stands", "jobs", sentence % {"count": waiting}, {"waiting": waiting})]
