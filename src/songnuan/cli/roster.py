"""`songnuan roster …`: lists that offices send."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.documents.reading import FILE_MAX
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.find import plan_named
from songnuan.journeys.forgetting import waiting_of
from songnuan.journeys.import_roster import Options
from songnuan.journeys.import_units import import_units
from songnuan.journeys.roster_file import import_file
from songnuan.journeys.roster_reading import Told
from songnuan.journeys.roster_result import Problem, Repeated
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Unit
from songnuan.organisation.queries import day_of, now
from songnuan.people import queries
from songnuan.plans.queries import plan_by_slug

PLAN = "front-line-visits"
SHOWN = 50  # problems on a terminal; a report and the JSON document hold all


@click.group()
def roster() -> None:
    """Rosters: import a workbook, list them, erase those whose time is over."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(["units", "people", "families", "service"]),
    required=True,
    help="What the file lists.",
)
@click.option("--roster", "roster_key", default="", help="The roster's key; without it the one of the kind.")
@click.option("--unit", default="", help="Whose roster it becomes when it is not there yet; a unit's name.")
@click.option(
    "--plan", "slug", help=f"The plan the units' pairs are for; without it {PLAN}, if that is there."
)
@click.option("--create-units", is_flag=True, help="Create units and lead offices that are not known yet.")
@click.option("--whole", "--end-missing", "whole", is_flag=True, help="Who is not in the file has left.")
@click.option(
    "--columns",
    multiple=True,
    metavar="HEADING=FIELD",
    help="Which field a heading tells; nothing behind = leaves the column out. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a copy of the file with the wrong cells marked, as .xlsx.",
)
@command
def import_(
    *,
    out: Out,
    file: Path,
    kind: str,
    slug: str | None,
    create_units: bool,
    dry_run: bool,
    report: Path | None,
    columns: Sequence[str],
    whole: bool,
    roster_key: str,
    unit: str,
) -> None:
    """Import units, people, families or service. Rejected rows are listed; good rows are not held up."""
    chosen = _columns(columns)
    with _opened(file, out) as source, _written(report, file) as report_to, _bars(out) as told:
        if kind == "units":
            done: Any = import_units(
                content=source.read(FILE_MAX + 1),
                name=_called(file),
                slug=plan_named(slug).slug if slug else PLAN if plan_by_slug(PLAN) else "",
                alone=True,
                unit=unit,
                create_leads=create_units,
                columns=chosen,
                dry_run=dry_run,
                report_to=report_to,
                actor=SYSTEM,
                at=now(),
            )
        else:
            done = import_file(
                file=source,
                name=_called(file),
                kind=kind,
                roster_key=roster_key,
                unit=unit,
                options=Options(create_units=create_units, columns=chosen, whole=whole),
                dry_run=dry_run,
                report_to=report_to,
                actor=SYSTEM,
                at=now(),
                told=told,
            )
    words = _words(done)
    out.note(words)
    for line in _not_read(done):
        out.note(line)
    out.document(done, _problems(done.problems) if done.problems else words)


@roster.command("list")
@command
def list_(*, out: Out) -> None:
    """List the rosters of people, families and service."""
    rows = queries.rosters(Unit.objects.all())
    table = Table(_("Roster"), _("Title"), _("People"))
    for row in rows:
        table.add_row(row.key, row.title, str(row.people))
    out.document(
        [{"key": row.key, "title": row.title, "kind": row.kind, "people": row.people} for row in rows], table
    )


@roster.command("erase")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@command
def erase(*, out: Out, dry_run: bool) -> None:
    """Erase the rosters whose time is over, and who stands on no other. The worker does it every night."""
    at = now()
    on = day_of(at)
    due = {one.key: _outlook(one, on) for one in queries.due(on)}
    if not dry_run:
        behind = 0
        with out.progress(_("Erasing"), None) as step:

            def told(done: int, _total: int | None, _note: str) -> None:
                nonlocal behind
                step(max(0, done - behind))
                behind = done

            done = {one.key: one.people for one in erase_rosters(actor=SYSTEM, at=at, told=told)}
        due = {key: {**row, "erased": done[key]} for key, row in due.items() if key in done}
        for one in queries.due(on):
            if (waiting := waiting_of(one.pk)).people:
                sentence = _("%(title)s: %(people)s people stay until payments to them are over: %(lists)s.")
                told_of = {"title": one.title, "people": waiting.people, "lists": "、".join(waiting.lists)}
                out.note(sentence % told_of)
    if not due:
        out.document([], _("No roster is due: none was to be kept until a day before today."))
        return
    table = Table(_("Roster"), _("Title"), _("Kept until"), _("People"), _("Erased"), _("Kept on elsewhere"))
    for row in due.values():
        table.add_row(*map(str, row.values()))
    out.document(list(due.values()), table)


