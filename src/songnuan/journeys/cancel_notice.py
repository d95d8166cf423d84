"""A public notice is taken back, because something in it is wrong; another may be put up."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.journeys.payment_lists import find_list
from songnuan.kernel.actor import Actor
from songnuan.payments.actions import notices


@journey
def cancel_notice(*, list_id: int, why: str, actor: Actor, at: datetime) -> None:
    """Take the notice of a list back.

    Raises:
        Refusal: `list_unknown`, or from `payments.actions.notices.cancel_notice`.

    """
    row = find_list(list_id)
    notices.cancel_notice(list_id=list_id, unit_id=row.measure.plan.unit_id, why=why, actor=actor, at=at)
