"""What pages of situation reports show: slots as lines, nodes as lines, who may do what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models import (
    ReportChase,
    ReportPart,
    ReportPeriod,
    ReportSlot,
    SituationReport,
    SlotStatus,
)
from songnuan.emergency.report_access import liaisons_of, overseen, oversees
from songnuan.emergency.report_queries import KIND, NodeCount, node_counts, valid_reports
from songnuan.emergency.report_rules import State, Tally, nodes_of, permille, state_of
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import SituationReportsSettings, settings_of
from songnuan.kernel.names import mask_phone
from songnuan.organisation.models import UnitRecord, User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.web.views.shared import Reader, names_on

MARKS: Mapping[State, str] = {
    State.OPEN: "none",
    State.MISSING: "late",
    State.ZERO: "done",
    State.EVENT: "waiting",
    State.EXCUSED: "none",
}
_WORDS: Mapping[State, Promise] = {
    State.OPEN: pgettext_lazy("slot", "not reported yet"),
    State.MISSING: pgettext_lazy("slot", "missing"),
    State.ZERO: pgettext_lazy("slot", "all safe"),
    State.EVENT: pgettext_lazy("slot", "event"),
    State.EXCUSED: pgettext_lazy("slot", "excused"),
}


def state_words(state: State) -> str:
    """Return how a slot stands, in a word."""
    return str(_WORDS[state])


@dataclass(frozen=True, slots=True)
class Callee:
    """Whom to call at a unit: the number is masked until somebody asks for it, empty where there is none."""

    name: str
    masked: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class SlotLine:
    """How one unit stands in one period; `report` is its valid report, if there is one.

    `callees` are whom to call for it, None where nothing is missing or the reader does not ask for it.
    """

    slot: ReportSlot
    unit: str
    period: str
    due_at: datetime
    state: State
    report: SituationReport | None
    chases: int = 0
    chased_at: datetime | None = None
    callees: tuple[Callee, ...] | None = None

    @property
    def mark(self) -> str:
        """The tag."""
        return MARKS[self.state]

    @property
    def words(self) -> str:
        """What the tag says."""
        return state_words(self.state)

    @property
    def is_corrected(self) -> bool:
        """Whether the valid report is not the first."""
        return self.slot.version > 1


@dataclass(frozen=True, slots=True)
class NodeLine:
    """What a node below shows: its figures, and how its part stands ("", "open", "changed", "passed")."""

    node_id: int
    name: str
    tally: Tally
    part: str = ""

    @property
    def completeness(self) -> str:
        """Received of expected."""
        return permille(self.tally.completeness)

    @property
    def timeliness(self) -> str:
        """Received in time of expected."""
        return permille(self.tally.timeliness)


def slot_lines(slots: Sequence[ReportSlot], at: datetime) -> list[SlotLine]:
    """Return slots as lines, with their valid reports and how often they were asked for."""
    reports = valid_reports([slot for slot in slots if slot.version])
    asked = ReportChase.objects.filter(slot__in=[slot.pk for slot in slots]).order_by()
    rows = asked.values_list("slot_id").annotate(count=Count("pk"), last=Max("at"))
    chases: dict[int, tuple[int, datetime | None]] = {pk: (count, last) for pk, count, last in rows}
    settings: dict[int, SituationReportsSettings] = {}
    lines = []
    for slot in slots:
        period = slot.period
        told = settings.get(period.measure_id) or settings_of(period.measure)
        settings[period.measure_id] = told
        count, last = chases.get(slot.pk, (0, None))
        lines.append(
            SlotLine(
                slot=slot,
                unit="",
                period=period_name(period, told.rhythm),
                due_at=period.due_at,
                state=state_of(slot.status, period.due_at, at, is_excused=slot.is_excused),
                report=reports.get(slot.pk),
                chases=count,
                chased_at=last,
            )
        )
    return _named(lines)


def with_callees(
    reader: Reader, lines: Sequence[SlotLine], told: Mapping[int, Sequence[User]]
) -> list[SlotLine]:
    """Return lines with whom to call for the reports that did not come in, as far as the reader may ask.

    Args:
        reader: Who looks.
        lines: The slots that are shown.
        told: Whose number is shown in full, by the slot.

    """
    waits = [line.slot for line in lines if line.state in {State.OPEN, State.MISSING}]
    mine = overseen(reader.posts(), {slot.unit_id: nodes_of(slot.path) for slot in waits}, reader.at)
    liaisons = liaisons_of(mine, reader.at)
    whom = {
        slot.pk: tuple(
            Callee(one.name, mask_phone(one.phone) if one.phone else "", _told(one, told.get(slot.pk, ())))
            for one in liaisons.get(slot.unit_id, ())
        )
        for slot in waits
        if slot.unit_id in mine
    }
    return [replace(line, callees=whom.get(line.slot.pk)) for line in lines]


def _told(liaison: User, told: Sequence[User]) -> str:
    return next((one.phone for one in told if one.pk == liaison.pk), "")


def _named(lines: Sequence[SlotLine]) -> list[SlotLine]:
    """Fill in what each unit was called on the day of its period."""
    names = _names({(line.slot.unit_id, day_of(line.slot.period.starts_at)) for line in lines})
    return [
        SlotLine(
            line.slot,
            names[line.slot.unit_id, day_of(line.slot.period.starts_at)],
            *(line.period, line.due_at, line.state, line.report, line.chases, line.chased_at),
        )
        for line in lines
    ]


def _names(places: Collection[tuple[int, date]]) -> dict[tuple[int, date], str]:
    """Return what each unit was called on each day, in one question however many days there are."""
    rows = UnitRecord.objects.filter(unit__in={unit_id for unit_id, _day in places}).order_by("starts_on")
    told: dict[int, list[tuple[date, date | None, str]]] = {}
    for unit_id, first, end, name in rows.values_list("unit_id", "starts_on", "ends_on", "name"):
        told.setdefault(unit_id, []).append((first, end, name))
    found = {
        (unit_id, day): name
        for unit_id, day in places
        for first, end, name in told.get(unit_id, ())
        if first <= day and (end is None or day < end)
    }
    for unit_id, day in set(places) - found.keys():
        found[unit_id, day] = names_on([unit_id], day)[unit_id]
    return found


def node_lines(
    period: ReportPeriod, nodes: Sequence[NodeCount], parts: Mapping[int, ReportPart]
) -> list[NodeLine]:
    """Return nodes as lines, with how their parts stand."""
    names = names_on([one.node_id for one in nodes], day_of(period.starts_at))
    return [NodeLine(one.node_id, names[one.node_id], one.tally, part_of(one, parts)) for one in nodes]


def part_of(node: NodeCount, parts: Mapping[int, ReportPart]) -> str:
    """Return how the part of a node stands: open, passed, or passed and changed since."""
    part = parts.get(node.node_id)
    if part is None:
        return "open"
    return "passed" if part.changes == node.changes else "changed"


# Filters -------------------------------------------------------------------------------------------

FILTERS: Mapping[str, Promise] = {
    "all": pgettext_lazy("slots", "All"),
    "missing": pgettext_lazy("slots", "Not reported"),
    "event": pgettext_lazy("slots", "Events"),
    "late": pgettext_lazy("slots", "Late"),
    "corrected": pgettext_lazy("slots", "Corrected"),
    "excused": pgettext_lazy("slots", "Excused"),
}


def filtered(rows: QuerySet[ReportSlot], show: str) -> QuerySet[ReportSlot]:
    """Return those slots that a filter shows."""
    if show == "missing":
        return rows.filter(status=SlotStatus.OPEN, is_excused=False)
    if show == "event":
        return rows.filter(status=SlotStatus.EVENT)
    if show == "late":
        return rows.filter(is_late=True)
    if show == "corrected":
        return rows.filter(version__gt=1)
    if show == "excused":
        return rows.filter(is_excused=True)
    return rows


def filter_counts(tally: Tally, rows: QuerySet[ReportSlot]) -> dict[str, int]:
    """Return how many of these slots each filter shows."""
    # What an excused unit reported all the same is late as well, though it is not counted as received.
    excused = filtered(rows, "late").filter(is_excused=True).count() if tally.excused else 0
    return {
        "all": tally.expected,
        "missing": tally.lacking,
        "event": tally.event,
        "late": tally.received - tally.on_time + excused,
        "corrected": tally.corrected,
        "excused": tally.excused,
    }


# Who sees what -------------------------------------------------------------------------------------


def situation_seen(reader: Reader) -> QuerySet[Measure]:
    """Return the measures of which the reader reports for a unit, or sees the whole."""
    rows = Measure.objects.filter(kind=KIND, status=MeasureStatus.OPEN)
    tops = set(rows.values_list("plan__unit_id", flat=True))
    own = ReportSlot.objects.filter(
        period__measure=OuterRef("pk"), unit_id__in=reader.reach_ids(Permission.SITUATION_REPORT)
    )
    return rows.filter(Q(plan__unit_id__in=reader.reached(Permission.EMERGENCY_VIEW, tops)) | Q(Exists(own)))


def slot_seen(reader: Reader, pk: int) -> ReportSlot:
    """Return a slot of a unit that the reader may see; any other is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    slot = ReportSlot.objects.select_related("period__measure__plan").filter(pk=pk).first()
    if slot is None or not sees(reader, [slot.unit_id, *nodes_of(slot.path)]):
        raise Http404
    return slot


