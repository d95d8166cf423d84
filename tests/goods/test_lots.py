"""Which lots go out first, and which come in at all."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.goods.lots import (
    Delivery,
    OnHand,
    OpenLine,
    Wanted,
    check_deliveries,
    choose,
    expires_soon,
    first_expired_first,
    is_expired,
    spread,
)
from songnuan.kernel.refusal import Refusal

DAY = date(2020, 4, 8)
DATES = st.none() | st.integers(-5, 5).map(lambda days: DAY + timedelta(days))
LOTS = st.lists(st.tuples(DATES, st.integers(0, 6)), max_size=6).map(
    lambda rows: [OnHand(place, 1, f"L{place}", day, packs) for place, (day, packs) in enumerate(rows, 1)]
)
OPEN = [OpenLine(1, 7, "口罩", "盒", 3, expires=True), OpenLine(2, 7, "口罩", "盒", 2, expires=True)]


@given(LOTS, st.integers(0, 20))
def test_what_expires_first_goes_first_and_nothing_expired_goes(lots: list[OnHand], wanted: int) -> None:
    taken = first_expired_first(lots, wanted, day=DAY)
    boxes = [
        lot.lot_id
        for lot in sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.lot_id))
        if lot.expires_on is None or lot.expires_on >= DAY
        for _box in range(lot.quantity)
    ]
    assert taken == {lot_id: boxes[:wanted].count(lot_id) for lot_id in boxes[:wanted]}


def test_the_last_good_day_is_still_good() -> None:
    assert not is_expired(DAY, DAY)
    assert is_expired(DAY - timedelta(1), DAY)
    assert not is_expired(None, DAY)
    assert [expires_soon(DAY + timedelta(days), DAY) for days in (-1, 0, 30, 31)] == [
        False,
        True,
        True,
        False,
    ]


def test_too_few_good_packs_are_refused_with_lot_date_and_what_is_left() -> None:
    lots = [OnHand(1, 1, "A1", DAY - timedelta(1), 5), OnHand(2, 1, "A2", DAY, 1)]
    with pytest.raises(Refusal) as refused:
        choose(Wanted(1, "口罩", "盒", 2), lots, day=DAY)
    assert refused.value.code == "stock_expired"
    assert refused.value.facts == {
        "item": "口罩",
        "in_store": 1,
        "asked": 2,
        "lot": "A1",
        "expires_on": "2020-04-07",
        "left": 5,
    }
    assert all(word in refused.value.sentence for word in ("A1", "2020年4月7日", "5", "口罩"))
    with pytest.raises(Refusal) as refused:
        choose(Wanted(1, "口罩", "盒", 2), lots[1:], day=DAY)
    assert (refused.value.code, refused.value.facts["in_store"]) == ("stock_short", 1)


@pytest.mark.parametrize(
    ("given_ones", "code", "field"),
    [
        ([], "nothing_to_receive", ""),
        ([Delivery(7, 0, "A", DAY)], "quantity_invalid", "lines-0-quantity"),
        ([Delivery(7, 6, "A", DAY)], "more_than_bought", "lines-0-quantity"),
        ([Delivery(7, 3, "A", DAY), Delivery(7, 3, "B", DAY)], "more_than_bought", "lines-1-quantity"),
        ([Delivery(8, 1, "A", DAY)], "more_than_bought", "lines-0-quantity"),
        ([Delivery(7, 1, "A")], "expiry_missing", "lines-0-expires_on"),
        ([Delivery(7, 1, "A", DAY - timedelta(1))], "expired_on_arrival", "lines-0-expires_on"),
        ([Delivery(7, 1, "A" * 61, DAY)], "text_too_long", "lines-0-number"),
    ],
)
def test_what_may_not_come_in_is_refused_beside_its_input(
    given_ones: list[Delivery], code: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        check_deliveries(given_ones, OPEN, day=DAY)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_delivery_fills_one_line_of_the_purchase_after_the_other() -> None:
    check_deliveries([Delivery(7, 3, "A", DAY), Delivery(7, 2, "B", DAY)], OPEN, day=DAY)
    assert spread(Delivery(7, 4), OPEN, {}) == {1: 3, 2: 1}
    assert spread(Delivery(7, 2), OPEN, {1: 2}) == {1: 1, 2: 1}
