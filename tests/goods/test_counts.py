"""A store is counted by one and decided about by another; goods are disposed of the same way."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from goods.builders import (
    GOODS,
    NOW,
    Store,
    acting,
    buy,
    make_person,
    make_store,
    make_unit,
    receive,
    snapshot,
    whole_plan,
)
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify
from songnuan.goods.counted import differences, entered_after, overtaken
from songnuan.goods.models import Count, Disposal, Lot, Movement, StockLevel
from songnuan.goods.places import STORE
from songnuan.goods.voided import void_lots
from songnuan.goods.waiting import last_counts
from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.journeys.cancel_purchase import cancel_purchase
from songnuan.journeys.count_stock import abandon_count, hand_in_count, start_count
from songnuan.journeys.decide_count import decide_count
from songnuan.journeys.dispose_goods import decide_disposal, propose_disposal
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, Unit, User
from songnuan.organisation.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def store() -> Store:
    store = make_store()
    receive(store, buy(store, whole_plan(store)))
    return store


@pytest.fixture
def leader(store: Store) -> Actor:
    return make_person("分管领导", Role.APPROVER, store.house.bureau)


def books() -> dict[int, int]:
    """Return what the store holds by lot."""
    return dict(StockLevel.objects.filter(place=STORE).values_list("lot_id", "quantity"))


def refused(act: object, **facts: object) -> Refusal:
    before = snapshot((*GOODS, Count, Disposal))
    with pytest.raises(Refusal) as refusal:
        act(**facts)  # type: ignore[operator]
    assert snapshot((*GOODS, Count, Disposal)) == before
    return refusal.value


def also(actor: Actor, role: Role, store: Store) -> None:
    """Give somebody one more post."""
    assert actor.user_id is not None
    user = User.objects.get(pk=actor.user_id)
    Post.objects.create(user=user, unit=store.house.bureau, role=role.value, starts_on=NOW.date())


def counted(store: Store, **less: int) -> int:
    """Count the store as finance, `less` packs of an item than the books say; return the count's id."""
    count_id = start_count(plan_id=store.house.plan.pk, actor=store.house.finance, at=NOW)
    names = dict(Lot.objects.values_list("pk", "item__name"))
    found = {lot_id: packs - less.get(names[lot_id], 0) for lot_id, packs in books().items()}
    hand_in_count(count_id=count_id, counted=found, actor=store.house.finance, at=NOW)
    return count_id


def test_a_count_that_agrees_is_over(store: Store) -> None:
    assert Count.objects.get(pk=counted(store)).status == "agreed"
    assert not Movement.objects.filter(kind="count").exists()
    assert verify() == []


def test_a_difference_is_booked_once_another_accepts_it(store: Store, leader: Actor) -> None:
    before = books()
    count_id = counted(store, 苹果=2, 梨=-1)
    assert books() == before
    refusal = refused(decide_count, count_id=count_id, accept=True, reason=" ", actor=leader, at=LATER)
    assert refusal.code == "reason_missing"
    decide_count(count_id=count_id, accept=True, reason="装卸时摔坏", actor=leader, at=LATER)
    names = dict(Lot.objects.values_list("item__name", "pk"))
    assert books() == {**before, names["苹果"]: 45, names["梨"]: 48}
    assert (
        refused(decide_count, count_id=count_id, accept=True, reason="x", actor=leader, at=LATER).code
        == "wrong_state"
    )
    assert verify() == []


def test_a_recount_books_nothing_and_the_store_may_be_counted_again(store: Store, leader: Actor) -> None:
    before = books()
    count_id = counted(store, 苹果=2)
    assert refused(start_count, plan_id=store.house.plan.pk, actor=store.house.finance, at=NOW).code == (
        "count_running"
    )
    decide_count(count_id=count_id, accept=False, reason="数错了排面", actor=leader, at=LATER)
    assert books() == before
    assert Count.objects.get(pk=counted(store)).status == "agreed"


def test_who_counted_decides_nothing_whatever_the_post(store: Store, leader: Actor) -> None:
    count_id = counted(store, 苹果=2)
    also(store.house.finance, Role.APPROVER, store)
    for actor, code in ((store.house.finance, "own_count"), (store.house.officer, "not_permitted")):
        refusal = refused(decide_count, count_id=count_id, accept=True, reason="x", actor=actor, at=LATER)
        assert refusal.code == code
    with pytest.raises(IntegrityError), transaction.atomic():
        Count.objects.update(
            status="accepted", decided_by=store.house.finance.user_id, decided_at=LATER, reason="x"
        )
    decide_count(count_id=count_id, accept=True, reason="x", actor=leader, at=LATER)


