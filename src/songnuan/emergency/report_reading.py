"""What a report is read and judged by, before anything is locked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from songnuan.emergency.models import ReportSlot, SituationReport, SlotStatus
from songnuan.emergency.report_access import closed, person, require_office
from songnuan.emergency.report_figure_rules import (
    LAST_REPORTS,
    FiguresUnlikely,
    doubts,
    may_be_unlikely,
    unsure,
)
from songnuan.emergency.report_queries import last_figures
from songnuan.emergency.report_rules import Span, Told, by_phone, figure_keys, tidy
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among, among_keys
from songnuan.kernel.prepared import Prepared
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.own import own_pairs, own_units
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, refuse
from songnuan.plans.models import MeasureStatus

_HIGHEST: Final = 2**63 - 1
"""The highest number that the databases hold."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a report: the key of its page, and what the device says of its clock.

    `corrects` is the version that a correction's page showed; None where it says nothing of it.
    `is_by_phone` where the office enters what the unit told by telephone.
    """

    key: UUID
    device_at: datetime | None = None
    clock_skew_seconds: int = 0
    corrects: int | None = None
    is_by_phone: bool = False


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
    is_drill: bool
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
    return rows.values_list(*_OF_PLACE, "is_own", "is_received")


@Prepared(slots=list[int], keys=list[str])
def _UNREPORTED(slots: list[int], keys: list[str]) -> QuerySet[Any, Any]:  # noqa: N802 - it becomes a question
    """Ask for those of many slots of which nothing was reported, where reports are taken in.

    With each it says whether a report came under any of the keys, for all of them the same.
    """
    rows = ReportSlot.objects.filter(
        pk__in=among(slots), version=0, period__measure__status=MeasureStatus.OPEN
    )
    received = SituationReport.objects.filter(key__in=among_keys(keys))
    return rows.annotate(is_any_received=Exists(received)).values_list(*_OF_PLACE, "is_any_received")


_OF_PLACE = (
    *("pk", "unit_id", "path", "depth", "status", "version", "is_late", "is_excused", "period_id"),
    *("period__starts_at", "period__due_at", "period__ends_at", "period__is_drill"),
    *("period__measure_id", "period__measure__status", "period__measure__settings"),
)


@dataclass(frozen=True, slots=True)
class Ready:
    """A report that may be written: where, what it says, who says it; `earlier` came under the same key."""

    slot: Place
    kept: Told
    digest: str
    by: int
    sent: Sent
    earlier: SituationReport | None


@dataclass(frozen=True, slots=True)
class Safe:
    """That somebody says, for the first time in a period, that all is safe: what thousands say at once."""

    slot_id: int
    sent: Sent
    actor: Actor
    at: datetime


def read_safe(asked: Sequence[Safe]) -> dict[int, Ready]:
    """Look at several who say at one moment that all is safe; return what may be written, by its place.

    Left out is whatever is not plain: what is refused, what was received before, the second for one slot or
    under one key. `read_report` tells what becomes of it.
    """
    day = day_of(asked[0].at)
    keys = {one.sent.key: place for place, one in reversed([*enumerate(asked)])}
    first = {
        one.slot_id: place
        for place, one in reversed([*enumerate(asked)])
        if 0 < one.slot_id <= _HIGHEST and keys[one.sent.key] == place
    }
    rows = _UNREPORTED.rows(slots=sorted(first), keys=[key.hex for key in keys])
    slots = {row[0]: Place(*row[:-1]) for row in rows}
    if rows and rows[0][-1]:
        received = set(SituationReport.objects.filter(key__in=keys).values_list("key", flat=True))
        first = {slot: place for slot, place in first.items() if asked[place].sent.key not in received}
    users = {one.actor.user_id for one in asked} - {None}
    own = own_pairs([user for user in users if user], Permission.SITUATION_REPORT, day)
    found: dict[int, Ready] = {}
    for slot_id, place in first.items():
        one, slot, by = asked[place], slots.get(slot_id), asked[place].actor.user_id
        if slot is None or by is None or (by, slot.unit_id) not in own:
            continue
        if day_of(one.at) != day or one.at < slot.starts_at:
            continue
        kept = tidy(Told(SlotStatus.ZERO.value), figure_keys(slot.settings), slot.span, one.at)
        found[place] = Ready(slot, replace(kept, checked={}), kept.digest(slot_id), by, one.sent, None)
    return found


def read_report(*, slot_id: int, told: Told, sent: Sent, actor: Actor, at: datetime) -> Ready:
    """Look at what a unit reports, and return it as it may be written.

    Args:
        slot_id: Of which unit and period.
        told: What is reported; with a reason it corrects the report that is there.
        sent: The key, the device's clock, and whether the unit told it to the office by telephone.
        actor: A liaison of this very unit; by telephone, the office over it, which corrects so what it
            entered so.
        at: When it came in.

    Raises:
        Refusal: `slot_unknown`, `not_permitted`, `measure_closed`, `key_reused`, what `report_rules.tidy`
            and `report_rules.by_phone` find, `report_there`, `report_missing`, `report_moved_on`,
            `report_of_unit`, `report_same`, `figure_unlikely`.

    """
    slot, earlier = _found(slot_id, sent, actor, at)
    by = person(actor, slot.unit_id)
    kept = tidy(told, figure_keys(slot.settings), slot.span, at)
    if sent.is_by_phone:
        who, when = by_phone(told, slot.span, at)
        kept = replace(kept, told_by=who, told_at=when)
    ready = Ready(slot, kept, kept.digest(slot_id), by, sent, earlier)
    if earlier is not None:
        require_same(earlier, ready)
        return ready
    _check_version(ready)
    return replace(ready, kept=replace(kept, checked=_looked_at(slot, kept, told.checked or {})))


def _found(slot_id: int, sent: Sent, actor: Actor, at: datetime) -> tuple[Place, SituationReport | None]:
    """Return a slot for which the actor reports, and the report that came under the key."""
    known = 0 < slot_id <= _HIGHEST
    rows = known and _PLACE.rows(slot_id=slot_id, key=sent.key, user_id=actor.user_id or 0, on=day_of(at))
    if not rows:
        sentence = _("There is no such report to give. Choose one of the list of what is due.")
        raise Refusal("slot_unknown", sentence)
    *told, is_own, is_received = rows[0]
    slot = Place(*told)
    if sent.is_by_phone:
        require_office(actor, slot.unit_id, at)
    elif not is_own:
        refuse(Permission.SITUATION_REPORT, unit_id=slot.unit_id)
    if is_received:
        return slot, SituationReport.objects.get(key=sent.key)
    if slot.measure_status != MeasureStatus.OPEN:
        raise closed(slot.measure_id)
    return slot, None


def _looked_at(slot: Place, kept: Told, checked: Mapping[str, int]) -> dict[str, int]:
    """Return the unlikely figures of a report, all of which are said to be checked.

    Raises:
        FiguresUnlikely: `figure_unlikely`.

    """
    figures = kept.figures or {}
    if not may_be_unlikely(figures):
        return {}
    before = last_figures(
        slot.unit_id, slot.measure_id, is_drill=slot.is_drill, but=slot.pk, most=LAST_REPORTS
    )
    found = doubts(figures, before)
    if left := unsure(found, checked):
        labels = {one["key"]: one["label"] for one in slot.settings.get("figures", ())}
        raise FiguresUnlikely(left, labels)
    return {one.key: one.figure for one in found}


def was_received(key: UUID) -> bool:
    """Return whether a report came under a key."""
    return SituationReport.objects.filter(key=key).exists()


def require_same(earlier: SituationReport, ready: Ready) -> SituationReport:
    """Let pass what came before under the same key, where it is the same.

    Raises:
        Refusal: `key_reused`.

    """
    if (earlier.slot_id, earlier.digest, earlier.by_id) != (ready.slot.pk, ready.digest, ready.by):
        sentence = _("This entry was already received with other content. Reload the page and enter it anew.")
        raise Refusal("key_reused", sentence, purpose="report_situation")
    return earlier


def there() -> Refusal:
    """Return that a unit has reported already."""
    sentence = _("This unit has reported for this period. Reload the page; to change it, correct it there.")
    return Refusal("report_there", sentence)


def _check_version(ready: Ready) -> None:
    """Let pass a first report without a reason, and a correction with one, that says something else.

    A correction is of the version that its page showed: what another corrected since is not passed over.
    The office corrects what it entered by telephone, as long as the unit has not corrected it itself.
    """
    slot, kept = ready.slot, ready.kept
    if not kept.reason:
        if slot.version:
            raise there()
        return
    if not slot.version:
        sentence = _("Nothing was reported for this period yet, so there is nothing to correct.")
        raise Refusal("report_missing", sentence)
    if ready.sent.corrects not in {None, slot.version}:
        sentence = _("Somebody has corrected this report since the page was opened. Reload it and look.")
        raise Refusal("report_moved_on", sentence)
    valid = SituationReport.objects.get(slot_id=slot.pk, version=slot.version)
    plain = Told(valid.kind, valid.category, valid.happened_at, valid.figures, valid.words or "", kept.reason)
    if ready.sent.is_by_phone:
        if valid.told_at is None:
            sentence = _("What stands here the unit told itself: only its own people correct it. Call them.")
            raise Refusal("report_of_unit", sentence)
        plain = replace(plain, told_by=valid.told_by or "", told_at=valid.told_at)
    if plain.digest(slot.pk) == ready.digest:
        sentence = _("This says the same as the report that is there. Change what is wrong in it.")
        raise Refusal("report_same", sentence)
