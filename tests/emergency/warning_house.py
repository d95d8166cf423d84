"""The centre of `house`, with its counts watched: what tests of early warning share."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from emergency.house import ReportHouse, at, event, make_house
from put_back import beginning
from songnuan.emergency.actions import Expected, open_period
from songnuan.emergency.models import Alert, AlertAct, ReportCount, ReportSlot, SituationReport, WarningLook
from songnuan.emergency.report_queries import lane_of
from songnuan.emergency.report_rules import Span, Tally, Told, nodes_of
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.base import step
from songnuan.journeys.look_for_warnings import look_for_warnings
from songnuan.kernel.actor import SYSTEM
from songnuan.plans.models import Measure, MeasureStatus

WATCHES: list[dict[str, Any]] = [{"figure": "fever", "method": "C1", "z": "3", "least_sd": "0.5"}]
TABLES = (Alert, AlertAct, WarningLook, OutboxMessage)


def watch(house: ReportHouse, **settings: Any) -> Measure:
    """Let the house's reports be watched from the first day on."""
    return Measure.objects.create(
        plan=house.measure.plan,
        position=2,
        key="warning",
        clause_key="screening",
        kind="early_warning",
        settings={
            "reports": "daily",
            "watches": WATCHES,
            "least_complete": 1,
            "ladder": [{"after": 30, "whom": "office"}, {"after": 60, "whom": "group"}],
            **settings,
        },
        status=MeasureStatus.OPEN,
        opened_at=at(3),
    )


def fever(moment: datetime, count: int, **told: Any) -> Told:
    """Return what tells of so many with a fever: all safe where nobody has one."""
    if not count:
        return Told("zero", reason=told.get("reason", ""))
    return event(moment, figures={"fever": count}, **told)


def tell_days(
    house: ReportHouse,
    counts: Mapping[str, list[int | None]],
    first: int = 3,
    drills: Collection[int] = (),
) -> datetime:
    """Let units have reported in time, day by day; None is a day without a report. All at once, as rows.

    The days of `drills` are days of a drill.

    Returns:
        A moment at which the last day is due.

    """
    longest = max(map(len, counts.values()))
    with step():
        for day in range(first, first + longest):
            span = Span(at(day, 0), at(day, 16), at(day + 1, 0))
            open_period(
                measure=house.measure,
                span=span,
                expected=Expected(),
                is_drill=day in drills,
                actor=SYSTEM,
                at=at(day, 0),
            )
    told = {
        (house.units[name], at(first + place, 0)): count
        for name, line in counts.items()
        for place, count in enumerate(line)
        if count is not None
    }
    waiting = ReportSlot.objects.filter(period__measure=house.measure, version=0).select_related("period")
    slots = [slot for slot in waiting if (slot.unit_id, slot.period.starts_at) in told]
    tallies: dict[tuple[int, int, int, int], Tally] = {}
    reports = []
    for slot in slots:
        count, moment = told[slot.unit_id, slot.period.starts_at], slot.period.starts_at + timedelta(hours=10)
        slot.status, slot.version, slot.received_at = "event" if count else "zero", 1, moment
        said = replace(fever(moment, count), figures={"fever": count, "contacts": 0})
        reports.append(
            SituationReport(
                slot=slot,
                version=1,
                kind=said.kind,
                category=said.category,
                happened_at=said.happened_at,
                figures=said.figures,
                words=said.words or None,
                by_id=house.office.user_id or 0,
                received_at=moment,
                key=uuid4(),
                digest=said.digest(slot.pk),
            )
        )
        own = Tally(received=1, on_time=1, zero=int(not count), event=int(bool(count)))
        for node in nodes_of(slot.path):
            place = (slot.period_id, node, slot.depth, lane_of(slot.unit_id))
            tallies[place] = tallies.get(place, Tally()) + own
    ReportSlot.objects.bulk_update(slots, ["status", "version", "received_at"])
    SituationReport.objects.bulk_create(reports)
    rows = ReportCount.objects.filter(period__measure=house.measure)
    changed = [row for row in rows if (row.period_id, row.node_id, row.depth, row.lane) in tallies]
    for row in changed:
        own = tallies[row.period_id, row.node_id, row.depth, row.lane]
        for name in ("received", "on_time", "zero", "event"):
            setattr(row, name, getattr(row, name) + getattr(own, name))
        row.changes += own.received
    ReportCount.objects.bulk_update(changed, ["received", "on_time", "zero", "event", "changes"])
    return at(first + longest - 1, 16, 1)


def look(moment: datetime) -> int:
    """Let the house look."""
    return look_for_warnings(actor=SYSTEM, at=moment)


@beginning
def alert_house(**settings: Any) -> tuple[ReportHouse, Measure]:
    """Return a house in which one station had one case a day for a week, and then nine."""
    house = make_house()
    measure = watch(house, **settings)
    look(tell_days(house, {"一站": [1, 0, 1, 1, 0, 1, 1, 9]}))
    return house, measure
