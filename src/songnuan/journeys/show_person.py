"""Somebody looks at a person's numbers in full, and says what for."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people
from songnuan.people.actions import PlainPerson


@journey
def show_person(*, person_key: str, purpose: str, actor: Actor, at: datetime) -> PlainPerson:
    """Return the person in full; the look is recorded.

    Raises:
        Refusal: From `people.actions.show_person`.

    """
    return people.show_person(person_key=person_key, purpose=purpose, actor=actor, at=at)
