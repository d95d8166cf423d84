"""Periods are opened with their slots; units report and correct what they reported."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from songnuan.audit.record import record
from songnuan.emergency.models import (
    ReportCount,
    ReportExcuse,
    ReportPeriod,
    ReportSlot,
    SituationReport,
)
from songnuan.emergency.report_queries import lane_of
from songnuan.emergency.report_reading import Place, Ready, require_same, there
from songnuan.emergency.report_rules import (
    COUNTED,
    SKEW_MOST,
    Span,
    Tally,
    line_to,
    nodes_of,
    path_of,
    stream_of,
    tally,
)
from songnuan.kernel.actor import Actor
from songnuan.kernel.dialect import dialect_of
from songnuan.kernel.prepared import Insert, moment, table_of
from songnuan.organisation.models import UnitLink, UnitRecord
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure, Plan

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Expected:
    """Which units below the plan's report: all, or those of some kinds, or so deep below it."""

    kinds: Collection[str] = ()
    depth: int | None = None


@transaction.atomic(savepoint=False)
def open_period(
    *, measure: Measure, span: Span, expected: Expected, is_drill: bool = False, actor: Actor, at: datetime
) -> ReportPeriod | None:
    """Open a period: freeze who is expected, as the tree stands on its first day. Return None if it was.

    The machine does this, and whoever opens the plan. Who excuses a unit at this moment waits, or is seen.
    """
    Measure.objects.select_for_update(no_key=True).get(pk=measure.pk)
    period, is_new = ReportPeriod.objects.get_or_create(
        measure=measure,
        starts_at=span.starts_at,
        is_drill=is_drill,
        defaults={"due_at": span.due_at, "ends_at": span.ends_at, "opened_at": at},
    )
    if not is_new:
        return None
    slots = list(_slots(period, measure.plan, expected, span))
    ReportSlot.objects.bulk_create(slots, batch_size=_BATCH)
    rows = UnitRecord.objects.filter(live(span.day), staff_count__isnull=False)
    staff = {unit_id: count or 0 for unit_id, count in rows.values_list("unit_id", "staff_count")}
    ReportCount.objects.bulk_create(_counts(period, slots, staff), batch_size=_BATCH)
    record(
        stream=f"plan:{measure.plan.slug}",
        action="emergency.open_period",
        subject=f"emergency.period:{period.pk}",
        actor=actor,
        at=at,
        facts={"units": len(slots), "due_at": span.due_at, **({"drill": True} if is_drill else {})},
    )
    return period


def _slots(period: ReportPeriod, plan: Plan, expected: Expected, span: Span) -> Iterator[ReportSlot]:
    """Yield a slot for each unit that is expected, with where it stands; the office reports to nobody."""
    top = plan.unit_id
    below = UnitLink.objects.filter(live(span.day), ancestor_id=top)
    depths = dict(below.filter(depth__gt=0).values_list("descendant_id", "depth"))
    records = UnitRecord.objects.filter(live(span.day), unit__in=below.values("descendant"))
    records = records.exclude(unit=plan.office_id)
    if expected.kinds:
        records = records.filter(kind__in=expected.kinds)
    parents = dict(UnitRecord.objects.filter(live(span.day)).values_list("unit_id", "parent_id"))
    asked = [
        unit_id
        for unit_id in records.order_by("unit_id").values_list("unit_id", flat=True)
        if unit_id in depths and expected.depth in (None, depths[unit_id])
    ]
    above = {unit_id: line_to(unit_id, parents, top) for unit_id in asked}
    nodes = {top}.union(*(line[:-1] for line in above.values())) if above else {top}
    stands = ReportExcuse.objects.filter(
        measure=period.measure_id, withdrawn_at=None, first_on__lte=span.day, last_on__gte=span.day
    )
    excused = set(stands.values_list("unit_id", flat=True))
    for unit_id in asked:
        yield ReportSlot(
            period=period,
            unit_id=unit_id,
            parent_id=above[unit_id][-2],
            path=path_of([node for node in above[unit_id] if node in nodes]),
            depth=depths[unit_id],
            is_excused=unit_id in excused,
        )


