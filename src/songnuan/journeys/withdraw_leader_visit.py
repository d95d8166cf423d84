"""The office withdraws a leader's visit that was entered by mistake."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.visits import actions as visits


@journey
def withdraw_leader_visit(*, leader_visit_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Withdraw the entry; problems raised with it stay, and are closed where they stand.

    Raises:
        Refusal: `not_permitted`, `leader_visit_unknown`, `withdraw_reason_missing`, `wrong_state` …

    """
    visits.withdraw_leader(leader_visit_id=leader_visit_id, reason=reason, actor=actor, at=at)
