"""The steps are set that requests of one kind go through."""

from collections.abc import Sequence
from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Chain
from songnuan.approvals.rules import Step
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def set_chain(*, kind: str, unit_id: int, steps: Sequence[Step], actor: Actor, at: datetime) -> Chain:
    """Set the chain for what is asked for from now on; what waits already keeps its own.

    Raises:
        Refusal: `not_permitted`, `chain_same`, `chain_unsigned`, `step_outside`, `step_nobody` …

    """
    return approvals.set_chain(kind=kind, unit_id=unit_id, steps=steps, actor=actor, at=at)