def _counts(
    period: ReportPeriod, slots: Collection[ReportSlot], staff: Mapping[int, int]
) -> Iterator[ReportCount]:
    """Yield what is counted of each node, when nothing came in yet; `staff` are the people of a unit."""
    found: dict[tuple[int, int | None, int, int], Tally] = {}
    people: Counter[tuple[int, int | None, int, int]] = Counter()
    known: Counter[tuple[int, int | None, int, int]] = Counter()
    for slot in slots:
        nodes = nodes_of(slot.path)
        own = tally(slot.status, 0, is_late=False, is_excused=slot.is_excused)
        for above, node in zip([None, *nodes], nodes, strict=False):
            place = (node, above, slot.depth, lane_of(slot.unit_id))
            found[place] = found.get(place, Tally()) + own
            people[place] += staff.get(slot.unit_id, 0)
            known[place] += slot.unit_id in staff
    for place, counted in sorted(found.items(), key=lambda one: one[0][0]):
        node, above, depth, lane = place
        yield ReportCount(
            period=period,
            node_id=node,
            above_id=above,
            depth=depth,
            lane=lane,
            expected=counted.expected,
            excused=counted.excused,
            staff=people[place],
            staffed=known[place],
        )


@transaction.atomic(savepoint=False)
def report(*, ready: Ready, actor: Actor, at: datetime) -> tuple[SituationReport, bool] | None:
    """Write a report that `read_report` let pass, and return it, and whether it is new.

    What was read without a lock is asked for again by the statement that moves the slot: where somebody
    excused the unit at this moment nothing is written and None returned, and it is read anew.

    Raises:
        Refusal: `report_there` where somebody else reported at this moment, `key_reused`.

    """
    if ready.earlier is not None:
        return ready.earlier, False
    made = _written([Come(ready, actor, at)])
    return (made[0], True) if made else _overtaken(ready)


@dataclass(frozen=True, slots=True)
class Come:
    """A report that may be written, with who reports and when it came in."""

    ready: Ready
    actor: Actor
    at: datetime

    @property
    def is_late(self) -> bool:
        """Whether the first report of its slot came after the due time."""
        slot = self.ready.slot
        return slot.is_late if slot.version else self.at > slot.due_at


@transaction.atomic(savepoint=False)
def report_all(come: Sequence[Come]) -> list[SituationReport]:
    """Write reports of several slots, in the same few statements as one; return them in their order.

    Raises:
        MovedMeanwhile: Where a slot no longer stands as it was read; nothing of it all may stay.

    """
    made = _written(come)
    if not made:
        raise MovedMeanwhile
    return made


class MovedMeanwhile(Exception):  # noqa: N818 - no fault: the reports are to be read anew
    """Of several slots one no longer stands as it was read."""


def _written(come: Sequence[Come]) -> list[SituationReport]:
    if not _move(come):
        return []
    made = [_made(one) for one in come]
    for row, pk in zip(made, _REPORT.rows(made), strict=True):
        row.pk = pk
    more = [(one.ready.slot, _more(one)) for one in come]
    count_all(more)
    for one in come:
        _note(one)
    return made


def _made(come: Come) -> SituationReport:
    slot, kept, sent = come.ready.slot, come.ready.kept, come.ready.sent
    return SituationReport(
        slot_id=slot.pk,
        version=slot.version + 1,
        kind=kept.kind,
        category=kept.category,
        happened_at=kept.happened_at,
        figures=dict(kept.figures or {}),
        words=kept.words or None,
        reason=kept.reason,
        told_by=kept.told_by or None,
        told_at=kept.told_at,
        checked=sorted(kept.checked or ()),
        by_id=come.ready.by,
        device_at=sent.device_at,
        clock_skew_seconds=max(-SKEW_MOST, min(SKEW_MOST, sent.clock_skew_seconds)),
        received_at=come.at,
        key=sent.key,
        digest=come.ready.digest,
    )


def _more(come: Come) -> Tally:
    """Return what a report adds to the counts of its slot."""
    slot, kind = come.ready.slot, come.ready.kept.kind
    before = tally(slot.status, slot.version, is_late=slot.is_late, is_excused=slot.is_excused)
    return tally(kind, slot.version + 1, is_late=come.is_late, is_excused=slot.is_excused) - before


