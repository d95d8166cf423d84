"""Replays the tables of docs/money.md that speak of a fund; those of kits are replayed in tests/goods."""

from typing import Any

import pytest

from funds import acts
from funds.acts import approver_of
from goods.builders import (
    CLAUSE,
    NOW,
    TODAY,
    House,
    acting,
    appropriate,
    commit,
    disburse,
    make_house,
    reverse,
    snapshot,
)
from goods.money_page import PageTable, table, tables
from songnuan.funds import actions as funds
from songnuan.funds.checks import verify
from songnuan.funds.figures import by_clause, together, total_of
from songnuan.funds.models import VOUCHED, Account, Closing, Entry, Fund, Kind
from songnuan.funds.queries import Balance, balance, ledger
from songnuan.funds.rules import MOVES
from songnuan.kernel.money import parse_yuan
from songnuan.kernel.refusal import Refusal

LEDGERS = (
    "As planned: two purchases to the last fen",
    "Cheaper than promised: the rest is released",
    "A request is bought for less, another is withdrawn",
    "Corrections",
    "Refunds and returns: what a supplier gives back, what nobody needs",
    "Closed, reopened, closed",
)
CLAUSES = ("By clause", "Clause")
REPLAYED_HERE = {
    ("Words", "Account"),
    ("Words", "Act"),
    CLAUSES,
    *((heading, "No.") for heading in LEDGERS),
}
FIGURES = ("Appropriated", "Committed", "Disbursed", "Returned")
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
        self.proposed: Closing | None = None
        approver_of(house)

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

    def step(self, row: dict[str, str]) -> None:
        """Take the step of a closing that the line says."""
        house, waiting = self.house, self.proposed
        if row["Act"].startswith("propose"):
            closes = row["Act"] == "propose closing"
            row_of = acts.propose_closing(house, voucher=row["Voucher"]) if closes else None
            self.proposed = row_of or acts.propose_reopening(house)
            assert self.proposed.left_minor == parse_yuan(row["Amount"])
            return
        assert waiting is not None
        if row["Act"] == "withdraw":
            acts.withdraw(house, waiting)
        else:
            same = row["Act"].endswith("by the same")
            acts.confirm(house, waiting, house.finance if same else None)

    def do(self, row: dict[str, str]) -> Entry | None:
        """Do what the line says; return the entry, where it is one."""
        if row["Act"].startswith(("propose", "confirm", "withdraw")):
            self.step(row)
            return None
        amount, voucher = parse_yuan(row["Amount"]), row["Voucher"]
        if row["Act"] == "refund":
            return acts.refund(self.house, self.entries[row["On"]], amount, voucher=voucher)
        if row["Act"] == "return":
            return acts.return_unspent(self.house, amount, voucher=voucher)
        return self.act(row)

    def line(self, row: dict[str, str], previous: str) -> None:
        """Do what the line says, and compare its answer with the page."""
        if row["Answer"] == "follows":
            last = Entry.objects.order_by("pk").last()
            assert last is not None
            assert last.pk > self.entries[previous]
            self.entries[row["No."]] = last.pk
        elif row["Answer"] in {"booked", "noted"}:
            entry = self.do(row)
            assert (entry is not None) == (row["Answer"] == "booked")
            if entry is not None:
                self.entries[row["No."]] = entry.pk
        else:
            before = snapshot()
            with pytest.raises(Refusal) as refused:
                self.do(row)
            assert refused.value.code == row["Answer"]
            assert snapshot() == before


def _after(row: dict[str, str]) -> Balance:
    after = Balance(*(parse_yuan(row.get(name, "0.00")) for name in FIGURES))
    available = row["Available"]
    sign = -1 if available.startswith("-") else 1
    assert after.available == sign * parse_yuan(available.removeprefix("-")), "the page contradicts itself"
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


@pytest.mark.django_db
def test_the_clauses_together_are_the_fund_as_the_page_says() -> None:
    house = make_house()
    appropriate(house, 14_100_00)
    first = commit(house, 8_000_00, clause_key="standard")
    disburse(house, first.pk, 7_500_00)
    acts.refund(house, first.pk, 10_00)
    disburse(house, commit(house, 1_000_00, clause_key="visits").pk, 1_000_00)
    acts.return_unspent(house, 110_00)
    wrong = commit(house, 77_00, clause_key="visits")
    reverse(house, wrong.pk)
    page = {row["Clause"]: _after(row) for row in table(*CLAUSES).rows}
    found = by_clause({house.fund_id: "fund"})
    assert {**found, "all": together(found.values())} == page
    assert page["all"] == balance(house.fund_id) == total_of(Fund.objects.filter(pk=house.fund_id))
