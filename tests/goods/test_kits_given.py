"""Where no visit brings the kits, units get them out of the store and sign: never more than their share."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import models

from goods.builders import (
    FOUNDED,
    GOODS,
    LEDGER,
    NOW,
    TODAY,
    Store,
    acting,
    appropriate,
    buy,
    hand_over,
    make_fund,
    make_measure,
    make_person,
    make_store,
    make_unit,
    receive,
    snapshot,
    whole_plan,
)
from hands import together
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify
from songnuan.goods.gifts import Gift, GiftLine, Handing
from songnuan.goods.giving import kits_to_give, plans_with_kits, served_at_the_store, unit_shares, units_of
from songnuan.goods.handed import hand_over_list, issue_card, issues
from songnuan.goods.lots import Delivery
from songnuan.goods.models import Issue, Lot, StockLevel
from songnuan.goods.outgoing import given
from songnuan.goods.places import STORE
from songnuan.goods.queries import KitView, kit_of
from songnuan.goods.rules import NewPart
from songnuan.goods.shares import receiving
from songnuan.journeys.goods_paper_rows import receipt_rows
from songnuan.journeys.issue_kit import issue_kit
from songnuan.journeys.living_plan import evidence_of
from songnuan.journeys.place_hold import place_hold
from songnuan.journeys.take_back_issue import take_back_issue
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Assignment, Unit, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, MeasureStatus, Plan
from songnuan.records.models import StoredFile

pytestmark = pytest.mark.django_db(transaction=True)
TABLES: tuple[type[models.Model], ...] = (*GOODS, *LEDGER, Issue)
BY_NAME = Handing("江守渡", confirmed_by_name=True)


@pytest.fixture
def store() -> Store:
    store = make_store()
    receive(store, buy(store, whole_plan(store)))
    return store


@pytest.fixture
def unit(store: Store) -> Unit:
    return make_unit("一号船闸", store.house.bureau)


@pytest.fixture
def office(store: Store) -> Actor:
    return make_person("苏知安", Role.EPIDEMIC_OFFICE, store.house.bureau)


def packs_of(store: Store, **names: int) -> dict[int, int]:
    return {store.items[name]: packs for name, packs in names.items()}


WHOLE = {"方便面": 2, "苹果": 1, "梨": 1}


def give(
    store: Store, unit: Unit, actor: Actor, names: dict[str, int] | None = None, **changes: object
) -> int:
    told: dict[str, object] = {
        "kit_id": store.kit_id,
        "unit_id": unit.pk,
        "packs": packs_of(store, **(WHOLE if names is None else names)),
        "happened_on": TODAY,
        "handing": BY_NAME,
        "signature": b"",
        "reason_late": "",
        "key": uuid4(),
        "actor": actor,
        "at": NOW,
    }
    return issue_kit(**{**told, **changes})  # type: ignore[arg-type]  # facts of the right kinds


def refusal_of(
    store: Store, unit: Unit, actor: Actor, names: dict[str, int] | None = None, **changes: object
) -> Refusal:
    before, files = snapshot(TABLES), StoredFile.objects.count()
    with pytest.raises(Refusal) as refused:
        give(store, unit, actor, names, **changes)
    assert (snapshot(TABLES), StoredFile.objects.count()) == (before, files)
    return refused.value


def in_store() -> int:
    return sum(StockLevel.objects.filter(place=STORE).values_list("quantity", flat=True))


def test_a_unit_signs_for_its_kit_and_gets_it_once(store: Store, unit: Unit, office: Actor) -> None:
    key = uuid4()
    pk = give(store, unit, office, handing=Handing("江守渡"), signature=signature(3), key=key)
    assert give(store, unit, office, handing=Handing("江守渡"), signature=signature(3), key=key) == pk
    assert in_store() == 4 * 47 - 4
    card = issue_card(pk)
    assert card is not None
    assert (card.kit_id, card.receiver, card.is_signed, card.donation_id) == (
        store.kit_id,
        "江*渡",
        True,
        None,
    )
    assert card.total_minor == 2 * 85_00 + 68_00 + 62_00, "what the packs cost"
    assert [(row.issue_id, row.is_gift) for row in hand_over_list(store.house.plan.pk)] == [(pk, False)] * 3
    assert (issues(store.house.plan.pk), len(issues(store.house.plan.pk, kit_id=store.kit_id))) == ([], 1)
    refused, apples = refusal_of(store, unit, office, {"苹果": 1}), store.items["苹果"]
    assert (refused.code, refused.field) == ("beyond_share", f"item-{apples}")
    assert refused.facts == {"item": "苹果", "share": 1, "got": 1, "asked": 1}
    told = Entry.objects.get(action="goods.issue_kit")
    assert (told.subject, json.loads(told.facts)["unit"]) == (f"goods.issue:{pk}", unit.pk)
    assert "江守渡" not in str(told.facts)
    assert verify() == []


def test_what_a_unit_gets_in_parts_adds_up_to_its_share(store: Store, unit: Unit, office: Actor) -> None:
    give(store, unit, office, {"方便面": 1, "苹果": 1})
    assert refusal_of(store, unit, office, {"方便面": 2}).code == "beyond_share"
    give(store, unit, office, {"方便面": 1})
    kit = kit_of(store.house.measure.pk)
    assert kit is not None
    share = unit_shares(kit, store.house.plan, [unit.pk])[unit.pk]
    assert [(part.item, part.quantity) for part in share.left] == [("梨", 1)]
    assert not share.is_served
    give(store, unit, office, {"梨": 1})
    assert unit_shares(kit, store.house.plan, [unit.pk])[unit.pk].is_served
    assert served_at_the_store(store.kit_id) == 1
    assert verify() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"packs": {}}, "lines_missing"),
        ({"packs": {0: 1}}, "not_in_kit"),
        ({"happened_on": TODAY + timedelta(days=1)}, "happened_in_future"),
        ({"happened_on": TODAY - timedelta(days=9)}, "reason_late_missing"),
        ({"happened_on": TODAY - timedelta(days=1)}, "stock_short"),
        ({"handing": Handing(" ", confirmed_by_name=True)}, "receiver_missing"),
        ({"handing": Handing("苏知安", confirmed_by_name=True)}, "receiver_is_recorder"),
        ({"handing": Handing("江守渡")}, "signature_missing"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    store: Store, unit: Unit, office: Actor, changes: dict[str, Any], code: str
) -> None:
    assert refusal_of(store, unit, office, **changes).code == code


def test_nobody_gives_kits_out_without_the_right_or_to_another_house(
    store: Store, unit: Unit, office: Actor
) -> None:
    house = store.house
    for actor in (
        house.finance,
        house.liaison,
        house.stranger,
        make_person("外", Role.EPIDEMIC_OFFICE, make_unit("外局")),
    ):
        refused = refusal_of(store, unit, actor, signature=signature(3), handing=Handing("江守渡"))
        assert isinstance(refused, NotPermitted)
    assert refusal_of(store, make_unit("外单位"), office).code == "unit_gets_none"


def test_while_visits_bring_the_kits_none_is_given_at_the_store(
    store: Store, unit: Unit, office: Actor
) -> None:
    plan = store.house.plan
    visits = Measure.objects.create(
        plan=plan, position=9, key="visits", clause_key="v", kind="unit_visits", settings={}
    )
    assert kits_to_give(plan) == []
    assert refusal_of(store, unit, office).code == "kit_with_visits"
    Measure.objects.filter(pk=visits.pk).update(settings={"hand_over": False})
    assert [kit.kit_id for kit in kits_to_give(plan)] == [store.kit_id]
    give(store, unit, office, {"苹果": 1})
    Measure.objects.filter(pk=visits.pk).update(
        settings={}, status=MeasureStatus.CLOSED, opened_at=NOW, closed_at=NOW
    )
    give(store, unit, office, {"梨": 1})
    Measure.objects.filter(pk=visits.pk).delete()
    hand_over(store, unit.pk)
    assert given([store.kit_id])[store.kit_id, unit.pk] == packs_of(store, **WHOLE), (
        "the rest came with a visit"
    )
    assert refusal_of(store, unit, office, {"方便面": 1}).code == "beyond_share"


def test_what_was_taken_back_is_in_the_store_and_may_be_given_again(
    store: Store, unit: Unit, office: Actor
) -> None:
    wrong = give(store, unit, office)
    with pytest.raises(NotPermitted):
        take_back_issue(issue_id=wrong, reason="发错", key=uuid4(), actor=store.house.finance, at=NOW)
    take_back_issue(issue_id=wrong, reason="发错单位", key=uuid4(), actor=office, at=NOW)
    assert (in_store(), given([store.kit_id])) == (4 * 47, {})
    assert hand_over_list(store.house.plan.pk) == []
    assert served_at_the_store(store.kit_id) == 0
    again = give(store, unit, office)
    assert [card.withdrawn_at for card in issues(store.house.plan.pk, kit_id=store.kit_id)] == [None, NOW]
    assert [one.ref for one in evidence_of(store.house.measure, NOW) if one.kind == "issue"] == [str(again)]
    assert verify() == []


def pair(store: Store, *units: Unit, since: date = FOUNDED) -> None:
    """Put units into the pairing table of the plan."""
    for unit in units:
        Assignment.objects.create(
            purpose=store.house.plan.slug, holder=store.house.bureau, subject=unit, starts_on=since
        )


def kit_now(store: Store) -> KitView:
    kit = kit_of(store.house.measure.pk)
    assert kit is not None
    return kit


def test_a_kit_for_each_person_is_as_many_as_the_unit_has_people(
    store: Store, unit: Unit, office: Actor
) -> None:
    Plan.objects.filter(pk=store.house.plan.pk).update(starts_on=TODAY)
    Measure.objects.filter(pk=store.house.measure.pk).update(settings={"per": "person"})
    pair(store, unit)
    assert refusal_of(store, unit, office).code == "share_unknown"
    UnitRecord.objects.filter(unit=unit).update(staff_count=3)
    assert refusal_of(store, unit, office, {"苹果": 4}).code == "beyond_share"
    give(store, unit, office, {"方便面": 6, "苹果": 3, "梨": 3})
    told = json.loads(Entry.objects.get(action="goods.issue_kit").facts)
    assert (told["kits"], told["by_name"]) == (3, True)
    assert unit_shares(kit_now(store), Plan.objects.get(), [unit.pk])[unit.pk].is_served
    assert verify() == []


@pytest.mark.parametrize("paired_on", [TODAY, TODAY + timedelta(days=1)])
def test_people_are_those_of_the_first_day_whenever_the_units_were_paired(
    store: Store, unit: Unit, office: Actor, paired_on: date
) -> None:
    Plan.objects.filter(pk=store.house.plan.pk).update(starts_on=TODAY)
    Measure.objects.filter(pk=store.house.measure.pk).update(
        settings={"per": "person", "units": 1, "people": 9}
    )
    UnitRecord.objects.filter(unit=unit).update(staff_count=3)
    pair(store, unit, since=paired_on)
    tomorrow: dict[str, Any] = {"at": NOW + timedelta(days=1), "happened_on": TODAY + timedelta(days=1)}
    assert receiving(kit_now(store), Plan.objects.get(), TODAY + timedelta(days=1)) == [unit.pk]
    assert refusal_of(store, store.house.bureau, office, **tomorrow).code == "unit_gets_none"
    assert refusal_of(store, unit, office, {"苹果": 4}, **tomorrow).code == "beyond_share"
    give(store, unit, office, {"苹果": 3}, **tomorrow)
    nobody = make_unit("新设机构", store.house.bureau)
    UnitRecord.objects.filter(unit=nobody).update(staff_count=0)
    pair(store, nobody)
    assert unit_shares(kit_now(store), Plan.objects.get(), [nobody.pk])[nobody.pk].is_served
    assert verify() == []


def test_a_kit_that_was_finished_stands_in_nobodys_way(store: Store, unit: Unit, office: Actor) -> None:
    Measure.objects.filter(pk=store.house.measure.pk).update(settings={"units": 1, "per": "unit"})
    pair(store, unit)
    give(store, unit, office)
    other = second_kit(store)
    assert [kit.kit_id for kit in kits_to_give(store.house.plan)] == [other.kit_id]
    share = unit_shares(kit_now(other), store.house.plan, [unit.pk])[unit.pk]
    assert [(part.item, part.quantity) for part in share.left] == [("苹果", 2)]
    assert refusal_of(other, unit, office, {"苹果": 2}).code == "stock_short", "as soon as it comes"


def test_of_two_kits_that_were_begun_both_are_carried_through(
    store: Store, unit: Unit, office: Actor
) -> None:
    give(store, unit, office, {"苹果": 1})
    other = second_kit(store, keeps_first=True)
    receive(other, buy(other, other.draft(("苹果", 2, 68_00), invoice="99"), units=1))
    give(other, unit, office, {"苹果": 1})
    Measure.objects.filter(plan=store.house.plan).update(
        status=MeasureStatus.CLOSED, opened_at=NOW, closed_at=NOW
    )
    give(store, unit, office, {"方便面": 2, "梨": 1})
    give(other, unit, office, {"苹果": 1})
    assert verify() == []


def test_who_left_the_table_with_a_part_is_still_listed(store: Store, unit: Unit, office: Actor) -> None:
    other = make_unit("二号船闸", store.house.bureau)
    give(store, unit, office, {"苹果": 1})
    pair(store, other)
    assert units_of(kit_now(store), store.house.plan, TODAY) == [other.pk, unit.pk]


def test_a_plan_that_names_its_people_and_no_units_gives_them_at_its_own_unit(
    store: Store, unit: Unit, office: Actor
) -> None:
    plan, bureau = store.house.plan, store.house.bureau
    Plan.objects.filter(pk=plan.pk).update(starts_on=TODAY)
    Measure.objects.filter(pk=store.house.measure.pk).update(
        settings={"per": "person", "units": 1, "people": 5}
    )
    kit = kit_now(store)
    assert receiving(kit, Plan.objects.get(), TODAY) == [bureau.pk]
    assert refusal_of(store, unit, office).code == "unit_gets_none"
    assert refusal_of(store, bureau, office, {"苹果": 6}).code == "beyond_share"
    give(store, bureau, office, {"苹果": 3})
    assert refusal_of(store, bureau, office, {"苹果": 3}).code == "beyond_share"
    give(store, bureau, office, {"方便面": 10, "苹果": 2, "梨": 5})
    assert unit_shares(kit, Plan.objects.get(), [bureau.pk])[bureau.pk].is_served
    assert verify() == []


def test_who_is_not_in_the_pairing_table_gets_no_kit(store: Store, unit: Unit, office: Actor) -> None:
    other, house = make_unit("局办公室", store.house.bureau), store.house
    give(store, other, office, {"苹果": 1})
    pair(store, unit)
    assert receiving(kit_now(store), house.plan, TODAY) == [unit.pk]
    for one in (make_unit("局财务处", house.bureau), house.bureau):
        assert refusal_of(store, one, office).code == "unit_gets_none"
    give(store, unit, office)
    give(store, other, office, {"梨": 1})  # what was begun is carried through
    assert verify() == []


def second_kit(store: Store, *, keeps_first: bool = False) -> Store:
    """Define another kit, and close the purchase of the first one as an amendment does, unless it is kept."""
    house = store.house
    if not keeps_first:
        Measure.objects.filter(pk=house.measure.pk).update(
            status=MeasureStatus.CLOSED, opened_at=NOW, closed_at=NOW
        )
    measure, fund_id = make_measure(house.plan), make_fund(house.plan, "〔2020〕99号")
    with acting():
        kit = goods.define_kit(
            measure_id=measure.pk,
            fund_id=fund_id,
            name="第二批",
            standard_minor=300_00,
            parts=[NewPart("苹果", "箱", 2)],
            actor=house.officer,
            at=NOW,
        )
    fresh = replace(house, measure=measure, fund_id=fund_id)
    appropriate(fresh, 1_000_00)
    return Store(house=fresh, kit_id=kit.pk, items=store.items)


def test_who_got_of_a_kit_that_was_replaced_gets_its_rest_and_nothing_of_the_other(
    store: Store, unit: Unit, office: Actor
) -> None:
    plan, fresh = store.house.plan, make_unit("二号船闸", store.house.bureau)
    served = make_unit("三号船闸", store.house.bureau)
    give(store, unit, office, {"苹果": 1})
    give(store, served, office)
    other = second_kit(store)
    assert [kit.kit_id for kit in kits_to_give(plan)] == [other.kit_id, store.kit_id]
    for one in (unit, served):
        assert refusal_of(other, one, office, {"苹果": 1}).code == "kit_other"
    assert refusal_of(store, fresh, office).code == "kit_other"
    each = unit_shares(kit_now(other), plan, [unit.pk, fresh.pk, served.pk])
    assert [each[one.pk].is_served for one in (unit, fresh, served)] == [True, False, True]
    give(store, unit, office, {"方便面": 2, "梨": 1})
    assert [kit.kit_id for kit in kits_to_give(plan)] == [other.kit_id], (
        "of the old one nothing is left to give"
    )
    assert refusal_of(other, unit, office, {"苹果": 1}).code == "kit_other"
    assert verify() == []


def test_a_purchase_that_was_closed_leaves_its_goods_to_be_given(
    store: Store, unit: Unit, office: Actor
) -> None:
    Measure.objects.filter(pk=store.house.measure.pk).update(
        status=MeasureStatus.CLOSED, opened_at=NOW, closed_at=NOW
    )
    assert [kit.kit_id for kit in kits_to_give(store.house.plan)] == [store.kit_id]
    assert plans_with_kits([store.house.plan.pk]) == {store.house.plan.pk}
    give(store, unit, office)
    assert verify() == []


def test_the_receipt_sheet_lists_what_was_signed_for_and_who_still_gets_something(
    store: Store, unit: Unit, office: Actor
) -> None:
    other = make_unit("二号船闸", store.house.bureau)
    give(store, unit, office, {"方便面": 2}, handing=Handing("江守渡"), signature=signature(3))
    rows = receipt_rows(store.house.plan, TODAY, with_blanks=True, is_full=True)
    assert [(row.unit, row.is_to_come, row.is_owed, row.is_gift) for row in rows] == [
        ("一号船闸", False, True, False),
        ("一号船闸", True, False, False),
        ("二号船闸", True, False, False),
    ]
    assert [(line.item, line.quantity, line.unit_price_minor) for line in rows[0].lines] == [
        ("方便面", 2, 85_00)
    ]
    assert rows[0].signed is not None
    assert [(line.item, line.quantity) for line in rows[1].lines] == [("苹果", 1), ("梨", 1)]
    assert other.pk


def test_taking_back_stands_where_the_giving_stands(store: Store, unit: Unit, office: Actor) -> None:
    pk = give(store, unit, office)
    take_back_issue(issue_id=pk, reason="发错单位", key=uuid4(), actor=office, at=NOW)
    rows = Entry.objects.filter(subject=f"goods.issue:{pk}").order_by("pk")
    streams = rows.values_list("action", "stream__name")
    fund = f"fund:{store.house.fund_id}"
    assert list(streams) == [("goods.issue_kit", fund), ("goods.take_back_issue", fund)]


def test_what_went_out_for_no_visit_and_without_a_receipt_is_found(store: Store, unit: Unit) -> None:
    hand_over(store, unit.pk)
    assert verify() == []
    with acting():
        goods.hand_over(
            kit_id=store.kit_id,
            unit_id=make_unit("二号船闸", store.house.bureau).pk,
            subject="elsewhere:1",
            happened_at=NOW,
            actor=store.house.liaison,
            at=NOW,
        )
    assert {finding.code for finding in verify()} == {"handed_unsigned"}


def test_what_expires_first_goes_first_and_nothing_expired_goes_out() -> None:
    other = make_store()
    purchase = buy(other, other.draft(("苹果", 2, 68_00)))
    apples, house = other.items["苹果"], other.house
    with acting():
        goods.receive(
            purchase_id=purchase,
            happened_at=NOW,
            deliveries=[
                Delivery(apples, 1, "晚", date(2020, 6, 1)),
                Delivery(apples, 1, "早", date(2020, 4, 9)),
            ],
            actor=house.finance,
            at=NOW,
        )
    there, clerk = (
        make_unit("二号船闸", house.bureau),
        make_person("许发放", Role.EPIDEMIC_OFFICE, house.bureau),
    )
    late: dict[str, Any] = {"happened_on": date(2020, 4, 10), "at": NOW + timedelta(days=2)}
    give(other, there, clerk, {"苹果": 1}, **late)
    assert Lot.objects.get(number="早").levels.get(place=STORE).quantity == 1
    third = make_unit("三号船闸", house.bureau)
    refused = refusal_of(other, third, clerk, {"苹果": 1}, **late)
    assert (refused.code, refused.facts["lot"]) == ("stock_expired", "早")
    give(
        other,
        third,
        clerk,
        {"苹果": 1},
        at=NOW + timedelta(days=2),
        reason_late="补录",
        happened_on=date(2020, 4, 9),
    )
    assert verify() == []


def test_what_is_on_hold_stays_in_the_store(store: Store, unit: Unit, office: Actor) -> None:
    inspector = make_person("纪检", Role.INSPECTOR, store.house.bureau)
    place_hold(
        subject=f"funds.fund:{store.house.fund_id}",
        reason="核查发票是否真实",
        key=uuid4(),
        actor=inspector,
        at=NOW,
    )
    assert refusal_of(store, unit, office).code == "held"


def test_donated_packs_of_the_same_item_are_no_part_of_the_share(
    store: Store, unit: Unit, office: Actor
) -> None:
    line = GiftLine("苹果", "箱", 5, 60_00)
    gift = Gift(
        "慈善总会", "organisation", TODAY, "estimated", (line,), Handing("何库生"), None, "方案启动前"
    )
    with acting():
        goods.record_donation(plan_id=store.house.plan.pk, number=1, gift=gift, actor=office, at=NOW)
    give(store, unit, office, {"苹果": 1})
    assert Lot.objects.get(gift__isnull=False).levels.get(place=STORE).quantity == 5
    assert refusal_of(store, unit, office, {"苹果": 1}).code == "beyond_share"


def test_units_that_get_kits_are_those_below_the_plans_unit_or_that_unit(store: Store, unit: Unit) -> None:
    kit = kit_now(store)
    assert receiving(kit, store.house.plan, TODAY) == [unit.pk]
    alone = Plan.objects.create(slug="alone", title="独立方案", unit=unit)
    assert receiving(kit, alone, TODAY) == [unit.pk]
    assert receiving(replace(kit, units=1), store.house.plan, TODAY) == [store.house.bureau.pk]


def test_twenty_hands_at_once_give_a_unit_no_more_than_its_share(
    store: Store, unit: Unit, office: Actor
) -> None:
    outcomes = together(*[lambda: give(store, unit, office, {"方便面": 1})] * 20)
    assert outcomes == {"done": 2, "beyond_share": 18}
    assert in_store() == 4 * 47 - 2
    assert verify() == []


def test_twenty_hands_at_once_give_no_more_than_the_store_has() -> None:
    other = make_store()
    receive(other, buy(other, other.draft(("苹果", 7, 68_00))))
    clerk = make_person("许发放", Role.EPIDEMIC_OFFICE, other.house.bureau)
    units = [make_unit(f"{place}号", other.house.bureau) for place in range(20)]
    outcomes = together(*[lambda one=one: give(other, one, clerk, {"苹果": 1}) for one in units])
    assert outcomes == {"done": 7, "stock_short": 13}
    assert verify() == []
