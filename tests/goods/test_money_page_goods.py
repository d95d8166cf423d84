"""Replays the tables of docs/money.md that speak of kits and purchases."""

from datetime import timedelta

import pytest

from goods.builders import NOW, PARTS, STANDARD, TODAY, UNITS, Store, buy, check_purchase, make_store, prices
from goods.money_page import table
from songnuan.goods.checks import verify
from songnuan.goods.models import Item
from songnuan.goods.queries import stock
from songnuan.goods.request_rules import Comparing
from songnuan.goods.rules import Bought, Draft, Line, Part, dearest_kit, exact_price, price_of_kit, together
from songnuan.goods.splitting import Apart, examine_comparing
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
def test_the_price_of_a_kit_is_rounded_once_and_its_dearest_is_exact(row: dict[str, str]) -> None:
    columns = ("In one kit", "Bought", "Paid", "Dearest pack")
    each, packs, paid, dearest = (row[name].split(" + ") for name in columns)
    parts = [Part(place, "", "", int(quantity)) for place, quantity in enumerate(each)]
    bought = {
        place: Bought(int(quantity), parse_yuan(money), parse_yuan(most))
        for place, (quantity, money, most) in enumerate(zip(packs, paid, dearest, strict=True))
    }
    assert yuan(price_of_kit(parts, bought).minor) == row["Price of a kit"]
    assert yuan(dearest_kit(parts, bought)) == row["At its dearest"]


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
        average, dearest = prices(store)
        assert yuan(average) == row["Price of a kit"], row
        assert yuan(dearest) == row["At its dearest"], row
    assert verify() == []


@pytest.mark.parametrize(
    "row", table("Requests, and comparing prices", "Purchase").rows, ids=lambda row: row["Purchase"]
)
def test_prices_are_compared_as_the_page_says(row: dict[str, str]) -> None:
    draft = Draft("澄江粮油副食公司", "1", TODAY, (Line(1, 1, parse_yuan(row["Purchase"])),))
    earlier = TODAY - timedelta(days=int(row["Days earlier"] or 0))
    others = [Apart(1, earlier, parse_yuan(row["Before"]))] if row["Before"] else []
    comparing = Comparing(parse_yuan("1,000.00"))
    problems = examine_comparing(draft, comparing, others, is_compared=row["Compared"] == "yes")
    assert [problem.code for problem in problems] == ([] if row["Answer"] == "booked" else [row["Answer"]])


def test_the_figures_beside_the_purchases_are_right() -> None:
    rows = table("The plan of 47 units: the purchases", "Invoice").rows
    booked = [row for row in rows if row["Answer"] == "booked"]
    names = [part.item for part in PARTS]
    parts = [Part(place, part.item, part.packing, part.quantity) for place, part in enumerate(PARTS)]
    lines = [
        Line(names.index(row["Item"]), int(row["Boxes"]), parse_yuan(row["Unit price"])) for row in booked
    ]
    assert f"{float(exact_price(parts, together({}, lines)) / 100):.6f}".startswith("296.8085")
    dear = Line(lines[-1].item_id, 1, lines[-1].unit_price_minor + 1)
    assert yuan(dearest_kit(parts, together({}, [*lines[:-1], dear]))) == "300.01"
    assert sum(line.total_minor for line in lines) == parse_yuan("13,950.00")
    assert UNITS * STANDARD - parse_yuan("13,950.00") == parse_yuan("150.00")
