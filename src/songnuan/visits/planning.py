"""How actions bring a measure's visits in line with the pairing: many rows at once, few statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of, unit_names
from songnuan.visits.lifecycle import VISIT
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.rules import in_time_to_plan, late_reason_for

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One row of the pairing as a visit: who goes where, and when if that is known.

    `late_reason` is needed only where `planned_on` is after the deadline. `moved`: the day was told
    anew, and goes before one that the visit has already.
    """

    unit_id: int
    lead_id: int
    planned_on: date | None = None
    late_reason: str = ""
    moved: bool = False


def reasons_of(rows: Sequence[PlannedVisit], due_on: date, at: datetime) -> dict[int, str]:
    """Return the reason kept for each row's unit.

    Raises:
        Refusal: `late_reason_missing`, `late_reason_too_long`, naming the unit.

    """
    reasons = {}
    for row in rows:
        try:
            reasons[row.unit_id] = late_reason_for(row.planned_on, due_on, row.late_reason)
        except Refusal as refusal:
            name = unit_names([row.unit_id], day_of(at)).get(row.unit_id, str(row.unit_id))
            sentence = _("%(unit)s: %(sentence)s") % {"unit": name, "sentence": refusal.sentence}
            facts = {**refusal.facts, "unit": row.unit_id}
            raise Refusal(refusal.code, sentence, field=refusal.field, **facts) from None
    return reasons


def add(
    measure_id: int, rows: Iterable[PlannedVisit], due_on: date, reasons: dict[int, str], actor: Actor
) -> int:
    """Add a visit for each row; return how many."""
    fresh = [
        Visit(
            measure_id=measure_id,
            unit_id=row.unit_id,
            lead_id=row.lead_id,
            planned_on=row.planned_on,
            planned_by_id=actor.user_id if row.planned_on else None,
            due_on=due_on,
            late_reason=reasons[row.unit_id],
        )
        for row in rows
    ]
    Visit.objects.bulk_create(fresh, batch_size=_CHUNK)
    return len(fresh)


def follow_leads(measure_id: int, rows: Iterable[PlannedVisit]) -> int:
    """Give visits still to do the lead of their row; return how many changed it."""
    units_of: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        units_of[row.lead_id].append(row.unit_id)
    return sum(
        _to_do(measure_id, unit_ids).exclude(lead_id=lead_id).update(lead_id=lead_id)
        for lead_id, all_ids in units_of.items()
        for unit_ids in chunks(all_ids, _CHUNK)
    )


def follow_days(
    measure_id: int, rows: Iterable[PlannedVisit], reasons: dict[int, str], actor: Actor, at: datetime
) -> int:
    """Give visits still to do the day of their row: those without one, and those whose day was told anew.

    A new day takes an approval back, as when somebody sets it by hand; return how many changed it.

    Raises:
        Refusal: `planned_in_past` when a visit would be moved to a day that is over.

    """
    units_of: dict[tuple[date, str, bool], list[int]] = defaultdict(list)
    for row in rows:
        if row.planned_on is not None:
            units_of[row.planned_on, reasons[row.unit_id], row.moved].append(row.unit_id)
    changed = 0
    for (planned_on, reason, moved), all_ids in units_of.items():
        for unit_ids in chunks(all_ids, _CHUNK):
            undated = _to_do(measure_id, unit_ids).filter(planned_on__isnull=True)
            changed += _set(undated, planned_on, reason, actor)
            dated = _to_do(measure_id, unit_ids).filter(planned_on__isnull=False)
            dated = dated.exclude(Q(planned_on=planned_on) & Q(late_reason=reason))
            if moved and dated.exists():
                in_time_to_plan(planned_on, day_of(at))
                changed += _set(dated, planned_on, reason, actor)
    return changed


def _to_do(measure_id: int, unit_ids: Collection[int]) -> QuerySet[Visit]:
    return Visit.objects.filter(measure_id=measure_id, unit_id__in=unit_ids, status=VisitStatus.PLANNED)


def _set(visits: QuerySet[Visit], planned_on: date, reason: str, actor: Actor) -> int:
    return VISIT.move(
        visits,
        "replan",
        planned_on=planned_on,
        planned_by_id=actor.user_id,
        late_reason=reason,
        late_approved=False,
    )
