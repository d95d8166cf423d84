"""A problem raised at a visit is closed, or a duty of a plan reported as done, with feedback."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.journeys.base import journey
from songnuan.journeys.hand_over_later import visit_of
from songnuan.journeys.tell_of_problems import tell_of_closed
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.tasks import actions as tasks
from songnuan.tasks.rules import is_duty
from songnuan.visits.models import Visit
from songnuan.visits.owed import kit_owed


@journey
def close_problem(*, task_id: int, feedback: str, actor: Actor, at: datetime) -> None:
    """Close it with what was done; who answers for it and who raised it are told.

    Raises:
        Refusal: `feedback_missing`, `wrong_state`, `not_permitted`, `closes_itself` while a kit is owed
            whose hand-over closes it.

    """
    task = tasks.close_task(task_id=task_id, feedback=feedback, actor=actor, at=at)
    if closes_itself(task.source):
        sentence = _(
            "This problem closes by itself when the hand-over of the kit is booked on the page of the visit."
        )
        raise Refusal("closes_itself", sentence, task=task_id)
    if not is_duty(task.source):
        tell_of_closed(task, actor=actor, at=at)


def closes_itself(source: str) -> bool:
    """Return whether the task is about a kit that its unit still lacks."""
    visit_id = visit_of(source)
    visit = Visit.objects.select_related("measure").filter(pk=visit_id).first() if visit_id else None
    return visit is not None and kit_owed(visit.measure, unit_id=visit.unit_id) is not None
