"""Times a burst of situation reports from thousands of units, through the served site, beside bare views.

Called by `bench.py --reports`. The site is served as `songnuan serve` does it, by Granian, in two processes.
One process of its own sends: a few connections that stay open, each unit's report over one of them as soon as
the answer before it came. Beside it, in the same run and turn by turn, stand two views that write one row:
one behind the same doors as ours (session, sign-in, check of origin), and one without any middleware.

Then a burst in which the server is killed and started again while its clients try again: nothing is lost or
counted twice.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench_reports_house import TOKEN, make

UNITS = int(os.environ.get("BENCH_UNITS", "4000"))
AT_ONCE = 8  # connections
PROCESSES = int(os.environ.get("BENCH_PROCESSES", "2"))
THREADS = int(os.environ.get("BENCH_THREADS", "1"))
ROUNDS = 3
DONE = frozenset({"204", "302"})
Post = tuple[int, bytes]  # a unit, and what it sends


def reports() -> None:
    """Make the house, time the bursts, then kill the server in one."""
    from django.db import connection

    begin = perf_counter()
    units = make(UNITS)
    print(f"{connection.vendor}, {UNITS} units in 20 districts, made in {perf_counter() - begin:.1f} s")
    print(f"{PROCESSES} processes of {THREADS} threads, {AT_ONCE} connections; per second, median, p99\n")
    connection.close()
    size = UNITS // 2 // ROUNDS
    found: dict[str, list[tuple[float, float, float]]] = {"bare, no doors": [], "bare": [], "reports": []}
    with serving({"BENCH_BARE": "1"}) as port:
        burst(port, _bare(units[:100]))
        for number in range(ROUNDS):
            found["bare, no doors"].append(burst(port, _bare(units[number * size :][:size])))
    with serving({}) as port:
        burst(port, _bare(units[-100:]))
        burst(port, _reports(units[-100:]))
        for number in range(ROUNDS):
            some = units[number * size :][:size]
            found["bare"].append(burst(port, _bare(some)))
            found["reports"].append(burst(port, _reports(some)))
    for name, rounds in found.items():
        rate, middle, high = sorted(rounds)[len(rounds) // 2]
        print(f"{name:<20}{rate:>8.0f} /s{middle * 1000:>8.1f} ms{high * 1000:>8.1f} ms")
    for name in ("bare", "bare, no doors"):
        share = sorted(one[0] for one in found["reports"])[1] / sorted(one[0] for one in found[name])[1]
        print(f"reports ÷ {name}: {share:.2f}")
    _killed(units[UNITS // 2 : -100])
    _proved(UNITS // 2 // ROUNDS * ROUNDS + 100 + len(units[UNITS // 2 : -100]))


def _bare(units: Sequence[tuple[int, int, str]]) -> list[Post]:
    return [(unit, _post(f"/bench/bare/{unit}/", session)) for _slot, unit, session in units]


def _reports(units: Sequence[tuple[int, int, str]]) -> list[Post]:
    return [(unit, _post(f"/situation/slots/{slot}/report/", session)) for slot, unit, session in units]


def _post(path: str, session: str) -> bytes:
    """Return a request as a browser's script sends it."""
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "kind": "zero", "key": str(uuid4()), "device_at": ""})
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={session}; csrftoken={TOKEN}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


# The server ----------------------------------------------------------------------------------------


