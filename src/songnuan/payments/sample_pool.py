"""Which payments can be drawn, and what a draw was made from: all that it takes to draw it again."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from songnuan.kernel.sampling import Drawing
from songnuan.payments.models import (
    InstructionStatus,
    ListStatus,
    PaymentInstruction,
    PaymentList,
    PaymentSample,
    SampledPayment,
)
from songnuan.payments.sample_rules import Scope

PAID = (InstructionStatus.PAID, InstructionStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Payable:
    """One payment that can be drawn: the newest of its line that was paid, though it may have come back."""

    instruction_id: int
    unit_id: int
    list_id: int
    amount_minor: int
    came_back: bool


def pool(plan_id: int, scope: Scope, at: datetime) -> list[Payable]:
    """Return every payment of a scope, as they were booked at a moment.

    A line that was paid, came back and was paid again is in it once, with the last of its payments.
    """
    rows = PaymentInstruction.objects.filter(
        _within(scope),
        line__payment_list__measure__plan=plan_id,
        line__payment_list__status=ListStatus.RELEASED,
        status__in=PAID,
        result__decided_at__lte=at,
    )
    told = rows.order_by("pk").values_list(
        "pk", "line__unit_id", "line__payment_list_id", "amount_minor", "status", "line_id"
    )
    newest = {
        line_id: Payable(pk, unit_id, list_id, minor, status == InstructionStatus.RETURNED)
        for pk, unit_id, list_id, minor, status, line_id in told.iterator()
    }
    return list(newest.values())


def measures_paid(plan_id: int) -> dict[int, str]:
    """Return the clauses of a plan of which a list was released, each with the title of what it pays by."""
    rows = PaymentList.objects.filter(measure__plan=plan_id, status=ListStatus.RELEASED).order_by("pk")
    return dict(rows.values_list("measure_id", "reckoning__version__title"))


def _within(scope: Scope) -> Q:
    if scope.list_id is not None:
        return Q(line__payment_list=scope.list_id)
    days = Q(result__happened_on__gte=scope.since, result__happened_on__lte=scope.until)
    return days & (Q() if scope.measure_id is None else Q(line__payment_list__measure=scope.measure_id))


def drawing_of(sample: PaymentSample) -> Drawing:
    """Return how a sample was drawn, and from which payments: the strata are units."""
    return Drawing.of(sample.drawn_from, sample.size, sample.seed, with_shares=sample.by_unit)


def is_redrawn_the_same(sample: PaymentSample) -> bool:
    """Return whether the seed gives the very payments that stand in the sample, and the digest holds."""
    rows = SampledPayment.objects.filter(sample=sample).order_by("position")
    return drawing_of(sample).gives(list(rows.values_list("instruction_id", flat=True)), sample.digest)
