"""`songnuan burden show`: what a plan asked people to type, beside its tables on paper."""

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.journeys.burden_beside import Beside, compare
from songnuan.journeys.find import plan_named
from songnuan.kernel.days import written
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import role_label
from songnuan.organisation.queries import today, unit_names


@click.group()
def burden() -> None:
    """Reporting burden: what people were asked to type."""


@burden.command()
@click.argument("slug", metavar="PLAN")
@command
def show(*, out: Out, slug: str) -> None:
    """Show what PLAN asked, by week, by unit and post, beside what its tables on paper would have asked."""
    found = compare(plan_named(slug), Unit.objects.all(), today())
    names = unit_names({unit_id for unit_id, _role, _row in found.units}, today())
    document = {
        "total": _told(found.total),
        "tables": [
            {
                "table": row.table.name,
                "columns": len(row.table.columns),
                "rows": row.times,
                "inputs": row.inputs,
            }
            for row in found.tables
        ],
        "weeks": [{"week": week, **_told(row)} for week, row in found.weeks],
        "units": [
            {"unit": names.get(unit_id, ""), "role": role, **_told(row)} for unit_id, role, row in found.units
        ],
    }
    table = Table("")
    for head in (_("Inputs typed here"), _("Inputs on paper"), _("Other inputs here"), _("Inputs fewer")):
        table.add_column(head, justify="right")
    table.add_row(_("All"), *_cells(found.total))
    for week, row in found.weeks:
        table.add_row(_("Week from %(day)s") % {"day": written(week, "full")}, *_cells(row))
    for unit_id, role, row in found.units:
        table.add_row(f"{names.get(unit_id, '')} {role_label(role)}", *_cells(row))
    out.document(document, table)


def _told(row: Beside) -> dict[str, int]:
    return {"typed": row.typed, "paper": row.paper, "other": row.other, "saved": row.saved}


def _cells(row: Beside) -> list[str]:
    return [str(number) for number in _told(row).values()]
