"""What pages of early warning show: alerts as lines, series with their charts, who sees which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models import Alert, AlertAct, AlertStatus, ReportCount, ReportSlot
from songnuan.emergency.report_rules import Rhythm, nodes_of
from songnuan.emergency.warning_access import above_of
from songnuan.emergency.warning_queries import open_alerts
from songnuan.emergency.warning_reckoning import counted, due_places, how_of, series_of
from songnuan.emergency.warning_rules import How, Series, Watch, bound_words, how_words, plain, why_words
from songnuan.journeys.alert_words import alert_how, alert_names, alert_period, series_name
from songnuan.journeys.measures.early_warning import due_on
from songnuan.journeys.report_periods import span_name
from songnuan.journeys.report_settings import settings_of as reports_settings_of
from songnuan.journeys.warning_settings import KIND, reports_of, settings_of, watched
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure
from songnuan.web.situation_page import sees
from songnuan.web.views.shared import Reader, names_on
from songnuan.web.warning_chart import SHOWN, Chart, Point, chart_of

_AFTER = 14
"""Periods after the one of an alert that its chart shows, where there are as many."""
MARKS: Mapping[str, str] = {
    AlertStatus.RAISED.value: "late",
    AlertStatus.ACKNOWLEDGED.value: "waiting",
    AlertStatus.VERIFIED.value: "waiting",
    AlertStatus.CLOSED.value: "done",
}
FILTERS: Mapping[str, Promise] = {
    "open": pgettext_lazy("alerts", "Open"),
    AlertStatus.RAISED.value: pgettext_lazy("alerts", "To acknowledge"),
    AlertStatus.ACKNOWLEDGED.value: pgettext_lazy("alerts", "To verify"),
    AlertStatus.VERIFIED.value: pgettext_lazy("alerts", "To close"),
    AlertStatus.CLOSED.value: pgettext_lazy("alerts", "Closed"),
}


# Who sees what -------------------------------------------------------------------------------------


def alerts_seen(reader: Reader) -> QuerySet[Alert]:
    """Return the alerts about units that the reader sees, and all of plans that the reader sees whole."""
    units = reader.reach(Permission.EMERGENCY_VIEW)
    rows = Alert.objects.filter(Q(unit__in=units) | Q(measure__plan__unit__in=units))
    return rows.select_related("measure__plan", "period__measure")


def alerts_waiting(reader: Reader) -> list[Alert]:
    """Return the alerts that wait for the reader: as the office, or as a liaison above the unit."""
    office = reader.reach_ids(Permission.EMERGENCY_MANAGE)
    own = reader.reach_ids(Permission.SITUATION_REPORT)
    if not office and not own:
        return []
    # Who reports for a unit is asked of many at once; only what stands below that unit is read.
    concerned = Q(measure__plan__unit__in=office)
    for unit_id in own:
        concerned |= Q(path__contains=f",{unit_id},")
    return [
        alert
        for alert in open_alerts().filter(concerned)
        if alert.measure.plan.unit_id in office
        or (alert.status != AlertStatus.VERIFIED and not above_of(alert).isdisjoint(own))
    ]


def measures_seen(reader: Reader) -> QuerySet[Measure]:
    """Return the early warnings under way of which the reader sees a unit."""
    rows = Measure.objects.filter(kind=KIND).exclude(opened_at=None)
    tops = set(rows.values_list("plan__unit_id", flat=True))
    own = ReportSlot.objects.filter(
        period__measure__plan=OuterRef("plan"), unit__in=reader.reach(Permission.SITUATION_REPORT)
    )
    seen = Q(plan__unit__in=reader.reached(Permission.EMERGENCY_VIEW, tops))
    return rows.filter(seen | Exists(own)).select_related("plan").order_by("-pk")


def alert_seen(reader: Reader, pk: int) -> Alert:
    """Return an alert that the reader may see; any other is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    joined = ("measure__plan", "period__measure", "acknowledged_by", "verified_by", "closed_by")
    row = Alert.objects.select_related(*joined).filter(pk=pk).first()
    if row is None or not sees(reader, [row.unit_id, *nodes_of(row.path)]):
        raise Http404
    return row


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A list of alerts narrowed to one plan, and to what stands at or below one unit; and what may be chosen.

    The choices are (id, name, whether it is chosen) of what the reader sees alerts of.
    """

    rows: QuerySet[Alert]
    plans: Sequence[tuple[int, str, bool]]
    units: Sequence[tuple[int, str, bool]]
    is_narrowed: bool


def narrowed(seen: QuerySet[Alert], plan: str, unit: str, day: date) -> Narrowed:
    """Return the alerts as they were asked for; what is none of the choices narrows nothing."""
    of_plans = dict(seen.order_by().values_list("measure__plan", "measure__plan__title").distinct())
    places = set(seen.order_by().values_list("unit", "path").distinct())
    of_units = names_on({one for unit_id, path in places for one in (unit_id, *nodes_of(path))}, day)
    plan_id = next((pk for pk in of_plans if str(pk) == plan), None)
    unit_id = next((pk for pk in of_units if str(pk) == unit), None)
    rows = seen if plan_id is None else seen.filter(measure__plan=plan_id)
    if unit_id is not None:
        rows = rows.filter(Q(unit=unit_id) | Q(path__contains=f",{unit_id},"))
    return Narrowed(
        rows,
        [(pk, title, pk == plan_id) for pk, title in sorted(of_plans.items(), reverse=True)],
        [(pk, of_units[pk], pk == unit_id) for pk in _in_order(places)],
        is_narrowed=plan_id is not None or unit_id is not None,
    )


def _in_order(places: Collection[tuple[int, str]]) -> Sequence[int]:
    """Return the units of some places as the tree has them: each before what stands below it."""
    lines = set()
    for unit_id, path in places:
        nodes = nodes_of(path)
        line = (*nodes, unit_id) if unit_id not in nodes else tuple(nodes)
        lines |= {line[: depth + 1] for depth in range(len(line))}
    return list(dict.fromkeys(line[-1] for line in sorted(lines)))


# Alerts --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert as a list shows it."""

    alert: Alert
    who: str
    period: str
    how: str
    why: str
    upper: str
    expected: str
    due_on: date
    is_late: bool
    may_take: bool

    @property
    def mark(self) -> str:
        """The mark of its state."""
        return MARKS[self.alert.status]


