"""What a superior orders is taken in as it came; who can carry it out is told at once."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import orders
from songnuan.emergency.actions.orders import Ordered
from songnuan.emergency.models import Order
from songnuan.emergency.noting import held_measure
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import concerned, earlier, marked
from songnuan.journeys.measures.response import allowed_by
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor


@journey
def take_in_order(*, measure_id: int, ordered: Ordered, key: UUID, actor: Actor, at: datetime) -> int:
    """Take in an order, once for each `key`; return its id.

    Raises:
        Refusal: As `emergency.actions.orders.take_in_order`, and `key_reused`.

    """
    measure = held_measure(measure_id)
    if (found := earlier(key, "order", (measure_id, ordered), actor=actor, at=at)) is not None:
        return found
    issuers = allowed_by(measure).issuers
    row = orders.take_in_order(measure_id=measure_id, ordered=ordered, issuers=issuers, actor=actor, at=at)
    tell(
        concerned(measure, at, but=actor.user_id),
        partial(marked, row.activation, partial(_words, row)),
        topic="emergency.order",
        key=f"emergency.order:{row.pk}",
        url=f"/emergency/orders/{row.pk}/",
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(row.pk))
    return row.pk


def _words(row: Order) -> tuple[str, str]:
    facts = {"issuer": row.issuer, "number": row.number, "asks": row.get_asks_display()}
    title = _("%(issuer)s %(number)s orders %(asks)s") if row.number else _("%(issuer)s orders %(asks)s")
    return title % facts, row.text


@journey
def answer_order(*, order_id: int, answer: str, actor: Actor, at: datetime) -> Order:
    """Answer an order by words.

    Raises:
        Refusal: As `emergency.actions.orders.answer_order`.

    """
    return orders.answer_order(order_id=order_id, answer=answer, actor=actor, at=at)
