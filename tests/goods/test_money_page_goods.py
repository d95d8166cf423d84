"""Replays the tables of docs/money.md that speak of kits and purchases."""

import pytest

from goods.builders import NOW, PARTS, STANDARD, TODAY, UNITS, Store, buy, make_store
from goods.money_page import table
from songnuan.goods.checks import verify
from songnuan.goods.models import Item
from songnuan.goods.queries import check_purchase, price_per_kit, stock
from songnuan.goods.rules import Bought, Draft, Line, Part, exact_price, price_of_kit
from songnuan.kernel.money import parse_yuan, yuan

FIGURES = "The plan of 47 units: figures"


def test_the_appropriation_is_the_standard_for_every_unit() -> None:
    (row,) = table(FIGURES, "Units").rows
    assert (int(row["Units"]), parse_yuan(row["Standard"])) == (UNITS, STANDARD)
    assert parse_yuan(row["Granted"]) == parse_yuan(row["Appropriation"]) == UNITS * STANDARD


@pytest.mark.django_db
def test_the_units_need_as_many_boxes_as_the_page_says() -> None:
    rows = table(FIGURES, "Item").rows
    said = [(row["Item"], row["Packing"], int(row["In one kit"])) for row in rows]
    assert said == [(part.item, part.packing, part.quantity) for part in PARTS]
    for row, need in zip(rows, stock(make_store().kit_id, units=UNITS), strict=True):
        assert (need.item, need.packing, need.needed) == (row["Item"], row["Packing"], int(row["Needed"]))
        assert int(row["Units"]) == UNITS


@pytest.mark.parametrize("row", table("Rounding", "In one kit").rows, ids=lambda row: row["Paid"])
def test_the_price_of_a_kit_is_rounded_up_once(row: dict[str, str]) -> None:
    each, packs, paid = (row[name].split(" + ") for name in ("In one kit", "Bought", "Paid"))
    parts = [Part(place, "", "", int(quantity)) for place, quantity in enumerate(each)]
    bought = {
        place: Bought(int(quantity), parse_yuan(money))
        for place, (quantity, money) in enumerate(zip(packs, paid, strict=True))
    }
    assert yuan(price_of_kit(parts, bought)) == row["Price of a kit"]


def _draft(store: Store, row: dict[str, str]) -> Draft:
    item_id = store.items.get(row["Item"])
    if item_id is None:
        item_id = Item.objects.create(name=row["Item"], packing="箱").pk
    line = Line(item_id, int(row["Boxes"]), parse_yuan(row["Unit price"]))
    return Draft("澄江粮油副食公司", row["Invoice"], TODAY, (line,))


@pytest.mark.django_db
def test_purchases_are_answered_as_the_page_says() -> None:
    store = make_store()
    rows = table("The plan of 47 units: the purchases", "Invoice").rows
    for row in rows:
        draft = _draft(store, row)
        assert yuan(draft.total_minor) == row["Total"], row
        problems = check_purchase(kit_id=store.kit_id, draft=draft, units=UNITS, at=NOW)
        assert (problems[0].code if problems else "booked") == row["Answer"], row
        if not problems:
            buy(store, draft)
        assert yuan(price_per_kit(store.kit_id)) == row["Price of a kit"], row
    assert verify() == []


def test_the_true_price_beside_the_purchases_is_right() -> None:
    booked = [
        row
        for row in table("The plan of 47 units: the purchases", "Invoice").rows
        if row["Answer"] == "booked"
    ]
    names = [part.item for part in PARTS]
    parts = [Part(place, part.item, part.packing, part.quantity) for place, part in enumerate(PARTS)]

    def price(pear_fen_more: int) -> float:
        bought = {place: Bought(0, 0) for place in range(len(names))}
        for row in booked:
            place = names.index(row["Item"])
            packs, fen = int(row["Boxes"]), parse_yuan(row["Unit price"])
            fen += pear_fen_more if row["Item"] == "梨" else 0
            before = bought[place]
            bought[place] = Bought(before.quantity + packs, before.paid_minor + packs * fen)
        return float(exact_price(parts, bought) / 100)

    assert f"{price(0):.6f}".startswith("299.9985")
    assert f"{price(1):.6f}".startswith("300.0085")
    assert sum(parse_yuan(row["Total"]) for row in booked) == parse_yuan("14,099.93")
