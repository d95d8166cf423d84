"""Which lots of a kit may go out on a day, and why they may not."""

from datetime import date

from songnuan.goods.holding import require_free_lots, require_kit_free
from songnuan.goods.lots import SHORT, Wanted, choose, lots_lacking
from songnuan.goods.models import Kit, Lot
from songnuan.goods.queries import on_hand, parts_of
from songnuan.kernel.refusal import Refusal


def kit_lots(kit_id: int, day: date, times: int = 1) -> dict[int, int]:
    """Return the packs by lot that make up so many kits, of what may go out on `day`.

    Raises:
        Refusal: `stock_short`, `stock_expired`; `held` where what is on hold would be needed.

    """
    lots = on_hand(Lot.objects.filter(line__purchase__kit_id=kit_id))
    packs: dict[int, int] = {}
    for part in parts_of(kit_id):
        wanted = Wanted(part.item_id, part.item, part.packing, part.quantity * times)
        require_free_lots(lots_lacking(wanted, lots, day=day))
        packs |= choose(wanted, lots, day=day)
    return packs


def why_short(kit_id: int, day: date, times: int = 1) -> str:
    """Return why so many kits can't go out on `day`, in a sentence; "" where they can."""
    try:
        require_kit_free(Kit.objects.get(pk=kit_id))
        kit_lots(kit_id, day, times)
    except Refusal as refusal:
        if refusal.code not in SHORT:
            raise
        return refusal.sentence
    return ""
