"""What must hold of situation reports: counts are those of the slots, slots are what their reports say."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from typing import Final

from django.db.models import Count, F, Max
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.emergency.models import (
    ReportCount,
    ReportExcuse,
    ReportPeriod,
    ReportSlot,
    ReportSummary,
    SituationReport,
)
from songnuan.emergency.report_queries import lane_of
from songnuan.emergency.report_rules import COUNTED, Tally, Told, nodes_of, tally
from songnuan.kernel.clock import CHINA
from songnuan.kernel.sealed import SealBroken

_AT_ONCE: Final = 1000


def verify() -> Iterator[Finding]:
    """Yield what does not hold of situation reports.

    Codes: `report_counts` (the counts of a node are not those of its slots), `report_slot` (a slot is not
    what its reports say), `report_changed` (a report is not what was sent), `report_excuse` (a slot is
    excused without an excuse, or expected with one), `report_summary` (a consolidated report is not what
    was made).
    """
    yield from _counts()
    yield from _slots()
    yield from _reports()
    yield from _excuses()
    yield from _summaries()


def _counts() -> Iterator[Finding]:
    for period_id in ReportPeriod.objects.order_by("pk").values_list("pk", flat=True):
        live: dict[tuple[int, int, int], Tally] = defaultdict(Tally)
        rows = ReportSlot.objects.filter(period_id=period_id)
        columns = ("unit_id", "path", "depth", "status", "version", "is_late", "is_excused")
        for unit_id, path, depth, status, version, late, excused in rows.values_list(*columns).iterator():
            own = tally(status, version, is_late=late, is_excused=excused)
            for node in nodes_of(path):
                live[node, depth, lane_of(unit_id)] += own
        kept = {
            (row.node_id, row.depth, row.lane): Tally(*(getattr(row, name) for name in COUNTED))
            for row in ReportCount.objects.filter(period_id=period_id)
        }
        wrong = {place for place in live.keys() | kept.keys() if live.get(place) != kept.get(place)}
        for node in sorted({place[0] for place in wrong}):
            sentence = _(
                "What is counted of unit %(unit)s in period %(period)s is not what its units reported."
            )
            facts = {"unit": node, "period": period_id}
            yield Finding("report_counts", f"emergency.period:{period_id}", sentence % facts, facts)


def _slots() -> Iterator[Finding]:
    """Find slots whose valid report is not their last one, or whose lateness is not the first one's."""
    rows = ReportSlot.objects.annotate(last=Max("reports__version"), many=Count("reports"))
    odd = rows.exclude(version=0, last=None).exclude(version=F("last"), many=F("version"))
    for pk in odd.order_by("pk").values_list("pk", flat=True):
        yield _slot(pk)
    first = SituationReport.objects.filter(version=1).select_related("slot__period")
    for row in first.defer("words").order_by("pk").iterator(chunk_size=_AT_ONCE):
        slot = row.slot
        if slot.received_at != row.received_at or slot.is_late != (row.received_at > slot.period.due_at):
            yield _slot(slot.pk)
    valid = SituationReport.objects.filter(version=F("slot__version")).exclude(kind=F("slot__status"))
    for pk in valid.order_by("slot_id").values_list("slot_id", flat=True):
        yield _slot(pk)


def _slot(pk: int) -> Finding:
    sentence = _("What stands of a unit in a period is not what it reported.")
    return Finding("report_slot", f"emergency.slot:{pk}", sentence, {})


def _reports() -> Iterator[Finding]:
    after = 0
    while rows := list(SituationReport.objects.filter(pk__gt=after).defer("words").order_by("pk")[:_AT_ONCE]):
        for row in rows:
            if not _is_as_sent(row):
                sentence = _("A situation report is not what was sent.")
                yield Finding("report_changed", f"emergency.slot:{row.slot_id}", sentence, {})
        after = rows[-1].pk


def _is_as_sent(row: SituationReport) -> bool:
    try:
        words, told_by = row.words or "", row.told_by or ""
    except SealBroken:
        return False
    facts = (row.kind, row.category, row.happened_at, row.figures, words, row.reason)
    told = Told(*facts, told_by, row.told_at)
    return told.digest(row.slot_id) == row.digest


def _excuses() -> Iterator[Finding]:
    """Find slots that are excused without an excuse that stands, or expected with one."""
    days: dict[tuple[int, int], list[tuple[date, date]]] = defaultdict(list)
    for row in ReportExcuse.objects.filter(withdrawn_at=None):
        days[row.measure_id, row.unit_id].append((row.first_on, row.last_on))
    units = {unit for _measure, unit in days}
    rows = ReportSlot.objects.filter(is_excused=True) | ReportSlot.objects.filter(unit_id__in=units)
    told = rows.values_list("pk", "unit_id", "is_excused", "period__measure_id", "period__starts_at")
    for pk, unit_id, is_excused, measure_id, starts_at in told.order_by("pk"):
        day = starts_at.astimezone(CHINA).date()
        stands = any(first <= day <= last for first, last in days.get((measure_id, unit_id), ()))
        if stands != is_excused:
            sentence = _("A unit is excused without an excuse that stands, or expected in spite of one.")
            yield Finding("report_excuse", f"emergency.slot:{pk}", sentence, {})


def _summaries() -> Iterator[Finding]:
    for row in ReportSummary.objects.defer("snapshot").order_by("pk"):
        try:
            is_same = sha256(row.snapshot.encode()).hexdigest() == row.digest
        except SealBroken:
            is_same = False
        if not is_same:
            sentence = _("%(number)s is not what was made.")
            where = f"emergency.summary:{row.pk}"
            yield Finding("report_summary", where, sentence % {"number": row.number}, {})
