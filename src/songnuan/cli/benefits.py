"""`songnuan benefits …`: standards of money to people, tried before they are used."""

from datetime import datetime
from pathlib import Path

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.benefits import people_file, standardfile
from songnuan.benefits.preview import preview as tried
from songnuan.cli.guard import installed
from songnuan.cli.output import REFUSED, Out, command
from songnuan.kernel.clock import CHINA, wall
from songnuan.kernel.money import capitals, yuan
from songnuan.organisation.queries import today
from songnuan.plans.yamltext import LIMIT, decoded

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
