"""A database made before lots were kept: every packet gets one, and the ledger says what it said."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum

from goods.builders import NOW, acting, buy, hand_over, levels, make_store, make_unit, receive, reverse
from schema import newest
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify
from songnuan.goods.models import Lot, Movement, MovementLine, Purchase

OLD = [("goods", "0001_kits_purchases_stock")]


def migrate(target: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(target)


def places() -> list[tuple[object, ...]]:
    """Return what every movement took from and brought to a place, whatever the lot."""
    sums = MovementLine.objects.values_list("movement_id", "lot__item_id", "place").annotate(Sum("quantity"))
    return sorted(sums.order_by())


@pytest.mark.django_db(transaction=True)
def test_what_was_received_before_gets_a_lot_for_each_purchase_line() -> None:
    store = make_store(appropriated=20_000_00)
    first = buy(store, store.draft(("方便面", 30, 80_00), ("苹果", 20, 60_00), ("梨", 20, 60_00)))
    receive(store, first)
    wrong = buy(store, store.draft(("方便面", 10, 81_00), invoice="2"))
    receive(store, wrong)
    hand_over(store, make_unit("一号船闸", store.house.bureau).pk)
    reverse(store.house, Purchase.objects.get(pk=wrong).disbursement_id or 0)
    with acting():
        goods.cancel_purchase(purchase_id=wrong, reason="录错", actor=store.house.finance, at=NOW)
    hand_over(store, make_unit("二号船闸", store.house.bureau).pk)
    there, moved = levels(store), places()
    try:
        migrate(OLD)
        assert not {"goods_lot", "goods_store"} & set(connection.introspection.table_names())
    finally:
        newest()
    assert (levels(store), places()) == (there, moved)
    assert verify() == []
    assert set(Lot.objects.values_list("number", "expires_on")) == {("", None)}
    assert Lot.objects.count() == 4
    sent_back = Movement.objects.get(kind="send_back")
    assert list(sent_back.lines.values_list("lot__line__purchase", flat=True)) == [wrong, wrong]
    with pytest.raises(Exception, match="append-only"):
        MovementLine.objects.update(quantity=1)
