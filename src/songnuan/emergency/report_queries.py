"""Reads of situation reports: counts by node and level, slots of a node, what is due from a unit."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from songnuan.emergency.models import (
    LANES,
    Activation,
    ReportCount,
    ReportPart,
    ReportPeriod,
    ReportSlot,
    ReportSummary,
    SituationReport,
    SlotStatus,
)
from songnuan.emergency.report_rules import COUNTED, InForce, Tally, tally
from songnuan.plans.models import MeasureStatus

KIND = "situation_reports"
DUE_SHOWN = timedelta(days=3)
"""How long after its hour a report that did not come stays among what is due from a unit."""
_SUMS = {name: Sum(name) for name in COUNTED}


def lane_of(unit_id: int) -> int:
    """Return the lane in which a unit is counted."""
    return unit_id % LANES


@dataclass(frozen=True, slots=True)
class NodeCount:
    """What is counted of a node in a period; `above` is the node over it, None for the top."""

    node_id: int
    above_id: int | None
    tally: Tally
    changes: int


def node_counts(period_id: int, *, above: int | None = None, node: int | None = None) -> list[NodeCount]:
    """Return the counts of every node of a period, of those right below one, or of one, by their ids."""
    rows = ReportCount.objects.filter(period_id=period_id)
    if above is not None:
        rows = rows.filter(above_id=above)
    if node is not None:
        rows = rows.filter(node_id=node)
    found = rows.order_by("node_id").values("node_id", "above_id").annotate(seen=Sum("changes"), **_SUMS)
    return [_node(row) for row in found]


def _node(row: Mapping[str, Any]) -> NodeCount:
    return NodeCount(row["node_id"], row["above_id"], _tally(row), row["seen"])


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(*(row[name] for name in COUNTED))


def levels(period_id: int, node_id: int) -> list[tuple[int, Tally]]:
    """Return the counts of a node by how deep its units stand, the highest first."""
    rows = ReportCount.objects.filter(period_id=period_id, node_id=node_id).order_by("depth")
    found = rows.values("depth").annotate(**_SUMS)
    return [(row["depth"], _tally(row)) for row in found]


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """A period, and what is counted in it."""

    period: ReportPeriod
    tally: Tally


def history(
    measure_id: int, node_id: int, *, before: int | None = None, most: int = 400
) -> list[PeriodCount]:
    """Return what was counted of a node in each period, the newest first, before the one given."""
    periods = ReportPeriod.objects.filter(measure_id=measure_id).order_by("-pk")
    if before is not None:
        periods = periods.filter(pk__lt=before)
    shown = list(periods[:most])
    if not shown:
        return []
    rows = ReportCount.objects.filter(
        node_id=node_id, period_id__lte=shown[0].pk, period_id__gte=shown[-1].pk
    )
    found = rows.order_by().values("period_id").annotate(**_SUMS)
    counted = {row["period_id"]: _tally(row) for row in found}
    return [PeriodCount(one, counted.get(one.pk, Tally())) for one in shown]


def over_time(
    measure_id: int, node_ids: Collection[int], first: datetime, last: datetime
) -> dict[int, Tally]:
    """Return what nodes counted together in the real periods of some time that are due."""
    # The periods first: a node has counts of years.
    periods = ReportPeriod.objects.filter(
        measure_id=measure_id, is_drill=False, starts_at__gte=first, due_at__lte=last
    )
    rows = ReportCount.objects.filter(
        node_id__in=node_ids, period_id__in=list(periods.values_list("pk", flat=True))
    )
    found = rows.order_by().values("node_id").annotate(**_SUMS)
    return {row["node_id"]: _tally(row) for row in found}


def unit_over_time(measure_id: int, unit_id: int, first: datetime, last: datetime) -> Tally:
    """Return what a unit's own slots counted in the real periods of some time that are due."""
    rows = ReportSlot.objects.filter(
        unit_id=unit_id,
        period__measure_id=measure_id,
        period__is_drill=False,
        period__starts_at__gte=first,
        period__due_at__lte=last,
    )
    told = rows.values_list("status", "version", "is_late", "is_excused")
    return sum(
        (tally(status, version, is_late=late, is_excused=excused) for status, version, late, excused in told),
        Tally(),
    )


