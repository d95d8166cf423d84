"""Who is missing at a muster is called, and what is found out is noted (催报)."""

from datetime import datetime

from songnuan.emergency.actions import muster
from songnuan.emergency.models import CallNote
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def note_call(
    *, muster_id: int, line_id: int, outcome: str, text: str, actor: Actor, at: datetime
) -> CallNote:
    """Note what was found out about somebody.

    Raises:
        Refusal: As `emergency.actions.muster.note_call`.

    """
    return muster.note_call(
        muster_id=muster_id, line_id=line_id, outcome=outcome, text=text, actor=actor, at=at
    )


@journey
def show_number(*, muster_id: int, line_id: int, actor: Actor, at: datetime) -> str:
    """Return the telephone of somebody who is to be called; the look is recorded.

    Raises:
        Refusal: As `emergency.actions.muster.show_number`.

    """
    return muster.show_number(muster_id=muster_id, line_id=line_id, actor=actor, at=at)
