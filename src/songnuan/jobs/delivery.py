"""Sends what lies in the outbox: one job for each message."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django_tasks import TaskContext, task

from songnuan.audit.record import record, trail
from songnuan.jobs import queue
from songnuan.jobs.channels import CHANNELS
from songnuan.jobs.lifecycle import MESSAGE
from songnuan.jobs.models import Job, OutboxMessage
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now

STREAM = "deliveries"
AHEAD = 10  # the priority of a letter, before the work of the night
DEAD_JOB = "songnuan.jobs.delivery.DeadJob"


@task(takes_context=True, priority=AHEAD)
def deliver(context: TaskContext, message_id: int) -> None:
    """Send one message if it still waits; on the last failed attempt it is failed, for the trail too."""
    rows = OutboxMessage.objects.filter(pk=message_id)
    message = rows.filter(status=OutboxMessage.Status.QUEUED).select_related("recipient").first()
    if message is None:
        return
    try:
        CHANNELS[message.channel].send(message)
    except Exception as error:
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        rows.update(attempts=F("attempts") + 1, error=name)
        if queue.is_final(context.attempt, error):
            _give_up(message, name, now())
        raise
    MESSAGE.move(rows, "send", sent_at=now(), attempts=F("attempts") + 1, error="")


@task
def give_up_lost() -> int:
    """Fail the messages whose job failed without them, as when each attempt killed its worker."""
    gone = Q(job=None) | Q(job__status__in=[Job.Status.DONE, Job.Status.FAILED])
    lost = OutboxMessage.objects.filter(gone, status=OutboxMessage.Status.QUEUED)
    for message in lost.order_by("pk")[:500]:
        _give_up(message, DEAD_JOB, now())
    return len(lost)


def _give_up(message: OutboxMessage, error: str, at: datetime) -> None:
    with transaction.atomic(), trail():
        if MESSAGE.move(OutboxMessage.objects.filter(pk=message.pk), "fail", error=error):
            record(
                stream=STREAM,
                action="jobs.fail_message",
                subject=f"jobs.message:{message.pk}",
                actor=SYSTEM,
                at=at,
                facts={"channel": message.channel, "topic": message.topic, "error": error},
            )
