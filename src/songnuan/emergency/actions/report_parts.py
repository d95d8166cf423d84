"""Units are excused from their reports; nodes pass their parts on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency.actions.reports import count
from songnuan.emergency.models import (
    ReportCount,
    ReportExcuse,
    ReportPart,
    ReportPeriod,
    ReportSlot,
)
from songnuan.emergency.report_access import parent_of, passes_on, require_open, require_overseer
from songnuan.emergency.report_queries import lacking, latest_parts
from songnuan.emergency.report_rules import (
    REASON_LONGEST,
    WORDS_LONGEST,
    excuse_days,
    said,
    stream_of,
    tally,
)
from songnuan.kernel.actor import Actor
from songnuan.kernel.blotting import without_number
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import UnitLink
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, names_then, refuse
from songnuan.plans.models import Measure

_NAMES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Days:
    """From a day to a day, both included."""

    first_on: date
    last_on: date


# Excuses -------------------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def excuse_unit(
    *, measure: Measure, unit_id: int, days: Days, reason: str, actor: Actor, at: datetime
) -> ReportExcuse:
    """Excuse a unit from the periods that begin on some days, before or after.

    Raises:
        Refusal: `not_permitted`, `unit_outside`, `excuse_days`, `reason_missing`, `text_too_long`,
            `excuse_stands`, `measure_closed`.

    """
    by = _overseer(measure, unit_id, actor, at)
    _alone(measure.pk)
    excuse_days(days.first_on, days.last_on, day_of(at))
    why = said(reason, "reason", REASON_LONGEST)
    standing = ReportExcuse.objects.filter(measure=measure, unit_id=unit_id, withdrawn_at=None)
    if standing.filter(first_on__lte=days.last_on, last_on__gte=days.first_on).exists():
        sentence = _("It is excused on some of these days already. Choose others, or take that back first.")
        raise Refusal("excuse_stands", sentence, field="first_on", unit=unit_id)
    made = ReportExcuse.objects.create(
        measure=measure,
        unit_id=unit_id,
        first_on=days.first_on,
        last_on=days.last_on,
        reason=why,
        by_id=by,
        at=at,
    )
    changed = _mark(made, is_excused=True)
    _note_excuse("excuse_unit", made, changed, actor, at)
    return made


@transaction.atomic(savepoint=False)
def withdraw_excuse(*, excuse_id: int, reason: str, actor: Actor, at: datetime) -> ReportExcuse:
    """Take an excuse back: the unit is expected again, in all its periods.

    Raises:
        Refusal: `excuse_unknown`, `not_permitted`, `reason_missing`, `text_too_long`, `excuse_gone`,
            `measure_closed`.

    """
    row = ReportExcuse.objects.select_related("measure__plan").filter(pk=excuse_id).first()
    if row is None:
        raise Refusal("excuse_unknown", _("There is no such excuse. Reload the page."))
    by = _overseer(row.measure, row.unit_id, actor, at)
    _alone(row.measure_id)
    why = said(reason, "reason", REASON_LONGEST)
    rows = ReportExcuse.objects.filter(pk=excuse_id, withdrawn_at=None)
    if not rows.update(withdrawn_at=at, withdrawn_by=by, withdrawn_why=why):
        raise Refusal("excuse_gone", _("It was taken back already. Reload the page."))
    changed = _mark(row, is_excused=False)
    _note_excuse("withdraw_excuse", row, changed, actor, at)
    return row


def _alone(measure_id: int) -> None:
    """Let pass while the measure is open, and hold it until commit.

    Of two who excuse at once the second waits here and sees what the first did; so does a period that opens.
    """
    require_open(Measure.objects.select_for_update(no_key=True).get(pk=measure_id))


def _overseer(measure: Measure, unit_id: int, actor: Actor, at: datetime) -> int:
    """Return who acts: the office over the unit, or a liaison of the unit right above it.

    Where the unit has moved or closed since, a liaison of what stood above it in its last period.
    """
    last = ReportSlot.objects.filter(period__measure=measure, unit_id=unit_id).order_by("-period_id").first()
    above = parent_of(unit_id, at) or (last.parent_id if last else None)
    by = require_overseer(actor, unit_id, [] if above is None else [above], at)
    below = UnitLink.objects.filter(ancestor_id=measure.plan.unit_id, descendant_id=unit_id, depth__gt=0)
    if last is None and not below.exists():
        sentence = _("This unit does not stand below the plan's. Choose one of the list.")
        raise Refusal("unit_outside", sentence, unit=unit_id)
    return by


def _mark(excuse: ReportExcuse, *, is_excused: bool) -> int:
    """Mark the slots that an excuse is about, and count them so; return how many."""
    first = datetime.combine(excuse.first_on, time(0), CHINA)
    end = datetime.combine(excuse.last_on + timedelta(days=1), time(0), CHINA)
    rows = ReportSlot.objects.select_for_update().filter(
        period__measure_id=excuse.measure_id,
        unit_id=excuse.unit_id,
        period__starts_at__gte=first,
        period__starts_at__lt=end,
    )
    changed = [slot for slot in rows.order_by("period_id") if slot.is_excused != is_excused]
    for slot in changed:
        ReportSlot.objects.filter(pk=slot.pk).update(is_excused=is_excused)
        before, after = (
            tally(slot.status, slot.version, is_late=slot.is_late, is_excused=one)
            for one in (not is_excused, is_excused)
        )
        count(slot, after - before)
    return len(changed)


def _note_excuse(verb: str, row: ReportExcuse, periods: int, actor: Actor, at: datetime) -> None:
    record(
        stream=stream_of(row.measure_id, row.unit_id),
        action=f"emergency.{verb}",
        subject=f"emergency.excuse:{row.pk}",
        actor=actor,
        at=at,
        facts={
            "unit": row.unit_id,
            "first_on": row.first_on.isoformat(),
            "last_on": row.last_on.isoformat(),
            "periods": periods,
        },
    )


# Parts ---------------------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def pass_part_on(
    *, period: ReportPeriod, node_id: int, words: str, named: Collection[int], actor: Actor, at: datetime
) -> ReportPart:
    """Pass a node's part of a period on, once everything below it is in, excused, or named as missing.

    Raises:
        Refusal: `node_unknown`, `not_permitted`, `words_missing`, `text_too_long`, `part_stands`,
            `number_of_person`, `children_missing` with how many, `measure_closed`.

    """
    require_open(period.measure)
    # Who reports below at this moment waits, or has been counted.
    counts = list(
        ReportCount.objects.select_for_update().filter(period=period, node_id=node_id).order_by("pk")
    )
    if not counts or counts[0].above_id is None:
        sentence = _("No unit reports through this one in this period. Choose one of the list.")
        raise Refusal("node_unknown", sentence, unit=node_id)
    is_by_office = passes_on(actor, node_id, at)
    if is_by_office is None or actor.user_id is None:
        refuse(Permission.SITUATION_REPORT, unit_id=node_id)
    text = without_number(said(words, "words", WORDS_LONGEST), "words")
    changes = sum(one.changes for one in counts)
    latest = latest_parts(period.pk).get(node_id)
    if latest is not None and latest.changes == changes:
        raise Refusal("part_stands", _("It was passed on, and nothing has changed below it since."))
    lacks = lacking(period.pk, node_id)
    _check_named(lacks, named, period)
    made = ReportPart.objects.create(
        period=period,
        node_id=node_id,
        version=latest.version + 1 if latest else 1,
        changes=changes,
        missing=sorted(lacks),
        words=text,
        is_by_office=is_by_office,
        by_id=actor.user_id,
        at=at,
    )
    record(
        stream=stream_of(period.measure_id, node_id),
        action="emergency.pass_part_on",
        subject=f"emergency.part:{made.pk}",
        actor=actor,
        at=at,
        facts={"unit": node_id, "version": made.version, "missing": len(lacks), "by_office": is_by_office},
    )
    return made


def _check_named(lacks: Iterable[int], named: Collection[int], period: ReportPeriod) -> None:
    unnamed = sorted(set(lacks) - set(named))
    if not unnamed:
        return
    names = names_then(unnamed, day_of(period.starts_at))
    shown = "、".join(names[unit] for unit in unnamed[:_NAMES_SHOWN] if unit in names)
    if len(unnamed) > _NAMES_SHOWN:
        shown = _("%(names)s and %(count)s more") % {"names": shown, "count": len(unnamed) - _NAMES_SHOWN}
    sentence = _("Still missing: %(units)s. Ask them, excuse them, or tick them as missing.")
    raise Refusal("children_missing", sentence % {"units": shown}, field="missing", count=len(unnamed))
