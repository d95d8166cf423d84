"""`serve`, `worker` and `demo`: the running program."""

import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from itertools import groupby

import click
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _
from granian import Granian
from granian.constants import Interfaces

from songnuan.cli.demo import demo_folder, make_demo
from songnuan.cli.demo_emergency import FULL, SMALL
from songnuan.cli.demo_school import SCHOOL, district
from songnuan.cli.demo_sign_ins import Demo
from songnuan.cli.guard import refuse_other_keys
from songnuan.cli.output import Out, command, refused
from songnuan.cli.setup import prepare, waiting_migrations
from songnuan.jobs.worker import GRACE, supervise
from songnuan.journeys.schedule import SCHEDULE
from songnuan.kernel import keys
from songnuan.kernel.refusal import Refusal

RESPAWN_AFTER = 5.0
_LOCAL = ("localhost", "127.0.0.1", "::1")
# The server's own words go to standard error: standard output holds our one document.
_STDERR = {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}


def _refuse_taken(host: str, port: int) -> None:
    """Let pass when the address is free.

    Raises:
        Refusal: `port_taken`.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sentence = _("%(host)s:%(port)s is in use, or not of this machine. Try --port %(other)s.")
            facts = {"host": host, "port": port, "other": port + 1}
            raise Refusal("port_taken", sentence % facts) from error


def _address(out: Out, host: str, port: int) -> str:
    """Return where the site is served; say what lets others in where the host is not this machine's alone."""
    if host not in _LOCAL and set(settings.ALLOWED_HOSTS) <= {*_LOCAL, "[::1]"}:
        out.note(_("Others are let in only under the names and addresses in SONGNUAN_HOSTS."))
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class _Beside:
    """A worker kept running beside the server: one that dies is followed by another."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process = self._start()
        self._watch = threading.Thread(target=self._keep, daemon=True)
        self._watch.start()

    @staticmethod
    def _start() -> "subprocess.Popen[bytes]":
        # What the server prints is one document; the worker speaks on standard error only.
        return subprocess.Popen([sys.executable, "-m", "songnuan", "worker"], stdout=subprocess.DEVNULL)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            if not self._stopping.wait(RESPAWN_AFTER):
                self._process = self._start()

    def stop(self) -> None:
        """Ask the worker to end, wait longer than it takes to finish its job, then end it."""
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(timeout=GRACE + 10)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _run(address: str, port: int, threads: int) -> None:
    """Serve until stopped, with a worker beside the server."""
    beside = _Beside()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        Granian(
            "songnuan.config.wsgi:application",
            address=address,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=threads,
            backpressure=256,
            log_access=False,
            log_dictconfig={"handlers": dict.fromkeys(("console", "access"), _STDERR)},
            respawn_failed_workers=True,
        ).serve()
    finally:
        beside.stop()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True, help="Requests answered at the same time.")
@command
def serve(*, out: Out, host: str, port: int, threads: int) -> None:
    """Serve the site, with the background worker beside it."""
    if not (keys.home() / "keys.json").exists():
        refused(out, "not_set_up", _("There is no data folder here yet. Run “songnuan init” first."))
    if waiting_migrations():
        refused(
            out, "migrations_waiting", _("The database is older than the program. Run “songnuan init” first.")
        )
    _refuse_taken(host, port)
    call_command("collectstatic", verbosity=0, interactive=False)
    address = _address(out, host, port)
    out.document({"address": address}, address)
    _run(host, port, threads)


@click.command()
@command
def worker(*, out: Out) -> None:
    """Run background work until stopped; `serve` starts one by itself."""
    refuse_other_keys()
    out.document({"worker": "started"}, _("Worker started."))
    sys.stdout.flush()
    supervise(SCHEDULE)


@click.command()
@click.option("--no-serve", is_flag=True, help="Make the demo and leave.")
@click.option("--small", is_flag=True, help="Plan 2 with 20 stations over 20 days: made in seconds.")
@click.option(
    "--district",
    "of_district",
    is_flag=True,
    help="Plan 4 in 150 schools with 20,000 teachers; takes minutes.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@command
def demo(*, out: Out, no_serve: bool, small: bool, of_district: bool, host: str, port: int) -> None:
    """Make a demo of plans 1 to 4 with invented people, half way carried out, and serve it."""
    if not no_serve:
        _refuse_taken(host, port)
    demo_folder(out)
    prepare(out)
    made = make_demo(out, SMALL if small else FULL, district() if of_district else SCHOOL)
    if not no_serve:
        _refuse_taken(host, port)  # making it took minutes
    address = _address(out, host, port)
    out.document({"address": address, **made.document()}, _words(made, address, no_serve=no_serve))
    if not no_serve:
        sys.stdout.flush()
        _run(host, port, 8)


def _words(made: Demo, address: str, *, no_serve: bool) -> str:
    lines = ["", _("Address: %(address)s") % {"address": address}]
    for house, rows in groupby(made.sign_ins, key=lambda sign_in: sign_in.house):
        lines += ["", house]
        lines += [f"  {row.label}\t{row.username:<14}\t{row.password}\t{row.name}" for row in rows]
    payee = _(
        "What somebody who is paid sees: %(address)smy/ · %(name)s · code %(code)s · last four %(ending)s"
    )
    teacher = _("What a teacher sees: %(address)smy/ · %(name)s · code %(code)s · last four %(ending)s")
    lines.append("")
    for words, way in ((payee, made.payee), (teacher, made.teacher)):
        if way is not None:
            lines.append(words % {"address": address, **asdict(way)})
    lines += ["", _("All people are invented. The demo's day is %(day)s.") % {"day": made.today}]
    if no_serve:
        lines.append(_("Serve it with “songnuan serve”."))
    return "\n".join(lines)
