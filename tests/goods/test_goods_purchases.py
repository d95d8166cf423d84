"""What may be bought for a kit, and what is refused; a refusal changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from goods.builders import (
    NOW,
    PARTS,
    STANDARD,
    TODAY,
    UNITS,
    Store,
    acted,
    acting,
    appropriate,
    buy,
    check_purchase,
    commit,
    disburse,
    levels,
    make_fund,
    make_measure,
    make_store,
    prices,
    receive,
    refused,
    release,
    reverse,
    whole_plan,
)
from songnuan.funds.checks import verify as verify_funds
from songnuan.funds.queries import balance
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify
from songnuan.goods.models import Item, Purchase
from songnuan.goods.queries import purchases, stock
from songnuan.goods.rules import Draft
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import NotPermitted, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


def codes(store: Store, draft: Draft, units: int = UNITS) -> list[tuple[str, str]]:
    return [
        (problem.code, problem.field)
        for problem in check_purchase(kit_id=store.kit_id, draft=draft, units=units, at=NOW)
    ]


def test_the_whole_plan_is_bought_to_the_last_fen_of_fund_and_standard(store: Store) -> None:
    buy(store, whole_plan(store))
    assert prices(store) == (STANDARD, STANDARD)
    stands = balance(store.house.fund_id)
    assert (stands.committed, stands.disbursed, stands.available) == (0, 14_100_00, 0)
    assert [row.bought - row.needed for row in stock(store.kit_id, units=UNITS)] == [0, 0, 0]
    assert [*verify(), *verify_funds()] == []


def test_one_fen_above_the_standard_is_refused_with_the_figures() -> None:
    store = make_store(appropriated=20_000_00)
    draft = store.draft(("方便面", 94, 85_00), ("苹果", 47, 68_00), ("梨", 47, 62_01))
    refusal = refused(lambda: buy(store, draft))
    assert (refusal.code, refusal.field) == ("above_standard", "lines")
    assert refusal.facts == {"price_minor": 300_01, "standard_minor": 300_00, "excess_minor": 1}
    for figure in ("300.01", "300.00", "0.01"):
        assert figure in refusal.sentence


def test_a_single_dear_box_is_above_the_standard() -> None:
    store = make_store(appropriated=20_000_00)
    draft = store.draft(("方便面", 94, 85_00), ("苹果", 47, 68_00), ("梨", 46, 60_00), ("梨", 1, 62_01))
    assert draft.total_minor < UNITS * STANDARD, "on average it would be within"
    refusal = refused(lambda: buy(store, draft))
    assert (refusal.code, refusal.facts["price_minor"]) == ("above_standard", 300_01)


def test_cheap_purchases_before_it_make_no_room_for_a_dear_one() -> None:
    store = make_store(appropriated=20_000_00)
    buy(store, store.draft(("苹果", 20, 250_00), invoice="1"))
    refusal = refused(lambda: buy(store, store.draft(("苹果", 20, 300_01), invoice="2")))
    assert refusal.code == "above_standard"
    assert refusal.facts["price_minor"] == 300_01
    buy(store, store.draft(("苹果", 20, 300_00), invoice="2"))
    assert prices(store) == (275_00, 300_00)


def test_a_dear_purchase_before_it_leaves_less_for_the_other_items() -> None:
    store = make_store(appropriated=20_000_00)
    buy(store, store.draft(("苹果", 1, 100_00), invoice="1"))
    buy(store, store.draft(("苹果", 40, 50_00), invoice="2"))
    refusal = refused(lambda: buy(store, store.draft(("梨", 1, 200_01), invoice="3")))
    assert (refusal.code, refusal.facts["excess_minor"]) == ("above_standard", 1)
    buy(store, store.draft(("梨", 1, 200_00), invoice="3"))


def test_a_cancelled_dear_purchase_makes_room_again(store: Store) -> None:
    dear = Purchase.objects.get(pk=buy(store, store.draft(("苹果", 1, 250_00), invoice="1")))
    cheap = store.draft(("梨", 1, 60_00), invoice="2")
    assert codes(store, cheap) == [("above_standard", "lines")]
    reverse(store.house, dear.disbursement_id or 0)
    with acting():
        goods.cancel_purchase(purchase_id=dear.pk, reason="录错", actor=store.house.finance, at=NOW)
    assert codes(store, cheap) == []


@pytest.mark.parametrize(
    ("bought_on", "today", "needed"),
    [
        (date(2020, 4, 8), date(2020, 4, 8), False),
        (date(2020, 4, 7), date(2020, 4, 8), False),
        (date(2020, 4, 7), date(2020, 4, 9), True),
        (date(2020, 4, 3), date(2020, 4, 7), False),  # 4 to 6 April were holidays
        (date(2020, 4, 3), date(2020, 4, 8), True),
        (date(2020, 4, 5), date(2020, 4, 7), False),
        (date(2031, 5, 2), date(2031, 5, 5), False),  # beyond the table of working days
        (date(2031, 5, 2), date(2031, 5, 6), True),
    ],
)
def test_a_reason_is_asked_for_after_the_next_working_day(
    store: Store, bought_on: date, today: date, *, needed: bool
) -> None:
    at = datetime.combine(today, time(0, 5), CHINA)

    def found(reason: str) -> list[tuple[str, str]]:
        draft = store.draft(("苹果", 1, 60_00), bought_on=bought_on, reason_late=reason)
        problems = check_purchase(kit_id=store.kit_id, draft=draft, units=UNITS, at=at)
        return [(problem.code, problem.field) for problem in problems]

    assert found(" ") == ([("reason_late_missing", "reason_late")] if needed else [])
    assert found("发票后到") == []


def test_one_fen_beyond_the_fund_is_refused() -> None:
    store = make_store(appropriated=UNITS * STANDARD - 1)
    assert codes(store, whole_plan(store)) == [("beyond_fund", "lines")]
    refusal = refused(lambda: buy(store, whole_plan(store)))
    assert refusal.code == "beyond_fund"
    assert refusal.facts == {"available_minor": 14_099_99, "asked_minor": 14_100_00}
    appropriate(store.house, 1)
    buy(store, whole_plan(store))


def test_an_item_that_is_not_in_the_kit_is_refused(store: Store) -> None:
    Item.objects.create(name="牛奶", packing="箱")
    draft = replace(
        store.draft(("牛奶", 1, 45_00)),
        lines=(replace(store.draft(("苹果", 1, 45_00)).lines[0], item_id=Item.objects.get(name="牛奶").pk),),
    )
    refusal = refused(lambda: buy(store, draft))
    assert (refusal.code, refusal.field) == ("not_in_kit", "lines-0-item")
    assert "方便面、苹果、梨" in refusal.sentence


def test_one_box_too_many_is_refused_with_the_figures(store: Store) -> None:
    buy(store, store.draft(("方便面", 90, 80_00), invoice="1"))
    refusal = refused(lambda: buy(store, store.draft(("方便面", 5, 80_00), invoice="2")))
    assert (refusal.code, refusal.field) == ("more_than_needed", "lines-0-quantity")
    figures = {"needed": 94, "bought": 90, "asked": 5, "over": 1}
    assert {key: refusal.facts[key] for key in figures} == figures
    assert "95" in refusal.sentence
    buy(store, store.draft(("方便面", 4, 80_00), invoice="2"))


def test_lines_of_one_item_are_counted_together(store: Store) -> None:
    draft = store.draft(("苹果", 40, 60_00), ("苹果", 8, 61_00))
    assert codes(store, draft) == [("more_than_needed", "lines-1-quantity")]


def test_units_that_are_fewer_need_fewer_boxes(store: Store) -> None:
    assert codes(store, store.draft(("苹果", 47, 60_00)), units=46) == [
        ("more_than_needed", "lines-0-quantity")
    ]


@pytest.mark.parametrize("again", ["20003101", " ２０００３１０１ "])
def test_an_invoice_counts_once_in_a_fund(store: Store, again: str) -> None:
    buy(store, store.draft(("苹果", 10, 60_00)))
    refusal = refused(lambda: buy(store, store.draft(("梨", 10, 60_00), invoice=again)))
    assert (refusal.code, refusal.field) == ("invoice_used", "invoice_number")


def test_an_invoice_counts_once_for_all_kits_of_a_fund(store: Store) -> None:
    house = store.house
    with acting():
        other = goods.define_kit(
            measure_id=make_measure(house.plan).pk,
            fund_id=house.fund_id,
            name="第二种物资包",
            standard_minor=STANDARD,
            parts=PARTS,
            actor=house.officer,
            at=NOW,
        )
    buy(store, store.draft(("苹果", 10, 60_00)))
    second = replace(store, kit_id=other.pk)
    assert codes(second, second.draft(("苹果", 10, 60_00))) == [("invoice_used", "invoice_number")]
    assert codes(second, second.draft(("苹果", 10, 60_00), supplier="另一家公司")) == []


def test_the_database_itself_refuses_an_invoice_twice(store: Store) -> None:
    row = Purchase.objects.get(pk=buy(store, store.draft(("苹果", 10, 60_00))))
    twin = Purchase(
        kit=row.kit,
        fund=row.fund,
        number=row.number + 1,
        supplier=row.supplier,
        invoice_number=row.invoice_number,
        bought_on=TODAY,
        total_minor=1,
        commitment=commit(store.house, 1),
        recorded_at=NOW,
    )
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        twin.save(force_insert=True)


def test_everything_that_is_wrong_is_said_at_once(store: Store) -> None:
    draft = store.draft(
        ("苹果", 0, 60_00),
        ("牛奶", 1, 0),
        invoice=" ",
        supplier="　",
        bought_on=TODAY + timedelta(days=1),
        reason_late="长" * 401,
    )
    assert codes(store, draft) == [
        ("supplier_missing", "supplier"),
        ("invoice_missing", "invoice_number"),
        ("text_too_long", "reason_late"),
        ("happened_in_future", "bought_on"),
        ("quantity_invalid", "lines-0-quantity"),
        ("not_in_kit", "lines-1-item"),
        ("price_invalid", "lines-1-unit_price"),
    ]
    draft = store.draft(("苹果", 48, 301_00), invoice="长" * 61, supplier="长" * 121)
    assert codes(store, draft) == [
        ("text_too_long", "supplier"),
        ("text_too_long", "invoice_number"),
        ("more_than_needed", "lines-0-quantity"),
        ("above_standard", "lines"),
        ("beyond_fund", "lines"),
    ]
    assert codes(store, store.draft()) == [("lines_missing", "lines")]


@pytest.mark.parametrize("who", ["stranger", "officer", "liaison"])
def test_buying_needs_its_permission_over_the_unit_of_the_plan(store: Store, who: str) -> None:
    house = store.house
    purchase_id = buy(store, store.draft(("苹果", 10, 60_00)))
    entry = commit(house, 60_00)
    actor: Actor = getattr(house, who)
    acts: Sequence[Callable[[], object]] = (
        lambda: goods.record_purchase(
            kit_id=store.kit_id,
            number=2,
            draft=store.draft(("梨", 1, 60_00), invoice="2"),
            units=UNITS,
            commitment_id=entry.pk,
            actor=actor,
            at=NOW,
        ),
        lambda: goods.settle(purchase_id=purchase_id, disbursement_id=1, actor=actor, at=NOW),
        lambda: goods.receive(purchase_id=purchase_id, happened_at=NOW, actor=actor, at=NOW),
        lambda: goods.cancel_purchase(purchase_id=purchase_id, reason="x", actor=actor, at=NOW),
    )
    for act in acts:
        assert isinstance(refused(acted(act)), NotPermitted)


def test_the_money_set_aside_must_be_that_of_the_purchase(store: Store) -> None:
    house = store.house
    draft = store.draft(("苹果", 1, 60_00))
    drawn, given_back = commit(house, 60_00), commit(house, 60_00)
    disburse(house, drawn.pk, 1)
    release(house, drawn.pk, 1)
    reverse(house, given_back.pk)
    taken = Purchase.objects.get(pk=buy(store, store.draft(("梨", 1, 60_00), invoice="1"))).commitment
    wrong = [commit(house, 59_99), commit(house, 60_01), drawn, given_back, taken]
    other = replace(house, fund_id=make_fund(house.plan, "〔2020〕77号"))
    appropriate(other, 100_00)
    wrong.append(commit(other, 60_00))
    for entry in wrong:

        def act(commitment_id: int = entry.pk) -> None:
            with acting():
                goods.record_purchase(
                    kit_id=store.kit_id,
                    number=9,
                    draft=draft,
                    units=UNITS,
                    commitment_id=commitment_id,
                    actor=house.finance,
                    at=NOW,
                )

        assert refused(act).code == "commitment_differs"


def test_a_purchase_is_settled_once_by_a_payment_on_its_own_commitment(store: Store) -> None:
    house = store.house
    first = Purchase.objects.get(pk=buy(store, store.draft(("苹果", 1, 60_00), invoice="1")))
    second = Purchase.objects.get(pk=buy(store, store.draft(("苹果", 1, 60_00), invoice="2")))

    def settle(purchase: Purchase, entry_id: int | None) -> Refusal:
        def act() -> None:
            with acting():
                goods.settle(
                    purchase_id=purchase.pk, disbursement_id=entry_id or 0, actor=house.finance, at=NOW
                )

        return refused(act)

    assert settle(first, second.disbursement_id).code == "disbursement_differs"
    assert settle(first, first.commitment_id).code == "disbursement_differs"
    assert settle(first, first.disbursement_id).code == "wrong_state"


def test_a_purchase_entered_later_is_shown_as_a_late_entry(store: Store) -> None:
    buy(store, store.draft(("苹果", 1, 60_00), invoice="1"))
    earlier = TODAY - timedelta(days=30)
    buy(
        store,
        store.draft(
            ("苹果", 1, 60_00), ("梨", 2, 55_50), invoice="2", bought_on=earlier, reason_late=" 方案之前 "
        ),
    )
    on_time, late = purchases(store.kit_id)
    assert (on_time.late_entry, late.late_entry) == (False, True)
    assert (late.bought_on, late.recorded_at, late.reason_late) == (earlier, NOW, "方案之前")
    assert late.lines == "苹果 1 箱 × 60.00；梨 2 箱 × 55.50"
    assert (late.total_minor, late.recorded_by, late.voucher) == (171_00, "周账房", "购-2")
    assert (late.is_paid, late.is_cancelled) == (True, False)


def test_a_cancelled_purchase_counts_no_more_and_its_invoice_is_free(store: Store) -> None:
    purchase_id = buy(store, store.draft(("苹果", 47, 60_00)))
    receive(store, purchase_id, {store.items["苹果"]: 40})
    row = Purchase.objects.get(pk=purchase_id)

    def cancel(reason: str = "单价录错") -> None:
        with acting():
            goods.cancel_purchase(purchase_id=purchase_id, reason=reason, actor=store.house.finance, at=NOW)

    funded = refused(cancel)
    assert (funded.code, funded.facts["held_minor"]) == ("purchase_still_funded", 2_820_00)
    reverse(store.house, row.disbursement_id or 0)
    assert refused(lambda: cancel(" ")).code == "reason_missing"
    cancel()
    assert levels(store)["苹果"] == (0, 0)
    assert prices(store) == (0, 0)
    (shown,) = purchases(store.kit_id)
    assert (shown.is_cancelled, shown.is_paid, shown.cancel_reason) == (True, False, "单价录错")
    assert refused(cancel).code == "wrong_state"
    assert refused(lambda: receive(store, purchase_id)).code == "wrong_state"
    buy(store, store.draft(("苹果", 47, 61_00)))
    assert prices(store) == (61_00, 61_00)
    assert [*verify(), *verify_funds()] == []
