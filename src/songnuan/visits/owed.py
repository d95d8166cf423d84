"""Which units visited still lack the kit that goes with the visit, and how many kits are in the store."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from songnuan.approvals.hold_queries import active_among
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.goods.giving import chain_of
from songnuan.goods.lots import OnHand, usable
from songnuan.goods.models import Lot, Movement, MovementKind, MovementLine
from songnuan.goods.outgoing import given
from songnuan.goods.queries import Handed, KitView, handed_of, on_hand
from songnuan.goods.shares import shares
from songnuan.plans.models import Measure
from songnuan.visits.models import LaterReceipt, Visit, VisitStatus
from songnuan.visits.signing import words_of


@dataclass(frozen=True, slots=True)
class OwedKit:
    """A visit that is recorded while its unit lacks the kit, or a part of it; `kit` is what it lacks."""

    visit_id: int
    measure_id: int
    unit_id: int
    lead_id: int
    kit: KitView
    happened_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How a unit got its kit, or a part of it: when it was, when it was booked, and what of which lots."""

    movement_id: int
    happened_at: datetime
    booked_at: datetime
    packs: tuple[Handed, ...]


def kit_of_visits(visits: Measure) -> KitView | None:
    """Return the kit that goes with a measure's visits; None where the plan has none, or they carry none."""
    if not visits.settings.get("hand_over", True):
        return None
    return next(iter(_kits_of(visits)), None)


def _kits_of(visits: Measure) -> list[KitView]:
    """Return the kit of the plan that is in use, and after it those that it replaced."""
    return chain_of(visits.plan_id)


def kit_owed(visits: Measure, *, unit_id: int) -> KitView | None:
    """Return what goes with a visit and the unit does not have yet; None where there is nothing."""
    return lacks(visits, [unit_id]).get(unit_id)


def owed(measures: Iterable[Measure]) -> list[OwedKit]:
    """Return what these measures' recorded visits still owe, the oldest visit first.

    In a bounded number of queries for each plan. Who got something of a kit that was replaced since gets the
    rest of that one.
    """
    carrying = list(measures)
    visits = Visit.objects.filter(measure__in=carrying, status=VisitStatus.RECORDED)
    columns = ("pk", "measure_id", "unit_id", "lead_id", "happened_at")
    rows = list(visits.order_by("happened_at", "pk").values_list(*columns))
    units: dict[int, set[int]] = defaultdict(set)
    for _pk, measure_id, unit_id, _lead_id, _happened_at in rows:
        units[measure_id].add(unit_id)
    each = {row.pk: lacks(row, units[row.pk]) for row in carrying if units[row.pk]}
    return [
        OwedKit(pk, measure_id, unit_id, lead_id, each[measure_id][unit_id], happened_at)
        for pk, measure_id, unit_id, lead_id, happened_at in rows
        if unit_id in each[measure_id]
    ]


def lacks(visits: Measure, units: Collection[int]) -> dict[int, KitView]:
    """Return what each of these units lacks of the kit that goes with a measure's visits."""
    kits = _kits_of(visits) if visits.settings.get("hand_over", True) else []
    if not kits:
        return {}
    each = {kit.kit_id: shares(kit, visits.plan, units) for kit in kits}
    got = given(each, units)
    # Who signed for the rest has its share, though the house counts more people there since.
    served: set[int] = set()
    if any(kit.per_person for kit in kits):
        later = LaterReceipt.objects.filter(visit__measure__plan=visits.plan_id, visit__unit__in=units)
        served = set(later.values_list("visit__unit_id", flat=True))
    found = {}
    for unit_id in set(units) - served:
        # The one in use, unless another was begun.
        begun = next((kit for kit in kits if (kit.kit_id, unit_id) in got), kits[0])
        share = each[begun.kit_id].get(unit_id)
        left = share.less(got.get((begun.kit_id, unit_id), {})) if share else None
        if left is not None and left.parts:
            found[unit_id] = left
    return found


def in_store(kit: KitView, on: date | None = None) -> int:
    """Return how often the kit is in the store, whole and on no hold; with a day, of what may go out then."""
    return times_in(kit, there(kit, on))


