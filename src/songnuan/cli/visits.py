"""`songnuan visits …`: who visits whom when is proposed, and taken."""

from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.journeys.find import plan_named
from songnuan.journeys.propose_schedule import propose_schedule
from songnuan.journeys.take_schedule import take_schedule
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.days import written
from songnuan.organisation.queries import now, today, unit_names
from songnuan.visits.models import ProposedVisit
from songnuan.visits.scheduling.words import clock_words, method_words, why_words


@click.group()
def visits() -> None:
    """Visits: propose who visits whom when."""


@visits.command()
@click.argument("slug", metavar="PLAN")
@click.option("--greedy", is_flag=True, help="Without the solver, even where it is installed.")
@click.option("--apply", "is_applied", is_flag=True, help="Take the proposal at once.")
@command
def propose(*, out: Out, slug: str, greedy: bool, is_applied: bool) -> None:
    """Propose days, times and teams for the visits of PLAN that are still to make."""
    slug = plan_named(slug).slug
    proposal = propose_schedule(slug=slug, only_greedy=greedy, actor=SYSTEM, at=now())
    rows = list(
        proposal.rows.select_related("visit", "team")
        .defer("visit__receiver_name")
        .order_by("day", "visit__lead_id", "start", "visit_id")
    )
    names = unit_names({pk for row in rows for pk in (row.visit.unit_id, row.visit.lead_id)}, today())
    how = method_words(proposal.method, is_best=proposal.is_best)
    document: dict[str, Any] = {
        "proposal": proposal.pk,
        "plan": slug,
        "method": proposal.method,
        "is_best": proposal.is_best,
        "note": how,
        "digest": proposal.digest,
        "visits": [_row(row, names) for row in rows if row.day is not None],
        "unplaced": [{**_whom(row, names), "why": row.why} for row in rows if row.day is None],
    }
    document["url"] = f"{settings.SITE_URL}/plans/{slug}/schedule/proposals/{proposal.pk}/"
    out.note(how)
    if is_applied:
        placed = [row.visit_id for row in rows if row.day is not None]
        done = take_schedule(proposal_id=proposal.pk, visit_ids=placed, actor=SYSTEM, at=now())
        document |= {
            "taken": list(done.taken),
            "changed": list(done.changed),
            "clashing": list(done.clashing),
        }
        out.note(_("%(count)s visits are set.") % {"count": len(done.taken)})
    else:
        out.note(_("Nothing is set yet. Open the proposal at %(url)s to take it.") % {"url": document["url"]})
    out.document(document, _table(rows, names))


def _whom(row: ProposedVisit, names: dict[int, str]) -> dict[str, Any]:
    return {
        "visit": row.visit_id,
        "unit": names.get(row.visit.unit_id, ""),
        "lead": names.get(row.visit.lead_id, ""),
    }


def _row(row: ProposedVisit, names: dict[int, str]) -> dict[str, Any]:
    return {
        **_whom(row, names),
        "team": row.team.name if row.team else "",
        "day": row.day,
        "start": clock_words(row.start or 0),
        "minutes": row.minutes,
        "planned_on": row.visit.planned_on,
    }


def _table(rows: list[ProposedVisit], names: dict[int, str]) -> Table:
    table = Table(_("Day"), _("Time"), _("Lead office"), _("Team"), _("Unit"), _("Remarks"))
    for row in rows:
        table.add_row(
            written(row.day) if row.day else "",
            "" if row.start is None else clock_words(row.start),
            names.get(row.visit.lead_id, ""),
            row.team.name if row.team else "",
            names.get(row.visit.unit_id, ""),
            why_words(row.why) if row.why else "",
        )
    return table
