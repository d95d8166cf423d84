"""What comes into the store and leaves it, and what is refused; a refusal changes nothing."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from goods.builders import (
    NOW,
    Store,
    acting,
    buy,
    hand_over,
    levels,
    make_store,
    make_unit,
    receive,
    refused,
    reverse,
    undelivered_of,
    whole_plan,
)
from songnuan.goods import actions as goods
from songnuan.goods.models import Movement, MovementLine, Purchase, PurchaseLine, StockLevel
from songnuan.kernel.refusal import NotPermitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


def test_a_kit_is_handed_over_by_who_may_visit_the_unit(store: Store) -> None:
    receive(store, buy(store, whole_plan(store)))
    inside, outside = make_unit("一号船闸", store.house.bureau), make_unit("二号船闸")
    for actor, unit in ((store.house.finance, inside), (store.house.liaison, outside)):
        refusal = refused(lambda actor=actor, unit=unit: hand_over(store, unit.pk, actor=actor))  # type: ignore[misc]
        assert isinstance(refusal, NotPermitted)
    hand_over(store, inside.pk)
    assert levels(store) == {"方便面": (92, 2), "苹果": (46, 1), "梨": (46, 1)}


def test_what_was_handed_over_is_not_cancelled_away(store: Store) -> None:
    purchase_id = buy(store, whole_plan(store))
    receive(store, purchase_id)
    hand_over(store, make_unit("一号船闸", store.house.bureau).pk)
    reverse(store.house, Purchase.objects.get(pk=purchase_id).disbursement_id or 0)

    def cancel() -> None:
        with acting():
            goods.cancel_purchase(purchase_id=purchase_id, reason="x", actor=store.house.finance, at=NOW)

    assert refused(cancel).code == "stock_short"


def test_goods_come_in_parts_and_never_more_than_was_bought(store: Store) -> None:
    apple = store.items["苹果"]
    purchase_id = buy(store, store.draft(("苹果", 40, 60_00), ("苹果", 7, 61_00)))
    receive(store, purchase_id, {apple: 30})
    assert undelivered_of(purchase_id) == {apple: 17}
    refusal = refused(lambda: receive(store, purchase_id, {apple: 18}))
    assert (refusal.code, refusal.facts["left"]) == ("more_than_bought", 17)
    assert refused(lambda: receive(store, purchase_id, {apple: 0})).code == "quantity_invalid"
    assert refused(lambda: receive(store, purchase_id, {store.items["梨"]: 1})).code == "more_than_bought"
    receive(store, purchase_id)
    assert levels(store)["苹果"] == (47, 0)
    assert refused(lambda: receive(store, purchase_id)).code == "nothing_to_receive"


def test_goods_do_not_come_tomorrow(store: Store) -> None:
    purchase_id = buy(store, store.draft(("苹果", 1, 60_00)))

    def act() -> None:
        with acting():
            goods.receive(
                purchase_id=purchase_id,
                happened_at=NOW + timedelta(days=1),
                actor=store.house.finance,
                at=NOW,
            )

    assert refused(act).code == "happened_in_future"


def test_a_unit_gets_its_kit_once(store: Store) -> None:
    receive(store, buy(store, whole_plan(store)))
    unit = make_unit("一号船闸", store.house.bureau)
    hand_over(store, unit.pk)
    refusal = refused(lambda: hand_over(store, unit.pk))
    assert refusal.code == "already_handed_over"
    assert "2020年4月8日" in refusal.sentence
    twin = Movement(kit_id=store.kit_id, kind="hand_over", happened_at=NOW, at=NOW, unit=unit)
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        twin.save(force_insert=True)


def test_what_is_not_in_the_store_is_not_handed_over(store: Store) -> None:
    receive(store, buy(store, store.draft(("方便面", 1, 80_00), ("苹果", 1, 60_00), ("梨", 1, 60_00))))
    unit = make_unit("一号船闸", store.house.bureau)
    refusal = refused(lambda: hand_over(store, unit.pk))
    assert refusal.code == "stock_short"
    assert refusal.facts == {"item": "方便面", "in_store": 1, "asked": 2}
    assert "方便面" in refusal.sentence


def test_movements_and_purchase_lines_are_only_ever_added_to(store: Store) -> None:
    receive(store, buy(store, whole_plan(store)))
    changes: Sequence[Callable[[], object]] = (
        lambda: Movement.objects.update(subject="x"),
        lambda: MovementLine.objects.update(quantity=1),
        lambda: PurchaseLine.objects.update(unit_price_minor=1),
        lambda: MovementLine.objects.all()._raw_delete(using="default"),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        StockLevel.objects.update(quantity=-1)
