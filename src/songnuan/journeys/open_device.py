"""Somebody opens the field app on a device, or takes its key once more."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.models import Device


@journey
def open_device(*, number: UUID, name: str, actor: Actor, at: datetime) -> Device:
    """Return the device with its key, for whom it belongs to alone, who is told when it is given again.

    Raises:
        Refusal: As `organisation.actions.open_device`.

    """
    device, is_new = organisation.open_device(number=number, name=name, actor=actor, at=at)
    if not is_new:
        tell(
            [device.user],
            _notice,
            topic="device.key_given",
            key=f"device.key_given:{device.pk}:{at.isoformat()}",
            url="/field/devices/",
            actor=actor,
            at=at,
        )
    return device


def _notice() -> tuple[str, str]:
    title = _("A new PIN was chosen for one of your devices")
    body = _("If this was not you: close the device under “My devices”, and change your password.")
    return title, body
