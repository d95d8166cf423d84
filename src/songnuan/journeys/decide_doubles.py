"""What may be paid twice in the list of a measure is decided: paid all the same, or taken out."""

from dataclasses import astuple
from datetime import datetime
from uuid import UUID

from songnuan.benefits import actions as benefits
from songnuan.benefits.doubling import Decision
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows
from songnuan.plans.models import Measure


@journey
def decide_doubles(*, measure_id: int, decision: Decision, key: UUID, actor: Actor, at: datetime) -> int:
    """Decide one finding, or all open ones of a kind, and return how many; the same `key` again, the same.

    Raises:
        Refusal: As `benefits.actions.decide_doubles`.

    """
    measure = Measure.objects.select_related("plan").get(pk=measure_id, kind="grants")
    told = digest_rows([(measure_id, *astuple(decision))])
    earlier = jobs.receive(key=key, purpose="decide_doubles", body_digest=told, actor=actor, at=at)
    if earlier is not None:
        return int(earlier)
    count = benefits.decide_doubles(
        measure_id=measure_id,
        unit_id=measure.plan.unit_id,
        decision=decision,
        actor=actor,
        at=at,
    )
    jobs.settle(key=key, result=str(count))
    return count
