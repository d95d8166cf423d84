"""What papers tell of kits that people pick up: whose portions there are, who got what, when and where."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from songnuan.documents.sheet_paper import Signed
from songnuan.goods.cards import price_of
from songnuan.goods.models import Batch, Desk, Distribution, Lot, MovementKind, MovementLine, Pickup, Portion
from songnuan.goods.pickup_models import PickupStatus
from songnuan.goods.pickup_states import Portioned
from songnuan.journeys.paper_units import PaperUnits
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import mask_name
from songnuan.kernel.sealed import SealBroken
from songnuan.organisation.models import User
from songnuan.records.models import StoredFile
from songnuan.records.pictures import is_whole
from songnuan.records.queries import read_file

NOBODY = "（信息已删除）"
_STANDING = (PickupStatus.BOOKED, PickupStatus.WAITING)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of a distribution a paper is about; `is_full` leaves names whole."""

    distribution: Distribution
    batch: Batch | None = None
    desk: Desk | None = None
    unit_id: int | None = None
    is_full: bool = False

    def shown(self, name: str) -> str:
        """Return somebody's name as the paper has it."""
        return (name if self.is_full else mask_name(name)) or NOBODY


@dataclass(frozen=True, slots=True)
class PortionRow:
    """One line of a sheet to sign: whose portion, and what stands of it already."""

    batch_id: int
    unit_id: int
    name: str
    status: Portioned
    told: str


@dataclass(frozen=True, slots=True)
class PickedGoods:
    """Packs of one lot that somebody got, at the price they were bought at (fen)."""

    item: str
    specification: str
    packing: str
    lot: str
    expires_on: date | None
    quantity: int
    unit_price_minor: int

    @property
    def amount_minor(self) -> int:
        """What they cost together."""
        return self.quantity * self.unit_price_minor


@dataclass(frozen=True, slots=True)
class PickupRow:
    """One record of a desk. `goods` are what was booked, none where nothing is; `way` how it was received."""

    pickup_id: int
    number: str
    batch: int
    unit_id: int
    name: str
    desk: str
    taken_at: datetime
    status: PickupStatus
    way: str
    signed: Signed | None
    handled_by: str
    told: str
    goods: tuple[PickedGoods, ...]

    @property
    def amount_minor(self) -> int:
        """What the goods cost."""
        return sum(one.amount_minor for one in self.goods)


def portions_of(narrowed: Narrowed) -> QuerySet[Portion]:
    """Return the portions that a paper is about, of who left the roster none."""
    rows = Portion.objects.filter(recipient__distribution=narrowed.distribution).exclude(
        status=Portioned.LEFT.value
    )
    if narrowed.batch is not None:
        rows = rows.filter(batch=narrowed.batch)
    if narrowed.unit_id is not None:
        rows = rows.filter(recipient__unit=narrowed.unit_id)
    return rows


def portion_rows(narrowed: Narrowed) -> list[PortionRow]:
    """Return the lines of the sheets to sign, by batch, unit and name."""
    name = Coalesce("recipient__person__merged_into__name", "recipient__person__name")
    rows = portions_of(narrowed).order_by("batch__position", "recipient__unit_id", name, "pk")
    told = _told_of_portions(narrowed.distribution)
    return [
        PortionRow(batch_id, unit_id, narrowed.shown(whose), Portioned(status), _stands(status, told.get(pk)))
        for pk, batch_id, unit_id, whose, status in rows.values_list(
            "pk", "batch_id", "recipient__unit_id", name, "status"
        )
    ]


def _told_of_portions(distribution: Distribution) -> dict[int, tuple[datetime, str, str]]:
    """Return when and where each portion was picked up, by its id; a booked record before one that waits."""
    rows = Pickup.objects.filter(desk__distribution=distribution, status__in=_STANDING)
    found: dict[int, tuple[datetime, str, str]] = {}
    columns = ("portion_id", "taken_at", "desk__name", "status")
    for portion_id, taken_at, desk, status in rows.order_by("-status", "-pk").values_list(*columns):
        found[portion_id] = (taken_at, desk, status)
    return found


def _stands(status: str, told: tuple[datetime, str, str] | None) -> str:
    if told is not None:
        taken_at, desk, of_record = told
        waits = "（待认定）" if of_record == PickupStatus.WAITING else ""
        return f"已领 {moment(taken_at)} {desk}{waits}"
    if status == Portioned.SETTLED:
        return "已另行处理"
    return "逾期未领，由工会处理" if status == Portioned.REFERRED else ""


def moment(at: datetime) -> str:
    """Return a moment as it stands in a line: 5月18日 09:31."""
    here = at.astimezone(CHINA)
    return f"{here.month}月{here.day}日 {here:%H:%M}"


def records_of(narrowed: Narrowed) -> QuerySet[Pickup]:
    """Return the records of desks that a paper is about."""
    rows = Pickup.objects.filter(desk__distribution=narrowed.distribution)
    if narrowed.batch is not None:
        rows = rows.filter(portion__batch=narrowed.batch)
    if narrowed.desk is not None:
        rows = rows.filter(desk=narrowed.desk)
    if narrowed.unit_id is not None:
        rows = rows.filter(portion__recipient__unit=narrowed.unit_id)
    return rows


