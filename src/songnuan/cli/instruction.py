"""`songnuan instruction …`: the instructions, one with its items, and its sheet as a workbook."""

from pathlib import Path

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.documents.sheets import write_paper
from songnuan.journeys.instruction_sheet import instruction_sheet
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now, today
from songnuan.tasks.instruction_queries import InstructionRow, one_seen, seen

NUMBER = click.argument("number", type=int)


@click.group()
def instruction() -> None:
    """Instructions followed up item by item: list, show, sheet."""


@instruction.command("list")
@command
def list_(*, out: Out) -> None:
    """List the instructions, open ones first."""
    table = Table(_("No."), _("Instruction"), _("Document number"), _("Dated"), _("Items"), _("Overdue"))
    rows = seen(SYSTEM, now())
    document = []
    for row in rows:
        overdue = row.overdue(today())
        document.append(
            {
                "number": row.instruction_id,
                "title": row.title,
                "issuer": row.issuer,
                "document_number": row.number,
                "dated_on": row.dated_on,
                "items": len(row.items),
                "done": row.done,
                "overdue": overdue,
            }
        )
        table.add_row(
            str(row.instruction_id),
            row.title,
            row.number,
            row.dated_on.isoformat(),
            f"{row.done}/{len(row.items)}",
            str(overdue),
        )
    out.document(document, table if rows else _("There is no instruction yet."))


@instruction.command()
@NUMBER
@command
def show(*, out: Out, number: int) -> None:
    """Show an instruction with everything that was said about its items."""
    row = _found(number)
    paper = instruction_sheet(row, today())
    table = Table(*(column.heading for column in paper.columns), title=f"{row.title} {row.number}")
    for line in paper.rows:
        table.add_row(*line)
    out.document(row, table)


@instruction.command()
@NUMBER
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@command
def sheet(*, out: Out, number: int, file: Path) -> None:
    """Write the sheet of an instruction's items as .xlsx."""
    row = _found(number)
    if not file.parent.is_dir():
        sentence = _("There is no folder “%(folder)s”. Make it, or choose another.")
        raise Refusal("folder_missing", sentence % {"folder": file.parent}, field="file")
    with file.open("wb") as to:
        write_paper(instruction_sheet(row, today()), to)
    words = _("%(count)s items are written to %(file)s.") % {"count": len(row.items), "file": file}
    out.document({"number": number, "items": len(row.items), "file": str(file)}, words)


def _found(number: int) -> InstructionRow:
    row = one_seen(number, SYSTEM, now())
    if row is None:
        sentence = _("There is no instruction %(number)s. “songnuan instruction list” names them.")
        raise Refusal("instruction_unknown", sentence % {"number": number})
    return row
