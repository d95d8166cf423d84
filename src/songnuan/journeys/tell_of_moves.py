"""Who records a lead's visits hears of those that somebody else gave another day, time or team."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.telling import NAME_SHOWN, listed, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then
from songnuan.visits.models import Visit
from songnuan.visits.scheduling.words import clock_words

Spots = Mapping[int, tuple[date | None, int | None, int | None]]


def spots_of(visit_ids: Collection[int]) -> Spots:
    """Return day, time and team of the visits as they stand."""
    rows = Visit.objects.filter(pk__in=visit_ids)
    return {
        pk: (day, start, team)
        for pk, day, start, team in rows.values_list("pk", "planned_on", "planned_start", "planned_team")
    }


def tell_of_moves(
    before: Spots, *, actor: Actor, at: datetime, told_else: Collection[int | None] = ()
) -> None:
    """Leave one notice for each lead whose visits stand elsewhere than `before`, whatever their number.

    Who did it is not told, nor are the users in `told_else`, who hear of it otherwise.
    """
    now = spots_of(before.keys())
    moved = [pk for pk, spot in now.items() if spot != before[pk]]
    rows = Visit.objects.filter(pk__in=moved).select_related("measure__plan").defer("receiver_name")
    by_lead: dict[int, list[Visit]] = defaultdict(list)
    for row in rows.order_by("planned_on", "planned_start", "pk"):
        by_lead[row.lead_id].append(row)
    names = names_then({pk for row in rows for pk in (row.unit_id, row.lead_id)}, day_of(at))
    left_out = [pk for pk in (actor.user_id, *told_else) if pk is not None]
    for lead_id, visits in by_lead.items():
        first = min(visits, key=lambda visit: visit.pk)
        tell(
            holders(Permission.VISIT_RECORD, lead_id, at).exclude(pk__in=left_out),
            partial(_words, visits, names, actor.label),
            topic="visit.moved",
            # Every act counts its visits on, so this is this act and no other.
            key=f"visit.moved:{lead_id}:{first.pk}:{first.revision}",
            url=f"/visits/{first.pk}/" if len(visits) == 1 else "/visits/",
            plan=first.measure.plan.title,
            actor=actor,
            at=at,
        )


def _words(visits: list[Visit], names: Mapping[int, str], person: str) -> tuple[str, str]:
    title = ngettext(
        "%(lead)s: %(count)s visit has another day or time",
        "%(lead)s: %(count)s visits have another day or time",
        len(visits),
    )
    facts = {"lead": names[visits[0].lead_id][:NAME_SHOWN], "count": len(visits)}
    body = _("Changed by %(person)s: %(visits)s")
    spots = listed([f"{names[visit.unit_id]} {_spot(visit)}" for visit in visits])
    return title % facts, body % {"person": person, "visits": spots}


def _spot(visit: Visit) -> str:
    if visit.planned_on is None:
        return _("without a day")
    day = written(visit.planned_on)
    return day if visit.planned_start is None else f"{day} {clock_words(visit.planned_start)}"
