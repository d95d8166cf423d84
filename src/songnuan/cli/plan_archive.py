"""`songnuan plan archive`: a plan put away as one folder that can be checked without the software."""

from pathlib import Path

import click
from django.utils.translation import gettext as _

from songnuan.cli.output import Out, command
from songnuan.journeys.archive_plan import archive_plan
from songnuan.journeys.find import plan_named
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now


@click.command()
@click.argument("slug", metavar="PLAN")
@click.option(
    "--to", "folder", required=True, type=click.Path(path_type=Path), help="A folder not there yet."
)
@command
def archive(*, out: Out, slug: str, folder: Path) -> None:
    """Write text, evidence, ledgers, papers and trail of PLAN into a new folder, with what checks it."""
    made = archive_plan(plan=plan_named(slug), folder=folder, actor=SYSTEM, at=now())
    document = {
        "folder": str(made.folder),
        "files": made.files,
        "left_out": [{"file": one.path, "reason": one.reason} for one in made.left],
        "digest": made.digest,
    }
    lines = [
        _("%(files)s files are in %(folder)s.") % {"files": made.files, "folder": made.folder},
        _("Digest of the archive, also in the plan's trail: %(digest)s") % {"digest": made.digest},
        _("It is checked there by “python3 check.py”, without this software."),
        *(f"{one.path}: {one.reason}" for one in made.left),
    ]
    out.document(document, "\n".join(lines))
