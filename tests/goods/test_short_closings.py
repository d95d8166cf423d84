"""What does not come any more is waited for no longer, and is to be bought again; so is what was lost."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from people import Bureau, at, buy, open_plan_1
from songnuan.audit.record import trail
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry, Kind
from songnuan.funds.queries import balance, paid_on
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.deliveries import purchases_to_come
from songnuan.goods.lots import Delivery
from songnuan.goods.models import KitLine, Movement, Purchase, PurchaseLine, ShortClosing
from songnuan.goods.queries import bought, kit_of, lots_delivered_of, open_lines, stock
from songnuan.journeys.fund_closing import obstacles, unsettled
from songnuan.journeys.measures import kit_purchase
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.refund_purchase import refund_purchase
from songnuan.journeys.reverse_entry import reverse_entry
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure, Plan
from web.browsing import as_, on, sent

pytestmark = pytest.mark.django_db
BOXES = {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


@pytest.fixture
def purchase(bureau: Bureau, plan: Plan) -> Purchase:
    """A purchase of which 44 boxes of apples came, and everything else."""
    pk = buy(bureau, plan, BOXES, "0001", received=False)
    came = [Delivery(item_id("方便面"), 94), Delivery(item_id("苹果"), 44), Delivery(item_id("梨"), 47)]
    receive(bureau, pk, came)
    return Purchase.objects.get(pk=pk)


def receive(bureau: Bureau, pk: int, came: list[Delivery] | None, day: int = 7) -> None:
    facts: dict[str, Any] = {"came_on": date(2020, 4, day), "deliveries": came, "key": uuid4()}
    receive_goods(purchase_id=pk, **facts, actor=bureau.finance, at=at(8, 16))


def item_id(name: str) -> int:
    return KitLine.objects.get(item__name=name).item_id


def line_of(purchase: Purchase, name: str) -> int:
    return PurchaseLine.objects.get(purchase=purchase, item__name=name).pk


def refund(bureau: Bureau, purchase: Purchase, packs: dict[int, int] | None = None, **changes: Any) -> int:
    facts: dict[str, Any] = {
        "amount_minor": 3 * 85_00,
        "voucher": "记-退1",
        "reason": "缺货退款",
        "happened_on": date(2020, 4, 9),
        "key": uuid4(),
        **changes,
    }
    return refund_purchase(
        entry_id=purchase.commitment_id, packs=packs, **facts, actor=bureau.finance, at=at(9)
    )


def written() -> list[int]:
    return [table.objects.count() for table in (Entry, ShortClosing, Movement)]


def kit_of_plan(plan: Plan) -> int:
    kit = kit_of(Measure.objects.get(plan=plan, kind="kit_purchase").pk)
    assert kit is not None
    return kit.kit_id


def apples(plan: Plan) -> Any:
    return next(row for row in stock(kit_of_plan(plan), units=47) if row.item == "苹果")


def codes(purchase: Purchase) -> set[str]:
    """Return for what the fund of the purchase can't be closed."""
    return {one.code for one in obstacles(purchase.fund, unsettled(purchase.fund))}


def test_what_was_refunded_is_awaited_no_longer_and_is_to_be_bought_again(
    bureau: Bureau, plan: Plan, purchase: Purchase
) -> None:
    assert (apples(plan).to_come, apples(plan).lacking) == (3, 0)
    assert "purchases_unreceived" in codes(purchase)
    key = uuid4()
    for _again in range(2):
        refund(bureau, purchase, {line_of(purchase, "苹果"): 3}, key=key)
    assert ShortClosing.objects.count() == 1
    assert open_lines(purchase.pk) == []
    assert purchases_to_come([plan.pk]) == []
    row = apples(plan)
    assert (row.bought, row.to_come, row.lacking, row.in_store) == (44, 0, 3, 44)
    assert bought(kit_of_plan(plan))[item_id("苹果")].paid_minor == 44 * 85_00
    before = written()
    with pytest.raises(Refusal) as refused:
        receive(bureau, purchase.pk, None, 8)
    assert refused.value.code == "nothing_to_receive"
    with pytest.raises(Refusal) as more:
        receive(bureau, purchase.pk, [Delivery(item_id("苹果"), 1)], 8)
    assert more.value.code == "more_than_bought"
    assert written() == before
    buy(bureau, plan, {"苹果": (3, 84_00)}, "0002")
    assert apples(plan).lacking == 0
    assert [*check_goods(), *check_funds()] == []
    assert "purchases_unreceived" not in codes(purchase)


