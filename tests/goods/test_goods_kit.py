"""What a kit is, and what is refused; a refusal changes nothing."""

from typing import Any

import pytest

from goods.builders import (
    NOW,
    PARTS,
    STANDARD,
    Store,
    acting,
    make_house,
    make_measure,
    make_store,
    refused,
)
from songnuan.goods import actions as goods
from songnuan.goods.queries import kit_of
from songnuan.goods.rules import NewPart
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"standard_minor": 0}, "amount_invalid"),
        ({"parts": ()}, "lines_missing"),
        ({"parts": (NewPart("苹果", "箱", 0),)}, "quantity_invalid"),
        ({"parts": (NewPart("苹果", "", 1),)}, "item_missing"),
        ({"parts": (NewPart("苹果", "箱", 1), NewPart("苹果", "箱", 2))}, "item_twice"),
        (
            {
                "parts": (
                    NewPart("口罩", "盒", 1, specification="50只"),
                    NewPart("口罩", "盒", 2, specification="50只"),
                )
            },
            "item_twice",
        ),
    ],
)
def test_a_kit_that_makes_no_sense_is_refused(changes: dict[str, Any], code: str) -> None:
    house = make_house()
    facts: dict[str, Any] = {"standard_minor": STANDARD, "parts": PARTS, **changes}

    def define() -> None:
        with acting():
            goods.define_kit(
                measure_id=house.measure.pk,
                fund_id=house.fund_id,
                name="物资包",
                actor=house.officer,
                at=NOW,
                **facts,
            )

    assert refused(define).code == code
    assert kit_of(house.measure.pk) is None


def test_a_kit_is_defined_once_from_a_fund_of_its_plan_by_who_may_open_it(store: Store) -> None:
    house = store.house
    plan = Plan.objects.create(slug="other", title="别的方案", unit=house.bureau)

    def define(measure_id: int, actor: Actor) -> Refusal:
        def act() -> None:
            with acting():
                goods.define_kit(
                    measure_id=measure_id,
                    fund_id=house.fund_id,
                    name="物资包",
                    standard_minor=STANDARD,
                    parts=PARTS,
                    actor=actor,
                    at=NOW,
                )

        return refused(act)

    assert define(house.measure.pk, house.officer).code == "kit_defined"
    assert define(make_measure(plan).pk, house.officer).code == "fund_of_other_plan"
    assert isinstance(define(make_measure(house.plan).pk, house.finance), NotPermitted)
    kit = kit_of(house.measure.pk)
    assert kit is not None
    assert [(part.item, part.packing, part.quantity) for part in kit.parts] == [
        ("方便面", "箱", 2),
        ("苹果", "箱", 1),
        ("梨", "箱", 1),
    ]
    assert (kit.standard_minor, kit.fund_id) == (STANDARD, house.fund_id)


def test_things_of_one_name_are_told_apart_by_their_specification() -> None:
    house = make_house()
    parts = (
        NewPart("口罩", "盒", 1, specification="50只"),
        NewPart("口罩", "盒", 2, specification="10只"),
        NewPart("口罩", "盒", 3),
    )
    with acting():
        goods.define_kit(
            measure_id=house.measure.pk,
            fund_id=house.fund_id,
            name="物资包",
            standard_minor=STANDARD,
            parts=parts,
            actor=house.officer,
            at=NOW,
        )
    kit = kit_of(house.measure.pk)
    assert kit is not None
    assert [(part.item, part.specification, part.quantity) for part in kit.parts] == [
        ("口罩（50只）", "50只", 1),
        ("口罩（10只）", "10只", 2),
        ("口罩", "", 3),
    ]
    assert len({part.item_id for part in kit.parts}) == len(parts)
