"""`songnuan benefits …`: standards of money to people, tried before use; what was settled already."""

from datetime import datetime
from pathlib import Path
from uuid import uuid4

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.benefits import deaths_file, people_file, standardfile
from songnuan.benefits.preview import preview as tried
from songnuan.benefits.settled import RowFault
from songnuan.cli.guard import installed
from songnuan.cli.output import REFUSED, Out, command
from songnuan.journeys.record_deaths import record_deaths
from songnuan.journeys.settled_upload import FILE_MAX, Looked, look, record_looked
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import CHINA, wall
from songnuan.kernel.money import capitals, yuan
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now as now_of
from songnuan.organisation.queries import today
from songnuan.plans.yamltext import LIMIT, decoded

SHOWN = 100  # faults on a terminal; the JSON document holds all
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def benefits() -> None:
    """Money to people: standards, tried on a file."""


@benefits.command()
@click.argument("standard", type=_FILE)
@click.argument("people", type=_FILE)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that the list would be made for; the standard's last day, or today.",
)
@command
def preview(*, out: Out, standard: Path, people: Path, as_of: datetime | None) -> None:
    """Say what each row of PEOPLE (.csv, .xlsx) would get by STANDARD (.yaml), and why.

    Nothing is kept. Exits 1 when a row could not be read.
    """
    with standard.open("rb") as file:
        told = standardfile.read(decoded(file.read(LIMIT + 1)))
    now = today() if installed() else wall().astimezone(CHINA).date()
    day = as_of.date() if as_of else min(told.ends_on or now, now)
    with people.open("rb") as file:
        rows = people_file.read(file, people.name, now)
    answers = tried(told.made(), rows, day)
    table = Table(_("Row"), _("Amount (yuan)"), _("Rule"), _("Why"))
    for answer in answers:
        amount = "—" if answer.amount_minor is None else yuan(answer.amount_minor)
        table.add_row(str(answer.row), amount, answer.rule, answer.reason)
    total = sum(answer.amount_minor or 0 for answer in answers)
    out.document(answers, table)
    out.note(
        _("%(count)s rows, %(total)s yuan (%(words)s), made for %(day)s.")
        % {"count": len(answers), "total": yuan(total), "words": capitals(total), "day": day.isoformat()}
    )
    if any(row.claim is None for row in rows):
        click.get_current_context().exit(REFUSED)


@benefits.command()
@click.argument("file", type=_FILE)
@click.option("--standard", "slug", required=True, help="Short name of the standard.")
@click.option("--source", default="", help="Who paid, where a row does not say.")
@click.option("--dry-run", is_flag=True, help="Say what would be recorded, and record nothing.")
@command
def settled(*, out: Out, file: Path, slug: str, source: str, dry_run: bool) -> None:
    """Record what was settled already of a standard, as FILE (.xlsx, .csv) tells it.

    Nothing is recorded, and the command exits 1, when a row has a fault; each is listed.
    """
    if file.stat().st_size > FILE_MAX:
        sentence = _("The file has more than %(max)s MB. Leave only the sheet with the table in it.")
        raise Refusal("too_large", sentence % {"max": FILE_MAX // 1_000_000}, field="file")
    at = now_of()
    looked = look(content=file.read_bytes(), name=file.name, slug=slug, source=source, actor=SYSTEM, at=at)
    document = {
        "standard": slug,
        "rows": looked.told.count,
        "new": looked.fresh,
        "known": len(looked.rows) - looked.fresh,
        "total_minor": looked.total_minor,
        "recorded": False,
        "recorded_before": looked.before,
        "problems": [_problem(fault, looked) for fault in looked.faults],
    }
    if looked.faults:
        out.document(document, _problems(looked))
        click.get_current_context().exit(REFUSED)
    if not dry_run:
        record_looked(looked, slug=slug, key=uuid4(), actor=SYSTEM, at=at)
        document["recorded"] = True
    sentence = _("%(count)s rows are recorded") if not dry_run else _("%(count)s rows would be recorded")
    words = _("%(done)s: %(total)s yuan (%(words)s); %(known)s stood already.") % {
        "done": sentence % {"count": looked.fresh},
        "total": yuan(looked.total_minor),
        "words": capitals(looked.total_minor),
        "known": document["known"],
    }
    out.document(document, words)


def _problem(fault: RowFault, looked: Looked) -> dict[str, str | int]:
    return {
        "row": fault.row,
        "column": looked.told.headings[fault.field],
        "field": fault.field,
        "code": fault.code,
        "message": fault.sentence,
    }


def _problems(looked: Looked) -> Table:
    table = Table(_("Row"), _("Column"), _("What is wrong"))
    for fault in looked.faults[:SHOWN]:
        table.add_row(str(fault.row), looked.told.headings[fault.field], fault.sentence)
    if len(looked.faults) > SHOWN:
        more = _("… and %(count)s more; --json lists all.")
        table.caption = more % {"count": len(looked.faults) - SHOWN}
    return table


@benefits.command()
@click.argument("file", type=_FILE)
@click.option("--source", required=True, help="Who tells it, such as the office that sent the table.")
@command
def dead(*, out: Out, file: Path, source: str) -> None:
    """Take in from FILE (.xlsx, .csv) who is known to have died: 身份证号, 死亡日期.

    Numbers are kept as blind indexes alone. Rows at fault are listed and left out; then it exits 1.
    """
    with file.open("rb") as opened:
        rows = deaths_file.read(opened, file.name, today())
    deaths = [row.death for row in rows if row.death is not None]
    wrong = [row for row in rows if row.death is None]
    fresh = record_deaths(deaths=deaths, source=source, key=uuid4(), actor=SYSTEM, at=now_of())
    table = Table(_("Row"), _("What is wrong"))
    for row in wrong:
        table.add_row(str(row.row), row.fault)
    problems = [{"row": row.row, "message": row.fault} for row in wrong]
    document = {"rows": len(rows), "recorded": len(deaths), "new": fresh, "problems": problems}
    told = _("%(count)s dead are known by this source, %(new)s of them new.")
    words = told % {"count": len(deaths), "new": fresh}
    out.document(document, table if wrong else words)
    if wrong:
        out.note(words)
        click.get_current_context().exit(REFUSED)
