"""Which units visited still lack the kit that goes with the visit, and how many kits are in the store."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from songnuan.approvals.hold_queries import active_among
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.goods.lots import OnHand, usable
from songnuan.goods.models import Kit, Lot, Movement, MovementKind
from songnuan.goods.queries import Handed, KitView, handed_of, kit_of, on_hand
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.visits.models import Visit, VisitStatus

PURCHASE = "kit_purchase"


@dataclass(frozen=True, slots=True)
class OwedKit:
    """A visit that is recorded while its unit lacks the kit; `kit_id` is what it lacks."""

    visit_id: int
    measure_id: int
    unit_id: int
    lead_id: int
    kit_id: int
    happened_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How a unit got its kit: `movement_id`, when it was, when it was booked, and what of which lots."""

    movement_id: int
    happened_at: datetime
    booked_at: datetime
    packs: tuple[Handed, ...]


def kit_of_visits(visits: Measure) -> KitView | None:
    """Return the kit that goes with a measure's visits; None where the plan has none, or they carry none."""
    if not visits.settings.get("hand_over", True):
        return None
    bought = Measure.objects.filter(plan_id=visits.plan_id, kind=PURCHASE).values_list("status", "pk")
    return kit_of(max(bought, key=_in_use)[1]) if bought else None


def _in_use(kit: tuple[str, int]) -> tuple[bool, int]:
    """Order kits, told by the status of what buys them and a number: one that was replaced is closed."""
    status, number = kit
    return status != MeasureStatus.CLOSED, number


def kit_owed(visits: Measure, *, unit_id: int) -> KitView | None:
    """Return what goes with a visit and the unit does not have yet; None where there is nothing."""
    kit = kit_of_visits(visits)
    if kit is None:
        return None
    has_it = Movement.objects.filter(kit_id=kit.kit_id, kind=MovementKind.HAND_OVER, unit_id=unit_id)
    return None if has_it.exists() else shares(kit, visits.plan, [unit_id]).get(unit_id)


def shares(kit: KitView, plan: Plan, units: Collection[int]) -> dict[int, KitView]:
    """Return what each of these units gets: one kit, or one for each of its people on the plan's first day.

    Of whom nobody says how many people it has, it gets none; purchases count none for it, too.
    """
    if not kit.per_person:
        return dict.fromkeys(units, kit)
    return {unit_id: kit.many(count) for unit_id, count in _people(plan, units).items()}


def _people(plan: Plan, units: Collection[int]) -> dict[int, int]:
    """Return how many people these units have on the plan's first day, where anybody says so."""
    if plan.starts_on is None:
        return {}
    rows = UnitRecord.objects.filter(live(plan.starts_on), unit__in=units, staff_count__gt=0)
    return {unit_id: count or 0 for unit_id, count in rows.values_list("unit_id", "staff_count")}


def owed(measures: Iterable[Measure]) -> list[OwedKit]:
    """Return what these measures' recorded visits still owe, the oldest visit first.

    In two queries, and one more for each plan whose standard is per person.
    """
    carrying = {row.pk: row.plan_id for row in measures if row.settings.get("hand_over", True)}
    bought = Kit.objects.filter(measure__plan_id__in=set(carrying.values()), measure__kind=PURCHASE)
    rows = list(bought.select_related("measure__plan"))
    in_use = {
        kit.measure.plan: kit for kit in sorted(rows, key=lambda kit: _in_use((kit.measure.status, kit.pk)))
    }
    kits = {plan.pk: kit.pk for plan, kit in in_use.items()}
    with_kit = [pk for pk, plan_id in carrying.items() if plan_id in kits]
    has_it = Movement.objects.filter(
        kind=MovementKind.HAND_OVER, unit=OuterRef("unit"), kit__measure__plan=OuterRef("measure__plan")
    )
    visits = Visit.objects.filter(~Exists(has_it), measure_id__in=with_kit, status=VisitStatus.RECORDED)
    columns = ("pk", "measure_id", "unit_id", "lead_id", "happened_at")
    found = [
        OwedKit(pk, measure_id, unit_id, lead_id, kits[carrying[measure_id]], happened_at)
        for pk, measure_id, unit_id, lead_id, happened_at in visits.order_by("happened_at", "pk").values_list(
            *columns
        )
    ]
    for plan, kit in in_use.items():
        if kit.measure.settings.get("per") == "person":
            staffed = _people(plan, {row.unit_id for row in found if row.kit_id == kit.pk})
            found = [row for row in found if row.kit_id != kit.pk or row.unit_id in staffed]
    return found


def in_store(kit: KitView, on: date | None = None) -> int:
    """Return how often the kit is in the store, whole and on no hold; with a day, of what is good then."""
    if active_among([fund_subject(kit.fund_id)]):
        return 0
    there: Counter[int] = Counter()
    for lot in usable(_lots(kit), on or date.min):
        there[lot.item_id] += lot.quantity
    return min((there[part.item_id] // part.quantity for part in kit.parts), default=0)


def is_held(kit: KitView) -> bool:
    """Return whether a hold keeps kits in the store."""
    return bool(active_among([fund_subject(kit.fund_id)])) or any(lot.held for lot in _lots(kit))


def _lots(kit: KitView) -> list[OnHand]:
    return on_hand(Lot.objects.filter(line__purchase__kit_id=kit.kit_id))


def handed_over(visit_id: int) -> HandedOver | None:
    """Return how the unit got the kit of this visit; None as long as it did not."""
    movement = Movement.objects.filter(
        kind=MovementKind.HAND_OVER, subject=f"visits.visit:{visit_id}"
    ).first()
    if movement is None:
        return None
    return HandedOver(movement.pk, movement.happened_at, movement.at, handed_of(movement.pk))


def to_bring(measures: Mapping[int, Measure], rows: Iterable[tuple[int, int, int]]) -> dict[int, KitView]:
    """Return the kit to take along on each visit whose unit has none yet.

    Args:
        measures: The measures of the visits, by id.
        rows: Visit, measure and unit of each.

    """
    asked = list(rows)
    kits = {pk: kit_of_visits(measures[pk]) for pk in {measure_id for _visit, measure_id, _unit in asked}}
    ids = {kit.kit_id for kit in kits.values() if kit is not None}
    given = Movement.objects.filter(kit__in=ids, kind=MovementKind.HAND_OVER)
    has_it = set(given.values_list("kit_id", "unit_id"))
    units = defaultdict(set)
    for _visit, measure_id, unit_id in asked:
        units[measure_id].add(unit_id)
    each = {pk: shares(kit, measures[pk].plan, units[pk]) if kit else {} for pk, kit in kits.items()}
    found = {}
    for visit_id, measure_id, unit_id in asked:
        kit = each[measure_id].get(unit_id)
        if kit is not None and (kit.kit_id, unit_id) not in has_it:
            found[visit_id] = kit
    return found
