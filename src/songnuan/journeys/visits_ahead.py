"""What is said of the visits of a coming day; a letter asks once more, for a visit may have been moved."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import ngettext

from songnuan.journeys.telling import listed
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of, names_then
from songnuan.plans.models import MeasureStatus, PlanStatus
from songnuan.visits.models import Visit, VisitStatus

TOPIC = "visit.soon"
_KEY = re.compile(rf"{re.escape(TOPIC)}:(\d+):(\d{{4}}-\d\d-\d\d)(?::\d+)?")


def visits_to_do() -> QuerySet[Visit]:
    """Return the visits still to make under plans and measures that run, by their day."""
    rows = Visit.objects.filter(status=VisitStatus.PLANNED, measure__plan__status=PlanStatus.OPEN)
    open_rows = rows.exclude(measure__status=MeasureStatus.CLOSED).select_related("measure__plan")
    return open_rows.defer("receiver_name").order_by("planned_on", "pk")


def soon_key(lead_id: int, on: date) -> str:
    """Return the key of the notice of a lead's visits on a day."""
    return f"{TOPIC}:{lead_id}:{on.isoformat()}"


def soon(visits: Sequence[Visit], names: Mapping[int, str]) -> tuple[str, str]:
    """Return title and body for the visits of one day."""
    day = visits[0].planned_on
    assert day is not None  # noqa: S101 - chosen by it
    title = ngettext("%(count)s visit on %(day)s", "%(count)s visits on %(day)s", len(visits))
    return title % {"count": len(visits), "day": written(day)}, unit_list(visits, names)


def soon_now(key: str, told: tuple[str, str], at: datetime) -> tuple[str, str] | None:
    """Return what the notice with `key` would say now; None when no visit is left on its day.

    `told` is what it said, and what is returned where the key tells of no visits.
    """
    match = _KEY.fullmatch(key)
    if match is None:
        return told
    visits = list(visits_to_do().filter(lead_id=int(match[1]), planned_on=date.fromisoformat(match[2])))
    if not visits:
        return None
    return soon(visits, names_then({row.unit_id for row in visits}, day_of(at)))


def unit_list(visits: Sequence[Visit], names: Mapping[int, str]) -> str:
    """Return the names of the visited units."""
    return listed([names[row.unit_id] for row in visits])
