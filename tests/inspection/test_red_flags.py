"""Each rule points out what it is for, and nothing beside it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from people import at
from songnuan.visits.red_flags import CallSeen, PurchaseSeen, ReceiptSeen, flags


def bought(number: int = 1, **changes: Any) -> PurchaseSeen:
    facts: dict[str, Any] = {
        "purchase_id": number,
        "number": number,
        "supplier": f"供应商{number}",
        "bought_on": date(2020, 4, 7),
        "entered_on": date(2020, 4, 7),
        "total_minor": 2_000_00,
        "is_cancelled": False,
    }
    return PurchaseSeen(**{**facts, **changes})


def signed(number: int = 1, **changes: Any) -> ReceiptSeen:
    moment = at(8, 10, number * 5 % 60)
    facts: dict[str, Any] = {
        "visit_id": number,
        "unit": f"单位{number}",
        "lead_id": number,
        "lead": f"处室{number}",
        "compound": f"院区{number}",
        "person": 7,
        "handed_at": moment,
        "visited_at": moment,
        "received_at": moment + timedelta(hours=1),
        "in_store_at": at(7),
        "signature": number,
        "by_name": False,
    }
    return ReceiptSeen(**{**facts, **changes})


def given(number: int = 1, **changes: Any) -> ReceiptSeen:
    """Return what a unit signed for at the store."""
    return signed(number, **{"visit_id": None, "issue_id": number, **changes})


def codes(purchases: list[PurchaseSeen], receipts: list[ReceiptSeen] | None = None) -> list[str]:
    return [flag.code for flag in flags(purchases, receipts or [])]


def test_what_is_in_order_shows_no_sign() -> None:
    assert flags([bought(1), bought(2)], [signed(1), signed(2), signed(3)]) == []


@pytest.mark.parametrize(
    ("total", "found"),
    [
        (10_000_00, []),
        (9_999_99, ["below_threshold"]),
        (9_700_00, ["below_threshold"]),
        (9_699_99, []),
        (999_00, ["below_threshold"]),
        (14_100_00, []),
    ],
)
def test_a_purchase_just_below_a_threshold(total: int, found: list[str]) -> None:
    assert codes([bought(total_minor=total)]) == found


@pytest.mark.parametrize(("days", "found"), [(0, ["split"]), (3, ["split"]), (4, [])])
def test_two_purchases_from_one_supplier_within_days(days: int, found: list[str]) -> None:
    later = date(2020, 4, 7) + timedelta(days)
    pair = [bought(1, supplier="甲"), bought(2, supplier="甲", bought_on=later, entered_on=later)]
    assert [code for code in codes(pair) if code == "split"] == found
    assert "split" not in codes([bought(1, supplier="甲"), bought(2, supplier="乙")])


def test_three_purchases_within_days_are_one_sign_with_their_total() -> None:
    def on(day: int, number: int, supplier: str = "甲") -> PurchaseSeen:
        moment = date(2020, 4, day)
        return bought(number, supplier=supplier, bought_on=moment, entered_on=moment, total_minor=900_00)

    three = [on(7, 1), on(13, 3), on(10, 2)]
    others = [on(8, 4, "乙"), on(20, 5), on(23, 6)]
    found = [flag for flag in flags([*three, *others], []) if flag.code == "split"]
    assert [flag.subjects for flag in found] == [
        ("goods.purchase:1", "goods.purchase:2", "goods.purchase:3"),
        ("goods.purchase:5", "goods.purchase:6"),
    ]
    assert "2,700.00" in found[0].sentence
    assert "1、2、3" in found[0].sentence
    assert "1,800.00" in found[1].sentence
    [pair] = [flag for flag in flags(three[::2], []) if flag.code == "split"]
    assert pair.key != found[0].key, "one more purchase is another sign, and asks for another look"


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2020, 4, 11), ["no_workday"]),  # a Saturday
        (date(2020, 4, 6), ["no_workday"]),  # the Monday after Qingming
        (date(2020, 4, 26), []),  # a Sunday worked for the May holidays
        (date(2090, 4, 1), ["no_workday"]),  # a Saturday beyond the table
        (date(2090, 4, 3), []),
    ],
)
def test_a_purchase_on_a_day_when_nobody_works(day: date, found: list[str]) -> None:
    assert codes([bought(bought_on=day, entered_on=day)]) == found


@pytest.mark.parametrize(("days", "found"), [(6, []), (7, ["entered_late"])])
def test_a_purchase_entered_long_after(days: int, found: list[str]) -> None:
    assert codes([bought(entered_on=date(2020, 4, 7) + timedelta(days))]) == found


@pytest.mark.parametrize(("days", "found"), [(0, []), (7, []), (8, ["without_invoice"])])
def test_a_purchase_paid_long_ago_without_its_invoice(days: int, found: list[str]) -> None:
    assert codes([bought(unproved_days=days)]) == found


def test_a_cancelled_purchase_shows_no_sign() -> None:
    gone = bought(total_minor=9_999_99, is_cancelled=True, bought_on=date(2020, 4, 11), unproved_days=30)
    assert codes([gone]) == []


def test_a_unit_that_says_when_called_back_that_something_is_amiss() -> None:
    (found,) = flags([], [], [CallSeen(5, "一号船闸", "收到但有缺少")])
    assert (found.code, found.subjects) == ("called_amiss", ("visits.receipt:5",))
    assert "一号船闸" in found.sentence
    assert "收到但有缺少" in found.sentence
    (again,) = flags([], [], [CallSeen(5, "一号船闸", "收到但有缺少", "足额收到")])
    assert again.key == found.key, "the same sign, so that a note on it stays"
    assert "收到但有缺少" in again.sentence
    assert "足额收到" in again.sentence


def test_a_receipt_before_the_goods_came() -> None:
    assert codes([], [signed(handed_at=at(7) - timedelta(seconds=1), visited_at=at(7))]) == ["before_stock"]
    assert codes([], [signed(in_store_at=None)]) == ["before_stock"]
    assert codes([], [signed(handed_at=at(7), visited_at=at(7))]) == []


def test_one_picture_of_a_signature_for_two_units() -> None:
    found = flags([], [signed(1, signature=5), signed(2, signature=5), signed(3)])
    assert [flag.code for flag in found] == ["same_signature"]
    assert found[0].subjects == ("visits.visit:1", "visits.visit:2")
    assert "单位1、单位2" in found[0].sentence
    assert codes([], [signed(1, signature=None), signed(2, signature=None)]) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ["two_at_once"]),
        ({"compound": "院区1"}, []),
        ({"person": 8}, []),
        ({"person": None}, []),
        ({"handed_at": at(8, 10, 6)}, []),
    ],
)
def test_two_units_at_two_places_within_a_minute(changes: dict[str, Any], found: list[str]) -> None:
    first = signed(1, handed_at=at(8, 10, 5))
    second = signed(2, **{"handed_at": at(8, 10, 5) + timedelta(seconds=59), **changes})
    assert codes([], [second, first]) == found


@pytest.mark.parametrize(
    ("moment", "found"),
    [(at(8, 5, 59), ["at_night"]), (at(8, 6), []), (at(8, 21, 59), []), (at(8, 22), ["at_night"])],
)
def test_a_receipt_at_night(moment: datetime, found: list[str]) -> None:
    assert codes([], [signed(handed_at=moment, visited_at=moment, received_at=moment)]) == found


@pytest.mark.parametrize(("days", "found"), [(2, []), (3, ["handed_later"])])
def test_a_kit_long_after_its_visit(days: int, found: list[str]) -> None:
    assert codes([], [signed(handed_at=at(8 + days), visited_at=at(8))]) == found


@pytest.mark.parametrize(("days", "found"), [(1, []), (2, ["reported_late"])])
def test_a_visit_entered_long_after(days: int, found: list[str]) -> None:
    assert codes([], [signed(visited_at=at(8), received_at=at(8 + days))]) == found


@pytest.mark.parametrize(
    ("by_name", "days", "found"),
    [(True, 1, ["late_by_name"]), (True, 0, []), (False, 1, [])],
)
def test_a_kit_confirmed_by_name_only_with_a_report_entered_late(
    *, by_name: bool, days: int, found: list[str]
) -> None:
    row = signed(
        visited_at=at(8), received_at=at(8 + days), signature=None if by_name else 1, by_name=by_name
    )
    assert codes([], [row]) == found


def test_what_is_said_of_a_visit_is_said_once_though_its_unit_signed_twice() -> None:
    late = {"visited_at": at(8), "received_at": at(11), "handed_at": at(8)}
    by_hand = signed(1, **late)
    later = signed(1, **{**late, "handed_at": at(12)}, signature=None, by_name=True, is_later=True)
    found = codes([], [by_hand, later])
    assert found == ["handed_later", "reported_late"], "who confirmed later is not said to be late"


def test_a_lead_most_of_whose_receipts_bear_no_signature() -> None:
    unsigned = [signed(number, lead_id=1, signature=None, by_name=True) for number in (1, 2, 3)]
    assert codes([], unsigned[:2]) == []
    assert codes([], unsigned) == ["without_signatures"]
    assert codes([], [*unsigned, signed(4, lead_id=1), signed(5, lead_id=1), signed(6, lead_id=1)]) == []


def test_what_is_in_order_at_the_store_shows_no_sign() -> None:
    same = at(8, 12)
    noon: dict[str, Any] = {"handed_at": same, "visited_at": same, "received_at": same}
    assert codes([], [given(1, **noon), given(2, **noon), given(3)]) == [], "units come to the store"
    assert codes([], [given(1, **noon), signed(2, **noon)]) == []
    assert codes([], [given(**noon, in_store_at=at(8, 15))]) == [], "its day alone is known"
    assert codes([], [given(**noon, in_store_at=at(9))]) == ["before_stock"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"received_at": at(9)}, []),
        ({"received_at": at(10)}, ["reported_late"]),
        ({"received_at": at(9), "signature": None, "by_name": True}, ["late_by_name"]),
        ({"signature": None, "by_name": True}, []),
        ({"handed_at": at(8, 23), "visited_at": at(8, 23), "received_at": at(8, 23)}, ["at_night"]),
    ],
)
def test_a_receipt_at_the_store_is_looked_at_by_the_same_rules(
    changes: dict[str, Any], found: list[str]
) -> None:
    row = given(5, **changes)
    signs = flags([], [row])
    assert [flag.code for flag in signs] == found
    assert {flag.subjects for flag in signs} <= {("goods.issue:5",)}
    of_visit = flags([], [signed(5, **changes)])
    assert [flag.code for flag in of_visit] == found
    assert not {flag.sentence for flag in signs} & {flag.sentence for flag in of_visit}


def test_receipts_by_name_of_visits_and_at_the_store_count_together_and_one_picture_for_both_is_a_sign() -> (
    None
):
    by_name = {"lead_id": 1, "signature": None, "by_name": True}
    (flag,) = flags([], [signed(1, **by_name), given(2, **by_name), given(3, **by_name)])
    assert (flag.code, flag.subjects) == (
        "without_signatures",
        ("visits.visit:1", "goods.issue:2", "goods.issue:3"),
    )
    (flag,) = flags([], [signed(1, signature=5), given(1, signature=5)])
    assert (flag.code, flag.subjects) == ("same_signature", ("visits.visit:1", "goods.issue:1"))


def test_the_key_of_a_sign_stays_and_is_another_for_another_thing() -> None:
    (one,) = flags([bought(1, total_minor=9_999_99)], [])
    (same,) = flags([bought(1, total_minor=9_998_00)], [])
    (other,) = flags([bought(2, total_minor=9_999_99)], [])
    assert one.key == same.key != other.key
    assert len(one.key) <= 80
