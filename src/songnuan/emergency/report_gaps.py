"""Reads of situation reports that never came: those of periods that nobody is asked for any more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Min, QuerySet, Sum

from songnuan.emergency.models import ReportCount, ReportPeriod
from songnuan.emergency.report_queries import DUE_SHOWN, KIND
from songnuan.plans.models import MeasureStatus

_LACKS = F("expected") - F("excused") - F("received")


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many reports never came, in how many periods, and when the first was due."""

    reports: int
    periods: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A period, of how many units nothing came, and of how many it was expected."""

    period: ReportPeriod
    missing: int
    asked: int


def gaps_of(unit_ids: Collection[int], at: datetime) -> Gaps | None:
    """Return what never came to measures of plans of units that go on; None where nothing is missing.

    A drill's reports are left out, as they stand in no rate; so are those of units that were excused since.
    """
    told = _lacking(unit_ids, at).aggregate(
        reports=Sum(_LACKS), periods=Count("period", distinct=True), due_at=Min("period__due_at")
    )
    return Gaps(**told) if told["reports"] else None


def gap_periods(
    unit_ids: Collection[int], at: datetime, *, before: int | None = None, most: int
) -> list[Gap]:
    """Return the periods in which they are missing, the newest first, before the one given."""
    rows = _lacking(unit_ids, at)
    if before is not None:
        rows = rows.filter(period__lt=before)
    missing = dict(rows.order_by("-period").values_list("period").annotate(missing=Sum(_LACKS))[:most])
    counted = ReportCount.objects.filter(period__in=missing, above__isnull=True).order_by()
    asked = dict(counted.values_list("period").annotate(asked=Sum(F("expected") - F("excused"))))
    periods = ReportPeriod.objects.select_related("measure__plan").filter(pk__in=missing)
    return [Gap(one, missing[one.pk], asked[one.pk]) for one in periods.order_by("-pk")]


def _lacking(unit_ids: Collection[int], at: datetime) -> QuerySet[ReportCount]:
    """Return the counts of whole plans that lack a report, of periods that are over and no longer shown."""
    return ReportCount.objects.filter(
        above__isnull=True,
        node__in=unit_ids,
        expected__gt=F("excused") + F("received"),
        period__measure__kind=KIND,
        period__measure__status=MeasureStatus.OPEN,
        period__is_drill=False,
        period__due_at__lte=at - DUE_SHOWN,
    )
