"""Pickups as an inspector reads them: every record of a plan, and what of it was in doubt."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from songnuan.goods.pickup_models import Pickup, PickupDoubt, PickupStatus


@dataclass(frozen=True, slots=True)
class Doubted:
    """Records of a kit that are or were in doubt for the same reason; `newest` is the last of them."""

    plan_id: int
    distribution_id: int
    kit: str
    why: str
    records: int
    waiting: int
    newest: int


def doubted_of(plan_ids: Collection[int]) -> list[Doubted]:
    """Return what desks of these plans recorded that is or was in doubt, by kit and reason. One query."""
    of = "desk__distribution"
    rows = Pickup.objects.filter(desk__distribution__measure__plan__in=plan_ids).exclude(doubt="").order_by()
    counted = rows.values_list(f"{of}__measure__plan", of, f"{of}__kit__name", "doubt").annotate(
        records=Count("pk"), wait=Count("pk", filter=Q(status=PickupStatus.WAITING)), last=Max("pk")
    )
    return [
        Doubted(plan_id, pk, kit, str(PickupDoubt(doubt).label), records, waiting, newest)
        for plan_id, pk, kit, doubt, records, waiting, newest in counted.order_by(of, "doubt")
    ]


def recorded_of(plan_id: int) -> QuerySet[Pickup]:
    """Return every record of a plan's desks with whom it is about, the newest first."""
    rows = Pickup.objects.filter(desk__distribution__measure__plan=plan_id)
    return rows.select_related("desk", "by", "portion__recipient__person__merged_into").order_by("-pk")
