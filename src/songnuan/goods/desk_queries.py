"""What a device takes along to a desk: the desks, the people, and how their portions stand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from songnuan.goods.lots import usable
from songnuan.goods.models import Desk, Pickup, Portion
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_queries import desk_lots, portion_parts, whole_kits
from songnuan.goods.pickup_states import Portioned
from songnuan.people.masking import listed_name
from songnuan.plans.models import MeasureStatus


@dataclass(frozen=True, slots=True)
class PortionRow:
    """A portion as a desk needs it: whose, of which round and batch (by position), and how it stands.

    `name` is as lists show it: of the young never in full. `proxy` is who may fetch it, as was named before;
    nobody asks for that any more where it was fetched.
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
    """Return the portions of a distribution that a desk may meet, in an order that never changes.

    Whoever left the roster, or was settled with otherwise, is no desk's to know.
    """
    rows = Portion.objects.filter(recipient__distribution_id=distribution_id).order_by("pk")
    told = rows.exclude(status__in=[Portioned.LEFT, Portioned.SETTLED]).values_list(
        "pk",
        Coalesce("recipient__person__merged_into__name", "recipient__person__name"),
        Coalesce("recipient__person__merged_into__restricted", "recipient__person__restricted"),
        "recipient__unit_id",
        "recipient__code",
        "recipient__proxy",
        "round",
        "batch__position",
        "status",
    )
    return [
        PortionRow(
            portion_id=pk,
            name=listed_name(name, minor=restricted),
            unit_id=unit_id,
            code=code,
            proxy=None if status == Portioned.TAKEN else proxy,
            round=number,
            batch=batch,
            status=status,
        )
        for pk, name, restricted, unit_id, code, proxy, number, batch, status in told
    ]


def waiting_at(desk_ids: Collection[int]) -> dict[int, int]:
    """Return how many records wait for a decision at each of these desks: what they tell of left the desk."""
    rows = Pickup.objects.filter(desk__in=desk_ids, status=PickupStatus.WAITING).order_by()
    return dict(rows.values_list("desk").annotate(count=Count("pk")))


def waiting_keys(user_id: int, distribution_ids: Collection[int]) -> list[str]:
    """Return the keys of the records of somebody that wait for a decision, in an order that never changes."""
    rows = Pickup.objects.filter(
        by=user_id, desk__distribution__in=distribution_ids, status=PickupStatus.WAITING
    )
    return [str(key) for key in rows.order_by("pk").values_list("key", flat=True)]


def kits_left(desk: Desk, day: date) -> int:
    """Return how many whole kits a desk may hand out on a day: nothing expired, nothing on hold."""
    return whole_kits(portion_parts(desk.distribution.kit_id), usable(desk_lots(desk.pk), day))
