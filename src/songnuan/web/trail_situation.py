"""What the trail tells of situation reports: whose report of which period, which consolidated report."""

from collections.abc import Callable, Collection, Mapping

from django.urls import reverse

from songnuan.emergency.models import Alert, ReportExcuse, ReportPart, ReportPeriod, ReportSlot, ReportSummary
from songnuan.emergency.report_rules import nodes_of
from songnuan.journeys.alert_words import alert_names, alert_period
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.organisation.queries import last_names
from songnuan.web.situation_page import sees
from songnuan.web.trail_lessons import LESSONS
from songnuan.web.trail_named import Named, numbers
from songnuan.web.trail_returnees import RETURNEES
from songnuan.web.views.shared import Reader


def slots(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name slots by unit and period."""
    rows = list(ReportSlot.objects.filter(pk__in=numbers(keys)).select_related("period__measure"))
    names = last_names([row.unit_id for row in rows])
    return {
        str(row.pk): Named(
            f"{names.get(row.unit_id, '')} · {_period(row.period)}",
            reverse("situation_slot", args=(row.pk,))
            if sees(reader, [row.unit_id, *nodes_of(row.path)])
            else "",
        )
        for row in rows
    }


def periods(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name periods by their days."""
    rows = ReportPeriod.objects.filter(pk__in=numbers(keys)).select_related("measure__plan")
    return {
        str(row.pk): Named(
            _period(row),
            reverse("situation_period", args=(row.pk,)) if sees(reader, [row.measure.plan.unit_id]) else "",
        )
        for row in rows
    }


def parts(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name parts by unit and period."""
    rows = list(ReportPart.objects.filter(pk__in=numbers(keys)).select_related("period__measure"))
    names = last_names([row.node_id for row in rows])
    return {
        str(row.pk): Named(
            f"{names.get(row.node_id, '')} · {_period(row.period)}",
            reverse("situation_period", args=(row.period_id,)) + f"?node={row.node_id}"
            if sees(reader, [row.node_id])
            else "",
        )
        for row in rows
    }


def excuses(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    """Name excuses by their unit."""
    rows = dict(ReportExcuse.objects.filter(pk__in=numbers(keys)).values_list("pk", "unit_id"))
    names = last_names(rows.values())
    return {str(pk): Named(names.get(unit_id, "")) for pk, unit_id in rows.items()}


def summaries(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name consolidated reports by their numbers."""
    rows = ReportSummary.objects.filter(pk__in=numbers(keys)).defer("snapshot")
    return {
        str(row.pk): Named(
            row.number,
            reverse("situation_summary", args=(row.period_id,))
            if sees(reader, [row.period.measure.plan.unit_id])
            else "",
        )
        for row in rows.select_related("period__measure__plan")
    }


def alerts(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name alerts by whose count of what was too much, and when."""
    rows = list(Alert.objects.filter(pk__in=numbers(keys)).select_related("period__measure"))
    names = alert_names(rows)
    return {
        str(row.pk): Named(
            f"{names[row.pk]} · {row.figure_label} · {alert_period(row)}",
            reverse("warning_alert", args=(row.pk,))
            if sees(reader, [row.unit_id, *nodes_of(row.path)])
            else "",
        )
        for row in rows
    }


def _period(row: ReportPeriod) -> str:
    return period_name(row, settings_of(row.measure).rhythm)


SITUATION: Mapping[str, Callable[[Collection[str], Reader], dict[str, Named]]] = {
    "emergency.alert": alerts,
    **RETURNEES,
    **LESSONS,
    "emergency.excuse": excuses,
    "emergency.part": parts,
    "emergency.period": periods,
    "emergency.slot": slots,
    "emergency.summary": summaries,
}