def alert_lines(alerts: Sequence[Alert], day: date, to_take: Collection[int] = ()) -> list[AlertLine]:
    """Return alerts as lines; `to_take` are those that the reader may acknowledge now."""
    names = alert_names(alerts)
    due = {one.pk: due_on(one, settings_of(one.measure)) for one in alerts}
    return [
        AlertLine(
            alert=one,
            who=names[one.pk],
            period=alert_period(one),
            how=alert_how(one),
            why=why_words(one.method, one.z),
            upper=bound_words(one.upper),
            expected=plain(one.expected, 2),
            due_on=due[one.pk],
            is_late=one.status != AlertStatus.CLOSED and due[one.pk] < day,
            may_take=one.pk in to_take,
        )
        for one in alerts
    ]


def to_take(alerts: Sequence[Alert], reader: Reader) -> set[int]:
    """Return which of some alerts the reader may acknowledge now; however many they are, it is read once."""
    raised = [one for one in alerts if one.status == AlertStatus.RAISED]
    if not raised:
        return set()
    offices = reader.reach_ids(Permission.EMERGENCY_MANAGE)
    own = reader.reach_ids(Permission.SITUATION_REPORT)
    return {one.pk for one in raised if one.measure.plan.unit_id in offices or own & above_of(one)}


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of an alert's timeline."""

    at: datetime
    who: str
    what: str
    words: str
    is_reckoned: bool


def moments_of(alert: Alert) -> list[Moment]:
    """Return the timeline of an alert."""
    rows = AlertAct.objects.filter(alert=alert).select_related("by").order_by("pk")
    return [
        Moment(
            act.at,
            act.by.name if act.by else "",
            str(act.get_verb_display()),
            act.words or _reckoned(act),
            act.by is None,
        )
        for act in rows
    ]


def _reckoned(act: AlertAct) -> str:
    if act.is_over is None:
        return ""
    if act.count is None:
        return _("Nothing counts as told any more for this period.")
    facts = {"count": act.count, "upper": bound_words(act.upper)}
    if act.is_over:
        return _("Count %(count)s, bound %(upper)s: above it.") % facts
    return _("Count %(count)s, bound %(upper)s: no longer above it. The alert stays.") % facts


