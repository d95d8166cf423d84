"""Reads of receipts: who got which kit, when, how it was signed for, and when that was entered."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from songnuan.goods.models import Movement, MovementKind
from songnuan.kernel.names import mask_name
from songnuan.organisation.models import Assignment
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan
from songnuan.visits.models import LaterReceipt, Visit
from songnuan.visits.versions import first_versions

_VISIT = "visits.visit:"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A kit handed over, or a part of one. Its number is that of the movement.

    `handed_at` is when the kit changed hands, `booked_at` when that was entered, `visited_at` when the
    visit took place and `received_at` when its report came; `is_later`: the unit got it after its visit, and
    signed for it then. `signature_id` is the picture of the signature, None where the receiver confirmed by
    name (`by_name`). `receiver` is masked, `packs` are
    (item, packs, packing), `compound` is where the lead's pairing says.
    """

    movement_id: int
    visit_id: int
    unit_id: int
    lead_id: int
    compound: str
    handed_at: datetime
    booked_at: datetime
    visited_at: datetime
    received_at: datetime
    signature_id: int | None
    by_name: bool
    receiver: str
    recorded_by_id: int | None
    recorded_by: str
    packs: tuple[tuple[str, int, str], ...]
    is_later: bool


def receipts(plan: Plan, on: date) -> list[Receipt]:
    """Return the receipts of a plan in the order in which the kits were handed over."""
    return receipts_by_plan([plan], on)[plan.pk]


def receipts_by_plan(plans: Collection[Plan], on: date) -> dict[int, list[Receipt]]:
    """Return the receipts of each plan, in so many queries however many plans there are."""
    handed = Movement.objects.filter(
        kind=MovementKind.HAND_OVER, kit__measure__plan__in=plans, subject__startswith=_VISIT
    )
    moved = list(
        handed.select_related("kit__measure", "recorded_by")
        .prefetch_related("lines__lot__item")
        .order_by("happened_at", "pk")
    )
    plan_of = {row.pk: row.kit.measure.plan_id for row in moved if row.kit is not None}
    found: dict[int, list[Receipt]] = {plan.pk: [] for plan in plans}
    for row in _rows(moved, plans, on):
        found[plan_of[row.movement_id]].append(row)
    return found


def one_each(rows: Iterable[Receipt]) -> list[Receipt]:
    """Return the last receipt of each visit, with all that the unit got: a unit is drawn and called once."""
    last: dict[int, Receipt] = {}
    for row in rows:
        before = last.pop(row.visit_id, None)
        packs: Counter[tuple[str, str]] = Counter()
        for item, count, packing in (*(before.packs if before else ()), *row.packs):
            packs[item, packing] += count
        got = tuple((item, count, packing) for (item, packing), count in packs.items())
        last[row.visit_id] = replace(row, packs=got)
    return list(last.values())


def receipts_of(movement_ids: Iterable[int], plan: Plan, on: date) -> dict[int, Receipt]:
    """Return by number, for each of these receipts, the last of its visit, with all that the unit got."""
    asked = dict(Movement.objects.filter(pk__in=list(movement_ids)).values_list("pk", "subject"))
    handed = (
        Movement.objects.filter(kind=MovementKind.HAND_OVER, subject__in=asked.values())
        .select_related("recorded_by")
        .prefetch_related("lines__lot__item")
        .order_by("happened_at", "pk")
    )
    of_visit = {row.visit_id: row for row in one_each(_rows(list(handed), [plan], on))}
    visits = {pk: int(subject.removeprefix(_VISIT)) for pk, subject in asked.items()}
    return {pk: of_visit[visit_id] for pk, visit_id in visits.items() if visit_id in of_visit}


def _rows(handed: list[Movement], plans: Collection[Plan], on: date) -> list[Receipt]:
    at_visit = {row.pk: int(row.subject.removeprefix(_VISIT)) for row in handed}
    told = Visit.objects.filter(pk__in=at_visit.values()).select_related("recorded_by", "measure")
    visits = {visit.pk: visit for visit in told}
    later = {row.visit_id: row for row in LaterReceipt.objects.filter(visit__in=visits)}
    first = first_versions(visits)
    slugs = {plan.pk: plan.slug for plan in plans}
    where = _compounds(slugs.values(), on)
    rows = []
    for movement in handed:
        visit = visits.get(at_visit[movement.pk])
        if visit is None or visit.happened_at is None or visit.received_at is None:
            continue  # a kit is handed over at a visit that was recorded
        by = movement.recorded_by or visit.recorded_by
        # What was booked with the report was signed for with it; what followed, when it came.
        after = later.get(visit.pk) if movement.at != visit.received_at else None
        signed = after or first.get(visit.pk) or visit
        rows.append(
            Receipt(
                movement_id=movement.pk,
                visit_id=visit.pk,
                unit_id=visit.unit_id,
                lead_id=visit.lead_id,
                compound=where.get((slugs.get(visit.measure.plan_id, ""), visit.unit_id), ""),
                handed_at=movement.happened_at,
                booked_at=movement.at,
                visited_at=visit.happened_at,
                received_at=visit.received_at,
                signature_id=signed.signature_id,
                by_name=signed.confirmed_by_name,
                receiver=mask_name(signed.receiver_name),
                recorded_by_id=by.pk if by else None,
                recorded_by=(by.name or by.username) if by else "",
                packs=_packs(movement),
                is_later=after is not None,
            )
        )
    return rows


def _compounds(slugs: Iterable[str], on: date) -> dict[tuple[str, int], str]:
    """Return where units lie as the pairing tables of these plans say, by plan and unit."""
    told = Assignment.objects.filter(live(on), purpose__in=list(slugs))
    return {
        (slug, unit_id): compound
        for slug, unit_id, compound in told.values_list("purpose", "subject_id", "compound")
    }


def _packs(movement: Movement) -> tuple[tuple[str, int, str], ...]:
    """Return what was handed over, whatever lots it came from."""
    packs: Counter[tuple[str, str]] = Counter()
    for line in sorted(movement.lines.all(), key=lambda line: line.pk):
        if line.quantity > 0:
            packs[line.lot.item.label, line.lot.item.packing] += line.quantity
    return tuple((item, count, packing) for (item, packing), count in packs.items())
