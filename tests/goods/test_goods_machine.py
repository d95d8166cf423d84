"""The store under any sequence of acts holds what a plain dictionary says, and no kit passes its standard."""

from collections import Counter
from collections.abc import Callable
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

from goods.builders import (
    NOW,
    PARTS,
    STANDARD,
    acted,
    buy,
    check_purchase,
    hand_over,
    levels,
    make_store,
    make_unit,
    prices,
    receive,
    reverse,
    snapshot,
    undelivered_of,
)
from songnuan.funds import actions as funds
from songnuan.funds.checks import verify as verify_funds
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify
from songnuan.goods.models import Purchase
from songnuan.goods.queries import bought
from songnuan.kernel.refusal import Refusal

UNITS = 3
NAMES = [part.item for part in PARTS]
EACH = {part.item: part.quantity for part in PARTS}
LINES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(1, 7), st.integers(1, 160_00)), min_size=1, max_size=3
)
PLACES = st.integers(min_value=0, max_value=50)


class _Bought:
    """A purchase as the oracle knows it."""

    def __init__(self, lines: list[tuple[str, int, int]]) -> None:
        self.lines = list(lines)
        self.packs: Counter[str] = Counter()
        for name, packs, _price in lines:
            self.packs[name] += packs
        self.came: Counter[str] = Counter()
        self.is_refunded = False

    @property
    def open(self) -> Counter[str]:
        return self.packs - self.came


