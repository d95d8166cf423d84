"""Somebody names who may fetch their kit, on their own page or by the office on their word."""

from datetime import datetime

from songnuan.goods import actions as goods
from songnuan.goods.models import Recipient
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def name_proxy(*, recipient_id: int, name: str, actor: Actor, at: datetime) -> Recipient:
    """Name who may fetch it; an empty name takes it back.

    Raises:
        Refusal: As `goods.actions.name_proxy`.

    """
    return goods.name_proxy(recipient_id=recipient_id, name=name, actor=actor, at=at)
