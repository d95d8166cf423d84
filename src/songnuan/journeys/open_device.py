"""Somebody opens the field app on a device."""

from datetime import datetime
from uuid import UUID

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Device


@journey
def open_device(*, number: UUID, name: str, actor: Actor, at: datetime) -> Device:
    """Return the device with its key, which is given to whom it belongs alone.

    Raises:
        Refusal: As `organisation.actions.open_device`.

    """
    return organisation.open_device(number=number, name=name, actor=actor, at=at)
