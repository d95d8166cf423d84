"""Periods are opened with their slots; units report and correct what they reported."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency.models import (
    ReportCount,
    ReportExcuse,
    ReportPeriod,
    ReportSlot,
    SituationReport,
)
from songnuan.emergency.report_access import person
from songnuan.emergency.report_lifecycle import SLOT
from songnuan.emergency.report_queries import lane_of
from songnuan.emergency.report_rules import (
    COUNTED,
    SKEW_MOST,
    Span,
    Tally,
    Told,
    figure_keys,
    nodes_of,
    path_of,
    stream_of,
    tally,
    tidy,
)
from songnuan.kernel.actor import Actor
from songnuan.kernel.prepared import Prepared
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import UnitLink, UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, own_units, refuse
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure, MeasureStatus, Plan

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Expected:
    """Which units below the plan's report: all, or those of some kinds, or so deep below it."""

    kinds: Collection[str] = ()
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a report: the key of its page, and what the device says of its clock."""

    key: UUID
    device_at: datetime | None = None
    clock_skew_seconds: int = 0


@transaction.atomic(savepoint=False)
def open_period(
    *, measure: Measure, span: Span, expected: Expected, actor: Actor, at: datetime
) -> ReportPeriod | None:
    """Open a period: freeze who is expected, as the tree stands on its first day. Return None if it was.

    The machine does this, and whoever opens the plan.
    """
    period, is_new = ReportPeriod.objects.get_or_create(
        measure=measure,
        starts_at=span.starts_at,
        defaults={"due_at": span.due_at, "ends_at": span.ends_at, "opened_at": at},
    )
    if not is_new:
        return None
    slots = list(_slots(period, measure.plan, expected, span))
    ReportSlot.objects.bulk_create(slots, batch_size=_BATCH)
    ReportCount.objects.bulk_create(_counts(period, slots), batch_size=_BATCH)
    record(
        stream=f"plan:{measure.plan.slug}",
        action="emergency.open_period",
        subject=f"emergency.period:{period.pk}",
        actor=actor,
        at=at,
        facts={"units": len(slots), "due_at": span.due_at},
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
    above = {unit_id: _above(unit_id, parents, top) for unit_id in asked}
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


def _above(unit_id: int, parents: Mapping[int, int | None], top: int) -> list[int]:
    """Return the units from the top down to one, itself included."""
    line: list[int] = [unit_id]
    while line[-1] != top:
        parent = parents[line[-1]]
        assert parent is not None  # noqa: S101 - it stands below the top, as its link says
        line.append(parent)
    return line[::-1]


def _counts(period: ReportPeriod, slots: Collection[ReportSlot]) -> Iterator[ReportCount]:
    """Yield what is counted of each node, when nothing came in yet."""
    found: dict[tuple[int, int | None, int, int], Tally] = {}
    for slot in slots:
        nodes = nodes_of(slot.path)
        own = tally(slot.status, 0, is_late=False, is_excused=slot.is_excused)
        for above, node in zip([None, *nodes], nodes, strict=False):
            place = (node, above, slot.depth, lane_of(slot.unit_id))
            found[place] = found.get(place, Tally()) + own
    for (node, above, depth, lane), counted in sorted(found.items(), key=lambda one: one[0][0]):
        yield ReportCount(
            period=period,
            node_id=node,
            above_id=above,
            depth=depth,
            lane=lane,
            expected=counted.expected,
            excused=counted.excused,
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A slot with its period and its measure, as far as a report has to know them."""

    pk: int
    unit_id: int
    path: str
    depth: int
    status: str
    version: int
    is_late: bool
    is_excused: bool
    period_id: int
    starts_at: datetime
    due_at: datetime
    ends_at: datetime
    measure_id: int
    measure_status: str
    settings: Mapping[str, Any]

    @property
    def span(self) -> Span:
        """Its period."""
        return Span(self.starts_at, self.due_at, self.ends_at)


@Prepared(slot_id=int, key=UUID, user_id=int, on=date)
def _PLACE(slot_id: int, key: UUID, user_id: int, on: date) -> QuerySet[Any, Any]:  # noqa: N802 - it becomes one
    """Ask for a slot, whether somebody reports for its unit on a day, and whether the key came before."""
    own = own_units(user_id, Permission.SITUATION_REPORT, on).filter(pk=OuterRef("unit_id"))
    is_received = SituationReport.objects.filter(key=key)
    rows = ReportSlot.objects.filter(pk=slot_id).annotate(is_own=Exists(own), is_received=Exists(is_received))
    return rows.values_list(
        *("pk", "unit_id", "path", "depth", "status", "version", "is_late", "is_excused", "period_id"),
        *("period__starts_at", "period__due_at", "period__ends_at", "period__measure_id"),
        *("period__measure__status", "period__measure__settings", "is_own", "is_received"),
    )


