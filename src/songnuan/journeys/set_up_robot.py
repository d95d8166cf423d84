"""The administrator sets up a robot of a group, or ends it."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.outreach.actions import robots
from songnuan.outreach.robot_models import Robot


@journey
def set_up_robot(
    *, unit_id: int, service: str, label: str, address: str, secret: str, actor: Actor, at: datetime
) -> Robot:
    """Set up a robot.

    Raises:
        Refusal: As `outreach.actions.robots.add_robot`.

    """
    return robots.add_robot(
        unit_id=unit_id, service=service, label=label, address=address, secret=secret, actor=actor, at=at
    )


@journey
def end_robot(*, robot_id: int, actor: Actor, at: datetime) -> Robot:
    """End a robot; its address is erased.

    Raises:
        Refusal: As `outreach.actions.robots.end_robot`.

    """
    return robots.end_robot(robot_id=robot_id, actor=actor, at=at)
