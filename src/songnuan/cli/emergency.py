"""`songnuan emergency …`: early warning on a file of counts."""

from pathlib import Path

import click
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.emergency import counts_file
from songnuan.emergency.early_warning import ALPHA, Judged, Method, judge, quantile


@click.group()
def emergency() -> None:
    """A response to an emergency: early warning."""


@emergency.command()
@click.argument("counts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice([one.value for one in Method]), required=True)
@click.option(
    "--alpha",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help=f"How often a count may lie above the bound by chance ({ALPHA}).",
)
@click.option("--z", type=click.FloatRange(0), help="How many standard deviations the bound lies above.")
@click.option("--min-sd", type=click.FloatRange(0), default=0.0, help="The least standard deviation.")
@command
def warn(*, out: Out, counts: Path, method: str, alpha: float | None, z: float | None, min_sd: float) -> None:
    """Say of each row of COUNTS (.csv, .xlsx; columns date and count) whether it is more than is expected.

    An empty count is a day that nobody told; it is passed over. C3 has its own threshold, whatever --z says.
    Nothing is kept.
    """
    if alpha is not None and z is not None:
        raise click.UsageError(_("Give --alpha or --z, not both."))
    bound = z if z is not None else quantile(ALPHA if alpha is None else alpha)
    with counts.open("rb") as file:
        days = counts_file.read(file, counts.name)
    judged = judge(days, Method(method), z=bound, least_sd=min_sd)
    out.document(judged, _table(judged))
    alarms = sum(row.alarm for row in judged)
    words = ngettext("%(count)s alarm on %(days)s days.", "%(count)s alarms on %(days)s days.", alarms)
    out.note(words % {"count": alarms, "days": len(judged)})


def _table(judged: list[Judged]) -> Table:
    table = Table(_("Day"), _("Count"), _("Expected"), _("Bound"), _("Alarm"))
    for row in judged:
        count = "—" if row.count is None else str(row.count)
        figures = ("—" if value is None else f"{value:.2f}" for value in (row.expected, row.upper))
        table.add_row(row.date.isoformat(), count, *figures, _("alarm") if row.alarm else "")
    return table
