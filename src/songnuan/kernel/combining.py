"""Acts that come at the same moment to the threads of one process, settled together by one of them.

Whoever comes first leads, and settles its own act alone, at once; who comes meanwhile waits. The first of
those leads next and settles what waits as one set, in one transaction: many at once share what each would pay
for by itself. Nobody waits for others to come.

Only what is plain is settled as a set. Whatever is not, and every act of a set that failed, is carried out
alone by its own thread, as if there were no others: with its own refusal, in its own language. So a set may
leave things undone, and whoever waits longer than `patience` may go alone, as long as the act done twice is
the act done once.
"""

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from django.db import connection

T = TypeVar("T")
R = TypeVar("R")

MOST: Final = 32
"""Acts of one set: more would keep those waiting who come next."""
PATIENCE: Final = 10.0
"""Seconds after which an act goes alone: by then something is wrong with who leads."""
logger = logging.getLogger(__name__)


class _Waiting(Generic[T, R]):
    """An act, the door behind which its thread waits, and what became of it."""

    def __init__(self, asked: T) -> None:
        self.asked = asked
        self.found: R | None = None
        self.leads = False
        self.door = threading.Lock()
        self.door.acquire()


class Combiner(Generic[T, R]):
    """Settles acts of one kind together; one for each kind, shared by the threads of a process."""

    def __init__(
        self,
        settle: Callable[[Sequence[T]], Sequence[R | None]],
        *,
        most: int = MOST,
        patience: float = PATIENCE,
    ) -> None:
        """Take what settles a set.

        Args:
            settle: Carries out several acts in one transaction, and returns what each came to, in their
                order; None for one that is not plain, of which nothing was done. Where it fails, nothing was.
            most: Acts of one set at most.
            patience: For how many seconds an act waits at most.

        """
        self._settle = settle
        self._most = most
        self._patience = patience
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        """Begin with nobody: in a process that was just forked, those who led or waited are not there."""
        self._lock = threading.Lock()
        self._queue: deque[_Waiting[T, R]] = deque()
        self._is_led = False

    def act(self, asked: T, alone: Callable[[], R]) -> R:
        """Carry an act out, with others or alone; return what it came to.

        Inside a transaction it is carried out alone: who leads could wait for a lock of it.
        """
        if connection.in_atomic_block:
            return alone()
        mine: _Waiting[T, R] = _Waiting(asked)
        with self._lock:
            mine.leads = not self._is_led
            self._is_led = True
            if not mine.leads:
                self._queue.append(mine)
        if not mine.leads and not mine.door.acquire(timeout=self._patience):
            self._leave(mine)
        if mine.leads:
            try:
                if not self._lead(mine):
                    return alone()
            finally:
                self._hand_on()
        return alone() if mine.found is None else mine.found

    def _leave(self, mine: _Waiting[T, R]) -> None:
        """Wait no longer. Who was made leader at this very moment leads; who is being settled goes alone."""
        with self._lock:
            if mine in self._queue:
                self._queue.remove(mine)

    def _lead(self, mine: _Waiting[T, R]) -> bool:
        """Settle what waits, one's own act first; return whether there was more than that."""
        with self._lock:
            others = [self._queue.popleft() for _number in range(min(len(self._queue), self._most - 1))]
        if not others:
            return False
        some = [mine, *others]
        try:
            told = list(zip(some, self._settle([one.asked for one in some]), strict=True))
            for one, found in told:
                one.found = found
        except Exception:
            logger.warning("%s acts at once are carried out one by one", len(some), exc_info=True)
        finally:
            for one in others:
                one.door.release()
        return True

    def _hand_on(self) -> None:
        """Let the first of those who came meanwhile lead."""
        with self._lock:
            if not self._queue:
                self._is_led = False
                return
            following = self._queue.popleft()
            following.leads = True
        following.door.release()