@contextmanager
def serving(more: dict[str, str]) -> Iterator[int]:
    """Serve the site on a free port; stopped at the end."""
    port = _free_port()
    process = start(port, more)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def start(port: int, more: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start the server, and wait until it answers."""
    here = Path(__file__).parent
    process = subprocess.Popen(  # noqa: S603 - our own
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)),
            *("--workers", str(PROCESSES), "--blocking-threads", str(THREADS), "--backpressure", "256"),
            *("--no-ws", "--log-level", "error", "songnuan.config.wsgi:application"),
        ],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench_reports_settings",
            "PYTHONPATH": os.pathsep.join([str(here), str(here.parent / "src")]),
            **more,
        },
        start_new_session=True,
    )
    for _turn in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return process
        sleep(0.1)
    raise SystemExit("the server does not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# The clients ---------------------------------------------------------------------------------------


def burst(port: int, posts: list[Post]) -> tuple[float, float, float]:
    """Let a process of its own send; return posts per second, median and 99th percentile in seconds."""
    told = _client(port, posts, patient=False)
    times = sorted(told["times"])
    if told["statuses"].keys() - DONE:
        raise SystemExit(f"answers: {told['statuses']}")
    return len(times) / told["seconds"], times[len(times) // 2], times[len(times) * 99 // 100]


def _client(port: int, posts: list[Post], *, patient: bool) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([(unit, request.decode()) for unit, request in posts], file)
        file.flush()
        told = subprocess.run(  # noqa: S603 - this program
            [sys.executable, __file__, str(port), file.name, "patient" if patient else ""],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def send_all(port: int, path: str, *, patient: bool) -> None:
    """Send what a file holds over a few connections; print how long each took. The client's own process."""
    waiting = deque((unit, request.encode()) for unit, request in json.loads(Path(path).read_text()))
    times: list[float] = []
    statuses: dict[str, int] = {}
    lock = threading.Lock()

    def work() -> None:
        line: socket.socket | None = None
        while True:
            try:
                _unit, request = waiting.popleft()
            except IndexError:
                return
            begin = perf_counter()
            while True:
                try:
                    line = line or socket.create_connection(("127.0.0.1", port), 10)
                    line.settimeout(30)
                    line.sendall(request)
                    status = _answer(line)
                    break
                except OSError:
                    if not patient:
                        raise
                    if line is not None:
                        line.close()
                    line = None
                    sleep(0.05)
            with lock:
                times.append(perf_counter() - begin)
                statuses[status] = statuses.get(status, 0) + 1

    begin = perf_counter()
    threads = [threading.Thread(target=work) for _number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"seconds": perf_counter() - begin, "times": times, "statuses": statuses}))


def _answer(line: socket.socket) -> str:
    """Read one answer to its end; return its status."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65536)
        if not part:
            raise OSError("the server is gone")
        data += part
    head, _gap, body = data.partition(b"\r\n\r\n")
    length = 0
    for row in head.split(b"\r\n"):
        if row.lower().startswith(b"content-length:"):
            length = int(row.split(b":")[1])
    while len(body) < length:
        part = line.recv(65536)
        if not part:
            raise OSError("the server is gone")
        body += part
    return head.split(b" ", 2)[1].decode()


# Killed in the burst -------------------------------------------------------------------------------


def killed() -> None:
    """Make the house, let all of its units report, and kill the server in between."""
    from django.db import connection

    units = make(UNITS)
    connection.close()
    _killed(units, every=0.4, most=2)
    _proved(UNITS)


def _killed(units: Sequence[tuple[int, int, str]], *, every: float = 2.0, most: int = 3) -> None:
    """Kill the server with all its processes in a burst, start it again, and let the clients try again."""
    port = _free_port()
    process = start(port, {})
    told: list[dict[str, Any]] = []
    sender = threading.Thread(target=lambda: told.append(_client(port, _reports(units), patient=True)))
    sender.start()
    kills = 0
    while sender.is_alive():
        sender.join(every)
        if sender.is_alive() and kills < most:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process = start(port, {})
            kills += 1
    process.terminate()
    process.wait(timeout=30)
    print(f"\nkilled and started again {kills} times: {len(units)} units, answers {told[0]['statuses']}")


def _proved(expected: int) -> None:
    """See that every report is there once, and that the counts are those of the slots."""
    from songnuan.audit.checks import verify
    from songnuan.emergency.models import ReportSlot, SituationReport
    from songnuan.emergency.report_checks import verify as verify_reports

    reported = ReportSlot.objects.filter(version__gt=0).count()
    rows = SituationReport.objects.count()
    findings = [*verify_reports(), *verify()]
    print(f"expected {expected}, reported {reported}, reports {rows}, findings {len(findings)}")
    if not expected == reported == rows or findings:
        raise SystemExit("reports were lost, or came twice")


if __name__ == "__main__":
    send_all(int(sys.argv[1]), sys.argv[2], patient=sys.argv[3] == "patient")
