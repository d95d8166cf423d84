"""When a unit may be visited is said, and in which district it lies."""

from collections.abc import Collection
from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.visits.actions import teams


@journey
def set_unit_hours(
    *,
    plan_id: int,
    unit_id: int,
    weekdays: Collection[int],
    opens: int,
    closes: int,
    district: str | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Set the hours, on working days where no weekday is told; and the district, where it is told.

    Raises:
        Refusal: `not_permitted`, `hours_wrong`, `hours_short`, `unit_elsewhere`, `text_too_long`,
            `before_last_change`.

    """
    teams.set_hours(
        plan_id=plan_id,
        unit_id=unit_id,
        weekdays=weekdays,
        opens=opens,
        closes=closes,
        actor=actor,
        at=at,
    )
    if district is not None:
        organisation.change_unit(unit_id=unit_id, district=district, actor=actor, at=at)
