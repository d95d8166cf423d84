"""An inspector asks whom to call back at the unit of a receipt that was drawn."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation.queries import Contact
from songnuan.visits.actions import samples
from songnuan.visits.sample_queries import find_drawn


@journey
def show_receipt_contact(*, receipt_id: int, actor: Actor, at: datetime) -> Contact:
    """Return the contact of the unit, unmasked, and note the look.

    Raises:
        Refusal: `receipt_unknown`, `not_permitted`, `unit_not_open`.

    """
    return samples.show_contact(receipt=find_drawn(receipt_id), actor=actor, at=at)
