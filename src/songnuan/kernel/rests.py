"""Rests between large transactions, in which others come to write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import Final

from django.db import connection

LONG: Final = 1.0
"""Seconds of transactions in a row after which there is a rest."""
REST: Final = 0.11
"""Seconds. Who waits for SQLite's lock asks for it every tenth of a second."""


class Rests:
    """Counts how long transactions have followed one another without a pause.

    SQLite gives its lock to whoever asks at the moment it is free: beside a row of large transactions
    those who wait would find it taken until the end of the row. PostgreSQL needs none of this.
    """

    def __init__(
        self, clock: Callable[[], float] = perf_counter, pause: Callable[[float], None] = sleep
    ) -> None:
        """Begin with nothing done."""
        self._clock, self._pause = clock, pause
        self._row, self._ended = 0.0, clock()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Do one large transaction inside; rest after it when it was the last of a long row."""
        begun = self._clock()
        yield
        if begun - self._ended >= REST:
            self._row = 0.0
        self._row += self._clock() - begun
        if self._row >= LONG and connection.vendor == "sqlite":
            self._pause(REST)
            self._row = 0.0
        self._ended = self._clock()
