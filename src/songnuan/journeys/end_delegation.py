"""A delegation is ended before its last day, by who gave it or by who took it on."""

from datetime import datetime

from songnuan.approvals import actions as approvals
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor


@journey
def end_delegation(*, delegation_id: int, actor: Actor, at: datetime) -> None:
    """End it now; what was done in it stays done.

    Raises:
        Refusal: `delegation_unknown`, `wrong_state`.

    """
    approvals.end_delegation(delegation_id=delegation_id, actor=actor, at=at)
