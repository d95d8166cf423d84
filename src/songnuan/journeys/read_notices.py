"""Somebody has read what the house told them."""

from collections.abc import Collection
from datetime import datetime

from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def read_notices(*, notice_ids: Collection[int], actor: Actor, at: datetime) -> int:
    """Mark the notices that were shown to the actor as read, and return how many were unread.

    Raises:
        Refusal: `not_yours`.

    """
    return jobs.read_notices(notice_ids=notice_ids, actor=actor, at=at)