def there(kit: KitView, on: date | None = None) -> Counter[int]:
    """Return the packs in the store that may go out, by id of the item; with a day, then."""
    found: Counter[int] = Counter()
    if not active_among([fund_subject(kit.fund_id)]):
        for lot in usable(_lots(kit, on), on or date.min):
            found[lot.item_id] += lot.quantity
    return found


def times_in(kit: KitView, packs: Mapping[int, int]) -> int:
    """Return how often a kit can be made up of these packs, by id of the item."""
    return min((packs.get(part.item_id, 0) // part.quantity for part in kit.parts), default=0)


def can_go(kits: Iterable[KitView], on: date) -> list[bool]:
    """Return of each kit whether the store has it on the day, once those before it went."""
    packs: dict[int, Counter[int]] = {}
    found = []
    for kit in kits:
        if kit.kit_id not in packs:
            packs[kit.kit_id] = there(kit, on)
        left = packs[kit.kit_id]
        is_there = times_in(kit, left) > 0
        if is_there:
            left.subtract({part.item_id: part.quantity for part in kit.parts})
        found.append(is_there)
    return found


class Where(StrEnum):
    """Where the goods of a kit that is owed are: there to be handed over, on hold, or not in the store."""

    READY = "ready"
    HELD = "held"
    MISSING = "missing"


def whereabouts(rows: Iterable[OwedKit], on: date) -> dict[OwedKit, Where]:
    """Return where the goods are that these visits owe; each is asked as if it were the only one."""
    packs: dict[int, Counter[int]] = {}
    held: dict[int, bool] = {}
    found = {}
    for row in rows:
        kit = row.kit
        if kit.kit_id not in packs:
            packs[kit.kit_id], held[kit.kit_id] = there(kit, on), is_held(kit)
        if times_in(kit, packs[kit.kit_id]):
            found[row] = Where.READY
        else:
            found[row] = Where.HELD if held[kit.kit_id] else Where.MISSING
    return found


def is_held(kit: KitView) -> bool:
    """Return whether a hold keeps kits in the store."""
    return bool(active_among([fund_subject(kit.fund_id)])) or any(lot.held for lot in _lots(kit, None))


def _lots(kit: KitView, on: date | None) -> list[OnHand]:
    return on_hand(Lot.objects.filter(line__purchase__kit_id=kit.kit_id), on=on)


def handed_over(visit_id: int) -> list[HandedOver]:
    """Return how the unit got the kit of this visit, part after part; none as long as it got nothing."""
    movements = Movement.objects.filter(kind=MovementKind.HAND_OVER, subject=f"visits.visit:{visit_id}")
    return [
        HandedOver(row.pk, row.happened_at, row.at, handed_of(row.pk)) for row in movements.order_by("part")
    ]


def booked_with(visit: Visit) -> list[str]:
    """Return in words what a unit got with its visit's report; what it got later has a receipt of its own."""
    if visit.received_at is None:
        return []
    lines = MovementLine.objects.filter(
        movement__kind=MovementKind.HAND_OVER,
        movement__subject=f"visits.visit:{visit.pk}",
        movement__at=visit.received_at,
        quantity__gt=0,
    )
    packs: Counter[tuple[str, str]] = Counter()
    for line in lines.select_related("lot__item").order_by("pk"):
        packs[line.lot.item.label, line.lot.item.packing] += line.quantity
    return [words_of(item, count, packing) for (item, packing), count in packs.items()]


def to_bring(measures: Mapping[int, Measure], rows: Iterable[tuple[int, int, int]]) -> dict[int, KitView]:
    """Return the kit, or what is left of it, to take along on each visit whose unit does not have it yet.

    Args:
        measures: The measures of the visits, by id.
        rows: Visit, measure and unit of each.

    """
    asked = list(rows)
    units: dict[int, set[int]] = defaultdict(set)
    for _visit_id, measure_id, unit_id in asked:
        units[measure_id].add(unit_id)
    each = {pk: lacks(measures[pk], found) for pk, found in units.items()}
    return {
        visit_id: each[measure_id][unit_id]
        for visit_id, measure_id, unit_id in asked
        if unit_id in each[measure_id]
    }
