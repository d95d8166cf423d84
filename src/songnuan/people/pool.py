"""Prepares the frames of a file in processes of their own, several at once, and gives them back in order.

The processes are plain programs at the ends of pipes. A worker of `multiprocessing` would import the main
module again and outlive a parent that is killed; one of these ends as soon as its pipe is closed. They
import no models and set up no Django: all they need beside the frame are the keys of the data folder.
"""

import gc
import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Self

from songnuan.people.preparing import Portion, Prepared, prepare

PROCESSES = 2
AHEAD = 16  # portions handed out and not yet taken back
ALONE = 3  # portions of a file prepared without any process: most files have no more

_PROGRAM = "from songnuan.people.pool import serve; serve()"
_SIZE = struct.Struct(">Q")
_NICENESS = 5  # who waits before a page goes first


class PreparingBroke(RuntimeError):  # noqa: N818 - said of the work, not of the program
    """A process that prepared rows died or failed; of its portion nothing is known."""


class Pool:
    """Processes for the portions of one file; a context, at whose end they are gone.

    `at_once` starts them before the first portion, for a file that is known to be large.
    """

    def __init__(self, *, at_once: bool = False) -> None:
        self._threads = ThreadPoolExecutor(PROCESSES, thread_name_prefix="preparing")
        self._all: list[subprocess.Popen[bytes]] = []
        self._free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._seen = 0
        if at_once:
            self._start()

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End the processes, whatever they are at."""
        for process in self._all:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._all:
            for pipe in (process.stdin, process.stdout):
                _close(pipe)
            process.wait()

    def in_order(self, portions: Iterable[Portion]) -> Iterator[Prepared]:
        """Yield what each portion became, in their order; only a few are read ahead.

        Raises:
            PreparingBroke: When a process died or failed.

        """
        waiting: deque[Future[Prepared]] = deque()
        for portion in portions:
            waiting.append(self._hand_out(portion))
            while waiting and (len(waiting) >= AHEAD or waiting[0].done()):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _hand_out(self, portion: Portion) -> Future[Prepared]:
        self._seen += 1
        if not self._all and self._seen > ALONE:
            self._start()
        if self._all:
            return self._threads.submit(self._ask, portion)
        done: Future[Prepared] = Future()
        done.set_result(prepare(portion))
        return done

    def _start(self) -> None:
        path = [str(Path(__file__).resolve().parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
        for _number in range(PROCESSES):
            # The command is this program's own. Nobody reads its standard error: an error quotes values.
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            self._all.append(process)
            self._free.put(process)

    def _ask(self, portion: Portion) -> Prepared:
        """Have a free process prepare a portion, in one of the threads."""
        process = self._free.get()
        try:
            assert process.stdin is not None  # noqa: S101 - it was asked for
            assert process.stdout is not None  # noqa: S101 - as above
            _send(process.stdin, portion)
            answer = _receive(process.stdout)
        except OSError:
            answer = None
        finally:
            self._free.put(process)
        if isinstance(answer, Prepared):
            return answer
        raise PreparingBroke(answer or "a process that prepared rows died")


def serve() -> None:
    """Prepare what comes in on standard input until it ends: the work of one process."""
    os.nice(_NICENESS)
    gc.disable()  # all that a portion leaves goes with its last reference
    source, to = sys.stdin.buffer, sys.stdout.buffer
    while isinstance(portion := _receive(source), Portion):
        try:
            answer: object = prepare(portion)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other end must hear of it
            answer = _told(error)
        try:
            _send(to, answer)
        except BrokenPipeError:  # nobody waits for it any more
            os._exit(1)


def _told(error: Exception) -> str:
    """Return what an error is and where, without its message: that quotes values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace is not None else "nowhere"
    return f"{type(error).__name__} in {where}"


def _send(pipe: IO[bytes], what: object) -> None:
    body = pickle.dumps(what, protocol=5)
    pipe.write(_SIZE.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> object:
    """Return what the other end sent, or None when there is no other end any more."""
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    (size,) = _SIZE.unpack(head)
    body = pipe.read(size)
    return pickle.loads(body) if len(body) == size else None  # noqa: S301 - both ends are this program


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except BrokenPipeError:  # it was killed in the middle of a portion
        pass
