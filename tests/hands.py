"""Several hands at one moment, and one that is killed in the middle: what tests of both share."""

import os
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from songnuan.kernel.refusal import Refusal


def together(*acts: Callable[[], object]) -> Counter[str]:
    """Run every act in a thread of its own, all let go at one moment; count how they ended."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            gate.wait()
            act()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        except Exception as error:  # noqa: BLE001 - the test compares whatever came out
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def killed_at(statement: int, act: Callable[[], object]) -> bool:
    """Run `act` in a child that kills itself at the given statement; return whether it was killed."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        seen = 0

        def count(execute: Callable[..., Any], *rest: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*rest)

        try:
            with connection.execute_wrapper(count):
                act()
            # The commit is the last statement, and the wrapper does not see it.
            os._exit(0)
        except BaseException:  # noqa: BLE001 - the parent reads the code
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False
