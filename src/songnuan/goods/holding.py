"""What a hold keeps in the store: asked under the lock of the kit, which placing a hold takes as well."""

from collections.abc import Collection

from songnuan.approvals.hold_queries import held_keys, require_free
from songnuan.funds.holding import subject_of as fund_subject
from songnuan.goods.models import Lot, Purchase, PurchaseRequest

PURCHASE = "goods.purchase"
REQUEST = "goods.request"


def subject_of(purchase_id: int) -> str:
    """Return what names a purchase in a hold."""
    return f"{PURCHASE}:{purchase_id}"


def require_purchase_free(purchase: Purchase) -> None:
    """Let pass the payment or the receiving of a purchase that nobody holds; its kit is locked.

    Raises:
        Refusal: `held`.

    """
    require_free([subject_of(purchase.pk)])


def request_subject(request_id: int) -> str:
    """Return what names a request for a purchase in a hold."""
    return f"{REQUEST}:{request_id}"


def require_request_free(request_id: int) -> None:
    """Let pass an act on a request that nobody holds; its kit is locked.

    Raises:
        Refusal: `held`.

    """
    require_free([request_subject(request_id)])


def require_promise_free(commitment_id: int) -> None:
    """Let pass what promises or pays again on a commitment; its fund is locked, for which every hold waits.

    Neither the purchase nor the request for which the money was set aside is on hold then, cancelled or not:
    it is what is looked into.

    Raises:
        Refusal: `held`.

    """
    purchases = Purchase.objects.filter(commitment_id=commitment_id).order_by("pk")
    requests = PurchaseRequest.objects.filter(commitment_id=commitment_id).order_by("pk")
    require_free(
        [
            *(subject_of(pk) for pk in purchases.values_list("pk", flat=True)),
            *(request_subject(pk) for pk in requests.values_list("pk", flat=True)),
        ]
    )


def require_may_leave(purchase: Purchase) -> None:
    """Let pass goods that go back to where they were bought: neither they nor the fund are on hold.

    Raises:
        Refusal: `held`.

    """
    require_free([subject_of(purchase.pk), fund_subject(purchase.fund_id)])


def require_kit_free(fund_id: int) -> None:
    """Let pass goods of a kit whose fund nobody holds; the kit is locked, for which a hold on its fund waits.

    The fund itself is not locked here: others lock it before the kit.

    Raises:
        Refusal: `held`.

    """
    require_free([fund_subject(fund_id)])


def require_free_lots(lots: Collection[int]) -> None:
    """Let pass goods that leave the store, told by the ids of their lots, of purchases that nobody holds.

    Raises:
        Refusal: `held`.

    """
    if lots:
        brought = Lot.objects.filter(pk__in=lots, line__isnull=False).order_by("pk")
        require_free([subject_of(pk) for pk in brought.values_list("line__purchase_id", flat=True)])


def held_purchases() -> frozenset[int]:
    """Return the ids of the purchases on hold."""
    return frozenset(int(key) for key in held_keys(PURCHASE) if key.isdigit())
