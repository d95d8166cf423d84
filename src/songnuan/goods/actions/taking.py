"""Lists of those who get a kit leave the house: that they were taken is noted, with how many people."""

import json
from datetime import datetime, time, timedelta
from enum import StrEnum

from django.db import transaction

from songnuan.audit.queries import has_done
from songnuan.audit.record import record
from songnuan.goods.desk_queries import portion_rows
from songnuan.goods.models import Distribution
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require

_TAKEN = "goods.take_pickup_list"


class PickupList(StrEnum):
    """Which list: who fetched nothing, the codes to be cut apart, or what a device takes along to a desk."""

    MISSED = "missed"
    CODES = "codes"
    DEVICE = "device"


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
    _note(row, what, people, actor, at)
    return row


@transaction.atomic(savepoint=False)
def take_people_along(*, distribution_id: int, device: int, actor: Actor, at: datetime) -> None:
    """Note that a device takes the people of a distribution along to a desk: once a day for each device.

    Raises:
        NotPermitted: `not_permitted`.

    """
    row = Distribution.objects.select_related("measure__plan").get(pk=distribution_id)
    require(actor, Permission.PICKUP_RECORD, unit_id=row.measure.plan.unit_id, at=at)
    if not taken_that_day(distribution_id=distribution_id, device=device, actor=actor, at=at):
        people = len({row.code or row.portion_id for row in portion_rows(distribution_id)})
        _note(row, PickupList.DEVICE, people, actor, at, device=device)


def taken_that_day(*, distribution_id: int, device: int, actor: Actor, at: datetime) -> bool:
    """Return whether it is noted that this device took the people along on the day of `at`."""
    begins = datetime.combine(day_of(at), time.min, CHINA)
    return has_done(
        actor_key=actor.key,
        action=_TAKEN,
        subject=f"goods.distribution:{distribution_id}",
        since=begins,
        until=begins + timedelta(days=1),
        holding=f'"device":{json.dumps(device)},',
    )


def _note(
    row: Distribution, what: PickupList, people: int, actor: Actor, at: datetime, **more: int | None
) -> None:
    record(
        stream=f"pickups:{row.pk}",
        action=_TAKEN,
        subject=f"goods.distribution:{row.pk}",
        actor=actor,
        at=at,
        facts={"measure": row.measure_id, "pickup_list": what.value, "people": people, **more},
    )
