"""What is reckoned of the counts of situation reports, before anything is locked: alarms, and alerts anew.

However many units there are, the questions are the same few. Whoever told of no event has zeros alone and
cannot alarm, so that only the others are read in full.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import F, Sum

from songnuan.emergency.early_warning import Judged, Method
from songnuan.emergency.models import (
    Alert,
    ReportCount,
    ReportPeriod,
    ReportSlot,
    SituationReport,
    SlotStatus,
    WarningLook,
)
from songnuan.emergency.report_rules import nodes_of, path_of
from songnuan.emergency.warning_rules import (
    NOTHING,
    How,
    Series,
    Told,
    Watch,
    can_alarm,
    days_of,
    judged_from,
)
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure

_BY_NAME: Final = 900
"""More series than this, and all are read rather than named one by one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A period that is due, as far as it is needed here."""

    pk: int
    starts_at: datetime
    due_at: datetime


def due_places(measure_id: int, at: datetime) -> list[Place]:
    """Return the periods of a measure of situation reports that are due, by their time; none of a drill."""
    rows = ReportPeriod.objects.filter(measure_id=measure_id, due_at__lte=at, is_drill=False)
    rows = rows.order_by("starts_at")
    return [Place(*row) for row in rows.values_list("pk", "starts_at", "due_at")]


@dataclass(slots=True)
class Counted:
    """What was told, by figure and series and the place of the period in their order."""

    starts: list[date]
    told: dict[tuple[str, Series], dict[int, Told]] = field(default_factory=dict)

    def judged(self, figure: str, series: Series, first: int, how: How) -> Iterator[Judged]:
        """Yield what each period of a series from a place on comes to."""
        days = days_of(self.starts, self.told.get((figure, series), {}), how)
        return judged_from(days, first, how)

    def at(self, figure: str, series: Series, place: int) -> Told:
        """Return what was told in one period."""
        return self.told.get((figure, series), {}).get(place, NOTHING)


@dataclass(slots=True)
class _Events:
    """What events counted above zero, by figure, series and place; of what an event told nothing at all."""

    above: dict[tuple[str, Series], dict[int, int]]
    untold: set[tuple[str, Series, int]]


def counted(
    measure_id: int, places: Sequence[Place], wanted: Collection[tuple[str, Series]], about: Series
) -> Counted:
    """Return what was told of some figures of one series in periods of a measure of situation reports."""
    found = Counted([day_of(one.starts_at) for one in places])
    events = _events(measure_id, places, {figure for figure, _series in wanted}, about)
    return _filled(found, measure_id, places, wanted, events)


def _events(
    measure_id: int, places: Sequence[Place], figures: Collection[str], about: Series | None = None
) -> _Events:
    """Read what events counted; `about` is the only series that is asked for, where there is one."""
    rows = SituationReport.objects.filter(
        slot__period__measure_id=measure_id, version=F("slot__version"), kind=SlotStatus.EVENT
    )
    if about is not None:
        is_below = {"slot__path__contains": f",{about.unit_id},"}
        rows = rows.filter(**(is_below if about.is_node else {"slot__unit_id": about.unit_id}))
    at = {one.pk: place for place, one in enumerate(places)}
    found = _Events(defaultdict(lambda: defaultdict(int)), set())
    columns = rows.values_list("slot__period_id", "slot__unit_id", "slot__path", "figures")
    for period_id, unit_id, path, told in columns.iterator():
        place, unit = at.get(period_id), Series(unit_id, is_node=False)
        if place is None:
            continue
        for figure in figures:
            count = told.get(figure)
            if count is None:
                found.untold.add((figure, unit, place))
            elif count:
                for series in (unit, *(Series(node, is_node=True) for node in nodes_of(path))):
                    found.above[figure, series][place] += count
    return found


def _filled(
    found: Counted,
    measure_id: int,
    places: Sequence[Place],
    wanted: Collection[tuple[str, Series]],
    events: _Events,
) -> Counted:
    """Fill in what series told: in which periods they did, and what their events counted."""
    at = {one.pk: place for place, one in enumerate(places)}
    units = {series.unit_id for _figure, series in wanted if not series.is_node}
    nodes = {series.unit_id for _figure, series in wanted if series.is_node}
    reported = _reported(measure_id, units, at) if units else {}
    asked = _asked(measure_id, nodes, at) if nodes else {}
    for figure, series in wanted:
        counts = events.above.get((figure, series), {})
        if series.is_node:
            told = asked.get(series.unit_id, {})
        else:
            mine = reported.get(series.unit_id, ())
            told = {place: (1, 1) for place in mine if (figure, series, place) not in events.untold}
        found.told[figure, series] = {place: Told(counts.get(place, 0), *one) for place, one in told.items()}
    return found


def _reported(measure_id: int, units: Collection[int], at: Mapping[int, int]) -> dict[int, list[int]]:
    """Return in which places units have reported."""
    rows = ReportSlot.objects.filter(period__measure_id=measure_id, version__gt=0)
    if len(units) <= _BY_NAME:
        rows = rows.filter(unit_id__in=units)
    found: dict[int, list[int]] = {}
    for unit_id, period_id in rows.order_by().values_list("unit_id", "period_id").iterator():
        if unit_id in units and period_id in at:
            found.setdefault(unit_id, []).append(at[period_id])
    return found


def _asked(
    measure_id: int, nodes: Collection[int], at: Mapping[int, int]
) -> dict[int, dict[int, tuple[int, int]]]:
    """Return by node and place of how many units a report was expected, and how many there were."""
    rows = ReportCount.objects.filter(period__measure_id=measure_id).order_by()
    if len(nodes) <= _BY_NAME:
        rows = rows.filter(node_id__in=nodes)
    summed = rows.values_list("node_id", "period_id").annotate(
        Sum("expected"), Sum("excused"), Sum("received")
    )
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for node_id, period_id, expected, excused, received in summed:
        if node_id in nodes and period_id in at:
            found.setdefault(node_id, {})[at[period_id]] = (expected - excused, received)
    return found


# A look --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alarm:
    """A count that is too much: of which period and series, and what was told and reckoned."""

    period_id: int
    series: Series
    watch: Watch
    told: Told
    judged: Judged
    path: str


@dataclass(frozen=True, slots=True)
class Anew:
    """What an alert comes to now."""

    alert_id: int
    count: int | None
    upper: float | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: `before` is what earlier looks had seen, `seen` what this one has, by period."""

    before: Mapping[int, int]
    seen: Mapping[int, int]
    alarms: Sequence[Alarm] = ()
    anew: Sequence[Anew] = ()


