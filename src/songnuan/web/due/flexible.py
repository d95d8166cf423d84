"""What is due about flexible work: arrangements to look at again, requests that came back."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.casework.flexible_models import FlexibleRequest, FlexibleStatus
from songnuan.casework.flexible_queries import requests_of, standing
from songnuan.casework.flexible_rules import flexible_number
from songnuan.journeys.flexible import decides_for_all
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.due.base import Desk, Due


def to_review(desk: Desk) -> Iterator[Due]:
    """Yield the arrangements whose day of review has come, or where the spouse's service is over."""
    asks, decides = Permission.FLEXIBLE_ASK, Permission.FLEXIBLE_DECIDE
    if not (desk.may(asks) or desk.may(decides)):
        return
    reach = desk.reach_ids(asks) | desk.reach_ids(decides)
    measures = Measure.objects.filter(kind="flexible_work", status=MeasureStatus.OPEN).select_related("plan")
    whole = {row.pk for row in measures if decides_for_all(row, desk.actor, desk.at)}
    rows = requests_of([row.pk for row in measures]).filter(Q(unit__in=reach) | Q(measure__in=whole))
    for one in standing(rows, desk.day):
        row, due_on = one.row, one.act.review_on
        if not one.is_due(desk.day):
            continue
        title, detail = _("Look at flexible work %(number)s again: %(name)s"), ""
        if one.over_since is not None:
            title = _("The spouse's service ended, decide about flexible work %(number)s: %(name)s")
            detail = _("Last day at the front: %(day)s") % {"day": written(one.over_since)}
            due_on = min(filter(None, (due_on, one.over_since + timedelta(days=1))))
        yield Due(
            title=title % {"number": flexible_number(row.number), "name": row.person.name or "—"},
            detail=detail,
            plan=row.measure.plan.title,
            url=reverse("flexible_request", args=(row.pk,)) + "#review",
            action=pgettext("flexible work", "Look and decide"),
            today=desk.day,
            due_on=due_on,
        )


def to_ask_anew(desk: Desk) -> Iterator[Due]:
    """Yield the reader's requests that came back, until the employee has another one."""
    if not desk.may(Permission.FLEXIBLE_ASK):
        return
    rows = FlexibleRequest.objects.filter(
        made_by=desk.user, status=FlexibleStatus.RETURNED, measure__status=MeasureStatus.OPEN
    )
    found = list(rows.select_related("measure__plan", "person").order_by("pk"))
    later = FlexibleRequest.objects.filter(person__in=[row.person_id for row in found]).order_by("pk")
    newest = dict(later.values_list("person", "pk"))
    for row in found:
        if newest[row.person_id] == row.pk:
            yield Due(
                title=_("Flexible work %(number)s came back: %(name)s")
                % {"number": flexible_number(row.number), "name": row.person.name or "—"},
                plan=row.measure.plan.title,
                url=reverse("flexible_request", args=(row.pk,)),
                action=_("See the remarks"),
                today=desk.day,
            )
