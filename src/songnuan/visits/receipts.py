"""Reads of receipts: who got which kit, when, how it was signed for, and when that was entered.

A kit comes with a visit, or the unit gets it straight out of the store; either way it signs.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet

from songnuan.goods.families import FAMILY
from songnuan.goods.models import Issue, Movement, MovementKind
from songnuan.kernel.names import mask_name
from songnuan.organisation.models import Assignment, User
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan
from songnuan.visits.models import LaterReceipt, ReportVersion, Visit
from songnuan.visits.versions import first_versions

_VISIT = "visits.visit:"
Packs = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A kit handed over, or a part of one. Its number is that of the movement.

    It belongs to a visit or, given out at the store, to an issue: one of `visit_id` and `issue_id` is None,
    and with the visit `visited_at`, when it took place, and `received_at`, when its report came.

    `lead_id` is the lead of the visit, at the store the office of the plan. `handed_at` is when the kit
    changed hands (at the store its day alone is known unless it was entered then), `booked_at` when that was
    entered, `is_late_entry` whether it was marked as a late entry. `is_later`: the unit got it after
    its visit, and signed for it then. `signature_id` is the picture of the signature, None where the receiver
    confirmed by name (`by_name`). `receiver` is masked, `packs` are (item, packs, packing), `compound` is
    where the lead's pairing says.

    What was taken back (`withdrawn_at`) is no receipt any more and is told of in samples alone; `beside` are
    the packs that its unit has of the kit nonetheless.
    """

    movement_id: int
    visit_id: int | None
    issue_id: int | None
    kit_id: int | None
    unit_id: int
    lead_id: int
    compound: str
    handed_at: datetime
    booked_at: datetime
    visited_at: datetime | None
    received_at: datetime | None
    signature_id: int | None
    by_name: bool
    receiver: str
    recorded_by_id: int | None
    recorded_by: str
    packs: Packs
    is_later: bool
    is_late_entry: bool
    withdrawn_at: datetime | None = None
    beside: Packs = ()

    @property
    def occasion(self) -> tuple[int | None, ...]:
        """What is counted once: a visit; at the store a unit with its kit, in however many parts."""
        return (self.visit_id,) if self.visit_id is not None else (None, self.kit_id, self.unit_id)


def receipts(plan: Plan, on: date) -> list[Receipt]:
    """Return the receipts of a plan in the order in which the kits were handed over."""
    return receipts_by_plan([plan], on)[plan.pk]


def receipts_by_plan(plans: Collection[Plan], on: date) -> dict[int, list[Receipt]]:
    """Return the receipts of each plan, in so many queries however many plans there are."""
    at_store = Q(issue__isnull=False, issue__withdrawn_at__isnull=True)
    # What families got is no receipt of a unit: nobody there could be asked about it.
    of_units = (at_store & ~Q(subject__startswith=FAMILY)) | Q(subject__startswith=_VISIT)
    moved = _moved(Movement.objects.filter(of_units, kit__measure__plan__in=plans))
    plan_of = {row.pk: row.kit.measure.plan_id for row in moved if row.kit is not None}
    found: dict[int, list[Receipt]] = {plan.pk: [] for plan in plans}
    for row in _rows(moved, plans, on):
        found[plan_of[row.movement_id]].append(row)
    return found


def one_each(rows: Iterable[Receipt]) -> list[Receipt]:
    """Return the last receipt of each visit, and of each unit's kit at the store, with all that it got.

    So a unit is drawn and called once.
    """
    last: dict[tuple[int | None, ...], Receipt] = {}
    for row in rows:
        before = last.pop(row.occasion, None)
        last[row.occasion] = replace(row, packs=_together(before.packs if before else (), row.packs))
    return list(last.values())


def receipts_of(movement_ids: Iterable[int], plan: Plan, on: date) -> dict[int, Receipt]:
    """Return by number, for each of these receipts, the last of its visit, with all that the unit got.

    One at the store is told itself, with all that its unit has got of the kit; where it was taken back since,
    with its own packs, and what the unit has otherwise `beside` them.
    """
    asked = dict(Movement.objects.filter(pk__in=list(movement_ids)).values_list("pk", "subject"))
    subjects = {subject for subject in asked.values() if subject.startswith(_VISIT)}
    units = Movement.objects.filter(pk__in=list(asked), issue__isnull=False).values("unit")
    here = Q(issue__isnull=False, kit__measure__plan=plan, unit__in=units) & ~Q(subject__startswith=FAMILY)
    found = _rows(_moved(Movement.objects.filter(here | Q(subject__in=subjects))), [plan], on)
    standing = {row.occasion: row for row in one_each(row for row in found if row.withdrawn_at is None)}
    own = {row.movement_id: row for row in found}
    by_visit = {f"{_VISIT}{row.visit_id}": row for row in standing.values() if row.visit_id is not None}
    told: dict[int, Receipt] = {}
    for pk, subject in asked.items():
        if subject in by_visit:
            told[pk] = by_visit[subject]
        elif (row := own.get(pk)) is not None:
            last = standing.get(row.occasion)
            packs = last.packs if last else ()
            told[pk] = replace(row, beside=packs) if row.withdrawn_at else replace(row, packs=packs)
    return told


