"""A lesson goes to robots of groups: put on its way by a person, sent and tried again by the worker."""

from datetime import datetime

from django.utils.translation import gettext as _
from django_tasks import TaskContext, task

from songnuan.jobs import queue
from songnuan.journeys.base import journey
from songnuan.journeys.lesson_papers import copy_words
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.queries import day_of, names_then, now
from songnuan.outreach import robots as services
from songnuan.outreach.actions import robots
from songnuan.outreach.robot_models import RobotSending, RobotStatus


@journey
def send_to_robots(*, lesson_id: int, robot_ids: list[int], actor: Actor, at: datetime) -> int:
    """Put a lesson on its way to robots; return to how many.

    Raises:
        Refusal: As `outreach.actions.robots.queue_robots`.

    """
    made = robots.queue_robots(lesson_id=lesson_id, robot_ids=robot_ids, actor=actor, at=at)
    for one in made:
        reach_robot.enqueue(one.pk)
    return len(made)


@journey
def settle_robot(*, sending_id: int, reason: str, is_final: bool, actor: Actor, at: datetime) -> None:
    """Note what came of a try."""
    robots.settle_robot(sending_id=sending_id, reason=reason, is_final=is_final, actor=actor, at=at)


@task(takes_context=True)
def reach_robot(context: TaskContext, sending_id: int) -> None:
    """Send a lesson to a robot if it still waits; on the last failed try it is failed, with the reason.

    The service may have taken what it did not answer for: then a group reads it twice.
    """
    rows = RobotSending.objects.select_related("robot", "lesson__measure__plan")
    found = rows.filter(pk=sending_id, status=RobotStatus.QUEUED).first()
    if found is None:
        return
    facts = {"sending_id": sending_id, "actor": SYSTEM}
    if not found.robot.address:
        settle_robot(reason=_("The robot was ended."), is_final=True, at=now(), **facts)  # type: ignore[arg-type]
        return
    unit_id = found.lesson.measure.plan.unit_id or 0
    organ = names_then({unit_id}, day_of(now())).get(unit_id, "")
    try:
        services.send(found.robot.address, "", copy_words(found.lesson, organ))
    except services.RobotFailed as failed:
        is_final = queue.is_final(context.attempt, failed)
        settle_robot(reason=str(failed)[:200], is_final=is_final, at=now(), **facts)  # type: ignore[arg-type]
        if not is_final:
            raise
        return
    settle_robot(reason="", is_final=True, at=now(), **facts)  # type: ignore[arg-type]
