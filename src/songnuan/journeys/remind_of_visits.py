"""Lead offices are reminded of their visits, before and on the day, and after it until they are reported."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.base import journey
from songnuan.journeys.telling import office_people, tell
from songnuan.journeys.visits_ahead import soon as soon_words
from songnuan.journeys.visits_ahead import soon_key, unit_list, visits_to_do
from songnuan.journeys.working_days import next_working, workdays_left, works
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then
from songnuan.visits.models import Visit
from songnuan.visits.rules import last_day

K = TypeVar("K", bound=Hashable)
ESCALATED = 2
"""Working days after its day from which on the office hears of a visit without a report."""


@journey
def remind_of_visits(*, actor: Actor, at: datetime) -> int:
    """Leave a lead's people one notice for all its visits of a day, once however often it runs.

    Tomorrow is the next working day, with the days off before it. Who is late is reminded each working day.

    Returns:
        How many visits were spoken of.

    """
    day = day_of(at)
    rows = list(visits_to_do())
    names = names_then({pk for row in rows for pk in (row.unit_id, row.lead_id)}, day)
    today = [row for row in rows if row.planned_on == day]
    soon, late = [], []
    if works(day):
        reach = next_working(day)
        soon = [row for row in rows if row.planned_on and day < row.planned_on <= reach]
        late = [row for row in rows if last_day(row.planned_on, row.due_on) < day]
    for lead_id, visits in _by(today, lambda row: row.lead_id).items():
        _tell_lead(visits, _today, f"visit.today:{lead_id}:{day}", names, actor, at)
    for (lead_id, on), visits in _by(soon, lambda row: (row.lead_id, row.planned_on or day)).items():
        _tell_lead(visits, soon_words, soon_key(lead_id, on), names, actor, at)
    for lead_id, visits in _by(late, lambda row: row.lead_id).items():
        _tell_lead(visits, _late, f"visit.overdue:{lead_id}:{day}", names, actor, at)
    _escalate(late, day, names, actor, at)
    return len(today) + len(soon) + len(late)


def _by(rows: Iterable[Visit], key: Callable[[Visit], K]) -> dict[K, list[Visit]]:
    found: dict[K, list[Visit]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _tell_lead(  # noqa: PLR0917 - one notice: of what, in which words
    visits: list[Visit],
    words: Callable[[list[Visit], Mapping[int, str]], tuple[str, str]],
    key: str,
    names: Mapping[int, str],
    actor: Actor,
    at: datetime,
) -> None:
    plans = {row.measure.plan.title for row in visits}
    tell(
        holders(Permission.VISIT_RECORD, visits[0].lead_id, at),
        partial(words, visits, names),
        topic=key.partition(":")[0],
        key=key,
        url="/visits/",
        plan=plans.pop() if len(plans) == 1 else "",
        actor=actor,
        at=at,
    )


def _today(visits: list[Visit], names: Mapping[int, str]) -> tuple[str, str]:
    title = ngettext("%(count)s visit today", "%(count)s visits today", len(visits))
    return title % {"count": len(visits)}, unit_list(visits, names)


def _late(visits: list[Visit], names: Mapping[int, str]) -> tuple[str, str]:
    title = ngettext(
        "%(count)s visit is overdue and not reported",
        "%(count)s visits are overdue and not reported",
        len(visits),
    )
    body = _("%(units)s: report the visit, or choose another day.") % {"units": unit_list(visits, names)}
    return title % {"count": len(visits)}, body


def _escalate(late: Iterable[Visit], day: date, names: Mapping[int, str], actor: Actor, at: datetime) -> None:
    """Tell a plan's office of visits that its leads have left unreported, once for each day missed."""
    long_late = [
        row for row in late if workdays_left(day, last_day(row.planned_on, row.due_on)) <= -ESCALATED
    ]
    days = _by(long_late, lambda row: (row.measure.plan_id, last_day(row.planned_on, row.due_on)))
    for (plan_id, missed), visits in days.items():
        plan = visits[0].measure.plan
        if plan.office_id is not None:
            tell(
                office_people(plan.office_id, at),
                partial(_escalated, visits, missed, names),
                topic="visit.escalated",
                key=f"visit.escalated:{plan_id}:{missed}",
                url=f"/plans/{plan.slug}/units/?state=overdue",
                plan=plan.title,
                actor=actor,
                at=at,
            )


def _escalated(visits: list[Visit], missed: date, names: Mapping[int, str]) -> tuple[str, str]:
    title = ngettext(
        "%(count)s visit due on %(day)s has no report",
        "%(count)s visits due on %(day)s have no report",
        len(visits),
    )
    leads = [
        _("%(lead)s: %(units)s") % {"lead": names[lead_id], "units": unit_list(rows, names)}
        for lead_id, rows in _by(visits, lambda row: row.lead_id).items()
    ]
    return title % {"count": len(visits), "day": written(missed)}, "\n".join(leads)
