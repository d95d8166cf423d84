"""What the board of a plan shows: its state, the tree, both hands, the muster, the tasks; only reads.

Each figure is read as the page behind it reads it. Nothing here names a person: it hangs on a wall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from songnuan.casework.flexible_queries import requests_of
from songnuan.emergency.board_queries import (
    MusterCount,
    RoundCount,
    Staff,
    muster_shown,
    open_alerts_of,
    round_shown,
    staff_below,
    staff_counted,
)
from songnuan.emergency.command_queries import member_of, shown_of
from songnuan.emergency.models import (
    Activation,
    ActivationStatus,
    Alert,
    AlertStatus,
    OrderTask,
    OrderTaskStatus,
)
from songnuan.emergency.order_task_queries import unfinished_counted
from songnuan.emergency.order_task_rules import is_late
from songnuan.emergency.report_rules import permille
from songnuan.emergency.returnee_rules import Tally as Returned
from songnuan.journeys.alert_words import alert_names
from songnuan.journeys.measures.returnees import counted
from songnuan.kernel.days import span_words
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, subtree
from songnuan.plans.models import Measure
from songnuan.web.board_tree import Place, Tree, trees_of
from songnuan.web.flexible_page import spans_of
from songnuan.web.views.shared import Reader, names_on

ALERTS = 4
TASKS = 2
"""How many of them a board names."""


# Both hands ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert that is open: whose counts of what, how old; `url` is empty where it is not to be opened."""

    alert: Alert
    url: str
    who: str
    age: str
    is_raised: bool


@dataclass(frozen=True, slots=True)
class Hands:
    """Both hands: what is counted of prevention, and what is known of the return to work.

    What the reader may not see, or the plan does not have, is None. Staff, screening and returnees are those
    of now: whoever saw the node in the period, and no longer does, is not told of them.
    """

    alerts: Sequence[AlertLine]
    open: int
    raised: int
    screening: RoundCount | None
    coverage: str
    returnees: Returned | None
    returnees_id: int | None
    staff: Staff | None
    flexible: int | None


def hands_of(place: Place, alerts: Sequence[Alert], reader: Reader) -> Hands:
    """Return both hands of a node."""
    sees_now = _sees_now(place, reader)
    screening = round_shown(place.plan.pk, place.node_id, reader.day) if sees_now else None
    register = next(iter(place.measures.get("returnees", ())), None) if sees_now else None
    names = alert_names(alerts[:ALERTS])
    return Hands(
        alerts=[_alert_line(one, place, names[one.pk], reader.at) for one in alerts[:ALERTS]],
        open=len(alerts),
        raised=sum(one.status == AlertStatus.RAISED for one in alerts),
        screening=screening,
        coverage=permille(screening.told.permille) if screening else "",
        returnees=_returned(register, place, reader) if register else None,
        returnees_id=register.pk if register else None,
        staff=_staff(place, reader) if sees_now else None,
        flexible=_flexible(place, reader),
    )


def _staff(place: Place, reader: Reader) -> Staff:
    counted = staff_counted(place.period.pk, place.node_id) if place.period else None
    return counted or staff_below(place.node_id, reader.day)


def _sees_now(place: Place, reader: Reader) -> bool:
    """Return whether the node is the reader's now; by a seat in the group it is while it is the plan's."""
    if place.opens:
        return reader.may(Permission.EMERGENCY_VIEW, place.node_id)
    return subtree(place.plan.unit_id, reader.day).filter(pk=place.node_id).exists()


def _alert_line(alert: Alert, place: Place, who: str, at: datetime) -> AlertLine:
    minutes = int((at - alert.raised_at).total_seconds() // 60)
    url = reverse("warning_alert", args=(alert.pk,)) if place.opens else ""
    return AlertLine(alert, url, who, span_words(max(minutes, 0)), alert.status == AlertStatus.RAISED)


def _returned(register: Measure, place: Place, reader: Reader) -> Returned:
    by_unit = counted(register, reader.at)
    if place.node_id != place.plan.unit_id:
        inside = set(subtree(place.node_id, reader.day).values_list("pk", flat=True))
        by_unit = {unit_id: told for unit_id, told in by_unit.items() if unit_id in inside}
    return sum(by_unit.values(), Returned())


def _flexible(place: Place, reader: Reader) -> int | None:
    """Return how many work flexibly today at units that the reader sees; None for who sees none."""
    if not reader.may(Permission.FLEXIBLE_VIEW, place.node_id):
        return None
    inside = subtree(place.node_id, reader.day).order_by().values("pk")
    measures = Measure.objects.filter(kind="flexible_work", plan__status__in=("open", "closed"))
    rows = requests_of(list(measures.values_list("pk", flat=True))).filter(unit__in=inside)
    return sum(one.covers(reader.day) for one in spans_of(rows, reader.day, reader.day))


# Command ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tasks:
    """Tasks out of orders that are under way; `first` those due first, told to who takes in orders.

    Those of a drill are counted by themselves, as `in_drills`.
    """

    waiting: int
    overdue: int
    answered: int
    next: OrderTask | None
    is_next_late: bool
    first: Sequence[OrderTask]
    in_drills: int


def tasks_of(response: Measure, reader: Reader) -> Tasks:
    """Return the tasks of a plan."""
    found = list(unfinished_counted(response.pk))
    rows = [one for one in found if not one.is_drill]
    waiting = [one for one in rows if one.status == OrderTaskStatus.OPEN]
    reads = (
        reader.may(Permission.EMERGENCY_MANAGE, response.plan.unit_id)
        or member_of(response.pk, reader.user.pk, reader.day) is not None
    )
    first = next(iter(waiting), None)
    return Tasks(
        waiting=len(waiting),
        overdue=sum(is_late(one, reader.at) for one in waiting),
        answered=len(rows) - len(waiting),
        next=first,
        is_next_late=first is not None and is_late(first, reader.at),
        first=waiting[:TASKS] if reads else (),
        in_drills=len(found) - len(rows),
    )


# All of it -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Board:
    """A board as the reader sees it; `muster` and `tasks` are the whole plan's, and None for part of it."""

    place: Place
    name: str
    line: Sequence[tuple[int, str]]
    at: datetime
    active: Sequence[Activation]
    last: Activation | None
    trees: Sequence[Tree]
    hands: Hands
    muster: MusterCount | None
    tasks: Tasks | None

    @property
    def opens_all(self) -> bool:
        """Whether the pages of the whole plan are the reader's."""
        return self.place.whole and self.place.opens

    @property
    def is_drill(self) -> bool:
        """Whether a drill is in force: it is flagged everywhere."""
        return any(one.is_drill for one in self.active)

    @property
    def is_real(self) -> bool:
        """Whether a real response is in force."""
        return any(not one.is_drill for one in self.active)


def board_of(place: Place, reader: Reader, most: int) -> Board:
    """Return the board of a node, with so many tiles at most."""
    alerts = open_alerts_of(place.plan.pk, place.node_id)
    names = names_on(place.line, day_of(place.period.starts_at) if place.period else reader.day)
    shown = shown_of(place.response.pk)
    active = [one for one in shown if one.status == ActivationStatus.ACTIVE]
    return Board(
        place=place,
        name=names[place.node_id],
        line=[(one, names[one]) for one in place.line[:-1]],
        at=reader.at,
        active=active,
        last=None if active else next(iter(shown), None),
        trees=trees_of(place, alerts, reader, most),
        hands=hands_of(place, alerts, reader),
        muster=muster_shown(place.response.pk) if place.whole else None,
        tasks=tasks_of(place.response, reader) if place.whole else None,
    )
