"""Who visits asks whom to call at the unit."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import Contact
from songnuan.visits import actions as visits


@journey
def show_contact(*, visit_id: int, actor: Actor, at: datetime) -> Contact:
    """Return the contact of the unit of a visit, unmasked, and note the look.

    Raises:
        Refusal: `not_permitted`, `visit_unknown`, `unit_not_open`.

    """
    return visits.show_contact(visit_id=visit_id, actor=actor, at=at)
