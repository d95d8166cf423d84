"""Somebody signed in, failed to, was locked out, or changed the second step: noted in the trail."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.organisation import actions as organisation
from songnuan.organisation.access import Access


@journey
def note_access(*, event: Access, user_id: int | None, actor: Actor, at: datetime, **facts: str) -> None:
    """Note what happened at the door, after the sign-in library has done it."""
    organisation.note_access(event=event, user_id=user_id, actor=actor, at=at, **facts)
