"""The steps are set that requests of one kind go through."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals import actions as approvals
from songnuan.approvals.models import Chain
from songnuan.approvals.rules import Step
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import PlanKind


@journey
def set_chain(
    *, kind: str, plan_kind: str = "", unit_id: int, steps: Sequence[Step], actor: Actor, at: datetime
) -> Chain:
    """Set the chain for what is asked for from now on; what waits already keeps its own.

    Args:
        kind: The kind of request.
        plan_kind: One of `PlanKind`, or empty for every kind without a chain of its own.
        unit_id: Whose chain it is.
        steps: In order; none for a kind of plan that is to follow the chain for all kinds again.
        actor: Who sets it; hands in nothing of the kind.
        at: When.

    Raises:
        Refusal: `not_permitted`, `chain_own`, `kind_unknown`, `chain_same`, `chain_unsigned`, `step_outside`,
            `step_nobody` …

    """
    if plan_kind and plan_kind not in PlanKind.values:
        raise Refusal("kind_unknown", _("There is no such kind of plan. Reload the page."), field="kind")
    if plan_kind and not steps:
        return approvals.end_chain(kind=kind, plan_kind=plan_kind, unit_id=unit_id, actor=actor, at=at)
    return approvals.set_chain(
        kind=kind, plan_kind=plan_kind, unit_id=unit_id, steps=steps, actor=actor, at=at
    )
