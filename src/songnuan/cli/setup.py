"""`init` and `doctor`: making an installation, and asking whether it is sound."""

import sqlite3
import stat
from dataclasses import dataclass

import click
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from rich.table import Table
from rich.text import Text

from songnuan.audit.findings import Finding
from songnuan.cli.guard import refuse_half_migrated, refuse_other_keys
from songnuan.cli.output import Out, command
from songnuan.journeys.check_everything import APPS, check_everything
from songnuan.journeys.found_installation import found_installation
from songnuan.kernel import keys
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import add_workdays
from songnuan.organisation.models import InstallationKind, User
from songnuan.organisation.passwords import drawn_password
from songnuan.organisation.queries import installation, today
from songnuan.visits.scheduling import solver

# Before this release a reset of the write-ahead log could corrupt a SQLite database.
SOUND_SQLITE = (3, 51, 3)


def prepare(out: Out) -> None:
    """Make the data folder and its keys, bring the database up to date, gather the static files."""
    refuse_other_keys()
    refuse_half_migrated()
    if keys.create(keys.home()):
        out.note(_("Made the data folder %(folder)s and its keys.") % {"folder": keys.home()})
    settings.SECRET_KEY = keys.keys().django
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


@click.command()
@click.option(
    "--no-input", is_flag=True, help="Ask nothing: the administrator gets a password that is printed once."
)
@command
def init(*, out: Out, no_input: bool) -> None:
    """Make the data folder, the keys, the database and the first administrator."""
    prepare(out)
    if installation().kind == InstallationKind.DEMO:
        sentence = _("This data folder holds a demo. For real work name another folder in SONGNUAN_HOME.")
        raise Refusal("is_demo", sentence)
    if User.objects.exists():
        document = {"home": str(keys.home()), "created": False}
        out.document(document, _("Everything is there already: %(folder)s") % {"folder": keys.home()})
        return
    username, password, printed = "admin", drawn_password("admin"), True
    if not no_input:
        username = click.prompt(_("Name the administrator signs in with"), default=username, err=True)
        password = _ask_password(username)
        printed = False
    found_installation(
        kind="real",
        administrator=(username, password),
        password_stays=not printed,
        actor=SYSTEM,
        at=wall(),
    )
    words = _("Ready. Start with “songnuan serve” and sign in as %(username)s.") % {"username": username}
    if printed:
        words += "\n" + _("Password, shown only now: %(password)s") % {"password": password}
    document = {"home": str(keys.home()), "created": True, "username": username}
    out.document(document | ({"password": password} if printed else {}), words)


def _ask_password(username: str) -> str:
    while True:
        password: str = click.prompt(_("Password"), hide_input=True, confirmation_prompt=True, err=True)
        try:
            validate_password(password, User(username=username))
        except ValidationError as error:
            click.echo("\n".join(error.messages), err=True)
        else:
            return password


