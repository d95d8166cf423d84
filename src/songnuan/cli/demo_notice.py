"""The demo's notice: plan 1 is issued, and most of those addressed have acknowledged it."""

from collections.abc import Callable
from datetime import datetime

from songnuan.journeys.acknowledge_document import acknowledge_document
from songnuan.journeys.issue_plan import issue_plan, newest_notice
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission, Role
from songnuan.organisation.queries import actor_of, scope
from songnuan.plans.models import Plan
from songnuan.records.models import Receipt

# The plan's own notices of the year go up to 3.
CODE, LAST_GIVEN = "澄水运防", 3
# Who has not acknowledged yet, so that there is somebody to chase.
_SILENT = ("visitor", "liaison05")


def send_notice(slug: str, officer: Actor, at: Callable[..., datetime]) -> None:
    """Issue the plan, and let the leads acknowledge it for themselves and their units."""
    plan = Plan.objects.get(slug=slug)
    document = newest_notice(plan)
    if document is None:
        document = issue_plan(slug=slug, code=CODE, last_given=LAST_GIVEN, actor=officer, at=at(6, 17, 5))
    liaisons = User.objects.filter(posts__role=Role.LEAD_LIAISON).exclude(username__in=_SILENT)
    for place, user in enumerate(liaisons.order_by("pk")):
        actor, moment = actor_of(user), at(7, 8, 30 + place)
        asked = Receipt.objects.filter(
            unit__in=scope(actor, Permission.DOCUMENT_RECEIVE, moment).values("pk")
        )
        waiting = list(asked.filter(acknowledged_at=None).values_list("unit_id", flat=True))
        if waiting:
            acknowledge_document(slug=slug, document_id=document.pk, unit_ids=waiting, actor=actor, at=moment)
