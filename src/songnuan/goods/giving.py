"""Which kits units get straight out of the store, what each got of its share, and what is left of it."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from songnuan.goods.models import Issue, StockLevel
from songnuan.goods.outgoing import given, kits_under
from songnuan.goods.places import STORE
from songnuan.goods.queries import KitView
from songnuan.goods.rules import Part
from songnuan.goods.shares import shares
from songnuan.plans.models import Measure, MeasureStatus, Plan

PURCHASE, VISITS = "kit_purchase", "unit_visits"


@dataclass(frozen=True, slots=True)
class UnitShare:
    """A unit's share of a kit and what it has of it.

    `share` is None where the standard is per person and nobody says how many people the unit has.
    `elsewhere`: the unit gets another kit of the plan, the one it got something of, or the one in use.
    """

    unit_id: int
    share: KitView | None
    got: Mapping[int, int]
    elsewhere: bool = False

    @property
    def left(self) -> tuple[Part, ...]:
        """What the unit still gets."""
        return self.share.less(self.got).parts if self.share and not self.elsewhere else ()

    @property
    def is_served(self) -> bool:
        """Whether the unit gets nothing more of this kit."""
        return self.elsewhere or (self.share is not None and not self.left)


def kits_of(plan_id: int) -> list[tuple[bool, KitView]]:
    """Return the kits of a plan, each with whether its purchase was closed; the one in use stands first.

    It is the newest of those that are open, or of all where none is.
    """
    found = kits_under(plan_id, PURCHASE)
    found.sort(key=lambda row: (row[0] != MeasureStatus.CLOSED, row[1].measure_id), reverse=True)
    return [(status == MeasureStatus.CLOSED, kit) for status, kit in found]


def unit_shares(kit: KitView, plan: Plan, units: Collection[int]) -> dict[int, UnitShare]:
    """Return the share of each of these units and what it got of it, by id of the unit.

    A kit whose purchase was closed is replaced by the one in use: who got something of it gets the rest of it
    and nothing of the other, so that no unit is served twice.
    """
    ranked = kits_of(plan.pk)
    chain = [one.kit_id for place, (closed, one) in enumerate(ranked) if closed or place == 0]
    if kit.kit_id not in chain:
        chain = [kit.kit_id]
    got = given(chain, units)
    each = shares(kit, plan, units)
    found = {}
    for unit_id in units:
        mine = next((pk for pk in chain if (pk, unit_id) in got), chain[0])
        had = got.get((kit.kit_id, unit_id), Counter())
        found[unit_id] = UnitShare(unit_id, each.get(unit_id), had, elsewhere=mine != kit.kit_id)
    return found


def beyond_share(part: Part, got: int) -> str:
    """Return that more of an item is asked for than is left of a unit's share, of which it got some."""
    left = max(part.quantity - got, 0)
    facts = {"share": part.quantity, "got": got, "left": left, "packing": part.packing, "item": part.item}
    if not left:
        sentence = _("The unit has got all of its %(share)s %(packing)s of %(item)s. Leave this empty.")
        return sentence % facts
    sentence = _(
        "The unit's share is %(share)s %(packing)s of %(item)s; it has got %(got)s. Enter at most %(left)s."
    )
    return sentence % facts


def visits_bring_kits(plan_id: int) -> bool:
    """Return whether visits that go on bring the kits of a plan; else units get them out of the store."""
    return plan_id in _with_visits([plan_id])


def kits_to_give(plan: Plan) -> list[KitView]:
    """Return the kits of a plan that units get out of the store: those in use, and what is begun."""
    if visits_bring_kits(plan.pk):
        return []
    return [
        kit
        for place, (closed, kit) in enumerate(kits_of(plan.pk))
        if place == 0 or not closed or _is_begun(kit, plan)
    ]


def plans_with_kits(plan_ids: Collection[int]) -> set[int]:
    """Return those of these plans whose store has bought goods that no visits bring."""
    levels = StockLevel.objects.filter(
        place=STORE, quantity__gt=0, lot__line__isnull=False, lot__store__plan__in=plan_ids
    )
    there = set(levels.values_list("lot__store__plan", flat=True).distinct())
    return there - _with_visits(there) if there else there


def served_at_the_store(measure_ids: Collection[int]) -> dict[int, int]:
    """Return how many units got something of a kit straight out of the store, by id of its measure."""
    issues = Issue.objects.filter(movement__kit__measure__in=measure_ids, withdrawn_at__isnull=True)
    counts = issues.values_list("movement__kit__measure").annotate(units=Count("unit", distinct=True))
    return {measure_id: int(units) for measure_id, units in counts.order_by()}


def _is_begun(kit: KitView, plan: Plan) -> bool:
    """Return whether some unit got a part of a kit that was replaced, and still gets the rest."""
    begun = {unit_id for _kit_id, unit_id in given([kit.kit_id])}
    return any(one.left for one in unit_shares(kit, plan, begun).values())


def _with_visits(plan_ids: Collection[int]) -> set[int]:
    """Return those of these plans whose visits go on and bring their kits."""
    going_on = Measure.objects.filter(plan__in=plan_ids, kind=VISITS).exclude(status=MeasureStatus.CLOSED)
    return {row.plan_id for row in going_on if row.settings.get("hand_over", True)}
