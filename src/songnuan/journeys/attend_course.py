"""Somebody learns a lesson: at the door, by reading, or entered by the office; and takes its test."""

from collections.abc import Collection, Sequence
from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.outreach.actions import attending
from songnuan.outreach.actions.attending import Told
from songnuan.outreach.course_models import Attendance, CourseTry, Learner, Reading
from songnuan.outreach.quiz_rules import Outcome

AT_THE_DOOR = Actor(key="door", label="现场签到")
"""Who checks in at the door without an account."""


@journey
def check_in_by_account(*, code: str, actor: Actor, at: datetime) -> Attendance:
    """Check the actor in at a door.

    Raises:
        Refusal: As `outreach.actions.attending.check_in_by_account`.

    """
    return attending.check_in_by_account(code=code, actor=actor, at=at)


@journey
def check_in_by_told(*, code: str, told: Told, actor: Actor, at: datetime) -> Attendance:
    """Check in who has no account.

    Raises:
        Refusal: As `outreach.actions.attending.check_in_by_told`.

    """
    return attending.check_in_by_told(code=code, told=told, actor=actor, at=at)


@journey
def open_reading(*, learner_id: int, actor: Actor, at: datetime) -> Reading:
    """Note that somebody opened a lesson to read it.

    Raises:
        Refusal: As `outreach.actions.attending.open_reading`.

    """
    return attending.open_reading(learner_id=learner_id, actor=actor, at=at)


@journey
def confirm_reading(*, learner_id: int, is_at_end: bool, actor: Actor, at: datetime) -> Attendance:
    """Note that somebody read a lesson to its end.

    Raises:
        Refusal: As `outreach.actions.attending.confirm_reading`.

    """
    return attending.confirm_reading(learner_id=learner_id, is_at_end=is_at_end, actor=actor, at=at)


@journey
def take_test(
    *, learner_id: int, picks: Sequence[Collection[int]], actor: Actor, at: datetime
) -> tuple[CourseTry, Outcome]:
    """Take the test of a lesson.

    Raises:
        Refusal: As `outreach.actions.attending.take_test`.

    """
    return attending.take_test(learner_id=learner_id, picks=picks, actor=actor, at=at)


@journey
def enter_attendance(
    *, learner_id: int, happened_at: datetime, reason: str, actor: Actor, at: datetime
) -> Attendance:
    """Enter by hand that somebody was there.

    Raises:
        Refusal: As `outreach.actions.attending.enter_attendance`.

    """
    return attending.enter_attendance(
        learner_id=learner_id, happened_at=happened_at, reason=reason, actor=actor, at=at
    )


@journey
def take_attendance_back(*, learner_id: int, reason: str, actor: Actor, at: datetime) -> Attendance:
    """Take back that somebody was there.

    Raises:
        Refusal: As `outreach.actions.attending.take_attendance_back`.

    """
    return attending.take_attendance_back(learner_id=learner_id, reason=reason, actor=actor, at=at)


@journey
def grant_tries(*, learner_id: int, actor: Actor, at: datetime) -> Learner:
    """Let somebody take the test again who used all tries.

    Raises:
        Refusal: As `outreach.actions.attending.grant_tries`.

    """
    return attending.grant_tries(learner_id=learner_id, actor=actor, at=at)
