"""Reads for others: which robots a lesson can go to, and what came of it."""

from collections.abc import Collection
from datetime import date

from songnuan.organisation.queries import subtree
from songnuan.outreach.lesson_models import Lesson
from songnuan.outreach.robot_models import Robot, RobotSending


def robots_for(lesson: Lesson, on: date) -> list[Robot]:
    """Return the robots set up for the unit of a lesson's plan and all below it."""
    units = subtree(lesson.measure.plan.unit_id or 0, on).values("pk")
    return list(Robot.objects.filter(unit__in=units, ended_at__isnull=True).order_by("pk"))


def robots_of(unit_ids: Collection[int]) -> list[Robot]:
    """Return the robots of units, with who set them up."""
    rows = Robot.objects.filter(unit__in=unit_ids, ended_at__isnull=True).select_related("made_by", "unit")
    return list(rows.order_by("pk"))


def robot_sendings(lesson_id: int) -> list[RobotSending]:
    """Return what was sent of a lesson to robots, the newest first."""
    rows = RobotSending.objects.filter(lesson=lesson_id).select_related("robot", "by")
    return list(rows.order_by("-pk"))
