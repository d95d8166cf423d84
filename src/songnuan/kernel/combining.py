"""Acts that come at the same moment to the threads of one process, settled together by one of them.

Whoever comes first leads, and settles its own act alone, at once; who comes meanwhile waits. The first of
those leads next and settles what waits as one set, in one transaction: many at once share what each would pay
for by itself. Nobody waits for others to come.

Who leads for longer than others have patience leads no more: it is stuck, and the next goes on without it.

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
from time import monotonic
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
        self._leader: _Waiting[T, R] | None = None
        self._since = 0.0

    def act(self, asked: T, alone: Callable[[], R]) -> R:
        """Carry an act out, with others or alone; return what it came to.

        Inside a transaction it is carried out alone: who leads could wait for a lock of it.
        """
        if connection.in_atomic_block:
            return alone()
        mine: _Waiting[T, R] = _Waiting(asked)
        with self._lock:
            if self._leader is None:
                self._let_lead(mine)
            else:
                self._queue.append(mine)
        try:
            if not mine.leads and not mine.door.acquire(timeout=self._patience):
                self._leave(mine)
            if mine.leads and not self._lead(mine):
                return alone()
        except BaseException:
            # Nobody is to wait for, or be led by, a thread that was torn out of its waiting.
            self._leave(mine)
            raise
        finally:
            self._hand_on(mine)
        return alone() if mine.found is None else mine.found

    def _let_lead(self, one: _Waiting[T, R]) -> None:
        """Let one lead from now on. Called under the lock."""
        self._leader, self._since, one.leads = one, monotonic(), True

    def _leave(self, mine: _Waiting[T, R]) -> None:
        """Wait no longer. Who was made leader at this very moment leads; who is being settled goes alone.

        Who has led for too long by now is stuck: others are not to wait for it as well.
        """
        with self._lock:
            if mine in self._queue:
                self._queue.remove(mine)
            is_stuck = self._leader is not None and monotonic() - self._since >= self._patience
            if is_stuck and self._leader is not mine:
                self._follow()

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

    def _hand_on(self, mine: _Waiting[T, R]) -> None:
        """Let the first of those who came meanwhile lead, if one led until now oneself."""
        with self._lock:
            if self._leader is mine:
                self._follow()

    def _follow(self) -> None:
        """Let the next lead, if one waits. Called under the lock."""
        self._leader = None
        if self._queue:
            following = self._queue.popleft()
            self._let_lead(following)
            following.door.release()
