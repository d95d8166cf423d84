"""Reads of screening: rounds, how far units are, what is due."""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from songnuan.emergency.models import ScreeningRound, ScreeningShare
from songnuan.emergency.screening_rules import Coverage
from songnuan.plans.models import MeasureStatus

KIND = "screening"


def rounds_of(measure_ids: Collection[int]) -> QuerySet[ScreeningRound]:
    """Return the rounds of measures, the newest first."""
    rows = ScreeningRound.objects.filter(measure__in=measure_ids)
    return rows.select_related("measure__plan", "opened_by", "closed_by").order_by("-pk")


def coverage_of(share: ScreeningShare) -> Coverage:
    """Return what is counted of one unit."""
    return Coverage(1, int(share.version > 0), share.expected, share.screened, share.unwell)


def totals(round_ids: Collection[int]) -> dict[int, Coverage]:
    """Return what is counted of each round."""
    rows = ScreeningShare.objects.filter(round__in=round_ids).order_by().values("round")
    told = rows.annotate(
        expected_=Sum("expected"), screened_=Sum("screened"), unwell_=Sum("unwell")
    ).values_list("round", "expected_", "screened_", "unwell_")
    return {pk: Coverage(0, 0, expected, screened, unwell) for pk, expected, screened, unwell in told}


def shares_of(round_id: int) -> list[ScreeningShare]:
    """Return what is expected of each unit in a round."""
    return list(ScreeningShare.objects.filter(round=round_id).order_by("path", "pk"))


def due_shares(unit_ids: Collection[int], day: date) -> QuerySet[ScreeningShare]:
    """Return the units of rounds that have begun and go on, that are not through yet, the oldest first."""
    rows = ScreeningShare.objects.filter(
        unit__in=unit_ids,
        round__closed_at__isnull=True,
        round__first_on__lte=day,
        screened__lt=F("expected"),
    )
    return rows.select_related("round__measure__plan").order_by("round__last_on", "unit")


def late_shares(found: ScreeningRound, day: date) -> QuerySet[ScreeningShare]:
    """Return the units of a round that are not through after its last day."""
    rows = ScreeningShare.objects.filter(round=found, screened__lt=F("expected"), round__last_on__lt=day)
    return rows.order_by("path", "pk")


def late_rounds(unit_ids: Collection[int], day: date) -> list[tuple[ScreeningRound, int]]:
    """Return the rounds of plans of units that go on past their last day, with how many units are late."""
    late = Count("shares", filter=Q(shares__screened__lt=F("shares__expected")))
    rows = ScreeningRound.objects.filter(
        measure__plan__unit__in=unit_ids,
        measure__status=MeasureStatus.OPEN,
        closed_at__isnull=True,
        last_on__lt=day,
    )
    found = rows.annotate(late=late).filter(late__gt=0).select_related("measure__plan")
    return [(row, row.late) for row in found.order_by("last_on", "pk")]
