"""How actions write pairs: what must hold of the rows, which pair stands, and which takes its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import chunks, digest_rows
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import rules
from songnuan.organisation.models import OPEN, Assignment, UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse, require, scope

BATCH = 1000
_IN = 10_000


@dataclass(frozen=True, slots=True)
class PairRow:
    """Who leads a unit, for which compound, and when it is to be visited; if late, why."""

    unit_id: int
    lead_id: int
    compound: str = ""
    planned_on: date | None = None
    late_reason: str = ""


@dataclass(frozen=True, slots=True)
class PairResult:
    """How many pairs are new, took the place of another, or stand as they were."""

    created: int
    changed: int
    unchanged: int


def refuse_rows(rows: Sequence[PairRow]) -> None:
    """Let pass rows that name each unit once, and nobody as its own lead.

    Raises:
        Refusal: `subject_twice`, `leads_itself`.

    """
    seen: set[int] = set()
    for row in rows:
        if row.unit_id in seen:
            sentence = _("A unit stands in the table twice; it has one lead. Leave one of the two rows.")
            raise Refusal("subject_twice", sentence, unit=row.unit_id)
        if row.unit_id == row.lead_id:
            raise Refusal(
                "leads_itself", _("A unit cannot be its own lead. Name another one."), unit=row.unit_id
            )
        seen.add(row.unit_id)


def require_over(actor: Actor, rows: Sequence[PairRow], at: datetime) -> None:
    """Let pass who writes plans over every unit and every lead of the rows.

    Raises:
        NotPermitted: `not_permitted`, with the first unit beyond.

    """
    ids = _units(rows)
    require(actor, Permission.PLAN_WRITE, at=at)
    within: set[int] = set()
    for some in chunks(ids, _IN):
        within |= set(
            scope(actor, Permission.PLAN_WRITE, at).filter(pk__in=some).values_list("pk", flat=True)
        )
    beyond = [unit_id for unit_id in ids if unit_id not in within]
    if beyond and not actor.is_system:
        refuse(Permission.PLAN_WRITE, unit_id=beyond[0])


def refuse_units(rows: Sequence[PairRow], on: date) -> None:
    """Let pass when every unit is open on the day, and every lead is a department or a subordinate unit.

    Raises:
        Refusal: `unit_not_open`, `lead_kind`.

    """
    kinds: dict[int, str] = {}
    for some in chunks(_units(rows), _IN):
        records = UnitRecord.objects.filter(OPEN, unit__in=some, unit__opened_on__lte=on)
        kinds |= records.values_list("unit_id", "kind")
    for row in rows:
        for unit_id in (row.unit_id, row.lead_id):
            if unit_id not in kinds:
                sentence = _("A unit of the table is not open on that day. Leave it out, or open it first.")
                raise Refusal("unit_not_open", sentence, unit=unit_id)
        if kinds[row.lead_id] not in rules.LEAD_KINDS:
            sentence = _("Only a department or a subordinate unit can lead. Name one of these.")
            raise Refusal("lead_kind", sentence, unit=row.unit_id, lead=row.lead_id)


def standing(purpose: str, rows: Iterable[PairRow]) -> dict[int, Assignment]:
    """Return the open pairs of the rows' units by unit."""
    found: dict[int, Assignment] = {}
    for some in chunks((row.unit_id for row in rows), _IN):
        pairs = Assignment.objects.filter(OPEN, purpose=purpose, subject__in=some)
        found |= {pair.subject_id: pair for pair in pairs}
    return found


def holds(pair: Assignment | None, row: PairRow) -> bool:
    """Return whether the pair that stands is what the row says."""
    return pair is not None and row == PairRow(
        pair.subject_id, pair.holder_id, pair.compound, pair.planned_on, pair.late_reason
    )


def replace(purpose: str, old: Sequence[Assignment], rows: Iterable[PairRow], on: date) -> None:
    """End the old pairs and store those of the rows.

    Raises:
        Refusal: `before_last_change`.

    """
    rules.not_before(on, (pair.starts_on for pair in old))
    for some in chunks([pair.pk for pair in old], _IN):
        Assignment.objects.filter(OPEN, pk__in=some).update(ends_on=on)
    Assignment.objects.bulk_create(
        (
            Assignment(
                purpose=purpose,
                subject_id=row.unit_id,
                holder_id=row.lead_id,
                compound=row.compound,
                planned_on=row.planned_on,
                late_reason=row.late_reason,
                starts_on=on,
            )
            for row in rows
        ),
        batch_size=BATCH,
    )


def digest(rows: Iterable[PairRow]) -> str:
    """Return the digest of rows for the trail."""
    return digest_rows(
        (row.unit_id, row.lead_id, row.compound, row.planned_on, row.late_reason) for row in rows
    )


def _units(rows: Iterable[PairRow]) -> list[int]:
    """Return every unit of the rows, leads too, once."""
    return sorted({unit for row in rows for unit in (row.unit_id, row.lead_id)})
