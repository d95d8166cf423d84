"""What of a kit went out, which lots of it may go out on a day, and why they may not."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet, Sum

from songnuan.goods.holding import require_free_lots, require_kit_free
from songnuan.goods.lots import SHORT, OnHand, Shortage, Wanted, choose, lots_lacking
from songnuan.goods.models import Kit, KitLine, Lot, MovementKind, MovementLine
from songnuan.goods.queries import KitView, kit_view, on_hand, part_of
from songnuan.goods.rules import Part
from songnuan.kernel.refusal import Refusal


def kit_lots(
    kit_id: int, day: date, parts: Iterable[Part], *, shortage: Shortage = Shortage.KIT
) -> dict[int, int]:
    """Return the packs by lot that make up these parts of a kit, of what may go out on `day`.

    Raises:
        Refusal: `stock_short`, `stock_expired`; `held` where what is on hold would be needed.

    """
    lots = _lots(kit_id, day)
    packs: dict[int, int] = {}
    for part in parts:
        packs |= _choose(part, lots, day, shortage)
    return packs


def why_short(kit: KitView, day: date) -> dict[int, str]:
    """Return why parts of a kit can't go out on `day`, a sentence by id of the item; none for what can."""
    try:
        require_kit_free(kit.fund_id)
    except Refusal as refusal:
        return dict.fromkeys((part.item_id for part in kit.parts), refusal.sentence)
    lots, found = _lots(kit.kit_id, day), {}
    for part in kit.parts:
        try:
            _choose(part, lots, day)
        except Refusal as refusal:
            if refusal.code not in SHORT:
                raise
            found[part.item_id] = refusal.sentence
    return found


def kits_under(plan_id: int, kind: str) -> list[tuple[str, KitView]]:
    """Return the kits that measures of a kind buy under a plan, with the measure's status. One query."""
    lines = KitLine.objects.filter(kit__measure__plan_id=plan_id, kit__measure__kind=kind)
    held: dict[Kit, list[Part]] = defaultdict(list)
    for line in lines.select_related("kit__measure", "item").order_by("kit_id", "pk"):
        held[line.kit].append(part_of(line))
    return [(kit.measure.status, kit_view(kit, parts)) for kit, parts in held.items()]


def given(
    kit_ids: Iterable[int], unit_ids: Iterable[int] | None = None
) -> dict[tuple[int, int], Counter[int]]:
    """Return the packs, by id of the item, that each unit got of each of these kits: by (kit, unit).

    What was taken back it did not get.
    """
    lines = _standing(kit_ids)
    if unit_ids is not None:
        lines = lines.filter(movement__unit__in=list(unit_ids))
    sums = lines.values_list("movement__kit_id", "movement__unit_id", "lot__item_id").order_by()
    found: dict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for kit_id, unit_id, item_id, packs in sums.annotate(packs=Sum("quantity")):
        found[kit_id, unit_id][item_id] = int(packs)
    return dict(found)


def given_for(kit_ids: Iterable[int], subject: str | None = None) -> dict[tuple[int, str], Counter[int]]:
    """Return the packs, by id of the item, that went out of each of these kits: by (kit, what it was for).

    With a `subject`, only what was for that. What was taken back does not count.
    """
    lines = _standing(kit_ids)
    if subject is not None:
        lines = lines.filter(movement__subject=subject)
    sums = lines.values_list("movement__kit_id", "movement__subject", "lot__item_id").order_by()
    found: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
    for kit_id, about, item_id, packs in sums.annotate(packs=Sum("quantity")):
        found[kit_id, about][item_id] = int(packs)
    return dict(found)


def _standing(kit_ids: Iterable[int]) -> QuerySet[MovementLine]:
    """Return what was handed over of kits, without what was taken back."""
    return MovementLine.objects.filter(
        movement__kind=MovementKind.HAND_OVER,
        movement__kit__in=list(kit_ids),
        movement__issue__withdrawn_at__isnull=True,
        quantity__gt=0,
    )


def _lots(kit_id: int, day: date) -> list[OnHand]:
    return on_hand(Lot.objects.filter(line__purchase__kit_id=kit_id), on=day)


def _choose(part: Part, lots: list[OnHand], day: date, shortage: Shortage = Shortage.KIT) -> dict[int, int]:
    wanted = Wanted(part.item_id, part.item, part.packing, part.quantity)
    require_free_lots(lots_lacking(wanted, lots, day=day))
    return choose(wanted, lots, day=day, shortage=shortage)
