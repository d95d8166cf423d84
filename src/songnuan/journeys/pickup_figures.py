"""The figures of a distribution, each from the rows: what its summary says, and its pages and ledgers too."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from songnuan.goods.cards import price_of
from songnuan.goods.models import Distribution, Lot, MovementKind, MovementLine, Pickup, Portion, StockLevel
from songnuan.goods.pickup_lists import by_batch
from songnuan.goods.pickup_models import PickupDoubt, PickupStatus
from songnuan.goods.pickup_queries import covered, portion_parts
from songnuan.goods.pickup_rules import Coverage, InBatch, coverage
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.goods.places import MISSING, STORE, is_desk, is_picked
from songnuan.goods.queries import KitView, kit_of, paid_for
from songnuan.journeys.pickup_paper_rows import lots_by_id


@dataclass(frozen=True, slots=True)
class GoodsLeft:
    """Where the packs of one thing of the kits are, of those that came and were not sent back.

    `missing` is what counts of the store did not find, less what they found beyond the books.
    """

    item: str
    packing: str
    came: int
    picked: int
    in_store: int
    at_desks: int
    otherwise: int
    missing: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of a distribution; money in fen.

    `decided_out` and `decided_not` are doubtful records that were decided about, `given_back` what was taken
    back later, `waiting` what nobody has decided yet, by why. `cost_minor` is what the goods picked up cost.
    """

    kit: KitView | None
    mode: Mode | None
    whole: Coverage
    left_roster: int
    batches: tuple[tuple[int, date, str, InBatch], ...]
    units: dict[int, Coverage]
    desks: tuple[tuple[str, int], ...]
    standing: int
    by_proxy: int
    signed: int
    doubts: dict[PickupDoubt, int]
    decided_out: int
    decided_not: int
    given_back: int
    waiting: int
    goods: tuple[GoodsLeft, ...]
    cost_minor: int
    paid_minor: int
    people: int = 0

    @property
    def each_minor(self) -> int:
        """What a kit that was picked up cost, rounded to a fen; 0 where none was."""
        return (self.cost_minor * 2 + self.standing) // (2 * self.standing) if self.standing else 0


def figures_of(row: Distribution) -> Figures:
    """Return the figures of a distribution, whose measure and kit are at hand."""
    records = Pickup.objects.filter(desk__distribution=row)
    booked = records.filter(status=PickupStatus.BOOKED)
    doubtful = records.exclude(doubt="").order_by()
    doubts = dict(doubtful.values_list("doubt").annotate(rows=Count("pk")))
    decided = doubtful.exclude(decided_by=None)
    portions = Portion.objects.filter(recipient__distribution=row)
    return Figures(
        kit=kit_of(row.kit.measure_id),
        mode=Mode(row.mode) if row.mode else None,
        whole=covered(row.pk),
        left_roster=portions.filter(status=Portioned.LEFT.value).count(),
        batches=_by_batch(row),
        units=_by_unit(row),
        desks=_by_desk(row),
        standing=booked.count(),
        by_proxy=booked.filter(by_proxy=True).count(),
        signed=booked.filter(signature__isnull=False).count(),
        doubts={PickupDoubt(doubt): count for doubt, count in doubts.items()},
        decided_out=decided.exclude(status=PickupStatus.VOID).count(),
        decided_not=decided.filter(status=PickupStatus.VOID).count(),
        given_back=records.filter(status=PickupStatus.RETURNED).count(),
        waiting=records.filter(status=PickupStatus.WAITING).count(),
        goods=_goods(row),
        cost_minor=cost_of(row),
        paid_minor=paid_for(row.kit_id),
        people=portions.exclude(status=Portioned.LEFT.value).values("recipient").distinct().count(),
    )


def _by_batch(row: Distribution) -> tuple[tuple[int, date, str, InBatch], ...]:
    return tuple((batch.position, batch.on, batch.place, went) for batch, went in by_batch(row.pk))


def _by_unit(row: Distribution) -> dict[int, Coverage]:
    counts: dict[int, Counter[Portioned]] = {}
    told = Portion.objects.filter(recipient__distribution=row).order_by()
    columns = ("recipient__unit_id", "status")
    for unit_id, status, rows in told.values_list(*columns).annotate(rows=Count("pk")):
        counts.setdefault(unit_id, Counter())[Portioned(status)] += rows
    return {unit_id: coverage(count) for unit_id, count in sorted(counts.items())}


def _by_desk(row: Distribution) -> tuple[tuple[str, int], ...]:
    booked = Count("pickups", filter=Q(pickups__status=PickupStatus.BOOKED))
    return tuple(row.desks.annotate(booked=booked).order_by("pk").values_list("name", "booked"))


def cost_of(row: Distribution) -> int:
    """Return what the goods cost that people have, by the prices of their purchases."""
    lines = MovementLine.objects.filter(
        movement__kit=row.kit_id, movement__kind__in=(MovementKind.PICK_UP, MovementKind.GIVE_BACK)
    ).filter(place__startswith="picked:")
    packs: Counter[int] = Counter()
    for lot_id, quantity in lines.values_list("lot_id", "quantity").iterator():
        packs[lot_id] += quantity
    lots = lots_by_id(packs)
    return sum(price_of(lots[lot_id]) * count for lot_id, count in packs.items())


def _goods(row: Distribution) -> tuple[GoodsLeft, ...]:
    found = []
    for part in portion_parts(row.kit_id):
        lots = Lot.objects.filter(line__purchase__kit_id=row.kit_id, item=part.item_id)
        packs: Counter[str] = Counter()
        for place, quantity in StockLevel.objects.filter(lot__in=lots).values_list("place", "quantity"):
            packs[_side(place)] += quantity
        found.append(
            GoodsLeft(
                item=part.item,
                packing=part.packing,
                came=_moved(lots, (MovementKind.RECEIVE, MovementKind.SEND_BACK), STORE),
                picked=packs["picked"],
                in_store=packs["store"],
                at_desks=packs["desks"],
                otherwise=packs["otherwise"],
                missing=_moved(lots, (MovementKind.COUNT,), MISSING),
            )
        )
    return tuple(found)


def _moved(lots: QuerySet[Lot], kinds: Collection[MovementKind], place: str) -> int:
    """Return how many packs of some lots movements of these kinds brought to a place."""
    rows = MovementLine.objects.filter(lot__in=lots, movement__kind__in=kinds, place=place)
    total: int = rows.aggregate(packs=Sum("quantity", default=0))["packs"]
    return total


def _side(place: str) -> str:
    if place == STORE:
        return "store"
    if is_picked(place):
        return "picked"
    return "desks" if is_desk(place) else "otherwise"