def test_only_keepers_count_and_the_program_itself_does_not(store: Store, leader: Actor) -> None:
    for actor, code in (
        (leader, "not_permitted"),
        (store.house.liaison, "not_permitted"),
        (SYSTEM, "person_needed"),
    ):
        assert refused(start_count, plan_id=store.house.plan.pk, actor=actor, at=NOW).code == code


def test_every_lot_has_to_be_counted(store: Store) -> None:
    count_id = start_count(plan_id=store.house.plan.pk, actor=store.house.finance, at=NOW)
    lots = list(books())
    facts = {"count_id": count_id, "actor": store.house.finance, "at": NOW}
    refusal = refused(hand_in_count, counted={lots[0]: 1}, **facts)
    assert (refusal.code, refusal.field) == ("count_incomplete", f"lot-{lots[1]}")
    assert refused(hand_in_count, counted=dict.fromkeys(lots, -1), **facts).code == "quantity_invalid"


def test_what_moves_while_it_is_counted_is_no_difference(store: Store, leader: Actor) -> None:
    """One kit leaves after the count began; one left before it, and is entered only afterwards."""
    house = store.house
    names = dict(Lot.objects.values_list("item__name", "pk"))
    count_id = start_count(plan_id=house.plan.pk, actor=house.finance, at=NOW)
    for happened_at in (NOW + timedelta(minutes=10), NOW - timedelta(hours=3)):
        unit = make_unit(f"{happened_at:%H%M}号船闸", house.bureau)
        with acting():
            goods.hand_over(
                kit_id=store.kit_id,
                unit_id=unit.pk,
                subject="visits.visit:1",
                happened_at=happened_at,
                actor=house.liaison,
                at=NOW + timedelta(minutes=20),
            )
    # On the shelves at the beginning: all less the kit that had left; and one box of pears is gone.
    found = {names["方便面"]: 92, names["苹果"]: 46, names["梨"]: 45}
    hand_in_count(count_id=count_id, counted=found, actor=house.finance, at=LATER)
    assert differences(count_id) == {names["梨"]: -1}
    decide_count(count_id=count_id, accept=True, reason="短少", actor=leader, at=LATER)
    assert books() == {names["方便面"]: 90, names["苹果"]: 45, names["梨"]: 44}
    assert verify() == []


def test_what_is_missing_can_not_be_more_than_is_left_by_then(store: Store, leader: Actor) -> None:
    count_id = counted(store, 苹果=47)
    unit = make_unit("一号船闸", store.house.bureau)
    with acting():
        goods.hand_over(
            kit_id=store.kit_id,
            unit_id=unit.pk,
            subject="visits.visit:1",
            happened_at=LATER,
            actor=store.house.liaison,
            at=LATER,
        )
    refusal = refused(decide_count, count_id=count_id, accept=True, reason="x", actor=leader, at=LATER)
    assert (refusal.code, refusal.facts["in_store"]) == ("stock_short", 46)


def test_goods_are_disposed_of_by_two(store: Store, leader: Actor) -> None:
    house = store.house
    lot_id = Lot.objects.get(item__name="苹果").pk
    facts = {"lot_id": lot_id, "reason": "腐烂", "actor": house.finance, "at": NOW}
    assert refused(propose_disposal, quantity=48, **facts).code == "stock_short"
    assert refused(propose_disposal, quantity=1, **{**facts, "actor": leader}).code == "not_permitted"
    disposal_id = propose_disposal(quantity=5, **facts)  # type: ignore[arg-type]  # facts of the right kinds
    assert refused(propose_disposal, quantity=1, **facts).code == "disposal_waits"
    also(house.finance, Role.APPROVER, store)
    own = {"disposal_id": disposal_id, "accept": True, "remark": "", "at": LATER}
    assert refused(decide_disposal, actor=house.finance, **own).code == "own_disposal"
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposal.objects.update(status="accepted", decided_by=house.finance.user_id, decided_at=LATER)
    returned = {"disposal_id": disposal_id, "accept": False, "remark": "", "actor": leader, "at": LATER}
    assert refused(decide_disposal, **returned).code == "reason_missing"
    decide_disposal(actor=leader, **own)  # type: ignore[arg-type]  # facts of the right kinds
    assert books()[lot_id] == 42
    assert StockLevel.objects.get(lot=lot_id, place="disposed").quantity == 5
    assert refused(decide_disposal, actor=leader, **own).code == "wrong_state"
    assert verify() == []


