"""What of many stores waits for somebody: lots that expire, counts and disposals to be decided."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from songnuan.goods.lots import SOON
from songnuan.goods.models import Count, CountStatus, Disposal, DisposalStatus, StockLevel
from songnuan.goods.places import STORE


@dataclass(frozen=True, slots=True)
class ExpiringLot:
    """A lot in a store that has expired, or does within 30 days.

    `quantity` are the packs that nobody asked to dispose of, `asked` those that wait to be disposed of.
    """

    plan_id: int
    lot_id: int
    item: str
    packing: str
    number: str
    expires_on: date
    quantity: int
    asked: int


def expiring(plan_ids: Collection[int], day: date) -> list[ExpiringLot]:
    """Return the lots of these plans' stores that have expired on `day` or soon will, in the order of dates.

    What of a lot waits to be disposed of is somebody else's matter by then, and is left out.
    """
    asked = Disposal.objects.filter(status=DisposalStatus.WAITING, lot=OuterRef("lot"))
    levels = StockLevel.objects.filter(
        lot__store__plan__in=plan_ids, place=STORE, lot__expires_on__lte=day + SOON
    ).annotate(asked=Coalesce(Subquery(asked.values("quantity")), 0), rest=F("quantity") - F("asked"))
    rows = (
        levels.filter(rest__gt=0)
        .select_related("lot__item", "lot__store")
        .order_by("lot__expires_on", "lot_id")
    )
    return [
        ExpiringLot(
            plan_id=row.lot.store.plan_id,
            lot_id=row.lot_id,
            item=row.lot.item.label,
            packing=row.lot.item.packing,
            number=row.lot.number,
            expires_on=row.lot.expires_on,
            quantity=row.rest,
            asked=row.asked,
        )
        for row in rows
        if row.lot.expires_on is not None
    ]


def counted_by(user_id: int) -> frozenset[int]:
    """Return the plans whose stores somebody is counting just now, and is not to see the books of."""
    rows = Count.objects.filter(status=CountStatus.COUNTING, started_by=user_id)
    return frozenset(rows.values_list("store__plan_id", flat=True))


def waiting_counts(plan_ids: Collection[int]) -> list[Count]:
    """Return the counts of these plans' stores whose differences wait for a decision."""
    rows = Count.objects.filter(store__plan__in=plan_ids, status=CountStatus.WAITING)
    return list(rows.select_related("store").order_by("pk"))


def last_counts(plan_ids: Collection[int]) -> list[Count]:
    """Return the last count of each of these plans' stores; one that was given up leaves what was before."""
    counts = Count.objects.filter(store__plan__in=plan_ids).exclude(status=CountStatus.ABANDONED)
    last = counts.values("store").annotate(last=Max("pk"))
    rows = Count.objects.filter(pk__in=last.values("last")).select_related("store")
    return list(rows.order_by("pk"))


def waiting_disposals(plan_ids: Collection[int]) -> list[Disposal]:
    """Return the disposals in these plans' stores that wait for a decision."""
    rows = Disposal.objects.filter(lot__store__plan__in=plan_ids, status=DisposalStatus.WAITING)
    return list(rows.select_related("lot__item", "lot__store").order_by("pk"))
