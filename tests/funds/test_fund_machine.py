"""A fund under any sequence of acts stands where a plain dictionary says it should."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from funds import acts
from funds.acts import approver_of
from goods.builders import MONEY, appropriate, commit, disburse, make_house, release, reverse, snapshot
from songnuan.funds.checks import verify
from songnuan.funds.models import Closing, Entry, Kind, Step
from songnuan.funds.queries import Balance, balance, held_by, rest_of
from songnuan.kernel.refusal import Refusal

AMOUNTS = st.integers(min_value=1, max_value=25)
DRAWS = st.integers(min_value=0, max_value=12)
PLACES = st.integers(min_value=0, max_value=200)


@dataclass
class _Promise:
    """A commitment as the oracle knows it."""

    amount: int
    disbursed: int = 0
    released: int = 0
    refunded: int = 0
    is_reversed: bool = False

    @property
    def rest(self) -> int:
        return 0 if self.is_reversed else self.amount - self.disbursed - self.released


@dataclass
class _Written:
    """An entry as the oracle knows it; `on` is the commitment it draws on."""

    kind: str
    amount: int
    on: int | None = None
    is_reversed: bool = False


class _FundMachine(RuleBasedStateMachine):
    """Acts on a fund at random, and says beforehand how each act must end."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.house = make_house()
        approver_of(self.house)
        acts.inspector_of(self.house)
        self.appropriated = 0
        self.returned = 0
        self.is_closed = False
        self.hold: int | None = None
        self.waiting: Closing | None = None
        self.promises: dict[int, _Promise] = {}
        self.entries: dict[int, _Written] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @property
    def committed(self) -> int:
        return sum(promise.rest for promise in self.promises.values())

    @property
    def disbursed(self) -> int:
        return sum(promise.disbursed - promise.refunded for promise in self.promises.values())

    @property
    def available(self) -> int:
        return self.appropriated - self.committed - self.disbursed - self.returned

    @property
    def held(self) -> str:
        """How an act that promises, pays or takes away must end while its figures allow it."""
        return "" if self.hold is None else "held"

    def booked(self, code: str, act: Any, *args: Any, **kwargs: Any) -> Entry | None:
        """Do what books an entry; in a closed fund it is refused whatever it is."""
        entry = self.expect("fund_closed" if self.is_closed else code, act, *args, **kwargs)
        assert entry is None or isinstance(entry, Entry)
        return entry

    def expect(self, code: str, act: Any, *args: Any, **kwargs: Any) -> Any:
        """Do the act; return what it returns, or None when it was refused with `code` and changed nothing."""
        if not code:
            return act(self.house, *args, **kwargs)
        before = snapshot(MONEY)
        with pytest.raises(Refusal) as refused:
            act(self.house, *args, **kwargs)
        assert refused.value.code == code
        assert snapshot(MONEY) == before
        return None

    def wrote(self, *expected: _Written) -> list[int]:
        """Take up the entries written since, and compare them with what is expected."""
        last = max(self.entries, default=0)
        fresh = list(Entry.objects.filter(pk__gt=last).order_by("pk"))
        assert [(e.kind, e.amount_minor, e.commitment_id) for e in fresh] == [
            (entry.kind, entry.amount, entry.on) for entry in expected
        ]
        for entry, written in zip(fresh, expected, strict=True):
            self.entries[entry.pk] = written
        return [entry.pk for entry in fresh]

    def pick(self, place: int) -> int:
        ids = sorted(self.entries)
        return ids[place % len(ids)]

    def pick_promise(self, place: int) -> int:
        ids = sorted(self.promises)
        return ids[place % len(ids)]

    @initialize(amount=st.sampled_from([0, 50, 100]))
    def begin(self, amount: int) -> None:
        if amount:
            self.appropriate_some(amount)

    @rule(amount=st.integers(-1, 40))
    def appropriate(self, amount: int) -> None:
        self.appropriate_some(amount)

    def appropriate_some(self, amount: int) -> None:
        if self.booked("" if amount > 0 else "amount_invalid", appropriate, amount):
            self.appropriated += amount
            self.wrote(_Written(Kind.APPROPRIATE, amount))

    @rule(amount=AMOUNTS)
    def commit(self, amount: int) -> None:
        code = self.held or ("beyond_fund" if amount > self.available else "")
        if self.booked("amount_invalid" if amount <= 0 else code, commit, amount):
            (entry_id,) = self.wrote(_Written(Kind.COMMIT, amount))
            self.promises[entry_id] = _Promise(amount)

    def drawn(self, entry_id: int, amount: int) -> str:
        """Return how a draw of `amount` on the commitment must end."""
        if amount <= 0:
            return "amount_invalid"
        return "beyond_commitment" if amount > self.promises[entry_id].rest else ""

    @precondition(lambda self: bool(self.promises))
    @rule(place=PLACES, amount=DRAWS, final=st.booleans())
    def disburse(self, place: int, amount: int, *, final: bool) -> None:
        entry_id = self.pick_promise(place)
        promise = self.promises[entry_id]
        code = "amount_invalid" if amount <= 0 else self.held or self.drawn(entry_id, amount)
        if self.booked(code, disburse, entry_id, amount, final=final):
            promise.disbursed += amount
            expected = [_Written(Kind.DISBURSE, amount, entry_id)]
            if final and promise.rest:
                expected.append(_Written(Kind.RELEASE, promise.rest, entry_id))
                promise.released += promise.rest
            self.wrote(*expected)

    @precondition(lambda self: bool(self.promises))
    @rule(place=PLACES, amount=st.none() | DRAWS)
    def release(self, place: int, amount: int | None) -> None:
        entry_id = self.pick_promise(place)
        promise = self.promises[entry_id]
        if amount is None:
            code, amount_out = ("" if promise.rest else "beyond_commitment"), promise.rest
        else:
            code, amount_out = self.drawn(entry_id, amount), amount
        if self.booked(code, release, entry_id, amount):
            promise.released += amount_out
            self.wrote(_Written(Kind.RELEASE, amount_out, entry_id))

    @precondition(lambda self: bool(self.promises))
    @rule(place=PLACES, amount=DRAWS)
    def refund(self, place: int, amount: int) -> None:
        entry_id = self.pick_promise(place)
        promise = self.promises[entry_id]
        code = "beyond_paid" if amount > promise.disbursed - promise.refunded else ""
        if self.booked("amount_invalid" if amount <= 0 else code, acts.refund, entry_id, amount):
            promise.refunded += amount
            self.wrote(_Written(Kind.REFUND, amount, entry_id))

    @rule(amount=DRAWS)
    def return_unspent(self, amount: int) -> None:
        code = "amount_invalid" if amount <= 0 else "beyond_fund" if amount > self.available else ""
        if self.booked(self.held or code, acts.return_unspent, amount):
            self.returned += amount
            self.wrote(_Written(Kind.RETURN, amount))

    @rule()
    def propose_closing(self) -> None:
        code = "closing_proposed" if self.waiting else "closing_committed" if self.committed else ""
        row = self.expect(self.held or ("fund_closed" if self.is_closed else code), acts.propose_closing)
        self.waiting = row or self.waiting

    @rule()
    def propose_reopening(self) -> None:
        code = "closing_proposed" if self.waiting else ""
        row = self.expect(code if self.is_closed else "fund_open", acts.propose_reopening)
        self.waiting = row or self.waiting

    @precondition(lambda self: self.waiting is not None)
    @rule(who=st.sampled_from(["other", "other", "other", "same"]))
    def confirm(self, who: str) -> None:
        row = self.waiting
        assert row is not None
        stale = "closing_stale" if row.left_minor != self.available else ""
        code = self.held or ("closing_committed" if self.committed else stale)
        if who == "same":
            self.expect("not_permitted", acts.confirm, row, self.house.finance)
        elif self.expect(code if row.step == Step.CLOSE else "", acts.confirm, row):
            if row.step == Step.CLOSE and row.left_minor:
                self.wrote(_Written(Kind.RETURN, row.left_minor))
                self.returned += row.left_minor
            self.is_closed, self.waiting = row.step == Step.CLOSE, None

    @precondition(lambda self: self.hold is None)
    @rule()
    def put_on_hold(self) -> None:
        self.hold = acts.hold(self.house)

    @precondition(lambda self: self.hold is not None)
    @rule()
    def lift(self) -> None:
        assert self.hold is not None
        acts.lift(self.house, self.hold)
        self.hold = None

    @precondition(lambda self: self.waiting is not None)
    @rule(act=st.sampled_from([acts.decline, acts.withdraw]))
    def let_be(self, act: Any) -> None:
        assert act(self.house, self.waiting).decided_at
        self.waiting = None

    def reversal(self, entry_id: int) -> str:
        """Return how the reversal of an entry must end."""
        entry = self.entries[entry_id]
        if entry.kind == Kind.REVERSE:
            return "not_reversible"
        if entry.is_reversed:
            return "already_reversed"
        if entry.kind in {Kind.APPROPRIATE, Kind.RELEASE, Kind.REFUND}:
            return self.held or ("beyond_fund" if entry.amount > self.available else "")
        promise = self.promises.get(entry_id if entry.on is None else entry.on, _Promise(0))
        left = promise.disbursed - entry.amount
        used = "commitment_released" if promise.released else ""
        codes = {
            Kind.DISBURSE: "disbursement_refunded" if left < promise.refunded else "",
            Kind.COMMIT: "commitment_disbursed" if promise.disbursed else used,
        }
        return codes.get(Kind(entry.kind), "")

    @precondition(lambda self: bool(self.entries))
    @rule(place=PLACES)
    def reverse(self, place: int) -> None:
        entry_id = self.pick(place)
        entry = self.entries[entry_id]
        if not self.booked(self.reversal(entry_id), reverse, entry_id):
            return
        entry.is_reversed = True
        on = entry_id if entry.kind == Kind.COMMIT else entry.on
        expected = [_Written(Kind.REVERSE, entry.amount, on)]
        if entry.kind == Kind.APPROPRIATE:
            self.appropriated -= entry.amount
        if entry.kind == Kind.RETURN:
            self.returned -= entry.amount
        if entry.kind == Kind.REFUND and on is not None:
            self.promises[on].refunded -= entry.amount
        if entry.kind == Kind.COMMIT:
            self.promises[entry_id].is_reversed = True
        if entry.kind == Kind.RELEASE and on is not None:
            self.promises[on].released -= entry.amount
        if entry.kind == Kind.DISBURSE and on is not None:
            self.promises[on].disbursed -= entry.amount
            self.promises[on].released += entry.amount
            expected.append(_Written(Kind.RELEASE, entry.amount, on))
        self.wrote(*expected)

    @invariant()
    def it_stands_where_the_oracle_says(self) -> None:
        stands = balance(self.house.fund_id)
        assert stands == Balance(self.appropriated, self.committed, self.disbursed, self.returned)
        assert stands.available == self.available
        assert min(self.available, self.appropriated, self.committed, self.disbursed, self.returned) >= 0
        assert not self.is_closed or (stands.available, stands.committed) == (0, 0)
        if self.promises:
            entry_id, promise = max(self.promises.items())
            assert rest_of(entry_id) == promise.rest
            assert held_by(entry_id) == promise.rest + promise.disbursed - promise.refunded

    @invariant()
    def the_checks_find_nothing(self) -> None:
        assert verify() == []


@pytest.mark.django_db
def test_a_fund_stands_where_a_dictionary_says_after_any_acts() -> None:
    run_state_machine_as_test(_FundMachine, settings=settings(stateful_step_count=16))
