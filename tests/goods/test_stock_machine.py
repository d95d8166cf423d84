"""A store of lots under any sequence of acts, while days pass, holds what a plain list of packs says."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

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

from goods.builders import GOODS, NOW, acting, buy, make_person, make_store, make_unit, snapshot
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Count, Donation, Issue, Item, Lot, StockLevel
from songnuan.goods.places import STORE
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role

EACH = {"方便面": 2, "苹果": 1, "梨": 1}
UNITS = 4
MASKS = "口罩"
NEVER = 6  # days: goods without a date
DAYS = st.integers(-1, NEVER)
PLACES = st.integers(0, 50)
DAYS_AGO = st.sampled_from([0, 0, 1])


@dataclass
class _Given:
    """What a unit got as the oracle knows it, straight from the donor where `donation_id` says so."""

    issue_id: int
    taken: dict[int, int]
    day: date
    donation_id: int | None = None
    kit: tuple[int, str] | None = None  # the unit and the item, of what was bought
    is_back: bool = False
    is_counted: bool = False  # a count put right what is in the store of it


@dataclass
class _Packs:
    """One lot as the oracle knows it: `came` and was not sent back, `there` in the store."""

    lot_id: int
    item: str
    expires_on: date | None
    is_gift: bool
    came: int = 0
    there: int = 0
    moves: list[tuple[date, int]] = field(default_factory=list)

    def move(self, day: date, packs: int) -> None:
        """Bring packs into the store on a day, or take them out."""
        self.there += packs
        self.moves.append((day, packs))

    def free(self, day: date) -> int:
        """Return the least that was there at the end of the day, or of any day since."""
        ends = {day, *(one for one, _packs in self.moves if one > day)}
        return min(sum(packs for one, packs in self.moves if one <= end) for end in ends)

    @property
    def order(self) -> tuple[bool, date, int]:
        return self.expires_on is None, self.expires_on or date.max, self.lot_id


class _StockMachine(RuleBasedStateMachine):
    """Receives, hands over, sends back, counts, disposes, donates, issues, takes back; says how each ends."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.store = make_store(appropriated=UNITS * 300_00)
        self.house = self.store.house
        self.office = make_person("捐赠登记", Role.EPIDEMIC_OFFICE, self.house.bureau)
        self.leader = make_person("分管领导", Role.APPROVER, self.house.bureau)
        self.units = [make_unit(f"{place}号船闸", self.house.bureau).pk for place in range(UNITS)]
        self.numbers = count(1)
        self.at = NOW
        self.got: Counter[tuple[int, str]] = Counter()  # of the kit, by unit and item
        self.lots: dict[int, _Packs] = {}
        self.issues: list[_Given] = []
        self.count_id, self.taken_at = 0, NOW
        self.frozen: dict[int, int] = {}
        self.counted: dict[int, int] | None = None
        self.waiting: dict[int, tuple[int, int]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @property
    def day(self) -> date:
        return self.at.astimezone(CHINA).date()

    def does(self, codes: set[str], act: Callable[[], object]) -> bool:
        """Do the act; return False when it was refused with one of `codes` and changed nothing."""
        if not codes:
            with acting():
                act()
            return True
        before = snapshot(GOODS)
        with pytest.raises(Refusal) as refused, acting():
            act()
        assert refused.value.code in codes
        assert snapshot(GOODS) == before
        return False

    def date_in(self, days: int) -> date | None:
        return None if days == NEVER else self.day + timedelta(days=days)

    def pick(self, place: int) -> _Packs:
        ids = sorted(self.lots)
        return self.lots[ids[place % len(ids)]]

    def first_ones(self, item: str, wanted: int, day: date, *, is_gift: bool) -> tuple[str, dict[int, int]]:
        """Take pack by pack of what expires first; return why there are too few, or what was taken."""
        mine = [one for one in self.lots.values() if (one.item, one.is_gift) == (item, is_gift)]
        good = [one for one in mine if one.expires_on is None or one.expires_on >= day]
        boxes = [
            one.lot_id for one in sorted(good, key=lambda one: one.order) for _box in range(one.free(day))
        ]
        if len(boxes) >= wanted:
            taken = boxes[:wanted]
            return "", {lot_id: taken.count(lot_id) for lot_id in taken}
        later = sum(one.there - one.free(day) for one in mine)
        gone = any(one.free(day) for one in mine if one not in good)
        return "stock_expired" if gone and len(boxes) + later < wanted else "stock_short", {}

    @initialize(days=st.lists(st.integers(0, 3), min_size=4, max_size=4) | st.none())
    def begin(self, days: list[int] | None) -> None:
        """Begin with everything bought; often with most of it received, and good for a few days only."""
        lines = [(name, each * UNITS, 60_00) for name, each in EACH.items()]
        self.purchase = buy(self.store, self.store.draft(*lines), units=UNITS)
        for name, some in zip(EACH, days or (), strict=False):
            self.receive_of(name, EACH[name], NEVER, "")
            self.receive_of(name, EACH[name] * (UNITS - 1), some, "A")
        if days:
            self.donate_to(None, 4, days[-1])

    @rule(hours=st.integers(1, 50))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(
        name=st.sampled_from(sorted(EACH)),
        packs=st.integers(0, 9),
        days=DAYS,
        number=st.sampled_from(["", "A"]),
    )
    def receive(self, name: str, packs: int, days: int, number: str) -> None:
        self.receive_of(name, packs, days, number)

    def receive_of(self, name: str, packs: int, days: int, number: str) -> None:
        expires_on = self.date_in(days)
        mine = Lot.objects.filter(line__purchase=self.purchase, item__name=name, number=number)
        left = EACH[name] * UNITS - sum(
            one.came for one in self.lots.values() if one.item == name and not one.is_gift
        )
        codes = set()
        if not packs:
            codes = {"quantity_invalid"}
        elif packs > left:
            codes = {"more_than_bought"}
        elif days < 0:
            codes = {"expired_on_arrival"}
        elif number and any(lot.expires_on != expires_on for lot in mine):
            codes = {"lot_differs"}
        deliveries = [Delivery(self.store.items[name], packs, number, expires_on)]
        facts = {"happened_at": self.at, "actor": self.house.finance, "at": self.at}
        if self.does(
            codes,
            lambda: goods.receive(purchase_id=self.purchase, deliveries=deliveries, **facts),  # type: ignore[arg-type]
        ):
            lot_id = mine.get(expires_on=expires_on).pk
            one = self.lots.setdefault(lot_id, _Packs(lot_id, name, expires_on, is_gift=False))
            one.came += packs
            one.move(self.day, packs)

    @precondition(lambda self: any(not one.is_gift for one in self.lots.values()))
    @rule(place=PLACES, packs=st.integers(0, 9))
    def send_back(self, place: int, packs: int) -> None:
        one = self.pick(place)
        codes = set()
        if one.is_gift or not one.came:
            codes = {"lot_unknown"}
        elif not packs:
            codes = {"quantity_invalid"}
        elif packs > one.came:
            codes = {"more_than_bought"}
        elif packs > one.there:
            codes = {"stock_short"}
        facts = {"packs": {one.lot_id: packs}, "reason": "破损", "actor": self.house.finance, "at": self.at}
        if self.does(codes, lambda: goods.send_back(purchase_id=self.purchase, **facts)):  # type: ignore[arg-type]
            one.came -= packs
            one.move(self.day, -packs)

    @rule(place=PLACES, hours_ago=st.sampled_from([0, 0, 0, 30]))
    def hand_over(self, place: int, hours_ago: int) -> None:
        unit_id, happened_at = self.units[place % UNITS], self.at - timedelta(hours=hours_ago)
        day = happened_at.astimezone(CHINA).date()
        left = {name: packs - self.got[unit_id, name] for name, packs in EACH.items()}
        left = {name: packs for name, packs in left.items() if packs}
        found = [self.first_ones(name, packs, day, is_gift=False) for name, packs in left.items()]
        why = next((code for code, _taken in found if code), "")
        codes = {why} - {""} if left else {"already_handed_over"}

        def act() -> object:
            return goods.hand_over(
                kit_id=self.store.kit_id,
                unit_id=unit_id,
                subject="visits.visit:1",
                happened_at=happened_at,
                actor=self.house.liaison,
                at=self.at,
            )

        if self.does(codes, act):
            self.got.update({(unit_id, name): packs for name, packs in left.items()})
            for _code, taken in found:
                self.leave(taken, happened_at)

    @rule(place=PLACES, name=st.sampled_from(sorted(EACH)), packs=st.integers(0, 3), days_ago=DAYS_AGO)
    def issue_kit(self, place: int, name: str, packs: int, days_ago: int) -> None:
        """Give a unit some of its kit against a signature: never more than its share."""
        unit_id, day = self.units[place % UNITS], self.day - timedelta(days=days_ago)
        why, taken = self.first_ones(name, packs, day, is_gift=False)
        beyond = packs > EACH[name] - self.got[unit_id, name]
        codes = {"quantity_invalid"} if not packs else {"beyond_share"} if beyond else {why} - {""}

        def act() -> object:
            return goods.issue_kit(
                kit_id=self.store.kit_id,
                unit_id=unit_id,
                packs={self.store.items[name]: packs},
                happened_on=day,
                handing=Handing("江守渡", confirmed_by_name=True),
                reason_late="补录",
                actor=self.office,
                at=self.at,
            )

        if self.does(codes, act):
            self.got[unit_id, name] += packs
            self.leave(taken, datetime.combine(day, time(12), CHINA) if days_ago else self.at)
            self.issues.append(_Given(Issue.objects.latest("pk").pk, taken, self.day, kit=(unit_id, name)))

    def leave(self, taken: dict[int, int], happened_at: datetime) -> None:
        """Take packs out; what had left before a count began was no longer there to be counted."""
        for lot_id, packs in taken.items():
            self.lots[lot_id].move(happened_at.astimezone(CHINA).date(), -packs)
            if self.count_id and happened_at <= self.taken_at < self.at and lot_id in self.frozen:
                self.frozen[lot_id] -= packs

    @rule(packs=st.integers(0, 5), days=DAYS, place=st.none() | PLACES)
    def donate(self, packs: int, days: int, place: int | None) -> None:
        self.donate_to(None if place is None else self.units[place % UNITS], packs, days)

    def donate_to(self, unit_id: int | None, packs: int, days: int) -> None:
        line = GiftLine(MASKS, "盒", packs, 90_00, "K", self.date_in(days))
        handing = Handing("何库生", confirmed_by_name=True)
        gift = Gift(
            "慈善总会", "organisation", self.day, "estimated", (line,), handing, unit_id, "方案启动前"
        )
        codes = {"quantity_invalid"} if not packs else {"expired_on_arrival"} if days < 0 else set()
        facts = {"number": next(self.numbers), "gift": gift, "actor": self.office, "at": self.at}
        if self.does(codes, lambda: goods.record_donation(plan_id=self.house.plan.pk, **facts)):  # type: ignore[arg-type]
            lot = Lot.objects.get(gift__donation=Donation.objects.latest("pk"))
            self.lots[lot.pk] = _Packs(lot.pk, MASKS, lot.expires_on, is_gift=True, came=packs)
            self.lots[lot.pk].move(self.day, packs if unit_id is None else 0)
            if unit_id is not None:
                row = Issue.objects.latest("pk")
                self.issues.append(_Given(row.pk, {lot.pk: packs}, self.day, row.donation_id))

    @precondition(lambda self: any(one.is_gift for one in self.lots.values()))
    @rule(place=PLACES, packs=st.integers(0, 6), days_ago=DAYS_AGO)
    def issue(self, place: int, packs: int, days_ago: int) -> None:
        day = self.day - timedelta(days=days_ago)
        why, taken = self.first_ones(MASKS, packs, day, is_gift=True)
        codes = {"quantity_invalid"} if not packs else {why} - {""}

        def act() -> object:
            return goods.issue_goods(
                plan_id=self.house.plan.pk,
                unit_id=self.units[place % UNITS],
                packs={Item.objects.get(name=MASKS).pk: packs},
                happened_on=day,
                handing=Handing("江守渡", confirmed_by_name=True),
                reason_late="补录",
                actor=self.office,
                at=self.at,
            )

        if self.does(codes, act):
            # Of a day that is over the hour is not known: noon stands for it.
            noon = datetime.combine(day, time(12), CHINA)
            self.leave(taken, noon if days_ago else self.at)
            self.issues.append(_Given(Issue.objects.latest("pk").pk, taken, self.day))

    @precondition(lambda self: bool(self.issues))
    @rule(place=PLACES, is_own=st.booleans())
    def take_back(self, place: int, *, is_own: bool) -> None:
        """Take back what a unit got: into the store, or to the donor who gave it straight."""
        one = self.issues[place % len(self.issues)]
        own = "own_donation" if one.donation_id else "own_issue"
        codes = {"wrong_state"} if one.is_back else {own} if is_own and one.day != self.day else set()
        if self.count_id and not one.donation_id:
            codes |= {"count_running"}
        if one.is_counted and not one.donation_id:
            codes |= {"counted_since"}
        facts = {"reason": "录错", "actor": self.office if is_own else self.house.officer, "at": self.at}

        def act() -> object:
            if one.donation_id:
                return goods.cancel_donation(donation_id=one.donation_id, **facts)  # type: ignore[arg-type]
            return goods.take_back_issue(issue_id=one.issue_id, **facts)  # type: ignore[arg-type]

        if one.donation_id:
            straight = {"issue_id": one.issue_id, **facts, "actor": self.house.officer}
            refusal = {"wrong_state", "issue_straight"}
            self.does(refusal, lambda: goods.take_back_issue(**straight))  # type: ignore[arg-type]
        if self.does(codes, act):
            one.is_back = True
            if one.kit:
                self.got[one.kit] -= sum(one.taken.values())
            for lot_id, packs in one.taken.items():
                self.lots[lot_id].move(self.day, 0 if one.donation_id else packs)

    @precondition(lambda self: any(one.is_gift for one in self.lots.values()))
    @rule(place=PLACES)
    def cancel(self, place: int) -> None:
        """Cancel what was given into the store: as long as all of it is there."""
        one = self.pick(place)
        row = Donation.objects.filter(lines__lots=one.lot_id, unit__isnull=True).first()
        if row is None:
            return
        codes = {"wrong_state"} if row.cancelled_at else set()
        codes |= {"count_running"} if self.count_id else set()
        codes |= {"disposal_waits"} if one.lot_id in self.waiting else set()
        codes |= {"donation_issued"} if one.there != one.came else set()
        facts = {"reason": "录错", "actor": self.house.officer, "at": self.at}
        if self.does(codes, lambda: goods.cancel_donation(donation_id=row.pk, **facts)):  # type: ignore[arg-type]
            one.move(self.day, -one.there)

    @rule()
    def start_count(self) -> None:
        # What was given and cancelled, and left again, is not counted.
        void = {"quantity": 0, "lot__gift__donation__cancelled_at__isnull": False}
        kept = StockLevel.objects.filter(place=STORE).exclude(**void).exists()
        codes = {"count_running"} if self.count_id else set() if kept else {"nothing_to_count"}
        facts = {"actor": self.house.finance, "at": self.at}
        if self.does(codes, lambda: goods.start_count(plan_id=self.house.plan.pk, **facts)):  # type: ignore[arg-type]
            row = Count.objects.latest("pk")
            listed = set(row.lines.values_list("lot_id", flat=True))
            assert listed >= {lot_id for lot_id, one in self.lots.items() if one.there}
            self.count_id, self.taken_at, self.counted = row.pk, self.at, None
            self.frozen = {lot_id: self.lots[lot_id].there for lot_id in listed}

    @precondition(lambda self: self.count_id and self.counted is None)
    @rule(place=PLACES, less=st.sampled_from([0, 1, -1, 20]))
    def hand_in(self, place: int, less: int) -> None:
        chosen = sorted(self.frozen)[place % len(self.frozen)]
        found = {lot_id: max(packs, 0) for lot_id, packs in self.frozen.items()}
        found[chosen] = max(found[chosen] - less, 0)
        facts = {"counted": found, "actor": self.house.finance, "at": self.at}
        self.does(set(), lambda: goods.hand_in_count(count_id=self.count_id, **facts))  # type: ignore[arg-type]
        self.counted = found
        agreed = Count.objects.get(pk=self.count_id).status == "agreed"
        assert agreed == (found == self.frozen)
        if agreed:
            self.count_id = 0

    @precondition(lambda self: self.count_id and self.counted is not None)
    @rule(accept=st.booleans())
    def decide(self, *, accept: bool) -> None:
        assert self.counted is not None
        own = {"accept": accept, "reason": "x", "actor": self.house.finance, "at": self.at}
        self.does({"not_permitted"}, lambda: goods.decide_count(count_id=self.count_id, **own))  # type: ignore[arg-type]
        more = {lot_id: packs - self.frozen[lot_id] for lot_id, packs in self.counted.items()}
        taken_on = self.taken_at.astimezone(CHINA).date()
        short = accept and any(
            packs < 0 and self.lots[lot_id].free(taken_on) + packs < 0 for lot_id, packs in more.items()
        )
        facts = {"accept": accept, "reason": "清点有误", "actor": self.leader, "at": self.at}
        if self.does(
            {"stock_short"} if short else set(),
            lambda: goods.decide_count(count_id=self.count_id, **facts),  # type: ignore[arg-type]
        ):
            self.count_id = 0
            for lot_id, packs in more.items():
                self.lots[lot_id].move(taken_on, packs if accept else 0)
                for one in self.issues:
                    one.is_counted |= bool(accept and packs and lot_id in one.taken)

    @precondition(lambda self: bool(self.lots))
    @rule(place=PLACES, packs=st.integers(0, 5))
    def propose_disposal(self, place: int, packs: int) -> None:
        one = self.pick(place)
        codes = set()
        if not packs:
            codes = {"quantity_invalid"}
        elif one.lot_id in self.waiting:
            codes = {"disposal_waits"}
        elif packs > one.there:
            codes = {"stock_short"}
        facts = {"quantity": packs, "reason": "过期", "actor": self.office, "at": self.at}
        if self.does(codes, lambda: goods.propose_disposal(lot_id=one.lot_id, **facts)):  # type: ignore[arg-type]
            row = Lot.objects.get(pk=one.lot_id).disposals.latest("pk")
            self.waiting[one.lot_id] = (row.pk, packs)

    @precondition(lambda self: bool(self.waiting))
    @rule(place=PLACES, accept=st.booleans())
    def decide_disposal(self, place: int, *, accept: bool) -> None:
        lot_id = sorted(self.waiting)[place % len(self.waiting)]
        disposal_id, packs = self.waiting[lot_id]
        short = accept and packs > self.lots[lot_id].there
        facts = {"accept": accept, "remark": "同意", "actor": self.leader, "at": self.at}
        if self.does(
            {"stock_short"} if short else set(),
            lambda: goods.decide_disposal(disposal_id=disposal_id, **facts),  # type: ignore[arg-type]
        ):
            del self.waiting[lot_id]
            if accept:
                self.leave({lot_id: packs}, self.at)

    @invariant()
    def the_store_holds_what_the_oracle_says(self) -> None:
        levels = dict(StockLevel.objects.filter(place=STORE).values_list("lot_id", "quantity"))
        assert {lot_id: packs for lot_id, packs in levels.items() if packs} == {
            lot_id: one.there for lot_id, one in self.lots.items() if one.there
        }

    @invariant()
    def the_checks_find_nothing(self) -> None:
        assert verify() == []


@pytest.mark.django_db
def test_the_store_by_lot_holds_what_a_list_says_after_any_acts() -> None:
    run_state_machine_as_test(_StockMachine, settings=settings(stateful_step_count=14))