def sees(reader: Reader, unit_ids: Collection[int]) -> bool:
    """Return whether the reader sees one of these units: the unit itself, or what it stood below then."""
    return bool(reader.reached(Permission.EMERGENCY_VIEW, unit_ids))


class PeriodSeen(NamedTuple):
    """A period and the counts of the node to show, with those of all from the top down to it, itself last."""

    period: ReportPeriod
    node: NodeCount
    line: tuple[NodeCount, ...]


def period_seen(reader: Reader, pk: int, node: str) -> PeriodSeen:
    """Return a period and the node to show: the one asked for, else the highest seen.

    Raises:
        Http404: Where the reader sees nothing of it.

    """
    period = ReportPeriod.objects.select_related("measure__plan").filter(pk=pk).first()
    if period is None:
        raise Http404
    counts = {one.node_id: one for one in node_counts(period.pk)}
    reach = reader.reached(Permission.EMERGENCY_VIEW, counts)
    asked = int(node) if node.isascii() and node.isdigit() and len(node) < 19 else None
    if asked is not None:
        found = counts.get(asked)
        if found is None or reach.isdisjoint(line_of(found, counts)):
            raise Http404
        return _seen(period, found, counts)
    top = [one for one in counts.values() if one.node_id in reach and one.above_id not in reach]
    if not top:
        raise Http404
    return _seen(period, min(top, key=lambda one: (len(line_of(one, counts)), one.node_id)), counts)


def _seen(period: ReportPeriod, node: NodeCount, counts: Mapping[int, NodeCount]) -> PeriodSeen:
    return PeriodSeen(period, node, tuple(counts[one] for one in reversed(line_of(node, counts))))


def line_of(node: NodeCount, counts: Mapping[int, NodeCount]) -> list[int]:
    """Return a node and those above it, the top last."""
    line = [node.node_id]
    while (above := counts[line[-1]].above_id) is not None:
        line.append(above)
    return line


def may_oversee(reader: Reader, unit_id: int, above: Collection[int]) -> bool:
    """Return whether the reader may ask or excuse a unit."""
    return oversees(reader.actor, unit_id, above, reader.at)


def may_ask(reader: Reader, nodes: Collection[int]) -> bool:
    """Return whether the reader may ask those below the last of some nodes, which stand from the top down."""
    own = reader.reached(Permission.SITUATION_REPORT, nodes)
    return bool(own) or reader.may(Permission.EMERGENCY_MANAGE, [*nodes][-1])


def is_office(reader: Reader, plan: Plan) -> bool:
    """Return whether the reader is the emergency office of a plan."""
    return reader.may(Permission.EMERGENCY_MANAGE, plan.unit_id)
