"""`songnuan list-papers`: the papers of a payment list, as files."""

from collections.abc import Sequence
from pathlib import Path

import click
from django.utils.translation import gettext as _

from songnuan.cli.output import Out, command
from songnuan.cli.papers import paper_options, write
from songnuan.journeys.find import plan_named
from songnuan.journeys.make_payment_papers import KINDS, PaymentPaperOrder, make_payment_papers
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now
from songnuan.payments.models import PaymentList


@click.command("list-papers")
@click.argument("slug", metavar="PLAN")
@click.argument("number", type=int)
@paper_options(KINDS)
@click.option("--batch", type=int, help="One batch of the list, by its number.")
@click.option("--fund", help="The fund, by its document number, where the plan has several.")
@click.option("--full", is_flag=True, help="Names and numbers in full; that they were shown is noted.")
@command
def list_papers(
    *,
    out: Out,
    slug: str,
    number: int,
    kind: str,
    folder: Path,
    forms: Sequence[str],
    batch: int | None,
    fund: str | None,
    full: bool,
) -> None:
    """Write a paper of the payment list NUMBER (1 for 发-0001) of a plan into a folder."""
    list_id, at = _list(slug, number, fund), now()
    made = [
        make_payment_papers(
            order=PaymentPaperOrder(kind, list_id, form, batch=batch, is_full=full), actor=SYSTEM, at=at
        ).file()
        for form in dict.fromkeys(forms)
    ]
    written, words = write(made, folder)
    out.document({"kind": kind, **written}, "\n".join(words))


def _list(slug: str, number: int, fund: str | None) -> int:
    rows = PaymentList.objects.filter(measure__plan=plan_named(slug), number=number)
    if fund:
        rows = rows.filter(fund__document__number=fund)
    found = list(rows.values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return int(found[0])
    if found:
        sentence = _("Several funds of this plan have a list %(number)s. Name the fund with --fund.")
    else:
        sentence = _("This plan has no list %(number)s. The number is that after 发-, without zeros.")
    raise Refusal("list_unknown", sentence % {"number": number}, field="number")
