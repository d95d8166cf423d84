"""The centre of `house`, with its counts watched: what tests of early warning share."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from emergency.house import ReportHouse, at, event, make_house
from songnuan.emergency.models import Alert, AlertAct, WarningLook
from songnuan.emergency.report_rules import Told
from songnuan.jobs.models import OutboxMessage
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


def tell_days(house: ReportHouse, counts: Mapping[str, list[int | None]], first: int = 3) -> datetime:
    """Let units report day by day, in time; return a moment at which the last day is due."""
    longest = max(map(len, counts.values()))
    for day in range(first, first + longest):
        house.open(at(day, 8))
        for name, told in counts.items():
            place = day - first
            if place < len(told) and (count := told[place]) is not None:
                house.report(name, at(day, 10), fever(at(day, 9), count), day=day)
    return at(first + longest - 1, 16) + timedelta(minutes=1)


def look(moment: datetime) -> int:
    """Let the house look."""
    return look_for_warnings(actor=SYSTEM, at=moment)


def alert_house(**settings: Any) -> tuple[ReportHouse, Measure]:
    """Return a house in which one station had one case a day for a week, and then nine."""
    house = make_house()
    measure = watch(house, **settings)
    look(tell_days(house, {"一站": [1, 0, 1, 1, 0, 1, 1, 9]}))
    return house, measure
