"""What a device takes along to a desk: the desks, the people, and how their portions stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from songnuan.goods.lots import usable
from songnuan.goods.models import Desk, Portion
from songnuan.goods.pickup_queries import desk_lots, portion_parts, whole_kits
from songnuan.plans.models import MeasureStatus


@dataclass(frozen=True, slots=True)
class PortionRow:
    """A portion as a desk needs it: whose, of which round and batch (by position), and how it stands.

    `proxy` is who may fetch it, as was named before.
    """

    portion_id: int
    name: str
    unit_id: int
    code: str | None
    proxy: str | None
    round: int
    batch: int
    status: str


def open_desks(unit_ids: Collection[int]) -> QuerySet[Desk]:
    """Return the desks that are not closed, of open measures of these units, with their distributions."""
    rows = Desk.objects.filter(
        closed_at=None,
        distribution__measure__plan__unit__in=unit_ids,
        distribution__measure__status=MeasureStatus.OPEN,
    )
    return rows.select_related("distribution__measure", "distribution__kit").order_by("distribution_id", "pk")


def portion_rows(distribution_id: int) -> list[PortionRow]:
    """Return all portions of a distribution, in an order that never changes."""
    rows = Portion.objects.filter(recipient__distribution_id=distribution_id).order_by("pk")
    told = rows.values_list(
        "pk",
        Coalesce("recipient__person__merged_into__name", "recipient__person__name"),
        "recipient__unit_id",
        "recipient__code",
        "recipient__proxy",
        "round",
        "batch__position",
        "status",
    )
    return [PortionRow(*row) for row in told]


def kits_left(desk: Desk, day: date) -> int:
    """Return how many whole kits a desk may hand out on a day: nothing expired, nothing on hold."""
    return whole_kits(portion_parts(desk.distribution.kit_id), usable(desk_lots(desk.pk), day))
