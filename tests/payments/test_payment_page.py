"""Replays the table of docs/benefits.md about the payment of a list."""

from collections.abc import Callable
from pathlib import Path

import pytest

from goods.money_page import tables
from payments.releasing import ReleaseHouse, make_release_house, vouchers
from songnuan.kernel.money import yuan
from songnuan.payments import checks

PAGE = Path(__file__).resolve().parents[2] / "docs/benefits.md"
STEPS: dict[str, Callable[[ReleaseHouse], None]] = {
    "released": lambda house: house.release(),
    "bank: 1 paid, 2 failed": lambda house: house.hand({1: (True, ""), 2: (False, "户名不符")}),
    "2 paid again": lambda house: house.again(2),
    "bank: 2 paid": lambda house: house.hand({1: (True, "")}, number=3, vouchers=vouchers("二")),
    "bank: 2 came back": lambda house: house.hand({1: (False, "销户")}, number=3, vouchers=vouchers("三")),
    "2 ended": lambda house: house.end(2),
    "cash: 3 signed": lambda house: house.sign(),
    "cash: booked": lambda house: house.book_cash(),
}


@pytest.mark.django_db(transaction=True)
def test_the_page_tells_what_each_step_does_to_the_fund() -> None:
    house = make_release_house()
    (table,) = (one for one in tables(PAGE.read_text()) if one.heading == "Payment 发放")
    assert [row["Step"] for row in table.rows] == list(STEPS)
    for row in table.rows:
        STEPS[row["Step"]](house)
        fund = house.lists.fund
        available = fund.appropriated_minor - fund.committed_minor - fund.disbursed_minor
        figures = (fund.committed_minor, fund.disbursed_minor, available)
        assert tuple(row[name] for name in ("Set aside", "Paid", "Available")) == tuple(map(yuan, figures)), (
            row
        )
        assert checks.verify() == []
