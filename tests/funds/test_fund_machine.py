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

from goods.builders import MONEY, appropriate, commit, disburse, make_house, release, reverse, snapshot
from songnuan.funds.checks import verify
from songnuan.funds.models import Entry, Kind
from songnuan.funds.queries import balance, held_by, rest_of
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
        self.appropriated = 0
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
        return sum(promise.disbursed for promise in self.promises.values())

    @property
    def available(self) -> int:
        return self.appropriated - self.committed - self.disbursed

    def expect(self, code: str, act: Any, *args: Any, **kwargs: Any) -> Entry | None:
        """Do the act; return its entry, or None when it was refused with `code` and changed nothing."""
        if not code:
            entry = act(self.house, *args, **kwargs)
            assert isinstance(entry, Entry)
            return entry
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
        if self.expect("" if amount > 0 else "amount_invalid", appropriate, amount):
            self.appropriated += amount
            self.wrote(_Written(Kind.APPROPRIATE, amount))

    @rule(amount=AMOUNTS)
    def commit(self, amount: int) -> None:
        code = "amount_invalid" if amount <= 0 else "beyond_fund" if amount > self.available else ""
        if self.expect(code, commit, amount):
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
        if self.expect(self.drawn(entry_id, amount), disburse, entry_id, amount, final=final):
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
        if self.expect(code, release, entry_id, amount):
            promise.released += amount_out
            self.wrote(_Written(Kind.RELEASE, amount_out, entry_id))

    def reversal(self, entry_id: int) -> str:
        """Return how the reversal of an entry must end."""
        entry = self.entries[entry_id]
        if entry.kind == Kind.REVERSE:
            return "not_reversible"
        if entry.is_reversed:
            return "already_reversed"
        if entry.kind in {Kind.APPROPRIATE, Kind.RELEASE}:
            return "beyond_fund" if entry.amount > self.available else ""
        if entry.kind == Kind.COMMIT and self.promises[entry_id].disbursed:
            return "commitment_disbursed"
        if entry.kind == Kind.COMMIT and self.promises[entry_id].released:
            return "commitment_released"
        return ""

    @precondition(lambda self: bool(self.entries))
    @rule(place=PLACES)
    def reverse(self, place: int) -> None:
        entry_id = self.pick(place)
        entry = self.entries[entry_id]
        if not self.expect(self.reversal(entry_id), reverse, entry_id):
            return
        entry.is_reversed = True
        on = entry_id if entry.kind == Kind.COMMIT else entry.on
        expected = [_Written(Kind.REVERSE, entry.amount, on)]
        if entry.kind == Kind.APPROPRIATE:
            self.appropriated -= entry.amount
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
        assert (stands.appropriated, stands.committed, stands.disbursed) == (
            self.appropriated,
            self.committed,
            self.disbursed,
        )
        assert min(stands.available, stands.appropriated, stands.committed, stands.disbursed) >= 0
        if self.promises:
            entry_id, promise = max(self.promises.items())
            assert rest_of(entry_id) == promise.rest
            assert held_by(entry_id) == promise.rest + promise.disbursed

    @invariant()
    def the_checks_find_nothing(self) -> None:
        assert verify() == []


@pytest.mark.django_db
def test_a_fund_stands_where_a_dictionary_says_after_any_acts() -> None:
    run_state_machine_as_test(_FundMachine, settings=settings(stateful_step_count=12))
