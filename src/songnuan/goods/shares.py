"""What each unit is to get of a kit: who gets one, and how many. Quantities in packs."""

from collections.abc import Collection
from datetime import date

from songnuan.goods.queries import KitView
from songnuan.organisation.models import Assignment, UnitKind, UnitRecord
from songnuan.organisation.queries import pairs, subtree
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan


def shares(kit: KitView, plan: Plan, units: Collection[int]) -> dict[int, KitView]:
    """Return what each of these units gets: one kit, or one for each of its people on the plan's first day.

    Of a plan that never paired units, its own gets as many as the plan names people. Of whom nobody says how
    many people it has, it gets none; of what was bought for families no unit gets any.
    """
    if kit.per_family:
        return {}
    if not kit.per_person:
        return dict.fromkeys(units, kit)
    if kit.people and not _ever_paired(plan):
        return {plan.unit_id: kit.many(kit.people)} if plan.unit_id in units else {}
    if plan.starts_on is None:
        return {}
    rows = UnitRecord.objects.filter(live(plan.starts_on), unit__in=units, staff_count__isnull=False)
    counts = rows.values_list("unit_id", "staff_count")
    return {unit_id: kit.many(count or 0) for unit_id, count in counts}


def receiving(kit: KitView, plan: Plan, day: date) -> list[int]:
    """Return the units that get a kit of the plan on a day, in the order they were made.

    They are those of its pairing table. A plan that never had one gives at its own unit, where the kits are
    for so many people or for one unit, else to the front-line units below it. What was bought for families
    goes to none.
    """
    if kit.per_family:
        return []
    if ever := _ever_paired(plan):
        return [pair.unit_id for pair in pairs(plan.slug, day)] or ever
    if kit.units == 1 or (kit.per_person and kit.people):
        return [plan.unit_id]
    below = subtree(plan.unit_id, day).exclude(pk=plan.unit_id)
    front = subtree(plan.unit_id, day, [UnitKind.FRONT_LINE]).exclude(pk=plan.unit_id)
    for units in (front, below):
        if found := list(units.values_list("pk", flat=True)):
            return found
    return [plan.unit_id]


def _ever_paired(plan: Plan) -> list[int]:
    """Return the units that stood in the plan's pairing table at any time."""
    rows = Assignment.objects.filter(purpose=plan.slug).order_by("subject_id")
    return list(rows.values_list("subject_id", flat=True).distinct())
