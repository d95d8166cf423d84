"""The backend of the tasks library (`@task`, `.enqueue`) that keeps work in the `Job` table.

The library's own database backend leaves a job running for ever when its worker is killed; this one
gives each run a lease. `enqueue` writes in the caller's transaction and nowhere else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.utils.module_loading import import_string
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from songnuan.jobs.models import Job
from songnuan.kernel.clock import wall

P = ParamSpec("P")
T = TypeVar("T")

STATUS = {
    Job.Status.READY: TaskResultStatus.READY,
    Job.Status.RUNNING: TaskResultStatus.RUNNING,
    Job.Status.DONE: TaskResultStatus.SUCCESSFUL,
    Job.Status.FAILED: TaskResultStatus.FAILED,
}


class Backend(BaseTaskBackend):
    """Work as rows. A result's id is the job's primary key."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[P, T], args: Sequence[Any], kwargs: Mapping[str, Any]) -> TaskResult[T]:
        """Write a job into the current transaction.

        Raises:
            TypeError: When an argument is no JSON value.

        """
        self.validate_task(task)
        job = new_job(task, wall(), args=args, kwargs=kwargs)
        job.save(force_insert=True)
        return result_of(job, task)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Return where a job stands.

        Raises:
            TaskResultDoesNotExist: When there is none, or it was forgotten.

        """
        job = Job.objects.filter(pk=result_id).first() if result_id.isdecimal() else None
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return result_of(job, task_of(job))


def new_job(
    task: Task[Any, Any], now: datetime, *, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
) -> Job:
    """Return an unsaved job for `task`, ready at once or after the task's `run_after`."""
    return Job(
        task=task.module_path,
        args=normalize_json(list(args)),
        kwargs=normalize_json(dict(kwargs or {})),
        priority=task.priority,
        enqueued_at=now,
        run_after=task.run_after or now,
    )


def task_of(job: Job) -> Task[Any, Any]:
    """Return the task a job names.

    Raises:
        ImportError: When the program no longer has it.
        TypeError: When it is no longer a task.

    """
    task = import_string(job.task)
    if not isinstance(task, Task):
        raise TypeError(f"{job.task} is not a task")
    return task


def result_of(job: Job, task: Task[P, T]) -> TaskResult[T]:
    """Return a job in the library's words."""
    failed = job.error_class != ""
    result: TaskResult[T] = TaskResult(
        task=task,
        id=str(job.pk),
        status=STATUS[Job.Status(job.status)],
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.last_attempted_at,
        args=job.args,
        kwargs=job.kwargs,
        backend=task.backend,
        errors=[TaskError(exception_class_path=job.error_class, traceback=job.error)] if failed else [],
        worker_ids=list(job.workers),
    )
    object.__setattr__(result, "_return_value", job.result)  # the class is frozen; its own backends do so
    return result
