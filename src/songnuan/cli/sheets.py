"""`songnuan papers`: the papers of a plan that are printed, filled in and signed, as files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import click
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.cli.output import Out, command
from songnuan.cli.papers import paper_options, write
from songnuan.journeys.find import plan_named
from songnuan.journeys.make_sheets import KINDS, SheetOrder, make_sheets
from songnuan.journeys.sheet_files import sheet_file
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import now, today, unit_by_name


@click.command()
@click.argument("slug", metavar="PLAN")
@paper_options(KINDS)
@click.option("--visit", type=int, help="One visit, by its number.")
@click.option("--lead", help="Sheets of visits of this lead office only, by its name.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Sheets of visits planned for this day only.")
@click.option("--blanks", is_flag=True, help="With rows for units that are still to sign.")
@click.option("--full", is_flag=True, help="Names and numbers in full; that they were shown is noted.")
@click.option("--site", default="", help="Where the site is, such as https://songnuan.example.cn, for codes.")
@command
def papers(
    *,
    out: Out,
    slug: str,
    kind: str,
    folder: Path,
    forms: Sequence[str],
    visit: int | None,
    lead: str | None,
    day: datetime | None,
    blanks: bool,
    full: bool,
    site: str,
) -> None:
    """Write a paper of a plan into a folder, and say which fonts are missing."""
    order = SheetOrder(
        kind=kind,
        slug=plan_named(slug).slug,
        visit_id=visit,
        lead_id=_lead(lead) if lead else None,
        day=day.date() if day else None,
        with_blanks=blanks,
        is_full=full,
    )
    made = make_sheets(order=order, address=_address(site), actor=SYSTEM, at=now())
    written, words = write([sheet_file(made, form) for form in dict.fromkeys(forms)], folder)
    if kind == "visit_sheet" and not _address(site):
        words.append(_("No site is named (--site or SONGNUAN_URL), so the sheets have no code to scan."))
    out.document({"kind": kind, "papers": len(made), **written}, "\n".join(words))


def _lead(name: str) -> int:
    unit = unit_by_name(name, today())
    if unit is None:
        sentence = _("No unit is called “%(name)s” today, or more than one is. Give its whole name.")
        raise Refusal("lead_unknown", sentence % {"name": name}, field="lead")
    return unit.pk


def _address(site: str) -> Callable[[int], str] | None:
    """Return what gives the address of a visit's form; None where nobody says where the site is."""
    base = (site or settings.SITE_URL).rstrip("/")
    return (lambda visit_id: f"{base}{reverse('visit_record', args=(visit_id,))}") if base else None
