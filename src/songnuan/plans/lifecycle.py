"""The state tables of plans and measures."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.plans.models import MeasureStatus, PlanStatus

PLAN = Lifecycle(
    name="plan",
    moves={
        "rewrite": Move(frozenset({PlanStatus.DRAFT}), PlanStatus.DRAFT),
        "submit": Move(frozenset({PlanStatus.DRAFT}), PlanStatus.SUBMITTED),
        "approve": Move(frozenset({PlanStatus.SUBMITTED}), PlanStatus.APPROVED),
        "return": Move(frozenset({PlanStatus.SUBMITTED, PlanStatus.APPROVED}), PlanStatus.DRAFT),
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
