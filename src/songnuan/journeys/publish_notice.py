"""A signed list is put up for everybody to read, masked, for the working days that the plan sets."""

from datetime import date, datetime

from songnuan.journeys.base import journey
from songnuan.journeys.measures.grants import GrantSettings
from songnuan.journeys.payment_lists import find_list, require_unchanged
from songnuan.kernel.actor import Actor
from songnuan.payments.actions import notices
from songnuan.payments.models import Notice


@journey
def publish_notice(
    *, list_id: int, begins_on: date, place: str, phone: str, email: str = "", actor: Actor, at: datetime
) -> Notice:
    """Put a list up for public notice.

    Raises:
        Refusal: `list_unknown`, `list_differs` when the register tells something else by now, or from
            `payments.actions.notices.publish_notice`.

    """
    row = find_list(list_id)
    made = notices.publish_notice(
        list_id=list_id,
        unit_id=row.measure.plan.unit_id,
        days=GrantSettings.model_validate(row.measure.settings).notice_days,
        begins_on=begins_on,
        place=place,
        phone=phone,
        email=email,
        actor=actor,
        at=at,
    )
    require_unchanged(row)
    return made
