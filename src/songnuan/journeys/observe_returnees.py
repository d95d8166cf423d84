"""The observation of returnees is set to other days, and ends: released, or before its time."""

from datetime import datetime

from songnuan.emergency.actions import returnee_days, returnees
from songnuan.emergency.models import Returnee, ReturneeStatus
from songnuan.journeys.base import journey
from songnuan.journeys.returnee_settings import policy_of
from songnuan.kernel.actor import Actor


@journey
def set_observation(*, returnee_id: int, days: int, reason: str, actor: Actor, at: datetime) -> Returnee:
    """Set the days of observation of one person.

    Raises:
        Refusal: As `emergency.actions.returnee_days.set_period`.

    """
    [done] = returnee_days.set_period(
        returnee_ids=[returnee_id], days=days, reason=reason, actor=actor, at=at
    )
    return done


@journey
def apply_policy(*, measure_id: int, reason: str, actor: Actor, at: datetime) -> int:
    """Set everybody who is observed for other days to those that the plan says now; return how many.

    Raises:
        Refusal: As `emergency.actions.returnee_days.set_period`, `measure_unknown`, `measure_closed`.

    """
    measure = returnees.held_measure(measure_id)
    days = policy_of(measure).days
    rows = Returnee.objects.filter(measure=measure, status=ReturneeStatus.OBSERVED).exclude(days=days)
    done = returnee_days.set_period(
        returnee_ids=list(rows.values_list("pk", flat=True)), days=days, reason=reason, actor=actor, at=at
    )
    return len(done)


@journey
def release_returnee(*, returnee_id: int, actor: Actor, at: datetime) -> Returnee:
    """Release somebody at the end of the observation.

    Raises:
        Refusal: As `emergency.actions.returnee_days.release`.

    """
    policy = policy_of(returnees.held(returnee_id).measure)
    return returnee_days.release(returnee_id=returnee_id, policy=policy, actor=actor, at=at)


@journey
def end_observation(*, returnee_id: int, ended_as: str, words: str, actor: Actor, at: datetime) -> Returnee:
    """End the observation of somebody before its time.

    Raises:
        Refusal: As `emergency.actions.returnee_days.end_early`.

    """
    policy = policy_of(returnees.held(returnee_id).measure)
    return returnee_days.end_early(
        returnee_id=returnee_id, ended_as=ended_as, words=words, policy=policy, actor=actor, at=at
    )
