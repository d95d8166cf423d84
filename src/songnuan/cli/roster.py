"""`songnuan roster …`: lists that offices send."""

from pathlib import Path

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.journeys.import_units import import_units
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@click.group()
def roster() -> None:
    """Rosters: import a workbook."""


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(["units"]), required=True, help="What the workbook lists.")
@click.option(
    "--plan", "slug", default="front-line-visits", show_default=True, help="The plan the pairs are for."
)
@click.option("--create-units", is_flag=True, help="Create lead offices that are not known yet.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@command
def import_(*, out: Out, file: Path, kind: str, slug: str, create_units: bool, dry_run: bool) -> None:
    """Import units with their lead offices. Rejected rows are listed; good rows are not held up."""
    del kind  # units is the only kind so far
    with out.progress(_("Reading the workbook"), None):
        done = import_units(
            content=file.read_bytes(),
            slug=slug,
            create_leads=create_units,
            dry_run=dry_run,
            actor=SYSTEM,
            at=now(),
        )
    table = Table(_("Row"), _("Column"), _("Code"), _("What is wrong"))
    for problem in done.problems:
        table.add_row(str(problem.row), problem.column, problem.code, problem.message)
    words = _(
        "%(rows)s rows: %(accepted)s accepted, %(unchanged)s of them unchanged, %(rejected)s rejected."
    ) % {
        "rows": done.rows,
        "accepted": done.accepted,
        "unchanged": done.unchanged,
        "rejected": done.rejected,
    }
    out.note(words)
    out.document(done, table if done.problems else words)
