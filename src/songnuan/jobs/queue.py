"""Who may run a job: guarded updates that claim, renew, end and put back.

Every one asks for state, worker and attempt in the same statement, so that of two workers one
wins, and a worker that lost its lease can no longer say anything about the job.
"""

import traceback
from datetime import timedelta

from django.db.models import QuerySet

from songnuan.jobs.lifecycle import JOB
from songnuan.jobs.models import Job
from songnuan.jobs.progress import Progress
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
CANDIDATES = 10


class LeaseExpired(Exception):  # noqa: N818 - read as a state, as Refusal is
    """The worker that ran the job died, or could not reach the database for the length of a lease."""


def delay(attempt: int) -> timedelta:
    """Return how long to wait after attempt 1, 2, 3 …: 10 s, 40 s, 160 s …, at most an hour."""
    return min(FIRST_DELAY * int(4 ** (attempt - 1)), LONGEST_DELAY)


def is_final(attempt: int, error: BaseException) -> bool:
    """Whether an attempt that ended in `error` is the last: a refusal is an answer, not an accident."""
    return isinstance(error, Refusal) or attempt >= MAX_ATTEMPTS


def claim(worker: str) -> Job | None:
    """Take the next job that is due, highest priority first, or return None."""
    now = wall()
    due = Job.objects.filter(status=Job.Status.READY, run_after__lte=now)
    for job in due.order_by("-priority", "run_after", "pk")[:CANDIDATES]:
        taken: dict[str, object] = {
            "worker": worker,
            "attempt": job.attempt + 1,
            "workers": [*job.workers, worker],
            "leased_until": now + LEASE,
            "started_at": job.started_at or now,
            "last_attempted_at": now,
        }
        if JOB.move(Job.objects.filter(pk=job.pk, attempt=job.attempt), "claim", **taken):
            return Job.objects.get(pk=job.pk)
    return None


def renew(job: Job, progress: Progress) -> bool:
    """Hold the job for another lease and write its progress; False when it is another's now."""
    return _move(job, "renew", leased_until=wall() + LEASE, **_figures(progress))


def finish(job: Job, result: object, progress: Progress) -> bool:
    """End the job well."""
    return _move(
        job,
        "finish",
        leased_until=None,
        finished_at=wall(),
        result=result,
        error_class="",
        error="",
        **_figures(progress),
    )


def fail(job: Job, error: BaseException, progress: Progress) -> bool:
    """End the attempt badly: the job is tried again later, or failed when this was the last."""
    told = {"error_class": _class_path(error), "error": describe(error), **_figures(progress)}
    now = wall()
    if is_final(job.attempt, error):
        return _move(job, "fail", leased_until=None, finished_at=now, **told)
    return _move(job, "put_back", leased_until=None, run_after=now + delay(job.attempt), **told)


def release(job: Job) -> bool:
    """Give the job back untried: the worker ends, and the attempt does not count."""
    return _move(job, "put_back", leased_until=None, attempt=job.attempt - 1, workers=job.workers[:-1])


def reap() -> int:
    """Take back the jobs whose worker no longer renews; the attempt counts. Return how many."""
    now = wall()
    expired = Job.objects.filter(status=Job.Status.RUNNING, leased_until__lt=now)
    told = {"error_class": _class_path(LeaseExpired()), "error": "", "leased_until": None}
    failed = JOB.move(expired.filter(attempt__gte=MAX_ATTEMPTS), "fail", finished_at=now, **told)
    return failed + JOB.move(expired.filter(attempt__lt=MAX_ATTEMPTS), "put_back", run_after=now, **told)


def describe(error: BaseException) -> str:
    """Return what may be kept of an error: a refusal's sentence, else the place; never its message.

    Messages of errors quote the values they stumbled over, which may be personal data.
    """
    if isinstance(error, Refusal):
        return error.sentence
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " > ".join(f"{frame.filename.rpartition('songnuan/')[2]}:{frame.lineno}" for frame in frames)


def _class_path(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _figures(progress: Progress) -> dict[str, object]:
    return {"done": progress.done, "total": progress.total, "note": progress.note}


def _move(job: Job, move: str, **updates: object) -> bool:
    held: QuerySet[Job] = Job.objects.filter(pk=job.pk, worker=job.worker, attempt=job.attempt)
    return JOB.move(held, move, **updates) == 1
