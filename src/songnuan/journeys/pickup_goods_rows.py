"""What papers tell of the goods of a distribution: what is to be packed, what desks got, every movement."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Sum

from songnuan.goods.holding import held_purchases
from songnuan.goods.lots import OnHand, Wanted, first_expired_first
from songnuan.goods.models import Desk, Distribution, Lot, MovementKind, MovementLine, StockLevel
from songnuan.goods.pickup_queries import portion_parts
from songnuan.goods.pickup_states import Portioned
from songnuan.goods.places import STORE, desk_place, is_desk, is_picked
from songnuan.goods.queries import on_hand
from songnuan.journeys.pickup_paper_rows import Narrowed, lots_by_id, portions_of
from songnuan.organisation.queries import day_of

_SIDES = ("store", "desks", "picked")
_AT_DESKS = (MovementKind.ALLOT, MovementKind.BRING_BACK)
_WORDS = {
    MovementKind.RECEIVE: "采购入库",
    MovementKind.SEND_BACK: "退回供应商",
    MovementKind.HAND_OVER: "发给单位",
    MovementKind.ISSUE: "分发",
    MovementKind.RECLAIM: "分发撤回",
    MovementKind.DONATE: "捐赠入库",
    MovementKind.TAKE_BACK: "捐赠退回",
    MovementKind.COUNT: "盘点",
    MovementKind.DISPOSE: "报废",
    MovementKind.ALLOT: "发放点领用",
    MovementKind.BRING_BACK: "发放点交回",
    MovementKind.PICK_UP: "领取",
    MovementKind.GIVE_BACK: "退领",
}


@dataclass(frozen=True, slots=True)
class PackLot:
    """Packs of one lot that go into the kits to be packed."""

    lot: str
    expires_on: date | None
    quantity: int


@dataclass(frozen=True, slots=True)
class PackRow:
    """One thing of the kits to be packed: how many for each, for all, of which lots, and how many lack.

    `at_desks` are the packs that lie at desks already, `lots` those that go out of the store.
    """

    part: Wanted
    specification: str
    kits: int
    at_desks: int
    lots: tuple[PackLot, ...]

    @property
    def needed(self) -> int:
        """Packs for all kits."""
        return self.part.quantity * self.kits

    @property
    def lacking(self) -> int:
        """Packs that desks and store lack for them."""
        return self.needed - self.at_desks - sum(one.quantity for one in self.lots)


@dataclass(frozen=True, slots=True)
class DeskGoods:
    """What a desk got of one lot, or brought back, in one movement."""

    day: date
    item: str
    specification: str
    packing: str
    lot: str
    expires_on: date | None
    got: int
    back: int
    handled_by: str


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of the card of a thing, with what is in the store, at desks and picked up after it.

    What people picked up of one lot at one desk on one day, one after another, stands in one line; `count` is
    how many movements it holds.
    """

    day: date
    words: str
    desk: str
    lot: str
    expires_on: date | None
    packs: int
    count: int
    store: int
    desks: int
    picked: int


@dataclass(frozen=True, slots=True)
class Card:
    """The card of one thing."""

    item: str
    specification: str
    packing: str
    lines: tuple[CardLine, ...]
    left: tuple[PackLot, ...]


def portions_by_unit(narrowed: Narrowed) -> dict[tuple[int, int], int]:
    """Return how many portions are still to be got, by batch and unit."""
    waiting = [Portioned.OPEN.value, Portioned.REFERRED.value]
    rows = portions_of(narrowed).filter(status__in=waiting).values_list("batch_id", "recipient__unit_id")
    return dict(sorted(Counter(rows).items()))


def pack_rows(narrowed: Narrowed, day: date) -> list[PackRow]:
    """Return what is to be packed for the portions still to be got, of what expires first and is good then.

    Batches are served in their order, each out of what lies at desks, then out of the store, as on its day
    (what is over, as on `day`); of one batch alone, after those before it.
    """
    batches = _kits_by_day(narrowed, day)
    kit_id, kits = narrowed.distribution.kit_id, sum(count for _on, count, is_asked in batches if is_asked)
    there = on_hand(Lot.objects.filter(line__purchase__kit_id=kit_id), on=None)
    at_desks = _at_desks(narrowed.distribution)
    found, lots = [], lots_by_id(lot.lot_id for lot in [*there, *at_desks])
    for part in portion_parts(kit_id):
        desks = [lot for lot in at_desks if lot.item_id == part.item_id]
        store = [lot for lot in there if lot.item_id == part.item_id]
        specification = next((lots[one.lot_id].item.specification for one in [*store, *desks]), "")
        there_already, taken = 0, Counter[int]()
        for on, count, is_asked in batches:
            packs = part.quantity * count
            desks, packed = _taken(desks, packs, on)
            store, out = _taken(store, packs - packed.total(), on)
            if is_asked:
                there_already += packed.total()
                taken += out
        of_lots = tuple(
            PackLot(lots[lot_id].number, lots[lot_id].expires_on, packs) for lot_id, packs in taken.items()
        )
        found.append(PackRow(part, specification, kits, there_already, of_lots))
    return found


def _kits_by_day(narrowed: Narrowed, day: date) -> list[tuple[date, int, bool]]:
    """Return for each batch its day, the portions still to be got, and whether they are asked for."""
    every = portions_by_unit(replace(narrowed, batch=None))
    kits: Counter[int] = Counter()
    for (batch_id, _unit), count in every.items():
        kits[batch_id] += count
    return [
        (max(batch.on, day), kits[batch.pk], narrowed.batch in (None, batch))
        for batch in narrowed.distribution.batches.order_by("position")
    ]


