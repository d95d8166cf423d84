"""Somebody else decides about what a count found: it is booked, or the store is counted again.

Who counted is told.
"""

from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _

from songnuan.goods import actions as goods
from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User


@journey
def decide_count(*, count_id: int, accept: bool, reason: str, actor: Actor, at: datetime) -> None:
    """Accept the differences of a count, or order another; with the reason.

    Raises:
        Refusal: `reason_missing`, `own_count`, `wrong_state`, `stock_short`, `not_permitted`.

    """
    row = goods.decide_count(count_id=count_id, accept=accept, reason=reason, actor=actor, at=at)
    counted = User.objects.filter(pk__in=[row.started_by_id, row.counted_by_id], is_active=True)
    tell(
        counted.order_by("pk"),
        partial(_words, accept=accept, reason=row.reason),
        topic="stock.count_decided",
        key=f"count:{count_id}:decided",
        url=f"/counts/{count_id}/",
        plan=row.store.plan.title,
        actor=actor,
        at=at,
    )


def _words(*, accept: bool, reason: str) -> tuple[str, str]:
    if accept:
        return _("The differences of your stock count were accepted and are booked"), reason
    return _("Your stock count was not accepted: the store is to be counted again"), reason
