"""`songnuan audit verify`, and how a proof that anyone may ask for is told."""

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.audit.findings import Finding
from songnuan.audit.queries import heads
from songnuan.cli.output import Out, command
from songnuan.journeys.check_trail import check_trail


@click.group()
def audit() -> None:
    """The trail of who did what."""


def report(out: Out, findings: list[Finding], extra: dict[str, object], good: str) -> None:
    """Tell what was found, or that all is well; exit with 1 where anything was."""
    table = Table(_("Code"), _("Where"), _("What is wrong"))
    for finding in findings:
        table.add_row(finding.code, finding.where, finding.sentence)
    document = {
        "ok": not findings,
        "findings": [
            {"code": row.code, "where": row.where, "message": row.sentence, "facts": dict(row.facts)}
            for row in findings
        ],
        **extra,
    }
    out.document(document, table if findings else good)
    if findings:
        click.get_current_context().exit(1)


@audit.command()
@click.option("--stream", help="Only this stream, such as plan:front-line-visits.")
@command
def verify(*, out: Out, stream: str | None) -> None:
    """Read every chain again; exits 1 when a row was changed, removed or reordered, and says where."""
    ends = [head for head in heads() if stream in {None, head.name}]
    extra: dict[str, object] = {
        "streams": [{"name": head.name, "rows": head.length, "digest": head.digest} for head in ends]
    }
    good = _("%(rows)s rows in %(streams)s streams: nothing was changed, removed or reordered.") % {
        "rows": sum(head.length for head in ends),
        "streams": len(ends),
    }
    with out.progress(_("Reading the trail"), sum(head.length for head in ends)) as step:
        findings = check_trail(stream, read=step)
    report(out, findings, extra, good)
