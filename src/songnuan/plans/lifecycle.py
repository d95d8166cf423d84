"""The state tables of plans, their measures and their amendments."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.plans.models import AmendmentStatus, MeasureStatus, PlanStatus

PLAN = Lifecycle(
    name="plan",
    moves={
        "rewrite": Move(frozenset({PlanStatus.DRAFT}), PlanStatus.DRAFT),
        "submit": Move(frozenset({PlanStatus.DRAFT}), PlanStatus.SUBMITTED),
        "approve": Move(frozenset({PlanStatus.SUBMITTED}), PlanStatus.APPROVED),
        "return": Move(frozenset({PlanStatus.SUBMITTED, PlanStatus.APPROVED}), PlanStatus.DRAFT),
        "reopen": Move(frozenset({PlanStatus.APPROVED}), PlanStatus.DRAFT),
        "open": Move(frozenset({PlanStatus.APPROVED}), PlanStatus.OPEN),
        "close": Move(frozenset({PlanStatus.OPEN}), PlanStatus.CLOSED),
    },
)

MEASURE = Lifecycle(
    name="measure",
    moves={
        "open": Move(frozenset({MeasureStatus.PLANNED}), MeasureStatus.OPEN),
        "close": Move(frozenset({MeasureStatus.OPEN}), MeasureStatus.CLOSED),
    },
)

AMENDMENT = Lifecycle(
    name="amendment",
    moves={
        "rewrite": Move(frozenset({AmendmentStatus.DRAFT}), AmendmentStatus.DRAFT),
        "submit": Move(frozenset({AmendmentStatus.DRAFT}), AmendmentStatus.SUBMITTED),
        "approve": Move(frozenset({AmendmentStatus.SUBMITTED}), AmendmentStatus.APPROVED),
        "return": Move(frozenset({AmendmentStatus.SUBMITTED}), AmendmentStatus.DRAFT),
        "reopen": Move(frozenset({AmendmentStatus.APPROVED}), AmendmentStatus.DRAFT),
        "put_in_force": Move(frozenset({AmendmentStatus.APPROVED}), AmendmentStatus.IN_FORCE),
        "withdraw": Move(
            # What waits for approval is returned first: the request about it has to end too.
            frozenset({AmendmentStatus.DRAFT, AmendmentStatus.APPROVED}),
            AmendmentStatus.WITHDRAWN,
        ),
    },
)
