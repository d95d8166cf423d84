"""Somebody with a code wants to see what is held of them."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people
from songnuan.people.actions import Opened


@journey
def open_own_view(*, code: str, ending: str, actor: Actor, at: datetime) -> Opened | None:
    """Let in who has the code and what goes with it; None, and counted, for everybody else."""
    return people.open_own_view(code=code, ending=ending, actor=actor, at=at)
