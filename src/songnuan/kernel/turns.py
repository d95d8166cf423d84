"""Turns: short transactions of all threads and processes wait at a lock of the operating system.

Who finds SQLite's own lock taken sleeps and looks again, up to a tenth of a second each time, and whoever
comes by meanwhile goes first: of many at once the last wait long. Who waits here is woken, one after another.
PostgreSQL locks rows and needs none of this. Large work takes no turn: who waits for it waits at the
database.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import connection

_SUFFIX: Final = ".turns"


@contextmanager
def short_turn() -> Iterator[None]:
    """Do one short transaction inside, when it is one's turn; entered before the transaction begins."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    # Opened anew: a lock belongs to what was opened, so that threads of one process wait for each other too.
    with _file().open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _file() -> Path:
    """Return the file beside the database that stands for the turn; it stays empty."""
    name = Path(str(connection.settings_dict["NAME"]))
    return name.with_name(f"{name.name}{_SUFFIX}")
