"""Goods have come into the store: who owes a unit its kit is told."""

from collections import Counter
from datetime import datetime
from functools import partial

from django.utils.translation import ngettext

from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import holders
from songnuan.plans.models import Measure
from songnuan.visits.owed import Where, owed, whereabouts


def tell_of_kits(*, plan_id: int, key: str, actor: Actor, at: datetime) -> None:
    """Leave a notice for those who visit for a lead that owes kits, once what a unit lacks is in the store.

    Args:
        plan_id: The plan whose kits came in.
        key: What names the delivery, such as "purchase:7".
        actor: Who took them in.
        at: When.

    """
    measures = list(Measure.objects.filter(plan_id=plan_id, kind="unit_visits").select_related("plan"))
    where = whereabouts(owed(measures), at.astimezone(CHINA).date())
    ready = Counter(row.lead_id for row, place in where.items() if place is Where.READY)
    for lead_id, count in ready.items():
        tell(
            holders(Permission.VISIT_RECORD, lead_id, at),
            partial(_words, count),
            topic="kits.arrived",
            key=f"kits:{key}:{lead_id}",
            url="/visits/",
            plan=measures[0].plan.title,
            actor=actor,
            at=at,
        )


def _words(count: int) -> tuple[str, str]:
    title = ngettext(
        "Kits are in the store: %(count)s unit your office visited still lacks its kit",
        "Kits are in the store: %(count)s units your office visited still lack theirs",
        count,
    )
    return title % {"count": count}, ""
