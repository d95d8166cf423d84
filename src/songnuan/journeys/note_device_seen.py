"""A device of the field app was here."""

from datetime import datetime
from uuid import UUID

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Device


@journey
def note_device_seen(*, number: UUID, unsent: int, actor: Actor, at: datetime) -> Device:
    """Note when, and how many records it still holds; return the device.

    Raises:
        Refusal: `device_unknown`.

    """
    return organisation.note_device_seen(number=number, unsent=unsent, actor=actor, at=at)
