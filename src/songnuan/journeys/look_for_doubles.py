"""Double payments are looked for anew in the list of a measure."""

from datetime import datetime

from songnuan.benefits import actions as benefits
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Measure


@journey
def look_for_doubles(*, measure_id: int, actor: Actor, at: datetime) -> int:
    """Look, and return how many findings are open.

    Raises:
        Refusal: As `benefits.actions.look_again`.

    """
    measure = Measure.objects.select_related("plan").get(pk=measure_id, kind="grants")
    return benefits.look_again(measure_id=measure_id, unit_id=measure.plan.unit_id, actor=actor, at=at)
