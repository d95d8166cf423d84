"""Refunds of suppliers and returns to the source: what each does, and what is refused."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from funds import acts
from goods.builders import (
    NOW,
    TODAY,
    House,
    acting,
    appropriate,
    buy,
    commit,
    disburse,
    make_house,
    make_store,
    refused,
    reverse,
    snapshot,
)
from songnuan.funds import actions as funds
from songnuan.funds.checks import verify
from songnuan.funds.figures import months_of
from songnuan.funds.models import VOUCHED, Commitment, Entry, Fund, Kind
from songnuan.funds.queries import Balance, Wanted, balance, held_by, ledger, ledger_page, paid_on
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Purchase
from songnuan.kernel.refusal import NotPermitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """A fund of 1,000 yuan, of which 300 are paid."""
    house = make_house()
    appropriate(house, 1_000_00)
    disburse(house, commit(house, 300_00).pk, 300_00)
    return house


def paid(house: House) -> int:
    """Return the commitment that was paid."""
    return Entry.objects.get(fund=house.fund_id, kind=Kind.COMMIT).pk


def test_a_refund_is_available_again_and_belongs_to_what_was_paid(house: House) -> None:
    entry = acts.refund(house, paid(house), 40_00)
    assert balance(house.fund_id) == Balance(1_000_00, 0, 260_00, 0)
    assert (paid_on(paid(house)), held_by(paid(house))) == (260_00, 260_00)
    assert (entry.subject, entry.commitment_id) == ("goods.purchase:1", paid(house))
    reverse(house, entry.pk)
    assert paid_on(paid(house)) == 300_00
    assert balance(house.fund_id) == Balance(1_000_00, 0, 300_00, 0)
    assert verify() == []


def test_a_purchase_of_which_some_came_back_still_has_its_entries() -> None:
    store = make_store()
    purchase = Purchase.objects.get(pk=buy(store, store.draft(("梨", 10, 60_00))))
    acts.refund(store.house, purchase.commitment_id, 60_00)
    assert [*verify(), *check_goods()] == []
    assert paid_on(purchase.commitment_id) == purchase.total_minor - 60_00


def test_no_more_comes_back_than_was_paid(house: House) -> None:
    acts.refund(house, paid(house), 100_00)
    found = refused(lambda: acts.refund(house, paid(house), 200_01))
    assert (found.code, found.field) == ("beyond_paid", "amount")
    assert found.facts == {"paid_minor": 200_00, "asked_minor": 200_01}
    assert all(figure in found.sentence for figure in ("200.00", "200.01"))
    acts.refund(house, paid(house), 200_00)
    assert balance(house.fund_id) == Balance(1_000_00, 0, 0, 0)


def test_no_more_goes_back_than_is_available(house: House) -> None:
    found = refused(lambda: acts.return_unspent(house, 700_01))
    assert (found.code, found.field) == ("beyond_fund", "amount")
    assert found.facts == {"available_minor": 700_00, "asked_minor": 700_01}
    acts.return_unspent(house, 700_00)
    assert balance(house.fund_id) == Balance(1_000_00, 0, 300_00, 700_00)


Act = Callable[..., Entry]
CHANGES: list[tuple[dict[str, object], str, str]] = [
    ({"voucher": " "}, "voucher_missing", "voucher"),
    ({"voucher": "购-0001"}, "voucher_reserved", "voucher"),
    ({"voucher": "9" * 201}, "text_too_long", "voucher"),
    ({"reason": "　"}, "reason_missing", "reason"),
    ({"happened_on": date(2020, 4, 9)}, "happened_in_future", "happened_on"),
    ({"happened_on": date(2019, 4, 1)}, "happened_long_ago", "happened_on"),
]


def each(house: House) -> list[Act]:
    """Return both acts, each waiting for its amount."""
    return [
        lambda amount, **changes: acts.refund(house, paid(house), amount, **changes),
        lambda amount, **changes: acts.return_unspent(house, amount, **changes),
    ]


@pytest.mark.parametrize(("changes", "code", "field"), CHANGES)
def test_what_goes_back_has_voucher_reason_and_day(
    house: House, changes: dict[str, Any], code: str, field: str
) -> None:
    for act in each(house):
        found = refused(partial(act, 1_00, **changes))
        assert (found.code, found.field) == (code, field)
        assert refused(partial(act, 0)).code == "amount_invalid"


def test_a_voucher_is_used_once_whatever_it_is_for(house: House) -> None:
    acts.return_unspent(house, 1_00, voucher="记-09")
    for act in each(house):
        assert refused(partial(act, 1_00, voucher="记－09")).code == "voucher_used"


@pytest.mark.parametrize("who", ["stranger", "officer", "liaison"])
def test_only_finance_of_the_bureau_books_what_goes_back(house: House, who: str) -> None:
    for act in each(house):
        before = snapshot()
        with pytest.raises(NotPermitted):
            act(1_00, actor=getattr(house, who))
        assert snapshot() == before


def test_the_database_itself_holds_what_goes_back_within_what_was_paid_and_is_there(house: House) -> None:
    assert Fund.objects.get().pk == house.fund_id
    with pytest.raises(IntegrityError, match="funds_commitment_refunded_within_paid"), transaction.atomic():
        Commitment.objects.update(refunded_minor=300_01)
    with pytest.raises(IntegrityError, match="funds_fund_not_overdrawn"), transaction.atomic():
        Fund.objects.update(returned_minor=700_01)
    with pytest.raises(IntegrityError, match="funds_fund_counters_not_negative"), transaction.atomic():
        Fund.objects.update(returned_minor=-1)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(clause_keys=("elsewhere",)),
        Wanted(clause_keys=("standard",)),
        Wanted(clause_keys=("standard", "elsewhere")),
        Wanted(kinds=(Kind.DISBURSE, Kind.REFUND)),
        Wanted(kinds=tuple(VOUCHED)),
        Wanted(month=date(2020, 3, 1)),
        Wanted(month=date(2020, 4, 1), kinds=(Kind.RETURN,)),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 50])
def test_a_part_of_the_ledger_has_the_balances_of_the_whole(house: House, wanted: Wanted, size: int) -> None:
    acts.refund(house, paid(house), 40_00)
    commit(house, 50_00, clause_key="elsewhere", happened_on=date(2020, 3, 31))
    acts.return_unspent(house, 5_00)
    commit(house, 60_00, happened_on=date(2020, 3, 2))
    acts.return_unspent(house, 6_00)
    whole = ledger(house.fund_id)[::-1]
    ids = set(wanted.of(Entry.objects.all()).values_list("pk", flat=True))
    assert 0 < len(ids) < len(whole)
    pages, before = [], None
    while page := ledger_page(house.fund_id, size=size, before=before, wanted=wanted):
        pages += page
        before = page[-1].entry_id
    assert pages == [row for row in whole if row.entry_id in ids]
    assert months_of(house.fund_id) == [(2020, 4), (2020, 3)]


def test_reversing_a_return_takes_the_permission_to_appropriate(house: House) -> None:
    entry = acts.return_unspent(house, 5_00)
    with pytest.raises(NotPermitted) as found, acting():
        funds.reverse(entry_id=entry.pk, reason="x", happened_on=TODAY, actor=house.officer, at=NOW)
    assert found.value.facts["permission"] == "fund.appropriate"
    reverse(house, entry.pk)
    assert balance(house.fund_id) == Balance(1_000_00, 0, 300_00, 0)
