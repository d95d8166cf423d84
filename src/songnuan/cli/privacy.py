"""`songnuan privacy …`: what the system knows for the impact assessment."""

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.organisation.queries import now
from songnuan.people.queries.assessment import concerns_of, facts


@click.group()
def privacy() -> None:
    """How people's data are kept."""


@privacy.command()
@command
def assessment(*, out: Out) -> None:
    """Say what is to be mended; with --json, everything the system knows for an assessment."""
    told = facts(now())
    found = concerns_of(told)
    table = Table(_("What is the matter"), _("What to do"))
    for concern in found:
        table.add_row(concern.matter, concern.advice)
    document = {
        "facts": told,
        "concerns": [
            {
                "code": concern.code,
                "about": concern.about,
                "message": concern.matter,
                "advice": concern.advice,
            }
            for concern in found
        ],
    }
    out.document(document, table if found else _("Nothing is to be mended that the system can see."))
