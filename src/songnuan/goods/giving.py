"""Which kits units get straight out of the store, what each got of its share, and what is left of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from songnuan.goods.models import Distribution, Issue, StockLevel
from songnuan.goods.outgoing import given, kits_under
from songnuan.goods.places import STORE
from songnuan.goods.queries import KitView
from songnuan.goods.rules import Part
from songnuan.goods.shares import receiving, shares
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


def kits_of(plan_id: int, *, for_families: bool = False) -> list[tuple[bool, KitView]]:
    """Return the kits of a plan, each with whether its purchase was closed; the one in use stands first.

    It is the newest of those that are open, or of all where none is. They are those that units get, or those
    that were bought for families.
    """
    found = [row for row in kits_under(plan_id, PURCHASE) if row[1].per_family is for_families]
    found.sort(key=lambda row: (row[0] != MeasureStatus.CLOSED, row[1].measure_id), reverse=True)
    return [(status == MeasureStatus.CLOSED, kit) for status, kit in found]


def unit_shares(kit: KitView, plan: Plan, units: Collection[int]) -> dict[int, UnitShare]:
    """Return the share of each of these units and what it got of it, by id of the unit.

    A kit whose purchase was closed before it was given out is replaced by the one in use: who got something
    of it gets the rest of it and nothing of the other, so that no unit is served twice.
    """
    chain = [one.kit_id for one in chain_of(plan.pk)]
    if kit.kit_id not in chain:
        chain = [kit.kit_id]
    got = given(chain, units)
    each = shares(kit, plan, units)
    found = {}
    for unit_id in units:
        mine = next((pk for pk in chain if (pk, unit_id) in got), chain[0])
        had = got.get((kit.kit_id, unit_id), Counter())
        elsewhere = not had and mine != kit.kit_id
        found[unit_id] = UnitShare(unit_id, each.get(unit_id), had, elsewhere=elsewhere)
    return found


def chain_of(plan_id: int, *, for_families: bool = False) -> list[KitView]:
    """Return the kit in use and those that it replaced: a unit gets one of them, or a family.

    A kit that was given out as often as the plan's text says is no part of it: it was finished, not replaced.
    """
    ranked = kits_of(plan_id, for_families=for_families)
    closed = [kit for is_closed, kit in ranked[1:] if is_closed]
    whole = _given_whole(closed)
    return [kit for _closed, kit in ranked[:1]] + [kit for kit in closed if not whole[kit.kit_id]]


def units_of(kit: KitView, plan: Plan, day: date) -> list[int]:
    """Return the units that get a kit on a day, and those that got something of it before."""
    found = receiving(kit, plan, day)
    begun = {unit_id for _kit_id, unit_id in given([kit.kit_id])}
    return [*found, *sorted(begun - set(found))]


def _given_whole(kits: Sequence[KitView]) -> dict[int, bool]:
    """Return of each kit whether as many as the plan's text asks for were given out, by id."""
    packs: dict[int, Counter[int]] = {kit.kit_id: Counter() for kit in kits}
    for (kit_id, _unit_id), got in given(packs).items() if packs else ():
        packs[kit_id] += got
    return {
        kit.kit_id: bool(kit.asked)
        and all(packs[kit.kit_id][part.item_id] >= part.quantity * kit.asked for part in kit.parts)
        for kit in kits
    }


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
    at_desks = set(Distribution.objects.filter(measure__plan=plan).values_list("kit_id", flat=True))
    return [
        kit
        for place, (closed, kit) in enumerate(kits_of(plan.pk))
        if (place == 0 or not closed or _has_rests(kit, plan)) and kit.kit_id not in at_desks
    ]


def plans_with_kits(plan_ids: Collection[int]) -> set[int]:
    """Return those of these plans whose store has bought goods that no visits bring."""
    levels = StockLevel.objects.filter(
        place=STORE, quantity__gt=0, lot__line__isnull=False, lot__store__plan__in=plan_ids
    )
    there = set(levels.values_list("lot__store__plan", flat=True).distinct())
    return there - _with_visits(there) if there else there


def served_at_the_store(kit_id: int) -> int:
    """Return how many units got something of a kit straight out of the store."""
    issues = Issue.objects.filter(movement__kit=kit_id, withdrawn_at__isnull=True)
    return issues.values("unit").distinct().count()


def _has_rests(kit: KitView, plan: Plan) -> bool:
    """Return whether some unit got a part of a kit that was replaced, and still gets the rest."""
    begun = {unit_id for _kit_id, unit_id in given([kit.kit_id])}
    return any(one.left for one in unit_shares(kit, plan, begun).values())


def _with_visits(plan_ids: Collection[int]) -> set[int]:
    """Return those of these plans whose visits go on and bring their kits."""
    going_on = Measure.objects.filter(plan__in=plan_ids, kind=VISITS).exclude(status=MeasureStatus.CLOSED)
    return {row.plan_id for row in going_on if row.settings.get("hand_over", True)}
