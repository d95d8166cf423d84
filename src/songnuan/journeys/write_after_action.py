"""What a response came to is written down once it is stood down (应急处置总结)."""

from datetime import datetime

from songnuan.documents.official import to_json
from songnuan.emergency.actions import after_action
from songnuan.emergency.actions.after_action import Lessons
from songnuan.emergency.command_queries import activations_of
from songnuan.emergency.models import Activation, AfterAction
from songnuan.journeys.base import journey
from songnuan.journeys.emergency_papers import after_action_paper
from songnuan.kernel.actor import Actor


@journey
def write_after_action(*, activation_id: int, lessons: Lessons, actor: Actor, at: datetime) -> AfterAction:
    """Write a version of the after-action report; its document is made of it and of the timeline.

    Raises:
        Refusal: As `emergency.actions.after_action.write_after_action`, and `words_missing`, `text_too_long`.

    """
    lessons = after_action.told(lessons)
    key = Activation.objects.filter(pk=activation_id).values_list("measure", flat=True).first()
    row = activations_of([key or 0]).filter(pk=activation_id).first()
    snapshot = to_json(after_action_paper(row, lessons, at)) if row is not None else ""
    return after_action.write_after_action(
        activation_id=activation_id, lessons=lessons, snapshot=snapshot, actor=actor, at=at
    )