def waiting_migrations() -> int:
    """Return how many migrations the database has not had yet.

    Raises:
        Refusal: `migrations_unfinished`.

    """
    refuse_half_migrated()
    executor = MigrationExecutor(connection)
    # Where those of before had all run, Django notes it down on the next run only (decision 0021).
    noted = MigrationRecorder(connection).applied_migrations()
    unnoted = executor.loader.replacements.keys() & executor.loader.applied_migrations.keys() - noted.keys()
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes())) + len(unnoted)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the doctor looked at. `state` is ok, warning or fault."""

    name: str
    state: str
    sentence: str


def _folder() -> Line:
    path = keys.home() / "keys.json"
    if not path.exists():
        return Line(
            "keys",
            "fault",
            _("There are no keys in %(folder)s. Run “songnuan init”.") % {"folder": keys.home()},
        )
    try:
        keys.keys()
    except keys.KeysBroken:
        sentence = _("%(path)s does not hold the keys of an installation. Bring it back from a backup.")
        return Line("keys", "fault", sentence % {"path": path})
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Line("keys", "fault", _("Others can read %(path)s. Run: chmod 600 %(path)s") % {"path": path})
    return Line("keys", "ok", str(path))


def _database() -> list[Line]:
    if connection.vendor == "sqlite":
        version = sqlite3.sqlite_version
        sound = sqlite3.sqlite_version_info >= SOUND_SQLITE
        engine = (
            Line("sqlite", "ok", version)
            if sound
            else Line(
                "sqlite",
                "warning",
                _("SQLite %(version)s can corrupt its write-ahead log; use 3.51.3 or newer, or PostgreSQL.")
                % {"version": version},
            )
        )
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            engine = Line("postgresql", "ok", cursor.fetchone()[0])
    waiting = waiting_migrations()
    if waiting:
        sentence = _("%(count)s migrations are waiting. Run “songnuan init --no-input”.") % {"count": waiting}
        return [engine, Line("migrations", "fault", sentence)]
    return [engine, Line("migrations", "ok", _("up to date")), _clock(), _calendar()]


def _clock() -> Line:
    row = installation()
    if row.clock_offset_seconds:
        days = round(row.clock_offset_seconds / 86400)
        return Line(
            "clock", "warning", _("This is a demo; its clock is moved by %(days)s days.") % {"days": days}
        )
    return Line("clock", "ok", wall().isoformat(timespec="seconds"))


def _calendar() -> Line:
    try:
        add_workdays(today(), 30)
    except Refusal as refusal:
        return Line("calendar", "warning", refusal.sentence)
    return Line("calendar", "ok", _("Chinese working days are known for the weeks ahead"))


def _mail() -> Line:
    """Whether mail can go out as the settings stand; `songnuan mail test` tries it."""
    if not settings.EMAIL_HOST:
        return Line("mail", "ok", _("no mail server is named; reminders stay in the house"))
    lacks = _mail_lacks()
    if lacks:
        return Line("mail", "warning", " ".join(lacks))
    return Line("mail", "ok", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}")


def _mail_lacks() -> list[str]:
    """Return what is wrong with the settings of mail, a sentence each."""
    found = []
    if not settings.SITE_URL:
        found.append(_("SONGNUAN_URL is missing: letters have no links."))
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        found.append(_("SONGNUAN_EMAIL_FROM is missing: most servers refuse letters from localhost."))
    if bool(settings.EMAIL_HOST_USER) != bool(settings.EMAIL_HOST_PASSWORD):
        found.append(_("SONGNUAN_EMAIL_USER and SONGNUAN_EMAIL_PASSWORD go together; one is missing."))
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        found.append(_("SONGNUAN_EMAIL_TLS and SONGNUAN_EMAIL_SSL exclude each other; set one to 0."))
    if settings.EMAIL_HOST_PASSWORD and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        found.append(_("The password of the mail server goes out in the clear. Set SONGNUAN_EMAIL_TLS=1."))
    return found


def _solver() -> Line:
    """Whether schedules are arranged by the solver; they are without it too."""
    if solver.is_installed():
        return Line("solver", "ok", _("OR-Tools is there; it arranges schedules of visits"))
    sentence = _("not installed; schedules are arranged greedily (pip install songnuan[schedule])")
    return Line("solver", "ok", sentence)


def _promises(out: Out) -> list[Line]:
    found: list[tuple[str, Finding]] = []
    with out.progress(_("Reading all that is stored"), len(APPS)) as step:
        for name, findings in check_everything():
            found += [(name, finding) for finding in findings]
            step()
    return [
        Line(name, "fault", f"{finding.code}: {finding.where}: {finding.sentence}") for name, finding in found
    ] or [Line("checks", "ok", _("every app keeps what it promises"))]


@click.command()
@click.option("--deep", is_flag=True, help="Also read all that is stored and compare it.")
@command
def doctor(*, out: Out, deep: bool) -> None:
    """Look at folder, keys, database, clock, calendar, mail and solver, and say what is wrong."""
    lines = [_folder()]
    if lines[0].state != "fault":
        lines += _database()
        lines += [_mail(), _solver()]
    if deep and all(line.state != "fault" for line in lines):
        lines += _promises(out)
    table = Table("", "", "", show_header=False, box=None)
    marks = {"ok": Text("✓", "green"), "warning": Text("!", "yellow"), "fault": Text("✗", "red")}
    for line in lines:
        table.add_row(marks[line.state], line.name, line.sentence)
    out.document([{"name": row.name, "state": row.state, "message": row.sentence} for row in lines], table)
    if any(line.state == "fault" for line in lines):
        click.get_current_context().exit(1)