def _moved(rows: QuerySet[Movement]) -> list[Movement]:
    """Return movements that handed kits over, with what receipts tell of them, the earliest first."""
    handed = rows.filter(kind=MovementKind.HAND_OVER).order_by("happened_at", "pk")
    told = handed.select_related("kit__measure", "recorded_by", "issue__recorded_by")
    return list(told.prefetch_related("lines__lot__item"))


def _rows(handed: Sequence[Movement], plans: Collection[Plan], on: date) -> list[Receipt]:
    """Return the receipts of movements, in their order."""
    at_visit = {
        row.pk: int(row.subject.removeprefix(_VISIT)) for row in handed if row.subject.startswith(_VISIT)
    }
    told = Visit.objects.filter(pk__in=at_visit.values()).select_related("recorded_by", "measure")
    visits = {visit.pk: visit for visit in told}
    later = {row.visit_id: row for row in LaterReceipt.objects.filter(visit__in=visits)}
    first = first_versions(visits)
    of = {plan.pk: plan for plan in plans}
    where = _compounds([plan.slug for plan in plans], on)
    rows = []
    for movement in handed:
        visit = visits.get(at_visit.get(movement.pk, 0))
        if visit is not None:
            # What was booked with the report was signed for with it; what followed, when it came.
            after = later.get(visit.pk) if movement.at != visit.received_at else None
            row = _at_visit(movement, visit, after, first.get(visit.pk) or visit)
            plan = of.get(visit.measure.plan_id)
        else:
            plan = of.get(movement.kit.measure.plan_id) if movement.kit else None
            row = _at_store(movement, plan) if plan else None
        if row is not None:
            rows.append(replace(row, compound=where.get((plan.slug if plan else "", row.unit_id), "")))
    return rows


def _at_visit(
    movement: Movement, visit: Visit, after: LaterReceipt | None, then: Visit | ReportVersion
) -> Receipt | None:
    """Return what a visit brought; `then` is what was signed with its report, `after` what was later."""
    if visit.happened_at is None or visit.received_at is None:
        return None  # a kit is handed over at a visit that was recorded
    signed = after or then
    by = movement.recorded_by or visit.recorded_by
    return Receipt(
        movement_id=movement.pk,
        visit_id=visit.pk,
        issue_id=None,
        kit_id=movement.kit_id,
        unit_id=visit.unit_id,
        lead_id=visit.lead_id,
        compound="",
        handed_at=movement.happened_at,
        booked_at=movement.at,
        visited_at=visit.happened_at,
        received_at=visit.received_at,
        signature_id=signed.signature_id,
        by_name=signed.confirmed_by_name,
        receiver=mask_name(signed.receiver_name),
        recorded_by_id=by.pk if by else None,
        recorded_by=_label(by),
        packs=_packs(movement),
        is_later=after is not None,
        is_late_entry=visit.late_entry and after is None,
    )


def _at_store(movement: Movement, plan: Plan) -> Receipt | None:
    """Return what a unit got straight out of the store; None where nobody signed for it."""
    issue: Issue | None = getattr(movement, "issue", None)
    if issue is None:
        return None
    return Receipt(
        movement_id=movement.pk,
        visit_id=None,
        issue_id=issue.pk,
        kit_id=movement.kit_id,
        unit_id=issue.unit_id,
        lead_id=plan.office_id or plan.unit_id,
        compound="",
        handed_at=movement.happened_at,
        booked_at=movement.at,
        visited_at=None,
        received_at=None,
        signature_id=issue.signature_id,
        by_name=issue.confirmed_by_name,
        receiver=mask_name(issue.receiver_name),
        recorded_by_id=issue.recorded_by_id,
        recorded_by=_label(issue.recorded_by),
        packs=_packs(movement),
        is_later=False,
        is_late_entry=issue.late_entry,
        withdrawn_at=issue.withdrawn_at,
    )


def _label(user: User | None) -> str:
    return (user.name or user.username) if user else ""


def _compounds(slugs: Iterable[str], on: date) -> dict[tuple[str, int], str]:
    """Return where units lie as the pairing tables of these plans say, by plan and unit."""
    told = Assignment.objects.filter(live(on), purpose__in=list(slugs))
    return {
        (slug, unit_id): compound
        for slug, unit_id, compound in told.values_list("purpose", "subject_id", "compound")
    }


def _packs(movement: Movement) -> Packs:
    """Return what was handed over, whatever lots it came from."""
    lines = sorted(movement.lines.all(), key=lambda line: line.pk)
    return _together(
        (line.lot.item.label, line.quantity, line.lot.item.packing) for line in lines if line.quantity > 0
    )


def _together(*lists: Iterable[tuple[str, int, str]]) -> Packs:
    """Return packs with those of an item added up, in the order in which they were told first."""
    packs: Counter[tuple[str, str]] = Counter()
    for rows in lists:
        for item, count, packing in rows:
            packs[item, packing] += count
    return tuple((item, count, packing) for (item, packing), count in packs.items())