def _at_desks(distribution: Distribution) -> list[OnHand]:
    """Return what lies at the desks of a distribution, by lot."""
    places = [desk_place(pk) for pk in distribution.desks.values_list("pk", flat=True)]
    held = held_purchases()
    levels = StockLevel.objects.filter(place__in=places, quantity__gt=0).order_by("lot")
    columns = ("lot", "lot__item", "lot__number", "lot__expires_on", "lot__line__purchase")
    return [
        OnHand(lot_id, item_id, number, expires_on, packs, held=purchase_id in held)
        for lot_id, item_id, number, expires_on, purchase_id, packs in levels.values_list(*columns).annotate(
            packs=Sum("quantity")
        )
    ]


def _taken(lots: Sequence[OnHand], wanted: int, day: date) -> tuple[list[OnHand], Counter[int]]:
    """Return what is left of some lots, and the packs by lot that go out of them on a day."""
    taken = Counter(first_expired_first(lots, wanted, day=day))
    return [replace(lot, quantity=lot.quantity - taken[lot.lot_id]) for lot in lots], taken


def desk_goods(desk: Desk) -> list[DeskGoods]:
    """Return what a desk was allotted and brought back, as it was booked."""
    rows = MovementLine.objects.filter(place=desk_place(desk.pk), movement__kind__in=_AT_DESKS)
    told = list(rows.select_related("movement__recorded_by").order_by("movement__happened_at", "pk"))
    lots = lots_by_id(line.lot_id for line in told)
    return [
        DeskGoods(
            day=day_of(line.movement.happened_at),
            item=(lot := lots[line.lot_id]).item.name,
            specification=lot.item.specification,
            packing=lot.item.packing,
            lot=lot.number,
            expires_on=lot.expires_on,
            got=max(line.quantity, 0),
            back=max(-line.quantity, 0),
            handled_by=line.movement.recorded_by.name if line.movement.recorded_by else "",
        )
        for line in told
    ]


@dataclass(frozen=True, slots=True)
class _Moved:
    """What one movement did with one lot, or what was picked up of it at a desk on a day, one after another.

    `after` is the last other movement of goods before it: in this order no balance is ever below zero.
    """

    day: date
    after: int
    kind: str
    desk_id: int
    lot_id: int


def cards(distribution: Distribution) -> list[Card]:
    """Return the cards of the things in a kit: every movement through store and desks, as it was booked."""
    items = [part.item_id for part in portion_parts(distribution.kit_id)]
    rows = MovementLine.objects.filter(
        lot__store__plan_id=distribution.measure.plan_id, lot__item_id__in=items
    ).order_by("movement_id", "pk")
    sums: dict[_Moved, Counter[str]] = defaultdict(Counter)
    counted: dict[_Moved, set[int]] = defaultdict(set)
    columns = ("movement_id", "movement__kind", "movement__at", "place", "lot_id", "quantity")
    after = 0
    for movement_id, kind, at, place, lot_id, packs in rows.values_list(*columns).iterator():
        desk_id = int(place.partition(":")[2]) if is_desk(place) or is_picked(place) else 0
        if kind != MovementKind.PICK_UP:
            after = movement_id
        if not desk_id and place != STORE:
            continue
        of_desk = desk_id if kind == MovementKind.PICK_UP else 0
        key = _Moved(day_of(at), after, kind, of_desk, lot_id)
        sums[key][_side(place)] += packs
        counted[key].add(movement_id)
        if desk_id:
            sums[key]["desk"] = desk_id
    lots = lots_by_id(key.lot_id for key in sums)
    desks = dict(Desk.objects.filter(distribution=distribution).values_list("pk", "name"))
    moved = [(key, sums[key], len(counted[key])) for key in sums]
    of_items = ([one for one in moved if lots[one[0].lot_id].item_id == item_id] for item_id in items)
    return [_card(of_item, lots, desks) for of_item in of_items if of_item]


def _side(place: str) -> str:
    if place == STORE:
        return "store"
    return "desks" if is_desk(place) else "picked"


def _card(
    moved: Sequence[tuple[_Moved, Counter[str], int]], lots: Mapping[int, Lot], desks: Mapping[int, str]
) -> Card:
    lines, stand, of_lots = [], Counter[str](), Counter[int]()
    for key, sums, count in moved:
        lot = lots[key.lot_id]
        for side in _SIDES:
            stand[side] += sums[side]
        of_lots[key.lot_id] += sums["store"] + sums["desks"]
        lines.append(
            CardLine(
                day=key.day,
                words=_WORDS[MovementKind(key.kind)],
                desk=desks.get(sums["desk"], ""),
                lot=lot.number,
                expires_on=lot.expires_on,
                packs=max(abs(sums[side]) for side in _SIDES),
                count=count,
                store=stand["store"],
                desks=stand["desks"],
                picked=stand["picked"],
            )
        )
    item = lots[moved[0][0].lot_id].item
    left = tuple(
        PackLot(lots[lot_id].number, lots[lot_id].expires_on, packs)
        for lot_id, packs in sorted(of_lots.items())
        if packs
    )
    return Card(item.name, item.specification, item.packing, tuple(lines), left)
