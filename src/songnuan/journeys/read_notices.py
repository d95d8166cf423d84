"""Somebody has read what the house told them."""

from datetime import datetime

from songnuan.jobs import actions as jobs
from songnuan.jobs.queries import notices
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def read_notices(*, actor: Actor, at: datetime) -> int:
    """Mark every unread notice of the actor's own as read, and return how many there were."""
    unread = list(notices(actor.user_id or 0, unread=True).values_list("pk", flat=True))
    for notice_id in unread:
        jobs.read_notice(notice_id=notice_id, actor=actor, at=at)
    return len(unread)
