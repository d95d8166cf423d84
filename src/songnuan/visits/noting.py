"""How the actions of visits note in the trail what they did."""

from collections.abc import Mapping
from datetime import datetime

from songnuan.audit import record as trail
from songnuan.kernel.actor import Actor
from songnuan.visits.models import Visit


def note(visit: Visit, verb: str, actor: Actor, at: datetime, facts: Mapping[str, object]) -> None:
    """Note what was done with the visit, in the stream of its plan."""
    trail.record(
        stream=f"plan:{visit.measure.plan.slug}",
        action=f"visits.{verb}",
        subject=f"visits.visit:{visit.pk}",
        actor=actor,
        at=at,
        facts={"unit": visit.unit_id, "lead": visit.lead_id, **facts},
    )
