"""Who objected, and at which phone, is shown in full to who looks into it; the look is recorded."""

from datetime import datetime

from songnuan.journeys.answer_objection import unit_of
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.payments.actions import notices


@journey
def show_objector(*, list_id: int, objection_id: int, actor: Actor, at: datetime) -> tuple[str, str]:
    """Return name and phone, empty where they were not told.

    Raises:
        Refusal: `list_unknown`, or from `payments.actions.notices.show_objector`.

    """
    unit_id = unit_of(list_id, objection_id)
    return notices.show_objector(objection_id=objection_id, unit_id=unit_id, actor=actor, at=at)
