"""What each unit is to get of a kit: who gets one, and how many. Quantities in packs."""

from collections.abc import Collection
from datetime import date

from songnuan.goods.queries import KitView
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.queries import pairs, subtree
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan


def shares(kit: KitView, plan: Plan, units: Collection[int]) -> dict[int, KitView]:
    """Return what each of these units gets: one kit, or one for each of its people on the plan's first day.

    Where the plan pairs no units, its own unit gets as many as the plan names people. Of whom nobody says
    how many people it has, it gets none. Purchases count in the same way.
    """
    if not kit.per_person:
        return dict.fromkeys(units, kit)
    if plan.starts_on is None or not pairs(plan.slug, plan.starts_on):
        return {plan.unit_id: kit.many(kit.people)} if kit.people and plan.unit_id in units else {}
    rows = UnitRecord.objects.filter(live(plan.starts_on), unit__in=units, staff_count__gt=0)
    counts = rows.values_list("unit_id", "staff_count")
    return {unit_id: kit.many(count or 0) for unit_id, count in counts}


def receiving(kit: KitView, plan: Plan, day: date) -> list[int]:
    """Return the units that get a kit of the plan on a day, in the order they were made.

    They are those of its pairing table. Without one it is the plan's own unit, where the kits are for people
    or for one unit, else all units below it.
    """
    paired = [pair.unit_id for pair in pairs(plan.slug, day)]
    if paired:
        return paired
    below = subtree(plan.unit_id, day).exclude(pk=plan.unit_id)
    if kit.per_person or kit.units == 1:
        return [plan.unit_id]
    return list(below.values_list("pk", flat=True)) or [plan.unit_id]