def slots_of(period_id: int, node_id: int) -> QuerySet[ReportSlot]:
    """Return the slots that count for a node, at whatever depth, in the order of their units."""
    rows = ReportSlot.objects.filter(period_id=period_id, path__contains=f",{node_id},")
    return rows.order_by("unit_id")


def missing(period_id: int, node_id: int) -> QuerySet[ReportSlot]:
    """Return those of them from which nothing came in, and is expected."""
    return slots_of(period_id, node_id).filter(status=SlotStatus.OPEN, is_excused=False)


def valid_reports(slots: Collection[ReportSlot]) -> dict[int, SituationReport]:
    """Return the valid report of each slot that has one, by the slot's id, with who gave it."""
    rows = SituationReport.objects.filter(
        slot__in=[slot.pk for slot in slots], version=F("slot__version")
    ).select_related("by")
    return {row.slot_id: row for row in rows}


def told_by_phone(period_id: int) -> set[int]:
    """Return the slots of a period whose valid report was told to the office by telephone."""
    rows = SituationReport.objects.filter(
        slot__period_id=period_id, version=F("slot__version"), told_at__isnull=False
    )
    return set(rows.values_list("slot_id", flat=True))


def event_figures(period_id: int, node_id: int | None = None) -> dict[str, int]:
    """Return what the valid reports of all events of a period come to, by figure; of all or of one node."""
    rows = SituationReport.objects.filter(
        slot__period_id=period_id, version=F("slot__version"), kind=SlotStatus.EVENT
    )
    if node_id is not None:
        rows = rows.filter(slot__path__contains=f",{node_id},")
    sums: Counter[str] = Counter()
    for figures in rows.values_list("figures", flat=True):
        sums.update(figures)
    return sums


def last_figures(
    unit_id: int, measure_id: int, *, is_drill: bool, but: int, most: int
) -> list[dict[str, int]]:
    """Return the figures of a unit's newest valid reports, real ones or a drill's, but of one slot."""
    rows = SituationReport.objects.filter(
        slot__unit_id=unit_id,
        slot__period__measure_id=measure_id,
        slot__period__is_drill=is_drill,
        version=F("slot__version"),
    ).exclude(slot_id=but)
    return list(rows.order_by("-slot__period__starts_at").values_list("figures", flat=True)[:most])


def due_slots(unit_ids: Collection[int], at: datetime) -> QuerySet[ReportSlot]:
    """Return what is due from units: slots of measures under way to which nothing came in, oldest first."""
    rows = ReportSlot.objects.filter(
        unit_id__in=unit_ids,
        status=SlotStatus.OPEN,
        is_excused=False,
        period__measure__status=MeasureStatus.OPEN,
        period__starts_at__lte=at,
        period__due_at__gt=at - DUE_SHOWN,
    )
    return rows.select_related("period__measure__plan").order_by("period__due_at", "unit_id")


def own_slots(unit_ids: Collection[int], at: datetime) -> QuerySet[ReportSlot]:
    """Return the slots of units, the newest first."""
    rows = ReportSlot.objects.filter(unit_id__in=unit_ids, period__starts_at__lte=at)
    return rows.select_related("period__measure__plan").order_by("-period__due_at", "unit_id")


def latest_parts(period_id: int) -> dict[int, ReportPart]:
    """Return the newest part that each node passed on, by node."""
    rows = ReportPart.objects.filter(period_id=period_id).select_related("by").order_by("version")
    return {row.node_id: row for row in rows}


def lacking(period_id: int, node_id: int) -> dict[int, str]:
    """Return by unit what a node's part lacks: "report" of its own and those below, "part" of nodes below."""
    found: dict[int, str] = {}
    nodes = node_counts(period_id, above=node_id)
    parts = latest_parts(period_id)
    for one in nodes:
        part = parts.get(one.node_id)
        if part is None or part.changes != one.changes:
            found[one.node_id] = "part"
    slots = ReportSlot.objects.filter(
        Q(parent_id=node_id) | Q(unit_id=node_id),
        period_id=period_id,
        status=SlotStatus.OPEN,
        is_excused=False,
    )
    return found | dict.fromkeys(slots.order_by("unit_id").values_list("unit_id", flat=True), "report")