def test_what_was_sent_back_and_refunded_is_not_to_come_once_more(bureau: Bureau, purchase: Purchase) -> None:
    lot = next(pk for pk in lots_delivered_of(purchase.pk) if pk)
    with transaction.atomic(), trail():
        goods.send_back(
            purchase_id=purchase.pk, packs={lot: 2}, reason="破损", actor=bureau.finance, at=at(8)
        )
    line_id = Purchase.objects.get(pk=purchase.pk).lines.get(lots=lot).pk
    assert {line.line_id: line.left for line in open_lines(purchase.pk)}[line_id] == 2
    refund(bureau, purchase, {line_id: 2}, amount_minor=2 * 68_00)
    assert line_id not in {line.line_id for line in open_lines(purchase.pk)}
    assert check_goods() == []


@pytest.mark.parametrize(
    ("packs", "changes", "expected"),
    [
        (4, {}, ("more_than_open", "packs")),
        (-1, {}, ("quantity_invalid", "packs")),
        (3, {"amount_minor": 20_000_00}, ("beyond_paid", "amount")),
        (3, {"happened_on": date(2020, 4, 6)}, ("before_payment", "happened_on")),
        (3, {"reason": " "}, ("reason_missing", "reason")),
    ],
)
def test_a_refund_that_is_refused_changes_nothing(
    bureau: Bureau, purchase: Purchase, packs: int, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    before, stands = written(), balance(purchase.fund_id)
    with pytest.raises(Refusal) as refused:
        refund(bureau, purchase, {line_of(purchase, "苹果"): packs}, **changes)
    assert (refused.value.code, str(refused.value.field).partition("-")[0]) == expected
    assert (written(), balance(purchase.fund_id)) == (before, stands)
    assert [line.left for line in open_lines(purchase.pk)] == [3]


@pytest.mark.parametrize(
    ("amount", "packs", "settled"),
    [
        (3 * 85_00, 3, True),
        (2 * 85_00, 2, False),  # one box was paid for and neither came nor was refunded
        (3 * 85_00, 0, True),  # the money came back, nobody says for what
        (2 * 85_00, 0, False),
    ],
)
def test_a_fund_is_closed_once_what_was_paid_came_or_its_money_did(
    bureau: Bureau, purchase: Purchase, amount: int, packs: int, *, settled: bool
) -> None:
    refund(bureau, purchase, {line_of(purchase, "苹果"): packs}, amount_minor=amount)
    assert (unsettled(purchase.fund).unreceived == ()) is settled


def test_nobody_writes_goods_off_for_less_than_they_cost(bureau: Bureau, purchase: Purchase) -> None:
    before, line_id = written(), line_of(purchase, "苹果")
    with pytest.raises(Refusal) as refused:
        refund(bureau, purchase, {line_id: 3}, amount_minor=1)
    assert (refused.value.code, refused.value.facts["worth_minor"]) == ("packs_worth_more", 3 * 85_00)
    assert written() == before
    refund(bureau, purchase, {line_id: 1}, amount_minor=85_00)
    with pytest.raises(Refusal) as more:
        refund(bureau, purchase, {line_id: 2}, amount_minor=85_00, voucher="记-退2")
    assert more.value.code == "packs_worth_more", "those given up before count as well"
    assert ShortClosing.objects.count() == 1


def test_where_the_refund_is_reversed_the_goods_are_to_come_again(
    bureau: Bureau, plan: Plan, purchase: Purchase
) -> None:
    entry = refund(bureau, purchase, {line_of(purchase, "苹果"): 3})
    facts: dict[str, Any] = {"reason": "记错", "key": uuid4(), "actor": bureau.finance, "at": at(10)}
    page = reverse("fund_entry", args=(entry,))
    assert as_(bureau.finance).get(page).context["given_up"] == ["苹果 3 箱"]
    reverse_entry(entry_id=entry, **facts)
    assert (apples(plan).to_come, apples(plan).lacking) == (3, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShortClosing.objects.update(quantity=1)


def test_what_was_lost_is_to_be_bought_again(bureau: Bureau, plan: Plan, purchase: Purchase) -> None:
    receive(bureau, purchase.pk, [Delivery(item_id("苹果"), 3)], 8)
    lot = Movement.objects.get(purchase=purchase, happened_at__date=date(2020, 4, 8)).lines.all()[0].lot_id
    with transaction.atomic(), trail():
        asked = goods.propose_disposal(lot_id=lot, quantity=2, reason="腐烂", actor=bureau.finance, at=at(9))
    assert apples(plan).lacking == 0
    with transaction.atomic(), trail():
        goods.decide_disposal(
            disposal_id=asked.pk, accept=True, remark="", actor=bureau.approver, at=at(9, 11)
        )
    row = apples(plan)
    assert (row.bought, row.lost, row.lacking, row.in_store) == (47, 2, 2, 45)
    [measure] = Measure.objects.filter(plan=plan, kind="kit_purchase")
    [told] = kit_purchase.progress([measure], at(9)).values()
    counts = {"done": 45, "due": 47}
    assert (told.done, told.headline) == (
        45,
        _("%(done)s of %(due)s kits bought, losses not counted") % counts,
    )
    apples_told = _("%(words)s (bought %(bought)s, of them lost %(lost)s)") % {
        "words": "苹果 45/47 箱",
        "bought": 47,
        "lost": 2,
    }
    assert told.notes[1].split("、")[1] == apples_told, "the same figures as the fund's page"
    with pytest.raises(Refusal) as refused:
        buy(bureau, plan, {"苹果": (3, 85_00)}, "0002")
    assert (refused.value.code, refused.value.facts["over"]) == ("more_than_needed", 1)
    buy(bureau, plan, {"苹果": (2, 85_00)}, "0002")
    assert apples(plan).lacking == 0
    [told] = kit_purchase.progress([measure], at(9)).values()
    assert told.done == 47


def test_a_refund_is_shown_on_its_own_purchase_and_asked_for_with_its_packs(
    bureau: Bureau, purchase: Purchase
) -> None:
    line_id = line_of(purchase, "苹果")
    page = reverse("fund_entry", args=(purchase.commitment_id,))
    act = reverse("entry_refund", args=(purchase.commitment_id,))
    client = as_(bureau.finance)
    facts = {
        "refunding-amount": "255.00",
        "refunding-voucher": "记-退1",
        "refunding-happened_on": "2020-04-09",
        "refunding-reason": "缺货退款",
    }
    with on(at(9)):
        assert f"packs-{line_id}" in client.get(page).content.decode()
        wrong = client.post(act, sent(**facts, **{f"refunding-packs-{line_id}": "4"}))
        assert wrong.status_code == 422
        assert ShortClosing.objects.count() == 0
        assert Entry.objects.filter(kind=Kind.REFUND).count() == 0
        done = client.post(act, sent(**facts, **{f"refunding-packs-{line_id}": "3"}))
        assert done.status_code == 302
        text = client.get(reverse("purchase", args=(purchase.pk,))).content.decode()
        fund = client.get(reverse("fund", args=(purchase.fund_id,)))
    assert paid_on(purchase.commitment_id) == sum(count * price for count, price in BOXES.values()) - 255_00
    assert "缺货退款" in text
    assert [row.refunded_minor for row in fund.context["purchases"]] == [255_00]


@pytest.mark.parametrize("day", [6, 7])
def test_nothing_comes_before_it_was_bought(bureau: Bureau, plan: Plan, day: int) -> None:
    pk = buy(bureau, plan, BOXES, "0001", received=False)
    before = written()
    if day == 7:
        receive(bureau, pk, None, day)
        assert open_lines(pk) == []
        return
    with pytest.raises(Refusal) as refused:
        receive(bureau, pk, None, day)
    assert (refused.value.code, refused.value.field) == ("came_before_bought", "came_on")
    assert written() == before
