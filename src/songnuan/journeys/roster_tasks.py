"""What the worker does with imports of rosters, and how the pages ask for it and see how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_tasks import task

from songnuan.jobs.models import Job
from songnuan.jobs.progress import report
from songnuan.journeys import uploads
from songnuan.journeys.duplicate_tasks import find_after_import
from songnuan.journeys.forget_import import forget_import
from songnuan.journeys.import_roster import UPLOAD, WAITING, apply, cancel, clear, read
from songnuan.journeys.roster_reading import By
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import wall
from songnuan.organisation.models import User
from songnuan.organisation.queries import actor_of, now
from songnuan.people import queries
from songnuan.people.models import ImportStatus, RosterImport

KEPT = timedelta(days=7)
_STRAY = timedelta(days=1)
_ENDED = (ImportStatus.APPLIED, ImportStatus.CANCELLED, ImportStatus.FAILED)
_DOING = (Job.Status.READY, Job.Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Running:
    """How far the last work on an import is. `task` is "read" or "apply"; `error` is told to the user."""

    task: str
    status: Job.Status
    done: int
    total: int | None
    note: str
    error: str
    since: datetime


@task
def read_task(import_key: str, user_id: int | None) -> None:
    """Read an import's file."""
    read(import_key=import_key, actor=_actor(user_id), at=now(), told=report)


@task
def apply_task(import_key: str, user_id: int | None, end_missing: bool) -> None:  # noqa: FBT001 - as a job's are
    """Apply an import."""
    apply(import_key=import_key, end_missing=end_missing, actor=_actor(user_id), at=now(), told=report)
    find_after_import.enqueue(import_key)


_TASKS = {read_task.module_path: "read", apply_task.module_path: "apply"}


def enqueue_read(*, import_key: str, actor: Actor) -> None:
    """Have the worker read an import, unless work on it already waits or runs."""
    _enqueue(import_key, lambda: read_task.enqueue(import_key, actor.user_id))


def enqueue_apply(*, import_key: str, end_missing: bool, actor: Actor) -> None:
    """Have the worker apply an import, unless work on it already waits or runs."""
    _enqueue(import_key, lambda: apply_task.enqueue(import_key, actor.user_id, end_missing))


def running(import_key: str) -> Running | None:
    """Return the last work on an import; None when there was none, or it is long ago."""
    job = _jobs(import_key).order_by("-pk").first()
    if job is None:
        return None
    return Running(
        task=_TASKS[job.task],
        status=Job.Status(job.status),
        done=job.done,
        total=job.total,
        note=job.note,
        error=job.error,
        since=job.started_at or job.enqueued_at,
    )


@task
def sweep_imports() -> int:
    """Give up imports that nobody touched for a week and remove what is of no more use; return how many.

    How the files of those were called that came into no roster is forgotten a week after.
    """
    at = now()
    by = By(actor=SYSTEM, at=at)
    old = RosterImport.objects.filter(touched_at__lt=at - KEPT)
    given_up = list(old.filter(status__in=WAITING).values_list("key", flat=True))
    for key in given_up:
        cancel(import_key=key, **by)
    for key in queries.imports_to_forget(at - KEPT):
        forget_import(import_key=key, **by)
    wanted = RosterImport.objects.filter(status__in=(*WAITING, ImportStatus.APPLYING))
    reported = RosterImport.objects.filter(status=ImportStatus.APPLIED, touched_at__gte=at - KEPT)
    needed = {options["upload"] for options in (wanted | reported).values_list("options", flat=True)}
    stray = [name for name in uploads.left(UPLOAD, wall() - _STRAY) if name not in needed]
    for name in stray:
        uploads.remove(name)
    # Somebody may have been stopped between the end of an import and the end of its rows.
    ended = RosterImport.objects.filter(status__in=_ENDED, touched_at__gte=at - 2 * KEPT)
    for key, status, touched_at in ended.values_list("key", "status", "touched_at"):
        clear(key, by, keep_problems=status == ImportStatus.APPLIED and touched_at >= at - KEPT)
    return len(given_up) + len(stray)


def _enqueue(import_key: str, enqueue: Callable[[], Any]) -> None:
    with transaction.atomic():
        # Of two clicks at once the second waits, and finds the work of the first.
        RosterImport.objects.select_for_update().get(key=import_key)
        if not _jobs(import_key).filter(status__in=_DOING).exists():
            enqueue()


def _jobs(import_key: str) -> QuerySet[Job]:
    return Job.objects.filter(task__in=_TASKS, args__0=import_key)


def _actor(user_id: int | None) -> Actor:
    return SYSTEM if user_id is None else actor_of(User.objects.get(pk=user_id))
