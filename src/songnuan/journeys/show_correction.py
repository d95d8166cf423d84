"""Somebody looks at what a person asks for in full, and says what for."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people
from songnuan.people.actions import PlainCorrection


@journey
def show_correction(*, correction_id: int, purpose: str, actor: Actor, at: datetime) -> PlainCorrection:
    """Return it in full; the look is recorded.

    Raises:
        Refusal: From `people.actions.show_correction`.

    """
    return people.show_correction(correction_id=correction_id, purpose=purpose, actor=actor, at=at)