@transaction.atomic(savepoint=False)
def report(
    *, slot_id: int, told: Told, sent: Sent, actor: Actor, at: datetime
) -> tuple[SituationReport, bool]:
    """Take in what a unit reports, and return it, and whether it is new.

    Args:
        slot_id: Of which unit and period.
        told: What is reported; with a reason it corrects the report that is there.
        sent: The key, and the device's clock.
        actor: A liaison of this very unit.
        at: When it came in.

    Raises:
        Refusal: `slot_unknown`, `not_permitted`, `measure_closed`, `key_reused`, what `report_rules.tidy`
            finds, `report_there`, `report_missing`, `reason_missing`, `report_same`.

    """
    slot, earlier = _found(slot_id, sent.key, actor, at)
    by = person(actor, slot.unit_id)
    kept = tidy(told, figure_keys(slot.settings), slot.span, at)
    digest = kept.digest(slot_id)
    if earlier is not None:
        return _same(earlier, slot_id, digest, by), False
    _check_version(slot, kept, digest)
    version = slot.version + 1
    first = {"received_at": at, "is_late": at > slot.due_at} if version == 1 else {}
    rows = ReportSlot.objects.filter(pk=slot_id, version=slot.version)
    if not SLOT.move(rows, kept.kind, version=version, **first):
        return _overtaken(slot_id, digest, by, sent.key), False
    made = SituationReport.objects.create(
        slot_id=slot_id,
        version=version,
        kind=kept.kind,
        category=kept.category,
        happened_at=kept.happened_at,
        figures=dict(kept.figures or {}),
        words=kept.words or None,
        reason=kept.reason,
        by_id=by,
        device_at=sent.device_at,
        clock_skew_seconds=max(-SKEW_MOST, min(SKEW_MOST, sent.clock_skew_seconds)),
        received_at=at,
        key=sent.key,
        digest=digest,
    )
    is_late = bool(first.get("is_late", slot.is_late))
    before = tally(slot.status, slot.version, is_late=slot.is_late, is_excused=slot.is_excused)
    count(slot, tally(kept.kind, version, is_late=is_late, is_excused=slot.is_excused) - before)
    record(
        stream=stream_of(slot.measure_id, slot.unit_id),
        action="emergency.correct_situation" if version > 1 else "emergency.report_situation",
        subject=f"emergency.slot:{slot_id}",
        actor=actor,
        at=at,
        facts={"unit": slot.unit_id, "report_kind": kept.kind, "version": version, "late": is_late},
    )
    return made, True


def _found(slot_id: int, key: UUID, actor: Actor, at: datetime) -> tuple[Place, SituationReport | None]:
    """Return a slot of which the actor is a liaison, and the report that came under the key."""
    rows = _PLACE.rows(slot_id=slot_id, key=key, user_id=actor.user_id or 0, on=day_of(at))
    if not rows:
        sentence = _("There is no such report to give. Choose one of the list of what is due.")
        raise Refusal("slot_unknown", sentence)
    *told, is_own, is_received = rows[0]
    slot = Place(*told)
    if not is_own:
        refuse(Permission.SITUATION_REPORT, unit_id=slot.unit_id)
    if is_received:
        return slot, SituationReport.objects.get(key=key)
    if slot.measure_status != MeasureStatus.OPEN:
        sentence = _("This part of the plan is closed: nothing more is reported.")
        raise Refusal("measure_closed", sentence, measure=slot.measure_id)
    return slot, None


def _same(earlier: SituationReport, slot_id: int, digest: str, by: int) -> SituationReport:
    if (earlier.slot_id, earlier.digest, earlier.by_id) != (slot_id, digest, by):
        sentence = _("This entry was already received with other content. Reload the page and enter it anew.")
        raise Refusal("key_reused", sentence, purpose="report_situation")
    return earlier


def _overtaken(slot_id: int, digest: str, by: int, key: UUID) -> SituationReport:
    """Return the report that came under the same key at this very moment; refuse another's."""
    twin = SituationReport.objects.filter(key=key).first()
    if twin is None:
        raise _there()
    return _same(twin, slot_id, digest, by)


def _there() -> Refusal:
    sentence = _("This unit has reported for this period. Reload the page; to change it, correct it there.")
    return Refusal("report_there", sentence)


def _check_version(slot: Place, kept: Told, digest: str) -> None:
    """Let pass a first report without a reason, and a correction with one, that says something else."""
    if not kept.reason:
        if slot.version:
            raise _there()
        return
    if not slot.version:
        sentence = _("Nothing was reported for this period yet, so there is nothing to correct.")
        raise Refusal("report_missing", sentence)
    valid = SituationReport.objects.get(slot_id=slot.pk, version=slot.version)
    plain = Told(valid.kind, valid.category, valid.happened_at, valid.figures, valid.words or "", kept.reason)
    if plain.digest(slot.pk) == digest:
        sentence = _("This says the same as the report that is there. Change what is wrong in it.")
        raise Refusal("report_same", sentence)


_CHANGING = COUNTED[1:]
# Written out: thousands of units come at once, and each counts for all that stand above it in one statement.
_MORE = ", ".join(f"{one} = {one} + %s" for one in _CHANGING)
_COUNT = f"""
UPDATE emergency_reportcount SET changes = changes + 1, {_MORE}
WHERE period_id = %s AND depth = %s AND lane = %s AND node_id IN ({{nodes}})
"""  # noqa: S608 - our own columns


def count(slot: ReportSlot | Place, more: Tally) -> None:
    """Add to the counts of all nodes that a slot counts for; that something changed counts, too."""
    nodes = nodes_of(slot.path)
    told = [getattr(more, name) for name in _CHANGING]
    with connection.cursor() as cursor:
        statement = _COUNT.format(nodes=", ".join(["%s"] * len(nodes)))
        cursor.execute(statement, [*told, slot.period_id, slot.depth, lane_of(slot.unit_id), *nodes])
        counted = cursor.rowcount
    if counted != len(nodes):
        raise RuntimeError(f"the counts of slot {slot.pk} are not there")
