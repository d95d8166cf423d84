"""Replays the tables of docs/money.md that speak of a fund; those of kits are replayed in tests/goods."""

from typing import Any

import pytest

from goods.builders import CLAUSE, NOW, TODAY, House, acting, make_house, snapshot
from goods.money_page import PageTable, table, tables
from songnuan.funds import actions as funds
from songnuan.funds.checks import verify
from songnuan.funds.models import VOUCHED, Account, Entry, Kind
from songnuan.funds.queries import Balance, balance, ledger
from songnuan.funds.rules import MOVES
from songnuan.kernel.money import parse_yuan
from songnuan.kernel.refusal import Refusal

LEDGERS = (
    "As planned: two purchases to the last fen",
    "Cheaper than promised: the rest is released",
    "A request is bought for less, another is withdrawn",
    "Corrections",
)
REPLAYED_HERE = {("Words", "Account"), ("Words", "Act"), *((heading, "No.") for heading in LEDGERS)}
REPLAYED_WITH_GOODS = {
    ("The plan of 47 units: figures", "Units"),
    ("The plan of 47 units: figures", "Item"),
    ("Rounding", "In one kit"),
    ("The plan of 47 units: the purchases", "Invoice"),
    ("Requests, and comparing prices", "Purchase"),
}


def test_no_table_of_the_page_goes_untested() -> None:
    found = [(one.heading, one.columns[0]) for one in tables()]
    assert sorted(found) == sorted(REPLAYED_HERE | REPLAYED_WITH_GOODS)
    assert all(one.rows for one in tables())


def test_the_words_for_accounts_are_those_of_the_program() -> None:
    rows = table("Words", "Account").rows
    assert [row["In the code"] for row in rows] == Account.values
    assert [row["Account"] for row in rows] == [account.value for account in Account]


def test_the_words_for_acts_are_those_of_the_program() -> None:
    rows = table("Words", "Act").rows
    assert {row["In the code"]: (row["From"], row["To"]) for row in rows} == MOVES
    assert {row["In the code"]: row["Needs a voucher"] == "yes" for row in rows} == {
        kind: kind in VOUCHED for kind in MOVES
    }
    assert {row["In the code"] for row in rows} | {Kind.REVERSE} == set(Kind.values)


class Replay:
    """One table of a fund, acted out line by line."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.entries: dict[str, int] = {}

    def act(self, row: dict[str, str]) -> Entry:
        """Do what the line says, in a transaction of its own."""
        who: dict[str, Any] = {"happened_on": TODAY, "actor": self.house.finance, "at": NOW}
        amount = parse_yuan(row["Amount"])
        on = self.entries.get(row["On"], 0)
        fund_id = self.house.fund_id
        with acting():
            match row["Act"]:
                case "appropriate":
                    return funds.appropriate(
                        fund_id=fund_id, amount_minor=amount, voucher=row["Voucher"], **who
                    )
                case "commit":
                    return funds.commit(
                        fund_id=fund_id, amount_minor=amount, subject="", clause_key=CLAUSE, **who
                    )
                case "disburse" | "disburse final" as verb:
                    final = verb.endswith("final")
                    return funds.disburse(
                        entry_id=on, amount_minor=amount, voucher=row["Voucher"], final=final, **who
                    )
                case "release":
                    return funds.release(entry_id=on, amount_minor=amount, reason="多余", **who)
                case _:
                    assert row["Act"] == "reverse"
                    assert Entry.objects.get(pk=on).amount_minor == amount
                    return funds.reverse(entry_id=on, reason="录错", **who)

    def line(self, row: dict[str, str], previous: str) -> None:
        """Do what the line says, and compare its answer with the page."""
        if row["Answer"] == "follows":
            last = Entry.objects.order_by("pk").last()
            assert last is not None
            assert last.pk > self.entries[previous]
            self.entries[row["No."]] = last.pk
        elif row["Answer"] == "booked":
            self.entries[row["No."]] = self.act(row).pk
        else:
            before = snapshot()
            with pytest.raises(Refusal) as refused:
                self.act(row)
            assert refused.value.code == row["Answer"]
            assert snapshot() == before


def _after(row: dict[str, str]) -> Balance:
    after = Balance(*(parse_yuan(row[name]) for name in ("Appropriated", "Committed", "Disbursed")))
    assert after.available == parse_yuan(row["Available"]), "the page contradicts itself"
    return after


def _is_last_of_its_act(page: PageTable, place: int) -> bool:
    return place + 1 == len(page.rows) or page.rows[place + 1]["Answer"] != "follows"


@pytest.mark.django_db
@pytest.mark.parametrize("heading", LEDGERS)
def test_the_fund_moves_as_the_page_says(heading: str) -> None:
    page = table(heading, "No.")
    (granted,) = table("The plan of 47 units: figures", "Units").rows
    replay = Replay(make_house(granted=parse_yuan(granted["Granted"])))
    previous = ""
    for place, row in enumerate(page.rows):
        replay.line(row, previous)
        previous = row["No."] if row["Answer"] == "booked" else previous
        if _is_last_of_its_act(page, place):
            assert balance(replay.house.fund_id) == _after(row), row
        assert verify() == []
    booked = [row for row in page.rows if row["Answer"] in {"booked", "follows"}]
    written = ledger(replay.house.fund_id)
    assert [str(number + 1) for number in range(len(written))] == [row["No."] for row in booked]
    for row, entry in zip(booked, written, strict=True):
        assert entry.after == _after(row), row
        assert (entry.kind, entry.amount_minor) == (row["Act"].split()[0], parse_yuan(row["Amount"]))
        on = entry.reverses if entry.kind == Kind.REVERSE else entry.draws_on
        assert on == replay.entries.get(row["On"]), row
