"""`songnuan inspection …`: signs that something may be amiss, and samples drawn again from their seeds."""

import sys

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import REFUSED, Out, command
from songnuan.journeys.find import plan_named
from songnuan.journeys.inspection import inspected
from songnuan.organisation.queries import now
from songnuan.visits.sample_models import Sample, SampleReceipt
from songnuan.visits.sample_queries import flag_notes, is_redrawn_the_same


@click.group()
def inspection() -> None:
    """Supervision: signs of what may be amiss, samples of receipts."""


@inspection.command()
@click.argument("slug", metavar="PLAN")
@command
def signs(*, slug: str, out: Out) -> None:
    """Say what in a plan's purchases and receipts may be amiss, and what was looked at."""
    plan = plan_named(slug)
    notes = flag_notes(plan.pk)
    rows = [(flag, notes.get(flag.key)) for flag in inspected(plan, now()).flags]
    table = Table(_("What may be amiss"), _("Looked at: what it was"))
    for flag, note in rows:
        table.add_row(flag.sentence, note.remark if note else "")
    document = [
        {
            "code": flag.code,
            "key": flag.key,
            "about": flag.subjects,
            "message": flag.sentence,
            "looked_at": note.remark if note else None,
        }
        for flag, note in rows
    ]
    out.document({"signs": document}, table if rows else _("No sign that anything is amiss."))


@inspection.command()
@click.argument("slug", metavar="PLAN")
@command
def samples(*, slug: str, out: Out) -> None:
    """Draw every sample of a plan again from its seed; exit 1 where other receipts come out."""
    rows = list(Sample.objects.filter(plan=plan_named(slug)).order_by("number"))
    table = Table(_("Draw"), _("Seed"), _("Receipts"), _("Drawn again"))
    document = []
    for row in rows:
        receipts = SampleReceipt.objects.filter(sample=row).order_by("position")
        same = is_redrawn_the_same(row)
        document.append(
            {
                "number": row.number,
                "seed": row.seed,
                "by_lead": row.by_lead,
                "population": row.population,
                "receipts": list(receipts.values_list("movement_id", flat=True)),
                "digest": row.digest,
                "same": same,
            }
        )
        word = _("the same") if same else _("other receipts")
        table.add_row(str(row.number), row.seed, f"{row.size}/{row.population}", word)
    out.document({"samples": document}, table if rows else _("Nothing was drawn yet."))
    if not all(row["same"] for row in document):
        sys.exit(REFUSED)
