"""A phone was lost, or is used no more: the field app on it is closed."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation


@journey
def close_device(*, device_id: int, actor: Actor, at: datetime) -> bool:
    """Close a device; return whether it was open.

    Raises:
        Refusal: `device_unknown`, `not_permitted`.

    """
    return organisation.close_device(device_id=device_id, actor=actor, at=at)
