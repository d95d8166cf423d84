"""What the store's cards and the stock of a kit say of goods at desks and of what people picked up."""

import pytest

from goods.builders import NOW, acting
from goods.pickups import make_gate
from songnuan.goods import actions as goods
from songnuan.goods.cards import lots, stock_card
from songnuan.goods.queries import stock

pytestmark = pytest.mark.django_db


def test_a_lot_tells_what_lies_at_desks_and_what_was_picked_up() -> None:
    gate = make_gate("甲", "乙", kits=10)
    desk = gate.desk("东门", 4)
    gate.pick_up(desk, "甲")
    plan_id = gate.store.house.plan.pk
    noodles = next(row for row in lots(plan_id) if row.item == "方便面")
    assert (noodles.in_store, noodles.at_desks, noodles.handed_over) == (12, 6, 2)
    assert noodles.came == 20
    row = next(row for row in stock(gate.store.kit_id, units=1) if row.item == "方便面")
    assert (row.in_store, row.at_desks, row.handed_over) == (12, 6, 2)


def test_the_card_of_the_store_names_the_desk_that_got_goods_or_brought_them_back() -> None:
    gate = make_gate("甲", kits=10)
    desk = gate.desk("东门", 4)
    gate.pick_up(desk, "甲")
    with acting():
        goods.close_desk(desk_id=desk, actor=gate.officer, at=NOW)
    apples = next(row for row in lots(gate.store.house.plan.pk) if row.item == "苹果")
    card = stock_card(plan_id=gate.store.house.plan.pk, item_id=apples.item_id)
    told = [(row.kind, row.counterpart, row.incoming, row.outgoing, row.balance) for row in card]
    assert told[1:] == [("allot", "东门", 0, 4, 6), ("bring_back", "东门", 3, 0, 9)]
