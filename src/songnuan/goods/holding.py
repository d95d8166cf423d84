"""What a hold keeps in the store: asked under the lock of the kit, which placing a hold takes as well."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Sum

from songnuan.approvals.hold_queries import held_keys, require_free
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.goods.models import Kit, MovementLine, Purchase, StockLevel
from songnuan.goods.stock import STORE

PURCHASE = "goods.purchase"


def subject_of(purchase_id: int) -> str:
    """Return what names a purchase in a hold."""
    return f"{PURCHASE}:{purchase_id}"


def require_purchase_free(purchase: Purchase) -> None:
    """Let pass the payment or the receiving of a purchase that nobody holds; its kit is locked.

    Raises:
        Refusal: `held`.

    """
    require_free([subject_of(purchase.pk)])


def require_may_leave(purchase: Purchase) -> None:
    """Let pass goods that go back to where they were bought: neither they nor the fund are on hold.

    Raises:
        Refusal: `held`.

    """
    require_free([subject_of(purchase.pk), fund_subject(purchase.fund_id)])


def excluded_purchases(kit_id: int) -> list[int]:
    """Return the purchases for a kit whose goods stay where they are, in the order of their ids."""
    held = [int(key) for key in held_keys(PURCHASE) if key.isdigit()]
    if not held:
        return []
    return list(
        Purchase.objects.filter(kit_id=kit_id, pk__in=held).order_by("pk").values_list("pk", flat=True)
    )


def withheld(kit_id: int) -> dict[int, int]:
    """Return the packs in the store that purchases on hold brought: by id of the item.

    As long as nothing tells one pack from another, what was handed over before counts as having come from
    the other purchases: so none of what is held goes out by mistake.
    """
    held = excluded_purchases(kit_id)
    if not held:
        return {}
    came = MovementLine.objects.filter(movement__purchase__in=held, place=STORE).values_list("item_id")
    there = _levels(kit_id)
    sums = came.annotate(packs=Sum("quantity")).order_by("item_id")
    return {item: min(int(packs), there[item]) for item, packs in sums if there[item] and packs > 0}


def require_kit_free(kit: Kit, packs: Mapping[int, int]) -> None:
    """Let pass a kit that can be put together from what nobody holds; the kit is locked.

    Where the store lacks the goods in any case, that is for the stock to say.

    Raises:
        Refusal: `held`, by the fund or by a purchase whose goods would be needed.

    """
    require_free([fund_subject(kit.fund_id)])
    kept = withheld(kit.pk)
    if not kept:
        return
    there = _levels(kit.pk)
    if any(there[item] - kept.get(item, 0) < wanted <= there[item] for item, wanted in packs.items()):
        require_free([subject_of(purchase) for purchase in excluded_purchases(kit.pk)])


def _levels(kit_id: int) -> Counter[int]:
    rows = StockLevel.objects.filter(kit_id=kit_id, place=STORE).values_list("item_id", "quantity")
    return Counter(dict(rows))
