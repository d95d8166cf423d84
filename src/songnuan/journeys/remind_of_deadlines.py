"""Who runs a plan is told in good time that its deadline is near and visits are not done."""

from datetime import datetime
from functools import partial

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.base import journey
from songnuan.journeys.telling import NAME_SHOWN, office_people, tell
from songnuan.journeys.working_days import workdays_left, works
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders
from songnuan.plans.models import MeasureStatus, Plan, PlanStatus
from songnuan.visits.models import Visit, VisitStatus

NEAR = 3
"""Working days before the deadline from which on it is near."""


@journey
def remind_of_deadlines(*, actor: Actor, at: datetime) -> int:
    """Leave a notice for the office and the programme officers, once for each plan and deadline.

    Returns:
        How many plans end so soon with visits undone.

    """
    day = day_of(at)
    if not works(day):
        return 0
    to_do = Visit.objects.filter(status=VisitStatus.PLANNED).exclude(measure__status=MeasureStatus.CLOSED)
    counts = dict(to_do.order_by().values_list("measure__plan").annotate(count=Count("pk")))
    told = 0
    for plan in Plan.objects.filter(status=PlanStatus.OPEN, due_on__gte=day, pk__in=counts).order_by("pk"):
        if plan.due_on is None or workdays_left(day, plan.due_on) > NEAR:
            continue
        told += 1
        office = office_people(plan.office_id, at) if plan.office_id else ()
        officers = holders(Permission.PLAN_OPEN, plan.unit_id, at)
        tell(
            {user.pk: user for user in (*office, *officers)}.values(),
            partial(_words, plan, counts[plan.pk]),
            topic="plan.deadline",
            key=f"plan.deadline:{plan.pk}:{plan.due_on}",
            url=f"/plans/{plan.slug}/units/",
            plan=plan.title,
            actor=actor,
            at=at,
        )
    return told


def _words(plan: Plan, count: int) -> tuple[str, str]:
    assert plan.due_on is not None  # noqa: S101 - chosen by it
    title = ngettext(
        "%(count)s visit to do until %(day)s: %(title)s",
        "%(count)s visits to do until %(day)s: %(title)s",
        count,
    )
    facts = {"count": count, "day": written(plan.due_on), "title": plan.title[:NAME_SHOWN]}
    return title % facts, _("A later day for a visit needs a reason and an approval.")
