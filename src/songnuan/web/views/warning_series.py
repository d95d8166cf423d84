"""The chart of a watched figure of any unit or node, whether it ever raised an alert or not."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.models import ReportPeriod, ReportSlot
from songnuan.emergency.report_queries import current_period, node_counts
from songnuan.emergency.warning_queries import alerts_of_series
from songnuan.emergency.warning_rules import Series
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.web.paging import before_of, page_of
from songnuan.web.situation_page import period_seen, sees
from songnuan.web.views.shared import PAGE, Reader, names_on, reader_of
from songnuan.web.warning_page import (
    SeriesSeen,
    alert_lines,
    measures_seen,
    series_chart,
    series_seen,
    watching_of,
)

_ALERTS = 10
"""Alerts about the series on its page."""
_DIGITS = 19  # fewer than these make a number that both databases hold


@login_required
@never_cache
@require_safe
def warning_series(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the chart of a series: of the one asked for, else of the highest node that the reader sees."""
    reader = reader_of(request)
    measure = measures_seen(reader).filter(pk=pk).first()
    if measure is None:
        raise Http404
    watching = watching_of(measure)
    period = current_period(watching.reports.pk, reader.at)
    if not watching.watches or period is None:
        raise Http404
    seen = series_seen(reader, watching.reports.pk, _asked(request, reader, period))
    asked = request.GET.get("figure")
    watch = next((one for one in watching.watches if one.figure == asked), watching.watches[0])
    series = seen.series
    alerts = alerts_of_series(measure.pk, series.unit_id, watch.figure, is_node=series.is_node)
    rows = alerts.select_related("measure__plan", "period__measure").order_by("-pk")[:_ALERTS]
    context = {
        "measure": measure,
        "plan": measure.plan,
        "seen": seen,
        "watch": watch,
        "chart": series_chart(watching, series, watch, seen.who, reader.at),
        "figures": [(one.label, _address(series, one.figure), one is watch) for one in watching.watches],
        "trail": _trail(reader, seen, watch.figure),
        "alerts": alert_lines(list(rows), reader.day),
        **(_below(request, seen, period, watch.figure) if series.is_node else {}),
    }
    return render(request, "web/warning_series.html", context)


def _asked(request: HttpRequest, reader: Reader, period: ReportPeriod) -> Series:
    """Return the series that the address names; without one the highest node, or a unit of the reader's."""
    unit = request.GET.get("unit", "")
    if unit:
        if not (unit.isascii() and unit.isdigit() and len(unit) < _DIGITS):
            raise Http404
        return Series(int(unit), request.GET.get("total") == "1")
    try:
        seen = period_seen(reader, period.pk, "")
    except Http404:
        own = reader.reach_ids(Permission.EMERGENCY_VIEW)
        slot = ReportSlot.objects.filter(period=period, unit_id__in=own).order_by("unit_id").first()
        if slot is None:
            raise
        return Series(slot.unit_id, is_node=False)
    return Series(seen.node.node_id, is_node=True)


def _address(series: Series, figure: str) -> str:
    total = {"total": "1"} if series.is_node else {}
    return "?" + urlencode({"unit": series.unit_id, **total, "figure": figure})


def _trail(reader: Reader, seen: SeriesSeen, figure: str) -> list[tuple[str, str]]:
    """Return the nodes above a series, from the top, with the address of each; "" where it is not seen."""
    nodes = [node for node in seen.path if node != seen.series.unit_id or not seen.series.is_node]
    names = names_on(nodes, seen.day)
    return [
        (
            names[node],
            _address(Series(node, is_node=True), figure) if sees(reader, nodes[: place + 1]) else "",
        )
        for place, node in enumerate(nodes)
    ]


def _below(request: HttpRequest, seen: SeriesSeen, period: ReportPeriod, figure: str) -> Mapping[str, object]:
    """Return the nodes right below one, and the units that report to it, itself among them."""
    node, before = seen.series.unit_id, before_of(request)
    nodes = [one.node_id for one in node_counts(period.pk, above=node)]
    slots = ReportSlot.objects.filter(period=period, parent_id=node)
    own = ReportSlot.objects.filter(period=period, unit_id=node).exists()
    if before is not None:
        slots = slots.filter(unit_id__gt=before)
    ids = slots.order_by("unit_id").values_list("unit_id", flat=True)
    units, older = page_of(ids[: PAGE + 1], PAGE, lambda unit_id: unit_id)
    names = names_on([node, *nodes, *units], day_of(period.starts_at))
    if own and before is None:
        units = [node, *units]
    return {
        "nodes": [(names[one], _address(Series(one, is_node=True), figure)) for one in nodes],
        "units": [(names[one], _address(Series(one, is_node=False), figure)) for one in units],
        "older": older,
    }


urlpatterns: list[URLPattern] = [
    path("warnings/<int:pk>/", warning_series, name="warning_series"),
]
