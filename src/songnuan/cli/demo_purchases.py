"""The demo's purchases: requested, approved, the cheapest of three quotations bought, received by lot."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from songnuan.approvals.models import RequestStatus as Answer
from songnuan.approvals.queries import latest
from songnuan.cli.drawing import signature
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Purchase, PurchaseRequest, Quotation, RequestStatus
from songnuan.goods.queries import KitView, kit_of
from songnuan.goods.request_queries import approved_of, subject_of
from songnuan.goods.request_rules import Asked, Quote
from songnuan.goods.rules import Draft, Line
from songnuan.journeys.approve_purchase import approve_purchase
from songnuan.journeys.buy_kits import buy_kits
from songnuan.journeys.choose_quotation import choose_quotation
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.record_quotation import record_quotation
from songnuan.journeys.request_purchase import request_purchase
from songnuan.journeys.sent_files import SentFile
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure

At = Callable[..., datetime]

# What was bought, boxes at the most in fen; who asked how much, the cheapest first; the invoice; what came
# on which day of the month, by lot: boxes, its number, its last good day.
_BOUGHT = (
    (
        "47个一线单位方便面，每单位2箱。",
        {"方便面": (94, 70_00)},
        {
            "澄江粮油副食公司": {"方便面": 68_00},
            "北港商贸公司": {"方便面": 69_50},
            "城南副食批发部": {"方便面": 70_00},
        },
        "08812071",
        (
            (7, {"方便面": (60, "F200301", date(2020, 8, 31))}),
            (8, {"方便面": (34, "F200318", date(2020, 9, 17))}),
        ),
    ),
    (
        "首批40个单位的苹果和梨，各1箱。",
        {"苹果": (40, 86_00), "梨": (40, 76_00)},
        {
            "临江果品批发部": {"苹果": 85_00, "梨": 74_00},
            "望江鲜果行": {"苹果": 84_50, "梨": 75_50},
            "东岸果蔬公司": {"苹果": 86_00, "梨": 75_00},
        },
        "02219930",
        (
            (7, {"苹果": (24, "P0406", date(2020, 5, 6)), "梨": (24, "L0406", date(2020, 4, 26))}),
            (11, {"苹果": (16, "P0410", date(2020, 5, 10)), "梨": (16, "L0410", date(2020, 4, 30))}),
        ),
    ),
)


# On 7 April, purchase by purchase: when it was asked for, approved, first quoted, chosen and bought.
_TIMES = (
    ((9, 40), (10, 30), (11, 10), (14, 30), (15, 5)),
    ((15, 50), (16, 10), (16, 20), (16, 40), (17, 0)),
)


def buy_goods(measure: Measure, finance: Actor, approver: Actor, at: At) -> None:
    """Let finance buy on two requests; a third asks for more than the standard, a fourth waits."""
    kit = kit_of(measure.pk)
    if kit is None:
        raise Measure.DoesNotExist(measure.key)
    came = []
    for place, (reason, goods, quotes, invoice, deliveries) in enumerate(_BOUGHT):
        # The second is asked for once the first is bought, below what was allowed: before, both together
        # could have lifted the kit above its standard.
        asked_at, approved_at, quoted_at, chosen_at, bought_at = (at(7, *hour) for hour in _TIMES[place])
        row = _requested(measure, kit, Asked(reason, _lines(kit, goods)), finance, asked_at)
        asked = latest(subject_of(row.pk))
        if asked is not None and asked.status == Answer.PENDING:
            approve_purchase(request_id=row.pk, digest=row.digest, actor=approver, at=approved_at)
        for minute, (supplier, prices) in enumerate(quotes.items()):
            items = {part.item: part.item_id for part in kit.parts}
            quote = Quote(supplier, date(2020, 4, 7), {items[name]: fen for name, fen in prices.items()})
            moment = quoted_at + timedelta(minutes=5 * minute)
            record_quotation(
                request_id=row.pk, quote=quote, key=_key(invoice, supplier), actor=finance, at=moment
            )
        _choose(row.pk, finance, chosen_at)
        _buy(measure, row.pk, invoice, finance, bought_at, is_proved=place == 0)
        (day, lots), *later = deliveries
        _receive(kit, Purchase.objects.get(request=row), date(2020, 4, day), lots, finance)
        came += [(date(2020, 4, day), row.pk, lots) for day, lots in later]
    for came_on, request_id, lots in sorted(came, key=lambda one: one[0]):
        _receive(kit, Purchase.objects.get(request=request_id), came_on, lots, finance)
    # Once somebody asked for apples that would have lifted the kit above its standard.
    dear = Asked("补齐7个单位的苹果，精品果。", _lines(kit, {"苹果": (7, 160_00)}))
    with suppress(Refusal):
        _requested(measure, kit, dear, finance, at(10, 10, 12))
    rest = Asked("补齐7个单位的苹果和梨。", _lines(kit, {"苹果": (7, 85_00), "梨": (7, 75_00)}))
    _requested(measure, kit, rest, finance, at(15, 16, 20))


def _requested(measure: Measure, kit: KitView, asked: Asked, finance: Actor, at: datetime) -> PurchaseRequest:
    key = _key(str(kit.kit_id), asked.reason)
    pk = request_purchase(measure_id=measure.pk, asked=asked, key=key, actor=finance, at=at)
    return PurchaseRequest.objects.get(pk=pk)


def _choose(request_id: int, finance: Actor, at: datetime) -> None:
    """Choose the cheapest quotation."""
    row = PurchaseRequest.objects.get(pk=request_id)
    if row.status == RequestStatus.APPROVED and row.chosen_id is None:
        cheapest = Quotation.objects.filter(request=row).order_by("pk")[0]
        choose_quotation(request_id=row.pk, quotation_id=cheapest.pk, actor=finance, at=at)


def _buy(
    measure: Measure, request_id: int, invoice: str, finance: Actor, at: datetime, *, is_proved: bool
) -> None:
    """Buy where it was chosen to; the invoice of one purchase is still to be added."""
    row = PurchaseRequest.objects.get(pk=request_id)
    if row.status != RequestStatus.APPROVED:
        return
    approved = approved_of(row)
    offer = approved.offer
    assert offer is not None  # noqa: S101 - it was chosen above
    lines = (Line(line.item_id, line.quantity, offer.prices[line.item_id]) for line in approved.lines)
    picture = SentFile(signature(int(invoice)), f"发票{invoice}.png", "image/png")
    buy_kits(
        measure_id=measure.pk,
        draft=Draft(offer.supplier, invoice, date(2020, 4, 7), tuple(lines)),
        key=_key("purchase", invoice),
        request_id=row.pk,
        invoice=picture if is_proved else None,
        received=False,
        actor=finance,
        at=at,
    )


def _receive(
    kit: KitView, purchase: Purchase, came_on: date, lots: dict[str, tuple[int, str, date]], finance: Actor
) -> None:
    items = {part.item: part.item_id for part in kit.parts}
    rows = [Delivery(items[name], boxes, number, until) for name, (boxes, number, until) in lots.items()]
    receive_goods(
        purchase_id=purchase.pk,
        came_on=came_on,
        deliveries=rows,
        key=_key("came", str(purchase.number), str(came_on.day)),
        actor=finance,
        at=datetime.combine(came_on, time(13 + 2 * purchase.number, 40 + purchase.number), CHINA),
    )


def _lines(kit: KitView, goods: dict[str, tuple[int, int]]) -> tuple[Line, ...]:
    items = {part.item: part.item_id for part in kit.parts}
    return tuple(Line(items[name], packs, most) for name, (packs, most) in goods.items())


def _key(*told: str) -> UUID:
    return uuid5(NAMESPACE_URL, "/".join(("demo", *told)))