def test_a_count_is_given_up_by_who_began_it_or_who_decides(store: Store, leader: Actor) -> None:
    finance, plan_id = store.house.finance, store.house.plan.pk
    other = make_person("另一账房", Role.FINANCE, store.house.bureau)
    for actor in (finance, leader):
        count_id = start_count(plan_id=plan_id, actor=finance, at=NOW)
        told = {"count_id": count_id, "reason": "下错了单", "at": LATER}
        assert refused(abandon_count, **told, actor=other).code == "not_permitted"
        assert refused(abandon_count, **{**told, "reason": " "}, actor=actor).code == "reason_missing"
        before = books()
        abandon_count(**told, actor=actor)  # type: ignore[arg-type]  # facts of the right kinds
        row = Count.objects.get(pk=count_id)
        assert (row.status, row.decided_by_id, row.reason) == ("abandoned", actor.user_id, "下错了单")
        assert books() == before
        assert refused(abandon_count, **told, actor=actor).code == "wrong_state"
        none = {"count_id": count_id, "counted": books(), "actor": finance, "at": LATER}
        assert refused(hand_in_count, **none).code == "wrong_state"
    count_id = counted(store, 苹果=2)
    told = {"count_id": count_id, "reason": "不数了", "at": LATER}
    assert refused(abandon_count, **told, actor=finance).code == "wrong_state"
    # What has to be counted again still has to be, though the next count was given up.
    decide_count(count_id=count_id, accept=False, reason="差异过大", actor=leader, at=LATER)
    again = start_count(plan_id=plan_id, actor=finance, at=LATER)
    abandon_count(count_id=again, reason="人手不够", actor=finance, at=LATER)
    assert [row.status for row in last_counts([plan_id])] == ["recount"]
    assert verify() == []


def test_what_left_with_a_cancelled_purchase_is_not_counted(store: Store) -> None:
    finance, plan_id = store.house.finance, store.house.plan.pk
    gone = next(iter(books()))
    line = Lot.objects.get(pk=gone).line
    assert line is not None
    cancel_purchase(purchase_id=line.purchase_id, reason="录错", key=uuid4(), actor=finance, at=LATER)
    assert set(books().values()) == {0}
    assert void_lots(plan_id) == set(books())
    told = {"plan_id": plan_id, "actor": finance, "at": LATER}
    assert refused(start_count, **told).code == "nothing_to_count"
    receive(store, buy(store, whole_plan(store)))
    count_id = start_count(plan_id=plan_id, actor=finance, at=LATER)
    assert gone not in Count.objects.get(pk=count_id).lines.values_list("lot_id", flat=True)
    assert Count.objects.get(pk=count_id).lines.count() == 3


def handed(store: Store, happened_at: datetime, entered_at: datetime) -> None:
    """Give one more unit its kit; it is entered at another time."""
    unit = make_unit(f"{Unit.objects.count()}号船闸", store.house.bureau)
    with acting():
        goods.hand_over(
            kit_id=store.kit_id,
            unit_id=unit.pk,
            subject="visits.visit:1",
            happened_at=happened_at,
            actor=store.house.liaison,
            at=entered_at,
        )


@pytest.mark.parametrize(
    ("less", "accept"),
    [({"苹果": 2}, True), ({"苹果": 2}, False), ({}, None)],
    ids=["booked", "recount", "agrees"],
)
def test_what_a_count_found_stands_whatever_is_entered_after_it_was_settled(
    store: Store, leader: Actor, less: dict[str, int], *, accept: bool | None
) -> None:
    """A kit left before the count, and is entered after the decision; another leaves afterwards."""
    count_id = counted(store, **less)
    if accept is not None:
        decide_count(count_id=count_id, accept=accept, reason="短少", actor=leader, at=LATER)
    row, found = Count.objects.get(pk=count_id), differences(count_id)
    names = dict(Lot.objects.values_list("item__name", "pk"))
    assert found == {names[name]: -packs for name, packs in less.items()}
    handed(store, LATER, LATER + timedelta(minutes=1))
    assert (entered_after(row), overtaken([row])) == ([], set())
    handed(store, NOW - timedelta(hours=1), LATER + timedelta(minutes=2))
    assert differences(count_id) == found
    assert [(one.item, one.packs) for one in entered_after(row)] == [("方便面", -2), ("苹果", -1), ("梨", -1)]
    assert overtaken([row]) == {count_id}
    assert verify() == []
    # The next count takes it in.
    again = start_count(plan_id=store.house.plan.pk, actor=store.house.finance, at=LATER + timedelta(hours=1))
    facts = {"counted": books(), "actor": store.house.finance, "at": LATER + timedelta(hours=1)}
    hand_in_count(count_id=again, **facts)  # type: ignore[arg-type]  # facts of the right kinds
    assert overtaken(last_counts([store.house.plan.pk])) == set()


