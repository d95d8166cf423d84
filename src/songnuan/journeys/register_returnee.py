"""Somebody who came back registers themselves by the code of a poster, without an account (自主申报)."""

from datetime import datetime

from songnuan.emergency.actions import returnees
from songnuan.emergency.models import Returnee, ReturneeCode
from songnuan.emergency.returnee_rules import Told
from songnuan.journeys.base import journey
from songnuan.journeys.returnee_settings import policy_of
from songnuan.kernel.actor import Actor

BY_POSTER = Actor(key="returnee", label="自主申报")
"""Who registers by a poster."""


@journey
def register_returnee(*, code: str, told: Told, actor: Actor, at: datetime) -> Returnee:
    """Register somebody; sent again it comes to the same.

    Raises:
        Refusal: As `emergency.actions.returnees.register`.

    """
    found = ReturneeCode.objects.select_related("measure").filter(code=code).first()
    if found is None:
        raise returnees.no_code()
    return returnees.register(code=code, told=told, policy=policy_of(found.measure), actor=actor, at=at)
