"""The thread that holds a job's lease while the task runs, and writes its progress."""

import logging
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType

from django.db import DatabaseError, InterfaceError, connection

from songnuan.jobs import queue
from songnuan.jobs.models import Job
from songnuan.jobs.progress import Progress

BEAT = timedelta(seconds=2)
logger = logging.getLogger(__name__)


class Heartbeat:
    """Renews the lease of `job` every `BEAT` until the block ends or another worker has the job."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self._job = job
        self._progress = progress
        self._ended = Event()
        self._thread = Thread(target=self._run, name=f"heartbeat-{job.pk}", daemon=True)

    def __enter__(self) -> None:
        """Start beating."""
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop beating; after this nothing more is written for the job from here."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._ended.wait(BEAT.total_seconds()):
                if not self._beat():
                    self._progress.interrupted = True
                    return
        finally:
            connection.close()

    def _beat(self) -> bool:
        """Renew once; a database that is busy or away is asked again at the next beat."""
        try:
            return queue.renew(self._job, self._progress)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("job %s: lease not renewed: %s", self._job.pk, type(error).__name__)
            connection.close()
            return True
