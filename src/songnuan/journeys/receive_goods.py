"""What was bought comes in: it is looked at and taken into the store by lot.

Who visited a unit that still waits for its kit is told.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from songnuan.audit.chain import canonical
from songnuan.funds.holding import lock as lock_fund
from songnuan.goods import actions as goods
from songnuan.goods.lots import Delivery
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.cancel_purchase import find_purchase
from songnuan.journeys.tell_of_kits import tell_of_kits
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


@journey
def receive_goods(
    *,
    purchase_id: int,
    came_on: date,
    deliveries: Sequence[Delivery] | None,
    key: UUID,
    actor: Actor,
    at: datetime,
) -> int:
    """Take a delivery of a purchase into the store, and return the movement's id.

    `deliveries` None takes in all that is still to come, without lot numbers. The same `key` again returns
    the same movement.

    Raises:
        Refusal: `purchase_unknown`, `more_than_bought`, `expired_on_arrival`, `expiry_missing`,
            `lot_differs`, `nothing_to_receive`, `happened_in_future`, `fund_closed` …

    """
    purchase = find_purchase(purchase_id)
    require(actor, Permission.PURCHASE_RECORD, unit_id=purchase.fund.plan.unit_id, at=at)
    digest = _digest(purchase_id, came_on, deliveries)
    earlier = jobs.receive(key=key, purpose="receive_goods", body_digest=digest, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    lock_fund(purchase.fund_id)  # its closing counts what is to come as lost
    movement = goods.receive(
        purchase_id=purchase_id,
        happened_at=_moment(came_on, at),
        deliveries=deliveries,
        actor=actor,
        at=at,
    )
    tell_of_kits(plan_id=purchase.fund.plan_id, key=f"movement:{movement.pk}", actor=actor, at=at)
    jobs.settle(key=key, result=str(movement.pk))
    return movement.pk


def _moment(day: date, at: datetime) -> datetime:
    """Return when something came of which the day alone is known: now for today, else at noon."""
    return at if day == at.astimezone(CHINA).date() else datetime.combine(day, time(12), CHINA)


def _digest(purchase_id: int, came_on: date, deliveries: Sequence[Delivery] | None) -> str:
    rows = (
        [[one.item_id, one.quantity, one.number, str(one.expires_on or "")] for one in deliveries]
        if deliveries is not None
        else "all"
    )
    return digest_rows([(purchase_id, came_on.isoformat(), canonical(rows))])