def _note(come: Come) -> None:
    slot, kept = come.ready.slot, come.ready.kept
    record(
        stream=stream_of(slot.measure_id, slot.unit_id),
        action="emergency.correct_situation" if slot.version else "emergency.report_situation",
        subject=f"emergency.slot:{slot.pk}",
        actor=come.actor,
        at=come.at,
        facts={
            "unit": slot.unit_id,
            "report_kind": kept.kind,
            "version": slot.version + 1,
            "late": come.is_late,
            **({"by_phone": True} if kept.told_at else {}),
            **({"figures_checked": True} if kept.checked else {}),
            **({"drill": True} if slot.is_drill else {}),
        },
    )


# Written out, and written once: thousands of units come at once, and others wait for what a report holds.
# Rows are taken in one order, so that two never wait for each other crosswise.
_REPORT = Insert(SituationReport)
_TO_VERSION = """
UPDATE emergency_reportslot
SET status = come.column2, version = emergency_reportslot.version + 1,
  received_at = COALESCE(emergency_reportslot.received_at, come.column3), is_late = come.column4
FROM (SELECT slot.id, told.* FROM emergency_reportslot AS slot
  JOIN {come} AS told
  ON slot.id = told.column1 AND slot.version = told.column5 AND slot.is_excused = told.column6
  {held}) AS come
WHERE emergency_reportslot.id = come.id
"""


def _move(come: Sequence[Come]) -> bool:
    """Move slots on to their next versions, if all stand as they were read; return whether they did."""
    rows = [
        (slot.pk, one.ready.kept.kind, moment(one.at), one.is_late, slot.version, slot.is_excused)
        for one in come
        for slot in [one.ready.slot]
    ]
    table, params = table_of(rows)
    with connection.cursor() as cursor:
        cursor.execute(_TO_VERSION.format(come=table, held=dialect_of(connection).held), params)
        return bool(cursor.rowcount == len(rows))


def _overtaken(ready: Ready) -> tuple[SituationReport, bool] | None:
    """Return the report that came under the same key at this very moment; refuse another's.

    None where the slot stands at its version still: only its excuse has changed.
    """
    twin = SituationReport.objects.filter(key=ready.sent.key).first()
    if twin is not None:
        return require_same(twin, ready), False
    if ReportSlot.objects.filter(pk=ready.slot.pk, version=ready.slot.version).exists():
        return None
    raise there()


_CHANGING = COUNTED[1:]
# Each report counts for all that stand above its unit, and those of several count in one statement.
_MORE = ", ".join(
    f"{one} = emergency_reportcount.{one} + more.column{place}" for place, one in enumerate(_CHANGING, 6)
)
_COUNT = f"""
UPDATE emergency_reportcount SET changes = emergency_reportcount.changes + more.column5, {_MORE}
FROM (SELECT counted.id, told.* FROM emergency_reportcount AS counted
  JOIN {{more}} AS told ON counted.period_id = told.column1 AND counted.depth = told.column2
    AND counted.lane = told.column3 AND counted.node_id = told.column4
  {{held}}) AS more
WHERE emergency_reportcount.id = more.id
"""  # noqa: S608 - our own columns


def count(slot: ReportSlot | Place, more: Tally) -> None:
    """Add to the counts of all nodes that a slot counts for; that something changed counts, too."""
    count_all([(slot, more)])


def count_all(changed: Iterable[tuple[ReportSlot | Place, Tally]]) -> None:
    """Add what several slots count more to the counts of all their nodes."""
    sums: dict[tuple[int, int, int, int], list[int]] = {}
    for slot, more in changed:
        told = [1, *(getattr(more, name) for name in _CHANGING)]
        for node in nodes_of(slot.path):
            place = (slot.period_id, slot.depth, lane_of(slot.unit_id), node)
            sums[place] = [a + b for a, b in zip(sums[place], told, strict=True)] if place in sums else told
    table, params = table_of([(*place, *told) for place, told in sums.items()])
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(more=table, held=dialect_of(connection).held), params)
        counted = cursor.rowcount
    if counted != len(sums):
        raise RuntimeError(f"the counts of {sorted(sums)} are not there")