def test_what_is_entered_until_the_decision_is_no_difference_and_stays_none(
    store: Store, leader: Actor
) -> None:
    count_id = counted(store, 苹果=2)
    handed(store, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    names = dict(Lot.objects.values_list("item__name", "pk"))
    found = {names["方便面"]: 2, names["苹果"]: -1, names["梨"]: 1}
    assert differences(count_id) == found
    decide_count(count_id=count_id, accept=True, reason="盘点时已发出", actor=leader, at=LATER)
    assert differences(count_id) == found
    assert entered_after(Count.objects.get(pk=count_id)) == []
    assert verify() == []


def test_what_comes_to_light_after_a_count_is_told_though_its_lot_was_not_counted() -> None:
    store = make_store()
    receive(store, buy(store, store.draft(("苹果", 40, 60_00))))
    count_id = counted(store)
    late = buy(store, store.draft(("苹果", 1, 60_00), invoice="20003109"))
    with acting():
        goods.receive(
            purchase_id=late, happened_at=NOW - timedelta(hours=1), actor=store.house.finance, at=LATER
        )
    row = Count.objects.get(pk=count_id)
    assert differences(count_id) == {}
    assert [(one.item, one.packs, one.day) for one in entered_after(row)] == [("苹果", 1, NOW.date())]


def test_the_check_finds_what_was_booked_otherwise_than_accepted(store: Store, leader: Actor) -> None:
    count_id = counted(store, 苹果=2)
    decide_count(count_id=count_id, accept=True, reason="短少", actor=leader, at=LATER)
    line = Count.objects.get(pk=count_id).lines.get(lot__item__name="苹果")
    Count.objects.get(pk=count_id).lines.filter(pk=line.pk).update(counted=40)
    assert [finding.code for finding in verify()] == ["count_unbooked"]


def told() -> list[tuple[int, str, str]]:
    """Return whom notices about the store went to, where they lead, and their text."""
    rows = OutboxMessage.objects.filter(topic__startswith="stock.").order_by("pk")
    return list(rows.values_list("recipient_id", "url", "body"))


def test_who_counted_is_told_of_the_decision(store: Store, leader: Actor) -> None:
    """One began the count, another handed it in: both are told, once each; nobody else is."""
    house, other = store.house, make_person("另一账房", Role.FINANCE, store.house.bureau)
    for accept in (False, True):
        Notice.objects.all().delete()
        OutboxMessage.objects.all().delete()
        count_id = start_count(plan_id=house.plan.pk, actor=house.finance, at=NOW)
        found = {lot_id: max(packs - 1, 0) for lot_id, packs in books().items()}
        hand_in_count(count_id=count_id, counted=found, actor=other, at=NOW)
        assert told() == []
        own = {"count_id": count_id, "accept": accept, "reason": "短少一箱", "at": LATER}
        assert refused(decide_count, **own, actor=other).code == "not_permitted"
        assert told() == []
        decide_count(**own, actor=leader)  # type: ignore[arg-type]  # facts of the right kinds
        url = f"/counts/{count_id}/"
        assert told() == [(who.user_id, url, "短少一箱") for who in (house.finance, other)]
        assert refused(decide_count, **own, actor=leader).code == "wrong_state"
        assert len(told()) == 2


def test_who_asked_for_a_disposal_is_told_of_the_decision(store: Store, leader: Actor) -> None:
    finance, lot_id = store.house.finance, Lot.objects.get(item__name="苹果").pk
    for accept, remark in ((False, "还能食用"), (True, "")):
        Notice.objects.all().delete()
        OutboxMessage.objects.all().delete()
        disposal_id = propose_disposal(lot_id=lot_id, quantity=5, reason="腐烂", actor=finance, at=NOW)
        decide_disposal(disposal_id=disposal_id, accept=accept, remark=remark, actor=leader, at=LATER)
        assert told() == [(finance.user_id, f"/disposals/{disposal_id}/", remark)]
        [title] = OutboxMessage.objects.values_list("title", flat=True)
        words = {"item": "苹果", "quantity": 5, "packing": "箱"}
        said = (
            _("Your disposal was allowed: %(item)s, %(quantity)s %(packing)s, are out of the store")
            if accept
            else _("Your disposal was not allowed: %(item)s, %(quantity)s %(packing)s, stay in the store")
        )
        assert title == said % words