def look(
    measure: Measure, reports_id: int, watches: Sequence[Watch], *, since: datetime, at: datetime
) -> Look | None:
    """Look at what changed since the last look, and return what was found; None where nothing changed.

    Args:
        measure: The early warning.
        reports_id: The measure of situation reports that it watches.
        watches: Which figures, and how.
        since: Periods that were due by then are what is judged by, and are not judged.
        at: Now.

    """
    places = due_places(reports_id, at)
    # Seen first: what changes while the rest is read is looked at again.
    seen = _seen(reports_id, places)
    before = dict(WarningLook.objects.filter(measure=measure).values_list("period_id", "changes"))
    stale = [place for place, one in enumerate(places) if before.get(one.pk) != seen[one.pk]]
    if not stale:
        return None
    judged = sum(one.due_at <= since for one in places)
    first = max(stale[0], judged)
    changed = {places[place].pk: seen[places[place].pk] for place in stale}
    known = list(Alert.objects.filter(measure=measure, period__in=[one.pk for one in places[first:]]))
    figures = {watch.figure for watch in watches} | {alert.figure for alert in known}
    events = _events(reports_id, places, figures)
    wanted = {
        (watch.figure, series)
        for watch in watches
        for (figure, series), counts in events.above.items()
        if figure == watch.figure and can_alarm(counts, first, watch.how.method)
    }
    mine = {(alert.figure, series_of(alert)) for alert in known}
    found = Counted([day_of(one.starts_at) for one in places])
    _filled(found, reports_id, places, wanted | mine, events)
    return Look(
        before,
        changed,
        _alarms(found, places, first, watches, known),
        list(_anew(found, {one.pk: place for place, one in enumerate(places)}, known)),
    )


def _seen(measure_id: int, places: Sequence[Place]) -> dict[int, int]:
    """Return how often the counts of the whole plan have changed, by period."""
    rows = ReportCount.objects.filter(period__measure_id=measure_id, above__isnull=True).order_by()
    summed = dict(rows.values_list("period_id").annotate(Sum("changes")))
    return {one.pk: summed.get(one.pk, 0) for one in places}


def series_of(alert: Alert) -> Series:
    """Return whose counts an alert is about."""
    return Series(alert.unit_id, alert.is_node)


def how_of(alert: Alert) -> How:
    """Return how an alert was reckoned."""
    return How(Method(alert.method), float(alert.z), float(alert.least_sd), alert.least_complete)


def _alarms(
    found: Counted,
    places: Sequence[Place],
    first: int,
    watches: Sequence[Watch],
    known: Collection[Alert],
) -> list[Alarm]:
    there = {(alert.period_id, series_of(alert), alert.figure) for alert in known}
    fresh = [
        (places[row.index].pk, series, watch, found.at(watch.figure, series, row.index), row)
        for watch in watches
        for figure, series in sorted(found.told)
        if figure == watch.figure
        for row in found.judged(figure, series, first, watch.how)
        if row.alarm and (places[row.index].pk, series, figure) not in there
    ]
    paths = _paths({(period_id, series) for period_id, series, *_rest in fresh})
    return [Alarm(*one, path=paths[one[0], one[1]]) for one in fresh]


def _anew(found: Counted, at: Mapping[int, int], known: Collection[Alert]) -> Iterator[Anew]:
    for alert in known:
        place = at[alert.period_id]
        row = next(found.judged(alert.figure, series_of(alert), place, how_of(alert)))
        if (row.count, row.alarm) != (alert.now_count, alert.is_over):
            yield Anew(alert.pk, row.count, row.upper, row.alarm)


def _paths(wanted: Collection[tuple[int, Series]]) -> dict[tuple[int, Series], str]:
    """Return where series stood in periods: the nodes from the top, as a slot keeps them."""
    periods = {period_id for period_id, _series in wanted}
    units = {series.unit_id for _period, series in wanted if not series.is_node}
    if not wanted:
        return {}
    slots = ReportSlot.objects.filter(period__in=periods, unit__in=units)
    found = {
        (period_id, Series(unit_id, is_node=False)): path
        for period_id, unit_id, path in slots.values_list("period_id", "unit_id", "path")
    }
    rows = ReportCount.objects.filter(period__in=periods).order_by()
    columns = rows.values_list("period_id", "node_id", "above_id").distinct()
    above = {(period_id, node_id): above_id for period_id, node_id, above_id in columns}
    for period_id, series in wanted:
        if series.is_node:
            line: list[int] = []
            node: int | None = series.unit_id
            while node is not None:
                line.append(node)
                node = above[period_id, node]
            found[period_id, series] = path_of(line[::-1])
    return found