# Series --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Watching:
    """An early warning with what it watches."""

    measure: Measure
    reports: Measure
    watches: Sequence[Watch]

    @property
    def rhythm(self) -> Rhythm:
        """How often units report."""
        return reports_settings_of(self.reports).rhythm


def watching_of(measure: Measure) -> Watching:
    """Return what an early warning watches.

    Raises:
        Http404: Where its reports are gone.

    """
    reports = reports_of(measure)
    if reports is None:
        raise Http404
    return Watching(measure, reports, watched(measure, reports))


def alert_chart(alert: Alert, at: datetime) -> Chart | None:
    """Return the chart of the series of an alert, reckoned as the alert was, and some periods after it."""
    reports = alert.period.measure
    series, label = series_of(alert), alert.figure_label
    watch = Watch(alert.figure, label, how_of(alert))
    who = alert_names([alert])[alert.pk]
    return _chart(reports, series, watch, who, at=at, about=alert.period_id)


def series_chart(watching: Watching, series: Series, watch: Watch, who: str, at: datetime) -> Chart | None:
    """Return the chart of a series as it is reckoned now; None before anything is due."""
    return _chart(watching.reports, series, watch, who, at=at)


def _chart(  # noqa: PLR0913 - which series, how it is judged, and what it is called
    reports: Measure, series: Series, watch: Watch, who: str, *, at: datetime, about: int | None = None
) -> Chart | None:
    rhythm = reports_settings_of(reports).rhythm
    places = due_places(reports.pk, at)
    marked = next((place for place, one in enumerate(places) if one.pk == about), None)
    last = len(places) if marked is None else min(len(places), marked + 1 + _AFTER)
    if not last:
        return None
    found = counted(reports.pk, places, [(watch.figure, series)], series)
    first = max(0, last - SHOWN)
    points = [
        Point(
            span_name(places[row.index].starts_at, rhythm),
            short_name(places[row.index].starts_at, rhythm),
            row,
            is_marked=row.index == marked,
        )
        for row in found.judged(watch.figure, series, first, watch.how)
        if row.index < last
    ]
    how: How = watch.how
    title = _("%(who)s, %(figure)s: counts, what was expected, and the bound")
    return chart_of(
        title % {"who": who, "figure": watch.label}, how_words(how.method, how.z, how.least_sd), points
    )


def short_name(starts_at: datetime, rhythm: Rhythm) -> str:
    """Return what a period is called below a chart: the day on which it begins."""
    here = starts_at.astimezone(CHINA)
    day = f"{here.month}/{here.day}"
    if rhythm.period == "half_day" and here.hour:
        return _("%(day)s pm") % {"day": day}
    return day


@dataclass(frozen=True, slots=True)
class SeriesSeen:
    """A series that the reader asks for: where it stands, and what it is called."""

    series: Series
    path: tuple[int, ...]
    day: date
    name: str

    @property
    def who(self) -> str:
        """What it is called, with whether it is a total."""
        return series_name(self.name, is_node=self.series.is_node)


def series_seen(reader: Reader, reports_id: int, series: Series) -> SeriesSeen:
    """Return a series that the reader may see, as it stood in its last period.

    Raises:
        Http404: Without a word on whether it exists.

    """
    slots = ReportSlot.objects.filter(period__measure_id=reports_id).select_related("period")
    if series.is_node:
        counts = ReportCount.objects.filter(period__measure_id=reports_id, node_id=series.unit_id)
        last = counts.order_by("-period_id").values_list("period_id", flat=True).first()
        slots = slots.filter(period_id=last, path__contains=f",{series.unit_id},")
    else:
        slots = slots.filter(unit_id=series.unit_id)
    slot = slots.order_by("-period_id", "unit_id").first()
    if slot is None:
        raise Http404
    nodes = nodes_of(slot.path)
    if series.is_node:
        nodes = nodes[: nodes.index(series.unit_id) + 1]
    if not sees(reader, [series.unit_id, *nodes]):
        raise Http404
    day = day_of(slot.period.starts_at)
    return SeriesSeen(series, tuple(nodes), day, names_on([series.unit_id], day)[series.unit_id])