def top_of(period_id: int) -> NodeCount | None:
    """Return the counts of the plan's unit in a period."""
    rows = ReportCount.objects.filter(period_id=period_id, above__isnull=True)
    found = rows.order_by().values("node_id", "above_id").annotate(seen=Sum("changes"), **_SUMS)
    return next(map(_node, found), None)


def responses_of(plan_id: int) -> list[InForce]:
    """Return from when until when each response of a plan was in force."""
    rows = Activation.objects.filter(measure__plan=plan_id).order_by("pk")
    return [InForce(*told) for told in rows.values_list("is_drill", "issued_at", "ended_at")]


def current_period(measure_id: int, at: datetime) -> ReportPeriod | None:
    """Return the newest period that has begun, a real one before a drill's."""
    rows = ReportPeriod.objects.filter(measure_id=measure_id, starts_at__lte=at)
    return rows.order_by("-starts_at", "is_drill").first()


def latest_summary(period_id: int) -> ReportSummary | None:
    """Return the newest consolidated report of a period."""
    rows = ReportSummary.objects.filter(period_id=period_id).select_related("made_by", "sent_by")
    return rows.order_by("-version").first()


@dataclass(frozen=True, slots=True)
class TopCount:
    """What is counted of the whole plan in a period."""

    period_id: int
    node_id: int
    due_at: datetime
    tally: Tally
    is_drill: bool = False


def top_counts(measure_ids: Collection[int]) -> dict[int, list[TopCount]]:
    """Return for each measure what is counted of its whole plan, period by period, the oldest first."""
    rows = ReportCount.objects.filter(above__isnull=True, period__measure_id__in=measure_ids)
    told = ("period__measure_id", "period_id", "period__due_at", "node_id", "period__is_drill")
    found: dict[int, list[TopCount]] = {}
    for row in rows.order_by("period__due_at").values(*told).annotate(**_SUMS):
        one = _tally(row)
        line = TopCount(row["period_id"], row["node_id"], row["period__due_at"], one, row["period__is_drill"])
        found.setdefault(row["period__measure_id"], []).append(line)
    return found


def tops(period_ids: Collection[int]) -> dict[int, NodeCount]:
    """Return the counts of the plan's unit in each of some periods."""
    rows = ReportCount.objects.filter(period_id__in=period_ids, above__isnull=True).order_by()
    found = rows.values("period_id", "node_id", "above_id").annotate(seen=Sum("changes"), **_SUMS)
    return {row["period_id"]: _node(row) for row in found}


@dataclass(frozen=True, slots=True)
class PartState:
    """A part that is not passed on as things stand; `is_whole`: every unit below it has reported."""

    period: ReportPeriod
    node_id: int
    is_passed: bool
    is_whole: bool


def part_states(periods: Collection[ReportPeriod], node_ids: Collection[int]) -> list[PartState]:
    """Return the parts of nodes that are not passed on, or have changed since, by period and node."""
    ids = {one.pk: one for one in periods}
    rows = ReportCount.objects.filter(period_id__in=ids, node_id__in=node_ids, above__isnull=False).order_by(
        "period_id", "node_id"
    )
    counted = rows.values("period_id", "node_id", "above_id").annotate(seen=Sum("changes"), **_SUMS)
    parts = {
        (row.period_id, row.node_id): row.changes
        for row in ReportPart.objects.filter(period_id__in=ids, node_id__in=node_ids).order_by("version")
    }
    found = []
    for row in counted:
        seen = parts.get((row["period_id"], row["node_id"]))
        if seen != row["seen"]:
            lacks = _node(row).tally.lacking
            period = ids[row["period_id"]]
            found.append(PartState(period, row["node_id"], seen is not None, not lacks))
    return found
