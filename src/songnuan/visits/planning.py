"""How actions bring a measure's visits in line with the pairing: many rows at once, few statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of, unit_names
from songnuan.visits import asking
from songnuan.visits.day_rules import in_time_to_plan, late_reason_for
from songnuan.visits.later import waiting_of
from songnuan.visits.lifecycle import VISIT
from songnuan.visits.models import LaterDay, LaterDayStatus, Visit, VisitStatus
from songnuan.visits.spots import day_alone, no_day, no_team

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


@dataclass(frozen=True, slots=True)
class Order:
    """Whose visits are brought in line with the pairing, until which day, by whom and when."""

    measure_id: int
    due_on: date
    actor: Actor
    at: datetime


def with_reasons(rows: Sequence[PlannedVisit], order: Order) -> list[PlannedVisit]:
    """Return the rows with the reason that is kept: none for a day within the deadline.

    Raises:
        Refusal: `late_reason_missing`, `late_reason_too_long`, naming the unit.

    """
    told = []
    for row in rows:
        try:
            reason = late_reason_for(row.planned_on, order.due_on, row.late_reason)
        except Refusal as refusal:
            name = unit_names([row.unit_id], day_of(order.at)).get(row.unit_id, str(row.unit_id))
            sentence = _("%(unit)s: %(sentence)s") % {"unit": name, "sentence": refusal.sentence}
            facts = {**refusal.facts, "unit": row.unit_id}
            raise Refusal(refusal.code, sentence, field=refusal.field, **facts) from None
        told.append(replace(row, late_reason=reason))
    return told


def add(rows: Sequence[PlannedVisit], order: Order) -> int:
    """Add a visit for each row; return how many. One of a later day has no day until that is allowed."""
    in_time = {row.unit_id: row.planned_on for row in rows if not row.late_reason}
    fresh = [
        Visit(
            measure_id=order.measure_id,
            unit_id=row.unit_id,
            lead_id=row.lead_id,
            planned_on=in_time.get(row.unit_id),
            planned_by_id=order.actor.user_id if in_time.get(row.unit_id) else None,
            due_on=order.due_on,
        )
        for row in rows
    ]
    Visit.objects.bulk_create(fresh, batch_size=_CHUNK)
    for (day, reason), units in _by_day(rows).items():
        for some in chunks(units if reason else (), _CHUNK):
            asking.ask(_ids(_to_do(order.measure_id, some)), day, reason, order.actor, order.at)
    return len(fresh)


def follow_deadline(order: Order) -> int:
    """Give visits still to do the deadline of their measure; return how many had another.

    A day beyond an earlier deadline falls away, unless it was allowed: another has to be named or asked
    for. A day that waited for its approval and is in time now is simply taken.
    """
    to_do = Visit.objects.filter(measure_id=order.measure_id, status=VisitStatus.PLANNED).exclude(
        due_on=order.due_on
    )
    in_time = {"late_reason": "", "late_approved": False, "due_on": order.due_on}
    waiting = LaterDay.objects.filter(
        visit__in=to_do, status=LaterDayStatus.WAITING, day__lte=order.due_on
    ).values_list("visit_id", "day", "asked_by_id")
    changed = 0
    for visit_id, day, asked_by_id in list(waiting):
        asking.withdraw([visit_id], order.at)
        one = Visit.objects.filter(pk=visit_id)
        changed += VISIT.move(
            one, "replan", planned_on=day, planned_by_id=asked_by_id, **in_time, **day_alone()
        )
    beyond = to_do.filter(planned_on__gt=order.due_on)
    changed += VISIT.move(
        beyond.filter(late_approved=False),
        "replan",
        planned_on=None,
        planned_by_id=None,
        **in_time,
        **no_day(),
    )
    changed += VISIT.move(beyond, "replan", due_on=order.due_on)
    return changed + VISIT.move(to_do, "replan", **in_time)


def follow_leads(rows: Iterable[PlannedVisit], order: Order) -> int:
    """Give visits still to do the lead of their row; return how many changed it."""
    units_of: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        units_of[row.lead_id].append(row.unit_id)
    return sum(
        _to_do(order.measure_id, unit_ids).exclude(lead_id=lead_id).update(lead_id=lead_id, **no_team())
        for lead_id, all_ids in units_of.items()
        for unit_ids in chunks(all_ids, _CHUNK)
    )


def follow_days(rows: Sequence[PlannedVisit], order: Order) -> int:
    """Give visits still to do the day of their row: those without one, and those whose day was told anew.

    A later day is asked for, and the day that stood stands. A new day takes back what waits, as when
    somebody sets it by hand; return how many changed.

    Raises:
        Refusal: `planned_in_past` when a visit would be moved to a day that is over.

    """
    changed = 0
    for moved in (False, True):
        told = [row for row in rows if row.moved is moved]
        for (day, reason), units in _by_day(told).items():
            for some in chunks(units, _CHUNK):
                to_do = _to_do(order.measure_id, some)
                if reason:
                    changed += _ask(to_do, day, reason, order, moved=moved)
                else:
                    changed += _set(to_do, day, order, moved=moved)
    return changed


def _set(to_do: QuerySet[Visit], day: date, order: Order, *, moved: bool) -> int:
    """Set a day within the deadline."""
    to_do = to_do.annotate(waits=Exists(waiting_of()))
    if moved:
        if to_do.filter(planned_on__isnull=False).exclude(planned_on=day).exists():
            in_time_to_plan(day, day_of(order.at))
        wanted = to_do.exclude(planned_on=day, waits=False)
    else:
        wanted = to_do.filter(planned_on__isnull=True, waits=False)
    changes = {"planned_on": day, "planned_by_id": order.actor.user_id}
    ids = _move(wanted, "replan", **changes, **day_alone(), late_reason="", late_approved=False)
    asking.withdraw(ids, order.at)
    return len(ids)


def _ask(to_do: QuerySet[Visit], day: date, reason: str, order: Order, *, moved: bool) -> int:
    """Ask for a day after the deadline."""
    asked = LaterDay.objects.filter(visit=OuterRef("pk"))
    if moved:
        # What is allowed already, or waits already, with this very reason, need not be asked again.
        asked = asked.filter(status=LaterDayStatus.WAITING, day=day, reason=reason)
        wanted = to_do.exclude(planned_on=day, late_reason=reason).exclude(Exists(asked))
        if wanted.exists():
            in_time_to_plan(day, day_of(order.at))
    else:
        # Told before: what became of it, allowed or returned, is not undone by telling it again.
        wanted = to_do.filter(planned_on__isnull=True).exclude(Exists(asked))
    ids = _move(wanted, "ask_later")
    asking.ask(ids, day, reason, order.actor, order.at)
    return len(ids)


def _move(wanted: QuerySet[Visit], verb: str, **updates: Any) -> list[int]:  # noqa: ANN401 - columns of a visit
    """Move the visits, and return those that were still to do: a report may come in since they were read."""
    ids = _ids(wanted)
    VISIT.move(Visit.objects.filter(pk__in=ids), verb, **updates)
    return _ids(Visit.objects.filter(pk__in=ids, status=VisitStatus.PLANNED))


def _by_day(rows: Iterable[PlannedVisit]) -> dict[tuple[date, str], list[int]]:
    """Return the units of the rows by their day and its reason; rows without a day left out."""
    units: dict[tuple[date, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.planned_on is not None:
            units[row.planned_on, row.late_reason].append(row.unit_id)
    return units


def _to_do(measure_id: int, unit_ids: Collection[int]) -> QuerySet[Visit]:
    return Visit.objects.filter(measure_id=measure_id, unit_id__in=unit_ids, status=VisitStatus.PLANNED)


def _ids(visits: QuerySet[Visit]) -> list[int]:
    return list(visits.values_list("pk", flat=True))
