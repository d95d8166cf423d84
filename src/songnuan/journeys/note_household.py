"""Somebody notes what was decided about children whose two parents serve at the front on the same days."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def note_household(
    *, first_key: str, second_key: str, seen: str, text: str, actor: Actor, at: datetime
) -> list[str]:
    """Note it of each child; return their keys.

    Raises:
        Refusal: From `people.actions.note_household`.

    """
    return people.note_household(
        first_key=first_key, second_key=second_key, seen=seen, text=text, actor=actor, at=at
    )
