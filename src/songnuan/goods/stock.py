"""Moves goods between places: guarded levels, and a movement whose lines add up to zero per lot."""

from collections.abc import Mapping
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from songnuan.goods.lots import lot_name
from songnuan.goods.models import Lot, Movement, MovementKind, MovementLine, StockLevel, Store
from songnuan.goods.places import OUTSIDE, STORE
from songnuan.goods.running import free_on, moved_after
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal


def lock_store(plan_id: int) -> Store:
    """Return the store of a plan, with its row locked until commit; it is made when first asked for."""
    stores = Store.objects.filter(plan_id=plan_id)
    if not stores.update(version=F("version") + 1):
        Store.objects.get_or_create(plan_id=plan_id)
        stores.update(version=F("version") + 1)
    return stores.select_related("plan").get()


def move(movement: Movement, packs: Mapping[int, int], *, source: str, target: str) -> None:
    """Write `movement` of `packs` (by id of the lot) from one place to another.

    What comes from outside, or goes missing, has no level there. Lots are taken in one order, so that two
    movements never wait for each other crosswise.

    Raises:
        Refusal: `stock_short` with `item`, `in_store` and `asked`.

    """
    move_both_ways(movement, {lot_id: (packed, source, target) for lot_id, packed in packs.items()})


def move_both_ways(movement: Movement, packs: Mapping[int, tuple[int, str, str]]) -> None:
    """Write `movement` of (packs, source, target) by id of the lot, each its own way.

    What leaves the store on a day that is over was there on that day and every day since.

    Raises:
        Refusal: `stock_short` with `item`, `in_store` and `asked`.

    """
    day = movement.happened_at.astimezone(CHINA).date()
    leaving = [lot_id for lot_id, (_quantity, source, _target) in packs.items() if source == STORE]
    moved = moved_after(leaving, day) if leaving else {}
    for lot_id, (quantity, source, target) in sorted(packs.items()):
        if lot_id in moved and source == STORE:
            _check_there(movement, lot_id, quantity, day, moved[lot_id])
        if source not in OUTSIDE:
            _take(movement, lot_id, source, quantity)
        if target not in OUTSIDE:
            _bring(lot_id, target, quantity)
    movement.save(force_insert=True)
    MovementLine.objects.bulk_create(
        MovementLine(movement=movement, lot_id=lot_id, place=place, quantity=quantity)
        for lot_id, (packed, source, target) in sorted(packs.items())
        for place, quantity in ((source, -packed), (target, packed))
    )


def _take(movement: Movement, lot_id: int, place: str, quantity: int) -> None:
    level = StockLevel.objects.filter(lot_id=lot_id, place=place)
    if level.filter(quantity__gte=quantity).update(quantity=F("quantity") - quantity) != 1:
        there = level.values_list("quantity", flat=True).first() or 0
        lot = Lot.objects.select_related("item").get(pk=lot_id)
        if movement.kind == MovementKind.SEND_BACK:
            sentence = _(
                "%(asked)s %(packing)s of %(item)s would go back, only %(there)s are still in the store: the"
                " rest was handed over already. So many can no longer go back."
            )
        else:
            sentence = _(
                "%(asked)s %(packing)s of %(item)s, lot %(lot)s, are to leave the store, and it has"
                " %(there)s. Reload the page and look again."
            )
        figures = {
            "asked": quantity,
            "packing": lot.item.packing,
            "item": lot.item.label,
            "lot": lot_name(lot.number),
            "there": there,
        }
        name = lot.item.label
        raise Refusal("stock_short", sentence % figures, item=name, in_store=there, asked=quantity)


def _check_there(movement: Movement, lot_id: int, asked: int, day: date, moved: Mapping[date, int]) -> None:
    """Let pass packs that the store held on a day that is over and on every day since; it is locked."""
    there = StockLevel.objects.filter(lot_id=lot_id, place=STORE).values_list("quantity", flat=True).first()
    free, _later = free_on(there or 0, moved)
    if asked <= free or asked > (there or 0):  # what the store does not even hold now is refused as such
        return
    lot = Lot.objects.select_related("item").get(pk=lot_id)
    if movement.kind == MovementKind.COUNT:
        sentence = _(
            "%(asked)s %(packing)s of %(item)s, lot %(lot)s, would be missing since %(day)s, and only"
            " %(there)s of what was there then are left. Have the store counted again."
        )
    else:
        sentence = _(
            "%(asked)s %(packing)s of %(item)s, lot %(lot)s, are to leave the store on %(day)s, and it had"
            " %(there)s to give then. Reload the page and look again."
        )
    name = lot.item.label
    words = {"asked": asked, "packing": lot.item.packing, "item": name, "lot": lot_name(lot.number)}
    told = {**words, "day": written(day, "full"), "there": free}
    raise Refusal("stock_short", sentence % told, item=name, in_store=free, asked=asked)


def _bring(lot_id: int, place: str, quantity: int) -> None:
    StockLevel.objects.bulk_create([StockLevel(lot_id=lot_id, place=place)], ignore_conflicts=True)
    StockLevel.objects.filter(lot_id=lot_id, place=place).update(quantity=F("quantity") + quantity)
