"""Moves goods between places: guarded levels, and a movement whose lines add up to zero per item."""

from collections.abc import Mapping

from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.goods.models import Item, Movement, MovementKind, MovementLine, StockLevel
from songnuan.kernel.refusal import Refusal

SUPPLIER = "supplier"
STORE = "store"


def unit_place(unit_id: int) -> str:
    """Return the name of a unit as a place of stock."""
    return f"unit:{unit_id}"


def move(movement: Movement, packs: Mapping[int, int], *, source: str, target: str) -> None:
    """Write `movement` of `packs` (by id of the item) from one place to another.

    The supplier is the outside: it keeps no level. Items are taken in one order, so that two
    movements never wait for each other crosswise.

    Raises:
        Refusal: `stock_short` with `item`, `in_store` and `asked`.

    """
    for item_id, quantity in sorted(packs.items()):
        if source != SUPPLIER:
            _take(movement, item_id, source, quantity)
        if target != SUPPLIER:
            _bring(movement.kit_id, item_id, target, quantity)
    movement.save(force_insert=True)
    MovementLine.objects.bulk_create(
        MovementLine(movement=movement, item_id=item_id, place=place, quantity=quantity)
        for item_id, packed in sorted(packs.items())
        for place, quantity in ((source, -packed), (target, packed))
    )


def _take(movement: Movement, item_id: int, place: str, quantity: int) -> None:
    level = StockLevel.objects.filter(kit_id=movement.kit_id, item_id=item_id, place=place)
    if level.filter(quantity__gte=quantity).update(quantity=F("quantity") - quantity) != 1:
        there = level.values_list("quantity", flat=True).first() or 0
        item = Item.objects.get(pk=item_id)
        if movement.kind == MovementKind.SEND_BACK:
            sentence = _(
                "%(asked)s %(packing)s of %(item)s would go back, only %(there)s are still in the store: the"
                " rest was handed over already. This purchase can no longer be cancelled."
            )
        else:
            sentence = _(
                "A kit needs %(asked)s %(packing)s of %(item)s, and the store has %(there)s %(packing)s."
                " It can be handed over once finance has recorded the purchase of the rest."
            )
        figures = {"asked": quantity, "packing": item.packing, "item": item.name, "there": there}
        raise Refusal("stock_short", sentence % figures, item=item.name, in_store=there, asked=quantity)


def _bring(kit_id: int, item_id: int, place: str, quantity: int) -> None:
    StockLevel.objects.bulk_create(
        [StockLevel(kit_id=kit_id, item_id=item_id, place=place)], ignore_conflicts=True
    )
    level = StockLevel.objects.filter(kit_id=kit_id, item_id=item_id, place=place)
    level.update(quantity=F("quantity") + quantity)