def pickup_rows(narrowed: Narrowed, rows: QuerySet[Pickup], *, with_pictures: bool) -> list[PickupRow]:
    """Return records of desks as papers tell them, by unit and in the order they happened.

    A signature is a name in full: where names are masked, that somebody signed is said, and not shown.
    """
    name = Coalesce("portion__recipient__person__merged_into__name", "portion__recipient__person__name")
    told = rows.select_related(
        "desk", "portion__batch", "portion__recipient", "by", "signature", "decided_by"
    ).annotate(whose=name)
    found = list(told.order_by("portion__recipient__unit_id", "taken_at", "pk"))
    goods = goods_of(narrowed.distribution, {row.movement_id for row in found if row.movement_id})
    return [
        PickupRow(
            pickup_id=row.pk,
            number=receipt_number(row.pk),
            batch=row.portion.batch.position,
            unit_id=row.portion.recipient.unit_id,
            name=narrowed.shown(row.whose),
            desk=row.desk.name,
            taken_at=row.taken_at,
            status=PickupStatus(row.status),
            way=_way(row, narrowed),
            signed=_signed(row.signature, with_picture=with_pictures and narrowed.is_full),
            handled_by=row.by.name,
            told=_decided(row),
            goods=goods.get(row.movement_id or 0, ()),
        )
        for row in found
    ]


def receipt_number(pickup_id: int) -> str:
    """Return the number of a record as it stands on its receipt: 领-000012."""
    return f"领-{pickup_id:06d}"


def _way(row: Pickup, narrowed: Narrowed) -> str:
    way = f"代领（{narrowed.shown(row.proxy) if row.proxy else '信息已删除'}）" if row.by_proxy else "本人"
    said = "具名确认" if row.by_name else "凭领取码或核对姓名"
    return f"{way}，{'签字' if row.signature_id else said}"


def _decided(row: Pickup) -> str:
    """Return who decided about a record, and why it waited; its reasons stay in the system."""
    words = [str(row.get_doubt_display())] if row.doubt else []
    if isinstance(row.decided_by, User) and row.decided_at is not None:
        words.append(f"{row.decided_by.name} {moment(row.decided_at)}认定")
    return "，".join(words)


def _signed(file: StoredFile | None, *, with_picture: bool) -> Signed | None:
    """Return a signature with its picture; what cannot be shown of it is said."""
    if file is None:
        return None
    if not with_picture:
        return Signed("屏幕签名")
    if file.erased_at is not None:
        return Signed("屏幕签名，已按期删除")
    try:
        content = read_file(file)
    except FileNotFoundError:
        return Signed("屏幕签名，图片缺失")
    except SealBroken:
        return Signed("屏幕签名，图片被改动或损坏")
    return Signed("", content) if is_whole(content) else Signed("屏幕签名，图片损坏")


def goods_of(distribution: Distribution, movements: Collection[int]) -> dict[int, tuple[PickedGoods, ...]]:
    """Return what people picked up by some movements, by the movement that booked it."""
    rows = MovementLine.objects.filter(
        movement__kit=distribution.kit_id, movement__kind=MovementKind.PICK_UP, quantity__gt=0
    )
    columns = ("movement_id", "lot_id", "quantity")
    ordered = rows.order_by("movement_id", "lot__item_id", "pk").values_list(*columns)
    # More ids than a statement takes: those of the whole kit are read, and the others passed over.
    told = [row for row in ordered if row[0] in movements]
    lots = lots_by_id({lot_id for _movement, lot_id, _packs in told})
    found: dict[int, list[PickedGoods]] = defaultdict(list)
    for movement_id, lot_id, packs in told:
        found[movement_id].append(_goods(lots[lot_id], packs))
    return {movement_id: tuple(goods) for movement_id, goods in found.items()}


def lots_by_id(ids: Iterable[int]) -> dict[int, Lot]:
    """Return lots with their items and what they cost."""
    rows = Lot.objects.filter(pk__in=set(ids))
    return {lot.pk: lot for lot in rows.select_related("item", "line__purchase", "gift__donation")}


def _goods(lot: Lot, packs: int) -> PickedGoods:
    item = lot.item
    told = (item.name, item.specification, item.packing, lot.number, lot.expires_on)
    return PickedGoods(*told, packs, price_of(lot))


def units_of_papers(ids: Iterable[int], day: date) -> Mapping[int, str]:
    """Return the names of units on a day."""
    wanted = set(ids)
    units = PaperUnits(wanted)
    return {unit_id: units.name(unit_id, day) for unit_id in wanted}


def by_unit(rows: Sequence[PickupRow]) -> Iterator[tuple[int, list[PickupRow]]]:
    """Yield the records of each unit; they are sorted by it."""
    for unit_id, told in groupby(rows, lambda row: row.unit_id):
        yield unit_id, list(told)


def counted(rows: Iterable[PickupRow]) -> Counter[PickupStatus]:
    """Return how many records stand how."""
    return Counter(row.status for row in rows)
