"""The store of plan 3 in the demo: necessities that were bought, a gift, and what two families were given."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from songnuan.casework.case_models import Need, NeedGoods
from songnuan.cli.demo_union import actor
from songnuan.cli.demo_union_plan import key_of, measure
from songnuan.cli.drawing import signature
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Item
from songnuan.goods.queries import KitView, kit_of
from songnuan.goods.rules import Draft, Line
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.issue_for_need import issue_for_need
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.record_donation import record_donation
from songnuan.journeys.sent_files import SentFile
from songnuan.plans.models import Measure

At = Callable[..., datetime]

STORED = "家庭防护包"
_INVOICE = "03317752"
# Of the first ten families: packs, what one cost in fen, the lot and its last good day.
_BOUGHT: Mapping[str, tuple[int, int, str, date | None]] = {
    "大米（5千克装）": (10, 32_00, "DM200322", date(2020, 9, 21)),
    "食用油（1.8升装）": (10, 30_00, "Y200310", date(2021, 9, 9)),
    "蔬菜（时令菜5千克）": (10, 25_00, "", None),
    "消毒液（500毫升）": (10, 9_00, "X200301", date(2021, 2, 28)),
}


def buy_necessities(at: At) -> None:
    """Let finance buy what a family needs, for ten of them at first, and take it into the store."""
    kit, finance = _kit(), actor("care-finance")
    lines = tuple(
        Line(part.item_id, packs, fen)
        for part in kit.parts
        for packs, fen, _number, _until in (_BOUGHT[part.item],)
    )
    purchase_id = buy_kits(
        measure_id=measure("kit_purchase").pk,
        draft=Draft("临澄惠民副食公司", _INVOICE, date(2020, 4, 8), lines),
        key=key_of("purchase", _INVOICE),
        invoice=SentFile(signature(int(_INVOICE)), f"发票{_INVOICE}.png", "image/png"),
        received=False,
        actor=finance,
        at=at(8, 15, 20),
    )
    deliveries = [
        Delivery(part.item_id, packs, number, until)
        for part in kit.parts
        for packs, _fen, number, until in (_BOUGHT[part.item],)
    ]
    receive_goods(
        purchase_id=purchase_id,
        came_on=date(2020, 4, 9),
        deliveries=deliveries,
        key=key_of("came", _INVOICE),
        actor=finance,
        at=at(9, 14, 10),
    )


def take_in_gift(at: At) -> None:
    """Let the plan's store have a gift."""
    gift = Gift(
        donor="临澄市慈善总会",
        donor_kind="organisation",
        donated_on=date(2020, 4, 8),
        valuation="invoiced",
        lines=(GiftLine(STORED, "套", 120, 68_00, "JT200405", date(2021, 4, 5), "消毒液、口罩、酒精棉片"),),
        handing=Handing("乐为"),
    )
    record_donation(
        plan_id=measure("families").plan.pk,
        gift=gift,
        signature=b"",
        key=key_of("gift"),
        actor=actor("care-officer"),
        at=at(8, 14, 30),
    )


def give_bought(need: Need, items: Mapping[str, int], moment: datetime) -> None:
    """Give a family what was bought for families, against a signature."""
    kit = _kit()
    packs = {part.item_id: items[part.item] for part in kit.parts if part.item in items}
    _give(need, {kit.kit_id: packs}, {}, moment)


def give_gift(need: Need, packs: int, moment: datetime) -> None:
    """Give a family something of the gift, against a signature."""
    _give(need, {}, {Item.objects.get(name=STORED).pk: packs}, moment)


def _give(
    need: Need, bought: Mapping[int, Mapping[int, int]], packs: Mapping[int, int], moment: datetime
) -> None:
    if NeedGoods.objects.filter(need=need).exists():
        return
    issue_for_need(
        need_id=need.pk,
        bought=bought,
        packs=packs,
        happened_on=moment.date(),
        handing=Handing(need.case.employee.name if need.case.employee else ""),
        signature=signature(need.case.number),
        reason_late="",
        key=key_of("issue", str(need.case.number)),
        actor=actor("care-union"),
        at=moment,
    )


def _kit() -> KitView:
    row = measure("kit_purchase")
    kit = kit_of(row.pk)
    if kit is None:
        raise Measure.DoesNotExist(row.key)
    return kit
