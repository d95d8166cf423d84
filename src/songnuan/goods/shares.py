"""What each unit is to get of a kit, what it got, and what is left of its share. Quantities in packs."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from songnuan.goods.models import Issue
from songnuan.goods.outgoing import given
from songnuan.goods.queries import KitView
from songnuan.goods.rules import Part
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.queries import pairs, subtree
from songnuan.organisation.rules import live
from songnuan.plans.models import Plan


@dataclass(frozen=True, slots=True)
class UnitShare:
    """A unit's share of a kit and what it has of it.

    `share` is None where the standard is per person and nobody says how many people the unit has.
    """

    unit_id: int
    share: KitView | None
    got: Mapping[int, int]

    @property
    def left(self) -> tuple[Part, ...]:
        """What the unit still gets."""
        return self.share.less(self.got).parts if self.share else ()

    @property
    def is_served(self) -> bool:
        """Whether the unit has its whole share."""
        return self.share is not None and not self.left


def shares(kit: KitView, plan: Plan, units: Collection[int]) -> dict[int, KitView]:
    """Return what each of these units gets: one kit, or one for each of its people on the plan's first day.

    Of whom nobody says how many people it has, it gets none; purchases count none for it, too.
    """
    if not kit.per_person:
        return dict.fromkeys(units, kit)
    return {unit_id: kit.many(count) for unit_id, count in _people(plan, units).items()}


def unit_shares(kit: KitView, plan: Plan, units: Collection[int]) -> dict[int, UnitShare]:
    """Return the share of each of these units and what it got of it, by id of the unit. Two queries."""
    each, got = shares(kit, plan, units), given([kit.kit_id], units)
    return {
        unit_id: UnitShare(unit_id, each.get(unit_id), got.get((kit.kit_id, unit_id), Counter()))
        for unit_id in units
    }


def receiving(plan: Plan, day: date) -> list[int]:
    """Return the units that get the plan's kits on a day, in the order they were made.

    They are those of its pairing table; without one all below its unit, or that unit where it has none.
    """
    paired = [pair.unit_id for pair in pairs(plan.slug, day)]
    if paired:
        return paired
    below = subtree(plan.unit_id, day).exclude(pk=plan.unit_id)
    return list(below.values_list("pk", flat=True)) or [plan.unit_id]


def served_at_the_store(measure_ids: Collection[int]) -> dict[int, int]:
    """Return how many units got something of a kit straight out of the store, by id of its measure."""
    issues = Issue.objects.filter(movement__kit__measure__in=measure_ids, withdrawn_at__isnull=True)
    counts = issues.values_list("movement__kit__measure").annotate(units=Count("unit", distinct=True))
    return {measure_id: int(units) for measure_id, units in counts.order_by()}


def _people(plan: Plan, units: Collection[int]) -> dict[int, int]:
    """Return how many people these units have on the plan's first day, where anybody says so."""
    if plan.starts_on is None:
        return {}
    rows = UnitRecord.objects.filter(live(plan.starts_on), unit__in=units, staff_count__gt=0)
    return {unit_id: count or 0 for unit_id, count in rows.values_list("unit_id", "staff_count")}
