"""How a task says how far it is, and how it is told to stop.

`report` only notes the figures; the heartbeat of the worker writes them every few seconds, with
the lease. So a task may report at each row, and inside a transaction of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

NOTE_LENGTH = 200


class Interrupted(BaseException):
    """The task must stop here: the worker ends, or has lost the job to another one."""


@dataclass(slots=True)
class Progress:
    """How far one run is. Shared by the task's thread and the heartbeat's; each field is set at once."""

    done: int = 0
    total: int | None = None
    note: str = ""
    interrupted: bool = False


_current: ContextVar[Progress | None] = ContextVar("progress", default=None)


@contextmanager
def reporting_to(progress: Progress) -> Iterator[None]:
    """Let `report` inside go to `progress`."""
    token = _current.set(progress)
    try:
        yield
    finally:
        _current.reset(token)


def report(done: int, total: int | None = None, note: str = "") -> None:
    """Say how far the running task is; outside a worker this does nothing.

    Args:
        done: Things done so far.
        total: Things to do, if known.
        note: A short sentence for the user, without personal data.

    Raises:
        Interrupted: When the task must stop; its open transaction is rolled back, and the job runs again.

    """
    progress = _current.get()
    if progress is None:
        return
    progress.done, progress.total, progress.note = done, total, note[:NOTE_LENGTH]
    if progress.interrupted:
        raise Interrupted
