"""How jobs and messages move."""

from songnuan.jobs.models import Job, OutboxMessage
from songnuan.kernel.lifecycle import Lifecycle, Move

READY, RUNNING = frozenset({Job.Status.READY.value}), frozenset({Job.Status.RUNNING.value})
QUEUED = frozenset({OutboxMessage.Status.QUEUED.value})

JOB = Lifecycle(
    "jobs.job",
    {
        "claim": Move(READY, Job.Status.RUNNING.value),
        "renew": Move(RUNNING, Job.Status.RUNNING.value),
        "finish": Move(RUNNING, Job.Status.DONE.value),
        "fail": Move(RUNNING, Job.Status.FAILED.value),
        "put_back": Move(RUNNING, Job.Status.READY.value),
    },
)
MESSAGE = Lifecycle(
    "jobs.message",
    {
        "send": Move(QUEUED, OutboxMessage.Status.SENT.value),
        "fail": Move(QUEUED, OutboxMessage.Status.FAILED.value),
    },
)
