"""Reads of alerts: those that wait, those of measures and of a series, how many stand where."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, QuerySet

from songnuan.emergency.models import Alert, AlertStatus

_JOINED = ("measure__plan", "period__measure")


def open_alerts(measure_ids: Collection[int] | None = None) -> QuerySet[Alert]:
    """Return the alerts that are not closed, the oldest first, of some measures or of all."""
    rows = Alert.objects.exclude(status=AlertStatus.CLOSED).select_related(*_JOINED)
    if measure_ids is not None:
        rows = rows.filter(measure__in=measure_ids)
    return rows.order_by("pk")


def unacknowledged(measure_id: int, since: datetime) -> QuerySet[Alert]:
    """Return the alerts of a measure that nobody has acknowledged, raised since a moment."""
    rows = Alert.objects.filter(measure_id=measure_id, status=AlertStatus.RAISED, raised_at__gt=since)
    return rows.select_related(*_JOINED).order_by("raised_at", "pk")


def alerts_of(measure_ids: Collection[int]) -> QuerySet[Alert]:
    """Return all alerts of measures, the oldest first."""
    return Alert.objects.filter(measure__in=measure_ids).select_related(*_JOINED).order_by("pk")


def alerts_of_series(measure_id: int, unit_id: int, figure: str, *, is_node: bool) -> QuerySet[Alert]:
    """Return the alerts about one series."""
    return Alert.objects.filter(measure_id=measure_id, unit_id=unit_id, is_node=is_node, figure=figure)


def counts_by_state(rows: QuerySet[Alert]) -> dict[str, int]:
    """Return how many of some alerts stand in each state."""
    return dict(rows.order_by().values_list("status").annotate(Count("pk")))
