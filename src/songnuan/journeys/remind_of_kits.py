"""Lead offices are reminded, once a week, of the kits that units they visited still lack."""

from collections import defaultdict
from datetime import datetime
from functools import partial

from django.utils.translation import ngettext

from songnuan.journeys.base import journey
from songnuan.journeys.telling import listed, tell
from songnuan.journeys.working_days import works
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then
from songnuan.plans.models import Measure, MeasureStatus, PlanStatus
from songnuan.visits.owed import Where, owed, whereabouts


@journey
def remind_of_kits(*, actor: Actor, at: datetime) -> int:
    """Leave a notice for each lead that owes kits while the store has some, on the week's first working day.

    Returns:
        How many kits are owed and could be handed over.

    """
    day = day_of(at)
    if not works(day):
        return 0
    measures = list(
        # Once visits have ended, units get the rest at the store.
        Measure.objects.filter(kind="unit_visits", plan__status=PlanStatus.OPEN)
        .exclude(status=MeasureStatus.CLOSED)
        .select_related("plan")
    )
    plans = {row.pk: row.plan for row in measures}
    lacking: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, where in whereabouts(owed(measures), day).items():
        if where is Where.READY:
            lacking[row.measure_id, row.lead_id].append(row.unit_id)
    names = names_then({pk for units in lacking.values() for pk in units}, day)
    year, week, _weekday = day.isocalendar()
    for (measure_id, lead_id), units in lacking.items():
        tell(
            holders(Permission.VISIT_RECORD, lead_id, at),
            partial(_words, [names[pk] for pk in units]),
            topic="kits.owed",
            key=f"kits.owed:{measure_id}:{lead_id}:{year}-{week}",
            url="/visits/",
            plan=plans[measure_id].title,
            actor=actor,
            at=at,
        )
    return sum(map(len, lacking.values()))


def _words(units: list[str]) -> tuple[str, str]:
    title = ngettext(
        "%(count)s unit your office visited still lacks its kit",
        "%(count)s units your office visited still lack theirs",
        len(units),
    )
    return title % {"count": len(units)}, listed(units)