class _GoodsMachine(RuleBasedStateMachine):
    """Buys, receives, hands over and cancels at random, and says beforehand how each act must end."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.store = make_store(appropriated=UNITS * STANDARD + 100_00)
        self.units = [make_unit(f"{place}号船闸", self.store.house.bureau).pk for place in range(UNITS)]
        self.purchases: dict[int, _Bought] = {}
        self.cancelled: set[int] = set()
        self.given: dict[int, set[str]] = {unit_id: set() for unit_id in self.units}
        self.in_store: Counter[str] = Counter()
        self.invoice = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def expect(self, codes: set[str], act: Callable[[], object]) -> bool:
        """Do the act; return False when it was refused with one of `codes` and changed nothing."""
        if not codes:
            act()
            return True
        before = snapshot()
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code in codes
        assert snapshot() == before
        return False

    def wrong(self, lines: list[tuple[str, int, int]]) -> set[str]:
        """Return what is wrong with buying `lines`, the slow and obvious way."""
        codes = set()
        if any(packs == 0 for _name, packs, _price in lines):
            codes.add("quantity_invalid")
        if any(price == 0 for _name, _packs, price in lines):
            codes.add("price_invalid")
        if codes:
            return codes
        every = [line for one in self.purchases.values() for line in one.lines] + lines
        packs = {name: sum(n for item, n, _price in every if item == name) for name in NAMES}
        paid = {name: sum(n * price for item, n, price in every if item == name) for name in NAMES}
        touched = {name for name, _packs, _price in lines}
        if any(packs[name] > EACH[name] * UNITS for name in touched):
            codes.add("more_than_needed")
        dearest = {
            name: max((price for item, _n, price in every if item == name), default=0) for name in NAMES
        }
        if sum(EACH[name] * dearest[name] for name in NAMES) > STANDARD:
            codes.add("above_standard")
        if sum(paid.values()) > UNITS * STANDARD + 100_00:
            codes.add("beyond_fund")
        return codes

    @initialize(price=st.sampled_from([0, 60_00, 75_00]))
    def begin(self, price: int) -> None:
        """Begin with nothing, or with everything bought and received."""
        if price:
            self.buy_the_rest_at(price)
            self.receive_of(0, None, 0)

    @rule(price=st.integers(60_00, 76_00))
    def buy_the_rest(self, price: int) -> None:
        self.buy_the_rest_at(price)

    def buy_the_rest_at(self, price: int) -> None:
        """Buy all that is still needed, which random lines hardly ever do."""
        packs = Counter({name: packs * UNITS for name, packs in EACH.items()})
        for one in self.purchases.values():
            packs -= one.packs
        if packs:
            self.buy_lines([(name, count, price) for name, count in packs.items()])

    @rule(name=st.sampled_from(NAMES), packs=st.integers(0, 1))
    def buy_nothing(self, name: str, packs: int) -> None:
        self.buy_lines([(name, packs, 1 - packs)])

    @rule(lines=LINES)
    def buy(self, lines: list[tuple[str, int, int]]) -> None:
        self.buy_lines(lines)

    def buy_lines(self, lines: list[tuple[str, int, int]]) -> None:
        self.invoice += 1
        draft = self.store.draft(*lines, invoice=str(self.invoice))
        codes = self.wrong(lines)
        problems = check_purchase(kit_id=self.store.kit_id, draft=draft, units=UNITS, at=NOW)
        assert {problem.code for problem in problems} == codes
        # A total of nothing is refused by the fund before the lines are looked at.
        in_act = codes | ({"amount_invalid"} if draft.total_minor == 0 else set())
        if self.expect(in_act, lambda: buy(self.store, draft, units=UNITS)):
            row = Purchase.objects.latest("pk")
            self.purchases[row.pk] = _Bought(lines)

    def pick(self, place: int) -> int:
        ids = sorted([*self.purchases, *self.cancelled])
        return ids[place % len(ids)]

    @precondition(lambda self: bool(self.purchases or self.cancelled))
    @rule(place=PLACES, name=st.none() | st.sampled_from(NAMES), packs=st.integers(0, 4))
    def receive(self, place: int, name: str | None, packs: int) -> None:
        self.receive_of(place, name, packs)

    def receive_of(self, place: int, name: str | None, packs: int) -> None:
        purchase_id = self.pick(place)
        one = self.purchases.get(purchase_id)
        if one is None:
            self.expect({"wrong_state"}, lambda: receive(self.store, purchase_id))
            return
        wanted = one.open if name is None else Counter({name: packs})
        codes = set()
        if name is None and not wanted:
            codes.add("nothing_to_receive")
        if name is not None and packs == 0:
            codes.add("quantity_invalid")
        if name is not None and packs > one.open[name]:
            codes.add("more_than_bought")
        quantities = None if name is None else {self.store.items[name]: packs}
        if self.expect(codes, lambda: receive(self.store, purchase_id, quantities)):
            one.came += wanted
            self.in_store += wanted

    @rule(place=PLACES, chosen=st.none() | st.sets(st.sampled_from(sorted(EACH)), min_size=1))
    def hand_over(self, place: int, chosen: set[str] | None) -> None:
        """Hand a unit all that it lacks, or some items of its kit."""
        unit_id = self.units[place % UNITS]
        lacking = EACH.keys() - self.given[unit_id]
        names = set(lacking) if chosen is None else chosen
        codes = set()
        if not lacking or names - lacking:
            codes.add("already_handed_over")
        elif any(self.in_store[name] < EACH[name] for name in names):
            codes.add("stock_short")
        packs = None if chosen is None else {self.store.items[name]: EACH[name] for name in names}
        if self.expect(codes, lambda: hand_over(self.store, unit_id, packs)):
            self.given[unit_id] |= names
            self.in_store.subtract({name: EACH[name] for name in names})

    @precondition(lambda self: bool(self.purchases))
    @rule(place=PLACES, name=st.sampled_from(NAMES), packs=st.integers(0, 4), less=st.integers(0, 1))
    def give_up(self, place: int, name: str, packs: int, less: int) -> None:
        """Have packs refunded that did not come, for what they cost or for a fen less."""
        ids = sorted(self.purchases)
        purchase_id = ids[place % len(ids)]
        one = self.purchases[purchase_id]
        mine = [(number, line) for number, line in enumerate(one.lines) if line[0] == name]
        if len(mine) != 1:
            return  # which of two lines is meant is not said here
        number, (_name, bought_packs, price) = mine[0]
        row = Purchase.objects.get(pk=purchase_id)
        line_id = row.lines.get(item__name=name).pk
        amount = packs * price - less
        codes = {code for code, holds in {
            "amount_invalid": amount <= 0,
            "quantity_invalid": packs == 0,
            "beyond_paid": amount > sum(n * each for _item, n, each in one.lines),
            "more_than_open": packs > one.open[name],
            "packs_worth_more": less > 0,
        }.items() if holds}  # fmt: skip
        self.invoice += 1
        told: dict[str, Any] = {"actor": self.store.house.finance, "at": NOW}
        voucher = f"退-{self.invoice}"

        def act() -> None:
            back = funds.refund(
                entry_id=row.commitment_id, amount_minor=amount, voucher=voucher, reason="缺货",
                happened_on=NOW.date(), **told,
            )  # fmt: skip
            goods.close_short(purchase_id=purchase_id, packs={line_id: packs}, refund_id=back.pk, **told)

        if self.expect(codes, acted(act)):
            one.packs[name] -= packs
            one.lines[number] = (name, bought_packs - packs, price)
            one.lines = [line for line in one.lines if line[1]]
            one.is_refunded = True

    @precondition(lambda self: bool(self.purchases))
    @rule(place=PLACES)
    def cancel(self, place: int) -> None:
        ids = sorted(self.purchases)
        purchase_id = ids[place % len(ids)]
        one = self.purchases[purchase_id]
        paid = Purchase.objects.get(pk=purchase_id)
        act = acted(
            lambda: goods.cancel_purchase(
                purchase_id=purchase_id, reason="录错", actor=self.store.house.finance, at=NOW
            )
        )
        self.expect({"purchase_still_funded"}, act)
        if one.is_refunded:
            self.expect(
                {"disbursement_refunded"}, lambda: reverse(self.store.house, paid.disbursement_id or 0)
            )
            return
        if any(self.in_store[name] < packs for name, packs in one.came.items()):
            return
        reverse(self.store.house, paid.disbursement_id or 0)
        act()
        self.in_store.subtract(one.came)
        self.cancelled.add(purchase_id)
        del self.purchases[purchase_id]

    @invariant()
    def the_store_holds_what_the_oracle_says(self) -> None:
        handed = Counter(name for names in self.given.values() for name in names)
        assert levels(self.store) == {
            name: (self.in_store[name], handed[name] * packs) for name, packs in EACH.items()
        }
        ids = {item_id: name for name, item_id in self.store.items.items()}
        for purchase_id, one in self.purchases.items():
            still_open = undelivered_of(purchase_id)
            assert {ids[item_id]: packs for item_id, packs in still_open.items()} == dict(one.open)

    @invariant()
    def nothing_was_bought_beyond_need_or_standard(self) -> None:
        got = bought(self.store.kit_id)
        for name, packs in EACH.items():
            item = got.get(self.store.items[name])
            assert item is None or item.quantity <= packs * UNITS
        average, dearest = prices(self.store)
        assert average <= dearest <= STANDARD

    @invariant()
    def no_kit_that_can_be_packed_costs_more_than_the_standard(self) -> None:
        """Pack one kit of the dearest boxes there are, box by box."""
        boxes = {
            name: sorted(
                price
                for one in self.purchases.values()
                for item, packs, price in one.lines
                for _box in range(packs)
                if item == name
            )
            for name in NAMES
        }
        assert sum(sum(boxes[name][-packs:]) for name, packs in EACH.items()) <= STANDARD

    @invariant()
    def the_checks_find_nothing(self) -> None:
        assert [*verify(), *verify_funds()] == []


@pytest.mark.django_db
def test_the_store_holds_what_a_dictionary_says_after_any_acts() -> None:
    run_state_machine_as_test(_GoodsMachine, settings=settings(stateful_step_count=6))
