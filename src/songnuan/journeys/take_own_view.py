"""A person takes a copy of what is held of them."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people
from songnuan.people import queries
from songnuan.people.queries import OwnView


@journey
def take_own_view(*, person_key: str, actor: Actor, at: datetime) -> OwnView:
    """Return everything; that it left the house is recorded.

    Raises:
        Refusal: From `people.actions.take_own_view`.

    """
    people.take_own_view(person_key=person_key, actor=actor, at=at)
    return queries.own_view(person_key, at)
