"""Lists of those who get a kit leave the house: that they were taken is noted, with how many people."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from songnuan.audit.record import record
from songnuan.goods.models import Distribution
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


class PickupList(StrEnum):
    """Which list: who fetched nothing, or the codes to be cut apart."""

    MISSED = "missed"
    CODES = "codes"


@transaction.atomic(savepoint=False)
def take_pickup_list(
    *, distribution_id: int, what: PickupList, people: int, actor: Actor, at: datetime
) -> Distribution:
    """Note that somebody takes a list of people away.

    Raises:
        NotPermitted: `not_permitted`.

    """
    row = Distribution.objects.select_related("measure__plan").get(pk=distribution_id)
    require(actor, Permission.PICKUP_MANAGE, unit_id=row.measure.plan.unit_id, at=at)
    record(
        stream=f"pickups:{row.pk}",
        action="goods.take_pickup_list",
        subject=f"goods.distribution:{row.pk}",
        actor=actor,
        at=at,
        facts={"measure": row.measure_id, "pickup_list": what.value, "people": people},
    )
    return row
