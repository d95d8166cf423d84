"""The worker: takes jobs one by one, runs them, keeps the schedule, and ends when asked.

It lives through a database that is locked or away: it waits and goes on. A job is run at least
once: if the worker dies after the task's work and before the job is marked, it is run again, so
tasks are written to bear it.
"""

import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
)
from django_tasks import TaskContext
from django_tasks.utils import normalize_json

from songnuan.jobs import queue
from songnuan.jobs.backend import result_of, task_of
from songnuan.jobs.heartbeat import Heartbeat
from songnuan.jobs.models import Job
from songnuan.jobs.progress import Interrupted, Progress, reporting_to
from songnuan.jobs.schedule import Scheduled, enqueue_due
from songnuan.kernel.clock import wall

POLL = 1.0
UPKEEP = 5.0
GRACE = 20
PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0)
LONGEST_PAUSE = 30.0

T = TypeVar("T")
logger = logging.getLogger(__name__)


def run_pending(limit: int = 100) -> int:
    """Run what is due now, in this process, until nothing is or `limit` jobs were run; return how many."""
    worker = Worker()
    ran = 0
    while ran < limit and worker.run_one():
        ran += 1
    return ran


def supervise(schedule: Sequence[Scheduled]) -> None:
    """Be a worker until SIGTERM or SIGINT; call it in the main thread of a process.

    At the first signal the job in hand is finished; after 20 seconds, or at a second signal, it is
    interrupted, its open transaction rolled back, and the job given back.

    Args:
        schedule: All that comes again and again, of all apps.

    """
    worker = Worker(schedule)
    with _signals(worker):
        worker.run()


class Worker:
    """One taker of jobs, known by host, process and a random mark."""

    def __init__(self, schedule: Sequence[Scheduled] = ()) -> None:
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._schedule = schedule
        self._stopping = False
        self._interruptible = False
        self._upkeep_at = 0.0

    def stop(self) -> None:
        """End after the job in hand."""
        self._stopping = True

    def interrupt(self) -> None:
        """Break into the running task, from a signal handler of its thread.

        Raises:
            Interrupted: While a task runs; at other moments the worker ends by itself.

        """
        self._stopping = True
        if self._interruptible:
            raise Interrupted

    def run(self) -> None:
        """Take jobs until stopped."""
        pause = POLL
        while not self._stopping:
            try:
                close_old_connections()
                self._keep_up()
                worked = self.run_one()
            except (OperationalError, InterfaceError) as error:
                logger.warning("worker %s: database: %s; waiting", self.name, type(error).__name__)
                connection.close()
                pause = min(pause * 2, LONGEST_PAUSE)
                self._rest(pause)
            else:
                pause = POLL
                if not worked:
                    self._rest(POLL)
        connection.close()

    def run_one(self) -> bool:
        """Claim and run one job; return False when none was due."""
        job = queue.claim(self.name)
        if job is None:
            return False
        progress = Progress()
        nested = connection.in_atomic_block
        try:
            with Heartbeat(job, progress):
                result = self._call(job, progress)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a task does, the worker goes on
            logger.warning(
                "job %s %s: %s at %s", job.pk, job.task, type(error).__name__, queue.describe(error)
            )
            if not nested:
                connection.close_if_unusable_or_obsolete()
            self._tell(job, partial(queue.fail, job, error, progress))
        except BaseException as error:
            if not nested:
                _new_connection()
            self._tell(job, partial(queue.release, job))
            if not isinstance(error, Interrupted):
                raise
        else:
            self._tell(job, partial(queue.finish, job, result, progress))
        return True

    def _call(self, job: Job, progress: Progress) -> object:
        """Run the task; return what it returns, as JSON."""
        task = task_of(job)
        context = [TaskContext(task_result=result_of(job, task))] if task.takes_context else []
        with reporting_to(progress), self._open_to_interrupts():
            return normalize_json(task.call(*context, *job.args, **job.kwargs))

    def _tell(self, job: Job, write: Callable[[], bool]) -> None:
        if not _patiently(write):
            logger.warning("job %s: its lease was lost, another worker has it", job.pk)

    @contextmanager
    def _open_to_interrupts(self) -> Iterator[None]:
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

    def _keep_up(self) -> None:
        """Reap and keep the schedule, every few seconds."""
        if time.monotonic() < self._upkeep_at:
            return
        reaped = queue.reap()
        if reaped:
            logger.warning("worker %s: took back %s jobs of dead workers", self.name, reaped)
        enqueue_due(self._schedule, wall())
        self._upkeep_at = time.monotonic() + UPKEEP

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(min(POLL, seconds))


def _patiently(write: Callable[[], T]) -> T:
    """Write how a job ended, though the database be busy: else the work would be done twice."""
    for pause in PATIENCE:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    return write()


def _new_connection() -> None:
    """Drop a connection whose bookkeeping an interruption may have caught half-way."""
    connection.close()
    del connections[DEFAULT_DB_ALIAS]


@contextmanager
def _signals(worker: Worker) -> Iterator[None]:
    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked:
            worker.interrupt()
        asked.append(True)
        worker.stop()
        signal.alarm(GRACE)

    def press(_number: int, _frame: FrameType | None) -> None:
        worker.interrupt()

    asked: list[bool] = []
    handlers = {signal.SIGTERM: ask, signal.SIGINT: ask, signal.SIGALRM: press}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)
