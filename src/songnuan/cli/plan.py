"""`songnuan plan …`: the schema, the check, loading, versions, how far a plan is, and its notice."""

from pathlib import Path

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.guard import installed
from songnuan.cli.output import Out, command
from songnuan.cli.papers import issue, papers
from songnuan.cli.plan_archive import archive
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.compare_versions import compare_versions
from songnuan.journeys.find import plan_named
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.measures import kinds, settings_by_kind
from songnuan.journeys.plan_status import plan_status
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.money import yuan
from songnuan.organisation.queries import now
from songnuan.plans import planfile
from songnuan.plans.lint import Severity
from songnuan.plans.yamltext import LIMIT, decoded

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def plan() -> None:
    """Plans: schema, check, load, compare, status, issue, papers, archive."""


plan.add_command(issue)
plan.add_command(papers)
plan.add_command(archive)


def _source(path: Path) -> str:
    with path.open("rb") as file:
        return decoded(file.read(LIMIT + 1))  # whatever it is: /dev/zero never ends


@plan.command()
@command
def schema(*, out: Out) -> None:
    """Print the JSON Schema of a plan file, with every kind of measure."""
    Out(as_json=True).document(planfile.schema(settings_by_kind()), "")
    del out


@plan.command()
@FILE
@command
def check(*, out: Out, file: Path) -> None:
    """Check a plan file. Exits 1 when it has errors, 0 when it has at most warnings."""
    findings = check_plan(_source(file), now() if installed() else None)
    table = Table(_("Severity"), _("Clause"), _("Finding"), _("How to mend it"))
    for finding in findings:
        table.add_row(str(finding.severity.label), finding.clause, finding.message, finding.mend)
    document = [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "clause": finding.clause,
            "message": finding.message,
            "mend": finding.mend,
        }
        for finding in findings
    ]
    out.document(document, table if findings else _("Nothing to mend."))
    if any(finding.severity == Severity.ERROR for finding in findings):
        click.get_current_context().exit(1)


@plan.command()
@FILE
@command
def load(*, out: Out, file: Path) -> None:
    """Load a plan file as a draft; the same file again changes nothing."""
    loaded = load_plan(source=_source(file), actor=SYSTEM, at=now())
    document = {
        "slug": loaded.slug,
        "title": loaded.title,
        "status": loaded.status,
        "version": loaded.version,
    }
    words = _("“%(title)s” is there as version %(version)s (%(status)s).")
    out.document(document, words % {**document, "status": loaded.get_status_display()})


@plan.command()
@click.argument("slug", metavar="PLAN")
@click.argument("old", type=int)
@click.argument("new", type=int)
@command
def compare(*, out: Out, slug: str, old: int, new: int) -> None:
    """Say how version NEW of a plan differs from version OLD, clause by clause."""
    document = compare_versions(slug=plan_named(slug).slug, old=old, new=new)
    table = Table(_("Clause"), _("Change"), _("Before"), _("After"))
    for row in document["clauses"]:
        table.add_row(row["heading"], row["change"], "\n".join(row["before"]), "\n".join(row["after"]))
    for name in ("head", "basis", "funds", "questions"):
        for row in document[name]:
            table.add_row(name, row["change"], str(row["before"]), str(row["after"]))
    if document["is_coarse"]:
        table.caption = _("The texts differ so much that some parts are shown whole, not word by word.")
    out.document(document, table if table.row_count else _("The two texts say the same."))


@plan.command()
@click.argument("slug", metavar="PLAN")
@command
def status(*, out: Out, slug: str) -> None:
    """Say how far a plan is, clause by clause."""
    document = plan_status(slug=plan_named(slug).slug, actor=SYSTEM, at=now())
    table = Table(_("Clause"), _("Measure"), _("Done"), _("Due"), _("Late"), _("Money"), _("Evidence"))
    for clause in document["clauses"]:
        heading = f"{clause['number']}{clause['title']}"
        for row in clause["measures"] or [None]:
            if row is None:
                table.add_row(heading, "—", "", "", "", "", "")
                continue
            table.add_row(
                heading,
                kinds()[row["kind"]].label() if row["kind"] in kinds() else row["kind"],
                str(row["done"]),
                str(row["due"]),
                str(row["late"]),
                yuan(row["money_minor"]),
                str(len(row["evidence"])),
            )
            heading = ""
    out.document(document, table)
