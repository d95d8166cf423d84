"""The store of plan 4 in the demo: kits bought to the standard, received by lot, put at desks."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from songnuan.cli.demo_school import Site, actor, key_of
from songnuan.cli.demo_school_plan import distribution, measure
from songnuan.cli.drawing import signature
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Desk, Movement, MovementKind
from songnuan.goods.queries import KitView, kit_of
from songnuan.goods.rules import Draft, Line
from songnuan.journeys.allot_to_desk import allot_to_desk
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.close_desk import close_desk
from songnuan.journeys.open_desk import open_desk
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.sent_files import SentFile
from songnuan.plans.models import Measure

_INVOICES = ("06610247", "06610398")
# What one pack cost in fen, and its lots with their last good days: the older one is a third of what came.
_Lots = tuple[tuple[str, date], ...]
_FIRST: Mapping[str, tuple[int, _Lots]] = {
    "医用口罩": (14_60, (("KZ200118", date(2022, 1, 17)), ("KZ200305", date(2022, 3, 4)))),
    "免洗手消毒液": (17_80, (("XS190620", date(2020, 6, 19)), ("XS200226", date(2022, 2, 25)))),
    "维生素C": (11_80, (("VC191105", date(2021, 11, 4)),)),
    "消毒湿巾": (8_70, (("SJ200210", date(2022, 2, 9)),)),
}
_SECOND: Mapping[str, tuple[int, _Lots]] = {
    "医用口罩": (15_00, (("KZ200322", date(2022, 3, 21)),)),
    "免洗手消毒液": (18_00, (("XS200319", date(2022, 3, 18)),)),
    "维生素C": (12_00, (("VC200301", date(2022, 2, 28)),)),
    "消毒湿巾": (9_00, (("SJ200325", date(2022, 3, 24)),)),
}

At = Callable[..., datetime]


def buy_first(site: Site, at: At) -> None:
    """Buy five kits of six, and take them into the store."""
    _buy(site, 0, _FIRST, site.people * 5 // 6, (at(9, 10, 20), at(10, 15)))


def buy_rest(site: Site, at: At) -> None:
    """Buy what lacks, now that the roster is brought in line."""
    _buy(site, 1, _SECOND, site.people - site.people * 5 // 6, (at(14, 15, 10), at(15, 14, 30)))


def _buy(
    site: Site,
    place: int,
    prices: Mapping[str, tuple[int, _Lots]],
    kits: int,
    moments: tuple[datetime, datetime],
) -> None:
    """Let finance buy, and the store keeper receive the next day."""
    kit, invoice, (bought_at, came_at) = _kit(site), _INVOICES[place], moments
    told = {part.item_id: prices[part.item.partition("（")[0]] for part in kit.parts}
    lines = tuple(Line(part.item_id, kits * part.quantity, told[part.item_id][0]) for part in kit.parts)
    purchase_id = buy_kits(
        measure_id=measure(site, "kit_purchase").pk,
        draft=Draft("临澄康安医药连锁公司", invoice, bought_at.date(), lines),
        key=key_of("purchase", invoice),
        invoice=SentFile(signature(int(invoice)), f"发票{invoice}.png", "image/png"),
        received=False,
        actor=actor("school-finance"),
        at=bought_at,
    )
    deliveries = []
    for part in kit.parts:
        packs, (older, *newer) = kits * part.quantity, told[part.item_id][1]
        few = packs // 3 if newer else packs
        deliveries.append(Delivery(part.item_id, few, *older))
        deliveries += [Delivery(part.item_id, packs - few, *lot) for lot in newer]
    receive_goods(
        purchase_id=purchase_id,
        came_on=came_at.date(),
        deliveries=deliveries,
        key=key_of("came", invoice),
        actor=actor("school-store"),
        at=came_at,
    )


def _kit(site: Site) -> KitView:
    row = measure(site, "kit_purchase")
    kit = kit_of(row.pk)
    if kit is None:
        raise Measure.DoesNotExist(row.key)
    return kit


def open_desks(site: Site, at: At) -> None:
    """Open the desks on the morning of the first batch, and give each what it is to hand out."""
    made, union = distribution(site), actor("school-union")
    for place, (name, (kits, _later)) in enumerate(site.desks.items()):
        desk = Desk.objects.filter(distribution=made, name=name).first()
        if desk is None:
            desk = open_desk(distribution_id=made.pk, name=name, actor=union, at=at(13, 7, 10 + place))
        _allot(desk, kits, at(13, 7, 40 + place % 20))


def close_desks(site: Site, at: At) -> None:
    """Close the desks on the evening of the first batch: what they have left goes back to the store."""
    for place, desk in enumerate(Desk.objects.filter(distribution=distribution(site)).order_by("pk")):
        if not is_over(desk):
            close_desk(desk_id=desk.pk, actor=actor("school-union"), at=at(13, 17, 30 + place % 20))


def open_desks_again(site: Site, at: At) -> None:
    """Give the desks on the morning of the second batch what they are to hand out then."""
    for place, (name, (_first, kits)) in enumerate(site.desks.items()):
        desk = Desk.objects.get(distribution=distribution(site), name=name)
        _allot(desk, kits, at(16, 7, 15 + place))


def is_over(desk: Desk) -> bool:
    """Whether a desk was closed on the evening of the first batch."""
    return Movement.objects.filter(kind=MovementKind.BRING_BACK, subject=f"goods.desk:{desk.pk}").exists()


def _allot(desk: Desk, kits: int, moment: datetime) -> None:
    rows = Movement.objects.filter(kind=MovementKind.ALLOT, subject=f"goods.desk:{desk.pk}")
    if not rows.filter(at=moment).exists():
        allot_to_desk(desk_id=desk.pk, kits=kits, actor=actor("school-union"), at=moment)
