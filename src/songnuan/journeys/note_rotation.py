"""The sealing key was renewed at the server: noted, so that it can be said since when it is used."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation


@journey
def note_rotation(*, key: str, resealed: int, actor: Actor, at: datetime) -> None:
    """Note the key's id, and how many values were sealed anew under it.

    Raises:
        Refusal: `not_permitted` for anybody but the system.

    """
    organisation.note_rotation(key=key, resealed=resealed, actor=actor, at=at)
