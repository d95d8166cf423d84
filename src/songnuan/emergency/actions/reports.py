"""Periods are opened with their slots; units report and correct what they reported."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
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
from songnuan.kernel.prepared import Insert, moment
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
    slot, kept, sent = ready.slot, ready.kept, ready.sent
    if ready.earlier is not None:
        return ready.earlier, False
    version = slot.version + 1
    is_late = slot.is_late if slot.version else at > slot.due_at
    if not _move(slot, kept.kind, is_late=is_late, at=at):
        return _overtaken(ready)
    made = SituationReport(
        slot_id=slot.pk,
        version=version,
        kind=kept.kind,
        category=kept.category,
        happened_at=kept.happened_at,
        figures=dict(kept.figures or {}),
        words=kept.words or None,
        reason=kept.reason,
        told_by=kept.told_by or None,
        told_at=kept.told_at,
        checked=sorted(kept.checked or ()),
        by_id=ready.by,
        device_at=sent.device_at,
        clock_skew_seconds=max(-SKEW_MOST, min(SKEW_MOST, sent.clock_skew_seconds)),
        received_at=at,
        key=sent.key,
        digest=ready.digest,
    )
    made.pk = _REPORT.row(**{name: getattr(made, name) for name in _COLUMNS})
    before = tally(slot.status, slot.version, is_late=slot.is_late, is_excused=slot.is_excused)
    count(slot, tally(kept.kind, version, is_late=is_late, is_excused=slot.is_excused) - before)
    record(
        stream=stream_of(slot.measure_id, slot.unit_id),
        action="emergency.correct_situation" if version > 1 else "emergency.report_situation",
        subject=f"emergency.slot:{slot.pk}",
        actor=actor,
        at=at,
        facts={
            "unit": slot.unit_id,
            "report_kind": kept.kind,
            "version": version,
            "late": is_late,
            **({"by_phone": True} if kept.told_at else {}),
            **({"figures_checked": True} if kept.checked else {}),
            **({"drill": True} if slot.is_drill else {}),
        },
    )
    return made, True


# Written out, and written once: thousands of units come at once, and others wait for what a report holds.
_REPORT = Insert(SituationReport)
_COLUMNS = tuple(one.attname for one in SituationReport._meta.concrete_fields if not one.primary_key)  # noqa: SLF001 - Django's public name for it
_TO_VERSION = """
UPDATE emergency_reportslot
SET status = %s, version = version + 1, received_at = COALESCE(received_at, %s), is_late = %s
WHERE id = %s AND version = %s AND is_excused = %s
"""


def _move(slot: Place, kind: str, *, is_late: bool, at: datetime) -> bool:
    """Move a slot on to its next version, if it stands as it was read; return whether it did."""
    params = [kind, moment(at), is_late, slot.pk, slot.version, slot.is_excused]
    with connection.cursor() as cursor:
        cursor.execute(_TO_VERSION, params)
        return bool(cursor.rowcount)


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
# Written out: thousands of units come at once, and each counts for all that stand above it in one statement,
# which takes their rows in one order, so that two of them never wait for each other crosswise.
_MORE = ", ".join(f"{one} = {one} + %s" for one in _CHANGING)
_COUNT = f"""
UPDATE emergency_reportcount SET changes = changes + 1, {_MORE}
WHERE id IN (SELECT id FROM emergency_reportcount
  WHERE period_id = %s AND depth = %s AND lane = %s AND node_id IN ({{nodes}}){{held}})
"""  # noqa: S608 - our own columns


def count(slot: ReportSlot | Place, more: Tally) -> None:
    """Add to the counts of all nodes that a slot counts for; that something changed counts, too."""
    nodes = nodes_of(slot.path)
    told = [getattr(more, name) for name in _CHANGING]
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(nodes))
        statement = _COUNT.format(nodes=marks, held=dialect_of(connection).held)
        cursor.execute(statement, [*told, slot.period_id, slot.depth, lane_of(slot.unit_id), *nodes])
        counted = cursor.rowcount
    if counted != len(nodes):
        raise RuntimeError(f"the counts of slot {slot.pk} are not there")
