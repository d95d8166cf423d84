"""What a store held of a lot day after day, and that nothing leaves it before it came."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import assume, given
from hypothesis import strategies as st

from goods.builders import (
    NOW,
    TODAY,
    Store,
    acted,
    acting,
    buy,
    make_person,
    make_store,
    make_unit,
    refused,
    whole_plan,
)
from songnuan.goods import actions as goods
from songnuan.goods.cards import stock_card
from songnuan.goods.checks import verify
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.lots import Delivery, OnHand, Wanted, choose
from songnuan.goods.models import Item, Lot, Movement, MovementKind, Purchase
from songnuan.goods.outgoing import why_short
from songnuan.goods.places import STORE, SUPPLIER
from songnuan.goods.queries import kit_of, on_hand
from songnuan.goods.running import first_below_zero, free_on
from songnuan.goods.stock import lock_store, move
from songnuan.journeys.issue_goods import issue_goods
from songnuan.journeys.record_donation import record_donation
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Unit
from songnuan.organisation.permissions import Role
from songnuan.visits.owed import in_store

BEFORE, NEXT = NOW - timedelta(days=1), NOW + timedelta(days=1)
MOVES = st.lists(st.tuples(st.integers(0, 6), st.integers(-4, 6)), max_size=9)


@given(MOVES, st.integers(0, 7))
def test_what_may_leave_on_a_day_is_the_least_that_was_there_since(
    moves: list[tuple[int, int]], asked: int
) -> None:
    ends = list(accumulate(sum(packs for day, packs in moves if day == one) for one in range(8)))
    assume(ends[-1] >= 0)
    moved: dict[date, int] = {}
    for day, packs in moves:
        if day > asked:
            moved[TODAY + timedelta(day)] = moved.get(TODAY + timedelta(day), 0) + packs
    free, later = free_on(ends[-1], moved)
    assert free == max(min(ends[asked:]), 0)
    for day in range(asked, 8):
        more = sum(packs for on, packs in later if on <= TODAY + timedelta(day))
        assert free + more == max(min(ends[day:]), 0)
    assert all(packs > 0 for _on, packs in later)
    low = first_below_zero([(TODAY + timedelta(day), packs) for day, packs in moves])
    below = [(TODAY + timedelta(day), left) for day, left in enumerate(ends) if left < 0]
    assert low == (below[0] if below else None)


def test_the_refusal_names_when_the_rest_came() -> None:
    lot = OnHand(1, 7, "P0417", None, 1, later=((date(2020, 4, 16), 3),))
    with pytest.raises(Refusal) as short:
        choose(Wanted(7, "苹果", "箱", 2), [lot], day=date(2020, 4, 15))
    assert short.value.code == "stock_short"
    assert short.value.facts == {"item": "苹果", "in_store": 1, "asked": 2, "came_on": "2020-04-16"}
    assert all(word in short.value.sentence for word in ("2020年4月15日", "P0417", "2020年4月16日", "3"))
    gone = OnHand(2, 7, "A", date(2020, 4, 14), 5)
    with pytest.raises(Refusal) as short:
        choose(Wanted(7, "苹果", "箱", 4), [lot, gone], day=date(2020, 4, 15))
    assert short.value.facts["came_on"] == "2020-04-16", "with what came later there would be enough"
    with pytest.raises(Refusal) as short:
        choose(Wanted(7, "苹果", "箱", 5), [lot, gone], day=date(2020, 4, 15))
    assert short.value.code == "stock_expired"


@pytest.fixture
def store() -> Store:
    """A kit of which noodles and pears came the day before, two boxes of apples today."""
    store = make_store()
    buy(store, replace(whole_plan(store), bought_on=BEFORE.date(), reason_late="发票后到"))
    take(store, {"方便面": 90, "梨": 40}, BEFORE)
    take(store, {"苹果": 2}, NOW)
    return store


def take(store: Store, packs: dict[str, int], happened_at: datetime, number: str = "P0417") -> None:
    with acting():
        goods.receive(
            purchase_id=Purchase.objects.get().pk,
            happened_at=happened_at,
            deliveries=[Delivery(store.items[name], many, number) for name, many in packs.items()],
            actor=store.house.finance,
            at=max(happened_at, NOW),
        )


def give(
    store: Store, happened_at: datetime, packs: dict[str, int] | None = None, *, at: datetime = NOW
) -> Callable[[], object]:
    unit = make_unit(f"{Unit.objects.count()}号船闸", store.house.bureau)
    return acted(
        lambda: goods.hand_over(
            kit_id=store.kit_id,
            unit_id=unit.pk,
            subject="visits.visit:1",
            happened_at=happened_at,
            actor=store.house.liaison,
            at=at,
            packs={store.items[name]: many for name, many in packs.items()} if packs else None,
        )
    )


@pytest.mark.django_db
def test_a_kit_is_not_handed_over_before_its_goods_came(store: Store) -> None:
    kit = kit_of(store.house.measure.pk)
    assert kit is not None
    refusal = refused(give(store, BEFORE))
    assert (refusal.code, refusal.facts["came_on"]) == ("stock_short", "2020-04-08")
    assert why_short(kit, BEFORE.date()) == {store.items["苹果"]: refusal.sentence}
    assert why_short(kit, TODAY) == {}
    assert [in_store(kit, BEFORE.date()), in_store(kit, TODAY), in_store(kit)] == [0, 2, 2]
    # What was there goes; the rest follows on a day on which it was there, whatever the hour.
    give(store, BEFORE, {"方便面": 2, "梨": 1})()
    give(store, NOW - timedelta(hours=9))()
    assert verify() == []


@pytest.mark.django_db
def test_what_went_out_since_is_not_given_out_on_an_earlier_day(store: Store) -> None:
    """Both boxes of today are given out; a third that comes tomorrow is not there today."""
    for _time in range(2):
        give(store, NOW)()
    take(store, {"苹果": 1}, NEXT)
    refusal = refused(give(store, NOW, at=NEXT))
    assert (refusal.code, refusal.facts["came_on"]) == ("stock_short", "2020-04-09")
    give(store, NEXT, at=NEXT)()
    assert verify() == []
    card = stock_card(plan_id=store.house.plan.pk, item_id=store.items["苹果"])
    assert [(row.day.day, row.balance) for row in card] == [(8, 2), (8, 1), (8, 0), (9, 1), (9, 0)]


@pytest.mark.django_db
def test_lines_of_one_day_stand_as_they_were_entered(store: Store) -> None:
    """All apples are given out today; another comes after that, and goes out on a visit entered late."""
    for _time in range(2):
        give(store, NOW)()
    take(store, {"苹果": 1}, NOW)
    give(store, NOW, at=NEXT)()
    card = stock_card(plan_id=store.house.plan.pk, item_id=store.items["苹果"])
    assert [row.balance for row in card] == [2, 1, 0, 1, 0]
    assert [row.movement_id for row in card] == sorted(row.movement_id for row in card)


@pytest.mark.django_db
def test_what_came_stands_first_on_a_day_that_else_would_leave_less_than_nothing(store: Store) -> None:
    """Both apples go out on the 9th, and one comes; then a visit of the 8th is entered that took one."""
    for _time in range(2):
        give(store, NEXT, at=NEXT)()
    take(store, {"苹果": 1}, NEXT)
    give(store, NOW, at=NEXT)()
    card = stock_card(plan_id=store.house.plan.pk, item_id=store.items["苹果"])
    assert [(row.day.day, row.balance) for row in card] == [(8, 2), (8, 1), (9, 2), (9, 1), (9, 0)]


@pytest.mark.django_db
def test_donated_goods_are_not_given_out_before_they_came(store: Store) -> None:
    house = store.house
    office = make_person("捐赠登记", Role.EPIDEMIC_OFFICE, house.bureau)
    unit = make_unit("一号船闸", house.bureau)
    handing = Handing("何库生", confirmed_by_name=True)
    for days, packs in ((1, 2), (0, 5)):
        line = GiftLine("口罩", "盒", packs, 90_00, f"K{days}", None)
        day = TODAY - timedelta(days=days)
        gift = Gift("慈善总会", "organisation", day, "estimated", (line,), handing, None, "方案启动前")
        facts = {"gift": gift, "signature": b"", "key": uuid4(), "actor": office, "at": NOW}
        record_donation(plan_id=house.plan.pk, **facts)  # type: ignore[arg-type]  # facts of the right kinds
    masks = Item.objects.get(name="口罩").pk

    def issue(packs: int) -> object:
        return issue_goods(
            plan_id=house.plan.pk,
            unit_id=unit.pk,
            packs={masks: packs},
            happened_on=TODAY - timedelta(days=1),
            handing=handing,
            signature=b"",
            reason_late="",
            key=uuid4(),
            actor=office,
            at=NOW,
        )

    before = Movement.objects.count()
    with pytest.raises(Refusal) as short:
        issue(3)
    assert (short.value.code, short.value.facts["in_store"]) == ("stock_short", 2)
    assert all(word in short.value.sentence for word in ("K0", "2020年4月8日"))
    assert Movement.objects.count() == before
    issue(2)
    assert {lot.number: lot.quantity for lot in on_hand(Lot.objects.filter(gift__isnull=False), on=None)} == {
        "K0": 5
    }
    assert verify() == []


@pytest.mark.django_db
def test_whatever_moves_goods_takes_none_before_they_came(store: Store) -> None:
    lot = Lot.objects.get(item_id=store.items["苹果"])
    movement = Movement(kind=MovementKind.DISPOSE, happened_at=BEFORE, at=NOW, subject="goods.disposal:1")

    def act() -> None:
        lock_store(store.house.plan.pk)
        move(movement, {lot.pk: 1}, source=STORE, target="disposed")

    refusal = refused(acted(act))
    assert (refusal.code, refusal.facts["in_store"], refusal.facts["asked"]) == ("stock_short", 0, 1)
    assert "2020年4月7日" in refusal.sentence


@pytest.mark.django_db
def test_what_is_missing_was_there_to_be_missing(store: Store) -> None:
    """All noodles are counted as missing; two are given out that day, and more come later."""
    house, leader = store.house, make_person("分管领导", Role.APPROVER, store.house.bureau)
    noodles = Lot.objects.get(item_id=store.items["方便面"])
    with acting():
        count = goods.start_count(plan_id=house.plan.pk, actor=house.finance, at=NOW)
    booked = dict(count.lines.values_list("lot_id", "booked"))
    with acting():
        goods.hand_in_count(count_id=count.pk, counted={**booked, noodles.pk: 0}, actor=house.finance, at=NOW)
    give(store, NOW, {"方便面": 2})()
    take(store, {"方便面": 4}, NEXT)
    facts = {"count_id": count.pk, "reason": "短少", "actor": leader, "at": NEXT}
    refusal = refused(acted(lambda: goods.decide_count(**facts, accept=True)))  # type: ignore[arg-type]
    assert (refusal.code, refusal.facts["in_store"], refusal.facts["asked"]) == ("stock_short", 88, 90)
    with acting():
        goods.decide_count(**facts, accept=False)  # type: ignore[arg-type]  # facts of the right kinds
    assert verify() == []


@pytest.mark.django_db
def test_the_checks_find_what_left_before_it_came(store: Store) -> None:
    lot = Lot.objects.get(item_id=store.items["苹果"])
    purchase = lot.line.purchase  # type: ignore[union-attr]  # it was bought
    assert verify() == []
    early = Movement.objects.create(
        kit_id=store.kit_id,
        kind=MovementKind.SEND_BACK,
        happened_at=BEFORE,
        at=NOW,
        purchase=purchase,
    )
    early.lines.create(lot=lot, place=STORE, quantity=-1)
    early.lines.create(lot=lot, place=SUPPLIER, quantity=1)
    lot.levels.filter(place=STORE).update(quantity=1)
    [finding] = verify()
    assert (finding.code, finding.where) == ("stock_below_zero", f"goods.lot:{lot.pk}")
    assert finding.facts == {"day": "2020-04-07", "packs": -1}


@pytest.mark.django_db
def test_asking_about_a_day_that_is_over_takes_as_many_queries_for_many_lots(store: Store) -> None:
    kit = kit_of(store.house.measure.pk)
    assert kit is not None
    with CaptureQueriesContext(connection) as once:
        why_short(kit, BEFORE.date())
    for number in ("B", "C", "D"):
        take(store, {"苹果": 1}, NOW, number)
    with CaptureQueriesContext(connection) as often:
        why_short(kit, BEFORE.date())
    assert len(often) == len(once)