def _outlook(one: queries.Due, on: date) -> dict[str, str | int]:
    """Return what becomes of the people of a roster that is due."""
    foreseen = queries.outlook(one.pk, on - timedelta(days=1))
    return {
        "key": one.key,
        "title": one.title,
        "retain_until": one.retain_until.isoformat() if one.retain_until else "",
        "people": foreseen.people,
        "erased": foreseen.going,
        "staying": foreseen.staying,
    }


def _columns(told: Sequence[str]) -> dict[str, str]:
    """Return which field each heading tells.

    Raises:
        Refusal: `column_unknown` when one is not HEADING=FIELD.

    """
    chosen = {}
    for text in told:
        heading, equals, name = text.rpartition("=")
        if not equals or not heading.strip():
            raise Refusal(
                "column_unknown", _("“%(text)s” is not HEADING=FIELD, such as 电话=phone.") % {"text": text}
            )
        chosen[heading] = name.strip()
    return chosen


def _called(file: Path) -> str:
    """Return a file's name; archives from Windows leave it in GB18030, which is no text here."""
    name = os.fsencode(file.name)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode("utf-8", "replace")


@contextmanager
def _opened(file: Path, out: Out) -> Iterator[BinaryIO]:
    """Open the file; when it is refused as a whole, the document says so as of any problem too.

    Raises:
        Refusal: `unreadable` when it is a pipe or a device, which may have no end.

    """
    try:
        _check_is_file(file)
        with file.open("rb") as source:
            yield source
    except Refusal as refusal:
        if refusal.field == "file":
            row = int(refusal.facts.get("row") or refusal.facts.get("line") or 0)
            problem = Problem("", row, "", refusal.code, refusal.sentence)
            figures = dict.fromkeys(("rows", "accepted", "unchanged", "rejected"), 0)
            out.beside = {**figures, "columns": {}, "problems": [problem]}
        raise


def _check_is_file(file: Path) -> None:
    if not file.is_file():
        sentence = _("“%(name)s” is a pipe or a device. Save the table in a file and name that.")
        raise Refusal("unreadable", sentence % {"name": _called(file)}, field="file", why="no_file")


@contextmanager
def _written(report: Path | None, source: Path) -> Iterator[BinaryIO | None]:
    """Open the report's file; it is there only once it is whole.

    Raises:
        Refusal: `report_misplaced` when it would take the place of the source, or its folder is missing.

    """
    if report is None:
        yield None
        return
    sentence = ""
    if report.exists() and report.samefile(source):
        sentence = _("The marked copy would take the place of the file itself. Give it another name.")
    elif not report.parent.is_dir():
        sentence = _("There is no folder “%(folder)s” for the marked copy. Make it, or choose another.")
    if sentence:
        folder = os.fsencode(report.parent).decode("utf-8", "replace")
        raise Refusal("report_misplaced", sentence % {"folder": folder}, field="report")
    part = report.with_name(f"{report.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        if part.stat().st_size:
            part.replace(report)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _bars(out: Out) -> Iterator[Told]:
    """Show a bar for each thing that goes on; yields what a journey tells how far it is."""
    with ExitStack() as stack:
        going_on, behind, step = "", 0, None

        def told(done: int, total: int | None, note: str) -> None:
            nonlocal going_on, behind, step
            if step is None or note != going_on:
                stack.close()
                going_on, behind = note, 0
                step = stack.enter_context(out.progress(_(note), total))
            step(done - behind)
            behind = done

        step = stack.enter_context(out.progress(_("Reading the workbook"), None))
        yield told


class _Done(Protocol):
    """What is said of any import."""

    rows: int
    accepted: int
    unchanged: int
    rejected: int
    repeated: Sequence[Repeated]
    problems: Sequence[Problem]


def _words(done: _Done) -> str:
    """Return an import in one sentence."""
    sentence = _(
        "%(rows)s rows: %(accepted)s accepted, %(unchanged)s of them unchanged, %(rejected)s rejected."
    )
    return sentence % {
        "rows": done.rows,
        "accepted": done.accepted,
        "unchanged": done.unchanged,
        "rejected": done.rejected,
    }


def _not_read(done: _Done) -> Iterator[str]:
    """Yield a sentence for each column that nothing is read from because another tells the same."""
    sentence = _(
        "Sheet “%(sheet)s”: column %(column)s “%(heading)s” is not read, column %(instead)s tells the same."
    )
    for one in done.repeated:
        yield sentence % {
            "sheet": one.sheet,
            "column": one.column,
            "heading": one.heading,
            "instead": one.instead,
        }


def _problems(problems: Sequence[Problem]) -> Table:
    """Return the first problems as a table."""
    table = Table(_("Sheet"), _("Row"), _("Column"), _("Code"), _("What is wrong"))
    for problem in problems[:SHOWN]:
        table.add_row(problem.sheet, str(problem.row), problem.column, problem.code, problem.message)
    if len(problems) > SHOWN:
        more = _("… and %(count)s more; write all into a copy of the file with --report.")
        table.caption = more % {"count": len(problems) - SHOWN}
    return table
