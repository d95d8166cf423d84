"""What is given: numbered, valued, taken in by another, marked where it is entered late; and given on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, models, transaction

from goods.builders import GOODS, NOW, TODAY, House, make_house, make_person, make_unit, snapshot
from songnuan.cli.drawing import signature
from songnuan.goods.cards import donation_card, donations, lots, stock_card
from songnuan.goods.checks import verify
from songnuan.goods.gifts import (
    MOST_OF_ONE_MINOR,
    MOST_VALUE_MINOR,
    Gift,
    GiftLine,
    Handing,
    Times,
    examine_gift,
)
from songnuan.goods.handed import hand_over_list, issue_card, issues
from songnuan.goods.models import Donation, DonationLine, Issue, Item, Lot, StockLevel
from songnuan.goods.undoing import issues_of
from songnuan.goods.voided import cancelled_donations, void_lots
from songnuan.journeys.cancel_donation import cancel_donation
from songnuan.journeys.count_stock import abandon_count, hand_in_count, start_count
from songnuan.journeys.decide_count import decide_count
from songnuan.journeys.dispose_goods import propose_disposal
from songnuan.journeys.issue_goods import issue_goods
from songnuan.journeys.record_donation import record_donation
from songnuan.journeys.take_back_issue import take_back_issue
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Plan
from songnuan.records.models import StoredFile

pytestmark = pytest.mark.django_db(transaction=True)
TABLES: tuple[type[models.Model], ...] = (*GOODS, Donation, DonationLine, Issue)
MASKS = GiftLine("医用外科口罩", "盒", 10, 90_00, "k1", date(2020, 4, 9))
LATER_MASKS = replace(MASKS, quantity=5, number="K2", expires_on=date(2021, 1, 1))
GIFT = Gift("澄江市慈善总会", "organisation", TODAY, "invoiced", (MASKS, LATER_MASKS), Handing("何库生"))


@pytest.fixture
def house() -> House:
    house = make_house()
    Plan.objects.filter(pk=house.plan.pk).update(starts_on=date(2020, 4, 1))
    return house


@pytest.fixture
def office(house: House) -> Actor:
    return make_person("苏知安", Role.EPIDEMIC_OFFICE, house.bureau)


def record(house: House, actor: Actor, gift: Gift = GIFT, key: UUID | None = None, **facts: object) -> int:
    told = {"signature": b"", "key": key or uuid4(), "at": NOW, **facts}
    return record_donation(plan_id=house.plan.pk, gift=gift, actor=actor, **told)  # type: ignore[arg-type]


def refusal_of(house: House, actor: Actor, gift: Gift) -> Refusal:
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as refused:
        record(house, actor, gift)
    assert snapshot(TABLES) == before
    return refused.value


def test_a_donation_comes_into_the_store_by_lot_under_a_number_without_gaps(
    house: House, office: Actor
) -> None:
    key = uuid4()
    first = record(house, office, key=key)
    assert record(house, office, key=key) == first, "the same post again is the same donation"
    refusal_of(house, office, replace(GIFT, donor=" "))
    record(house, office, replace(GIFT, lines=(replace(MASKS, number="K3"),)))
    cards = donations(house.plan.pk)
    assert [card.printed_number for card in cards] == ["捐-0002", "捐-0001"]
    card = cards[1]
    assert (card.total_minor, card.packs, card.late_entry, card.receiver) == (15 * 90_00, 15, False, "何*生")
    assert [(line.number, line.in_store) for line in card.lines] == [("K1", 10), ("K2", 5)]
    assert [(row.number, row.in_store) for row in lots(house.plan.pk)] == [("K1", 10), ("K3", 10), ("K2", 5)]
    assert verify() == []


def test_it_is_recorded_by_the_office_and_taken_in_by_somebody_else(house: House, office: Actor) -> None:
    for actor in (house.finance, house.liaison):
        assert refusal_of(house, actor, GIFT).code == "not_permitted"
    assert refusal_of(house, office, replace(GIFT, handing=Handing("苏 知安"))).code == "receiver_is_recorder"
    assert refusal_of(house, office, replace(GIFT, handing=Handing(" "))).code == "receiver_missing"
    record(house, house.officer)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"donor": "长" * 121}, "text_too_long"),
        ({"donor_kind": "firm"}, "donor_unknown"),
        ({"valuation": ""}, "valuation_missing"),
        ({"donated_on": TODAY + timedelta(1)}, "happened_in_future"),
        ({"donated_on": TODAY - timedelta(400), "reason_late": "x"}, "happened_long_ago"),
        ({"donated_on": TODAY - timedelta(5)}, "reason_late_missing"),
        ({"lines": ()}, "lines_missing"),
        ({"lines": (replace(MASKS, item=" "),)}, "item_missing"),
        ({"lines": (replace(MASKS, quantity=0),)}, "quantity_invalid"),
        ({"lines": (replace(MASKS, unit_value_minor=0),)}, "price_invalid"),
        ({"lines": (replace(MASKS, quantity=10_000_001, unit_value_minor=1),)}, "quantity_invalid"),
        ({"lines": (replace(MASKS, quantity=1, unit_value_minor=1_000_000_01),)}, "value_too_large"),
        ({"lines": (replace(MASKS, quantity=1_000_000, unit_value_minor=99_999_00),)}, "value_too_large"),
        ({"lines": (replace(MASKS, quantity=101, unit_value_minor=1_000_000_00),)}, "value_too_large"),
        ({"lines": (replace(MASKS, quantity=100, unit_value_minor=1_000_000_00), MASKS)}, "value_too_large"),
        ({"lines": (replace(MASKS, expires_on=TODAY - timedelta(1)),)}, "expired_on_arrival"),
        ({"unit_id": 1}, "signature_missing"),
    ],
)
def test_what_is_wrong_is_refused(house: House, office: Actor, changes: dict[str, object], code: str) -> None:
    assert refusal_of(house, office, replace(GIFT, **changes)).code == code  # type: ignore[arg-type]


def test_a_gift_of_before_the_plan_is_taken_late_with_its_reason(house: House, office: Actor) -> None:
    before = replace(GIFT, donated_on=date(2020, 3, 20), reason_late="方案启动前送达")
    card = donation_card(record(house, office, before))
    assert card is not None
    assert (card.late_entry, card.before_plan, card.donated_on) == (True, True, date(2020, 3, 20))
    assert card.recorded_at == NOW
    assert stock_card(plan_id=house.plan.pk, item_id=Item.objects.get().pk)[0].late_entry
    with pytest.raises(IntegrityError), transaction.atomic():
        Donation.objects.update(reason_late="")


def test_what_goes_straight_to_a_unit_is_signed_for_and_never_in_the_store(
    house: House, office: Actor
) -> None:
    unit = make_unit("一号船闸", house.bureau)
    gift = replace(GIFT, unit_id=unit.pk, handing=Handing("赵守江"))
    card = donation_card(record(house, office, gift, signature=signature(1)))
    assert card is not None
    assert (card.unit_id, card.is_signed) == (unit.pk, True)
    assert StoredFile.objects.count() == 1
    assert all(row.in_store == 0 and row.handed_over for row in lots(house.plan.pk))
    assert [(row.unit_id, row.quantity, row.amount_minor) for row in hand_over_list(house.plan.pk)] == [
        (unit.pk, 10, 900_00),
        (unit.pk, 5, 450_00),
    ]
    elsewhere = replace(gift, unit_id=make_unit("外单位").pk)
    assert refusal_of(
        house, office, replace(elsewhere, handing=Handing("赵", confirmed_by_name=True))
    ).code == ("unit_unknown")
    assert verify() == []


def test_donated_goods_are_given_out_first_expired_first_and_never_expired(
    house: House, office: Actor
) -> None:
    unit = make_unit("一号船闸", house.bureau)
    record(house, office)
    masks = Item.objects.get().pk

    def give(packs: int, day: date = TODAY, **changes: object) -> int:
        facts = {
            "plan_id": house.plan.pk,
            "unit_id": unit.pk,
            "packs": {masks: packs},
            "happened_on": day,
            "handing": Handing("江守渡", confirmed_by_name=True),
            "signature": b"",
            "reason_late": "",
            "key": uuid4(),
            "actor": office,
            "at": NOW + (day - TODAY),
        }
        return issue_goods(**{**facts, **changes})  # type: ignore[arg-type]  # facts of the right kinds

    give(4)
    assert {row.number: row.in_store for row in lots(house.plan.pk)} == {"K1": 6, "K2": 5}
    for packs, day, code in (
        (12, TODAY, "stock_short"),
        (6, date(2020, 4, 10), "stock_expired"),
        (0, TODAY, "quantity_invalid"),
    ):
        before = snapshot(TABLES)
        with pytest.raises(Refusal) as refused:
            give(packs, day)
        assert (refused.value.code, snapshot(TABLES)) == (code, before)
    for actor in (house.finance, house.liaison):
        with pytest.raises(NotPermitted):
            give(1, actor=actor)
    give(5, date(2020, 4, 10))
    assert {row.number: row.in_store for row in lots(house.plan.pk)} == {"K1": 6, "K2": 0}
    [newest, first] = issues(house.plan.pk)
    assert (first.total_minor, first.receiver, first.is_signed) == (4 * 90_00, "江*渡", False)
    assert [(line.number, line.quantity) for line in newest.lines] == [("K2", 5)]
    assert Lot.objects.count() == 2
    assert verify() == []


def test_a_wrong_donation_is_cancelled_and_keeps_its_number(house: House, office: Actor) -> None:
    officer = house.officer
    pk = record(house, office)
    key, told = uuid4(), {"donation_id": pk, "reason": "数量录错"}

    def fails(actor: Actor, **changes: object) -> str:
        before = snapshot(TABLES)
        with pytest.raises(Refusal) as refused:
            cancel_donation(**{**told, "key": uuid4(), "actor": actor, "at": NOW, **changes})  # type: ignore[arg-type]
        assert snapshot(TABLES) == before
        return refused.value.code

    assert fails(house.finance) == "not_permitted"
    assert fails(office, reason=" ") == "reason_missing"
    assert fails(office, at=NOW + timedelta(days=1)) == "own_donation"
    assert fails(officer, donation_id=pk + 9) == "donation_unknown"
    for _time in range(2):
        cancel_donation(**told, key=key, actor=officer, at=NOW + timedelta(days=1))  # type: ignore[arg-type]
    row = Donation.objects.get(pk=pk)
    assert (row.number, row.cancelled_by_id, row.cancel_reason) == (1, officer.user_id, "数量录错")
    assert fails(officer) == "wrong_state"
    assert [lot.in_store for lot in lots(house.plan.pk)] == [0, 0]
    item = Item.objects.get()
    card = stock_card(plan_id=house.plan.pk, item_id=item.pk)
    assert [(line.incoming, line.outgoing, line.balance) for line in card] == [
        (10, 0, 10),
        (5, 0, 15),
        (0, 10, 5),
        (0, 5, 0),
    ]
    assert void_lots(house.plan.pk) == {lot.lot_id for lot in lots(house.plan.pk)}
    assert cancelled_donations([pk])[pk].reason == "数量录错"
    assert donation_card(record(house, office)).printed_number == "捐-0002"  # type: ignore[union-attr]  # just made
    cancel_donation(**{**told, "donation_id": pk + 1}, key=uuid4(), actor=office, at=NOW)  # type: ignore[arg-type]
    assert verify() == []


def test_a_donation_is_not_cancelled_from_under_a_count_or_a_disposal(house: House, office: Actor) -> None:
    pk = record(house, office)
    told = {"donation_id": pk, "reason": "数量录错", "actor": office, "at": NOW}

    def fails() -> str:
        before = snapshot(TABLES)
        with pytest.raises(Refusal) as refused:
            cancel_donation(**told, key=uuid4())  # type: ignore[arg-type]  # facts of the right kinds
        assert snapshot(TABLES) == before
        return refused.value.code

    counted = start_count(plan_id=house.plan.pk, actor=office, at=NOW)
    assert fails() == "count_running"
    abandon_count(count_id=counted, reason="改日盘点", actor=office, at=NOW)
    lot = lots(house.plan.pk)[0]
    propose_disposal(lot_id=lot.lot_id, quantity=1, reason="破损", actor=office, at=NOW)
    assert fails() == "disposal_waits"
    assert verify() == []


def give(house: House, actor: Actor, unit_id: int, packs: int = 1) -> int:
    """Give a unit masks out of the store; return the issue's id."""
    return issue_goods(
        plan_id=house.plan.pk,
        unit_id=unit_id,
        packs={Item.objects.get().pk: packs},
        happened_on=TODAY,
        handing=Handing("江守渡", confirmed_by_name=True),
        signature=b"",
        reason_late="",
        key=uuid4(),
        actor=actor,
        at=NOW,
    )


def refuses(act: Callable[..., None], **told: object) -> Refusal:
    """Return the refusal of taking something back, having seen that nothing changed."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as refused:
        act(**{"reason": "录错", "key": uuid4(), "at": NOW, **told})
    assert snapshot(TABLES) == before
    return refused.value


def test_a_donation_of_which_something_left_the_store_is_not_cancelled(house: House, office: Actor) -> None:
    unit = make_unit("护理站", house.bureau)
    pk = record(house, office)
    first, second = (give(house, office, unit.pk) for _time in range(2))
    assert refuses(cancel_donation, donation_id=pk, actor=office).code == "donation_issued"
    assert [row.pk for row in issues_of(Donation.objects.get())] == [first, second]
    take_back_issue(issue_id=first, reason="录错", key=uuid4(), actor=office, at=NOW)
    assert refuses(cancel_donation, donation_id=pk, actor=office).code == "donation_issued"
    take_back_issue(issue_id=second, reason="录错", key=uuid4(), actor=office, at=NOW)
    cancel_donation(donation_id=pk, reason="录错", key=uuid4(), actor=office, at=NOW)
    assert {row.came for row in lots(house.plan.pk)} == {0}
    assert verify() == []


def test_what_was_given_out_wrongly_is_taken_back_and_its_receipt_stays(house: House, office: Actor) -> None:
    unit = make_unit("护理站", house.bureau)
    record(house, office)
    kept, wrong = give(house, office, unit.pk, 3), give(house, office, unit.pk, 9)
    tomorrow = NOW + timedelta(days=1)
    assert refuses(take_back_issue, issue_id=wrong, actor=house.finance).code == "not_permitted"
    assert refuses(take_back_issue, issue_id=wrong, actor=office, reason=" ").code == "reason_missing"
    assert refuses(take_back_issue, issue_id=wrong, actor=office, reason="长" * 401).code == "text_too_long"
    assert refuses(take_back_issue, issue_id=wrong, actor=office, at=tomorrow).code == "own_issue"
    assert refuses(take_back_issue, issue_id=wrong + 9, actor=office).code == "issue_unknown"
    counted = start_count(plan_id=house.plan.pk, actor=office, at=NOW)
    assert refuses(take_back_issue, issue_id=wrong, actor=house.officer).code == "count_running"
    abandon_count(count_id=counted, reason="改日盘点", actor=office, at=NOW)
    key = uuid4()
    for _time in range(2):
        take_back_issue(issue_id=wrong, reason="发错单位", key=key, actor=house.officer, at=tomorrow)
    assert refuses(take_back_issue, issue_id=wrong, actor=house.officer).code == "wrong_state"
    assert [(row.in_store, row.handed_over) for row in lots(house.plan.pk)] == [(7, 3), (5, 0)]
    assert [(row.issue_id, row.quantity) for row in hand_over_list(house.plan.pk)] == [(kept, 3)]
    card, other = issues(house.plan.pk)
    assert (card.withdrawn_at, card.withdrawn_by, card.withdraw_reason) == (tomorrow, "吴方案", "发错单位")
    assert (sum(line.quantity for line in card.lines), other.withdrawn_at) == (9, None)
    assert issue_card(wrong) == card
    rows = stock_card(plan_id=house.plan.pk, item_id=Item.objects.get().pk)
    assert [(row.incoming, row.outgoing) for row in rows[-2:]] == [(7, 0), (2, 0)]
    assert {(row.kind, row.unit_id, row.reason) for row in rows[-2:]} == {("reclaim", unit.pk, "发错单位")}
    assert rows[-1].balance == 12
    assert verify() == []


def test_what_a_count_found_since_is_not_taken_back_a_second_time(house: House, office: Actor) -> None:
    unit = make_unit("护理站", house.bureau)
    record(house, office)
    wrong = give(house, office, unit.pk, 9)
    leader = make_person("分管领导", Role.APPROVER, house.bureau)
    counted = start_count(plan_id=house.plan.pk, actor=office, at=NOW)
    found = {row.lot_id: row.in_store for row in lots(house.plan.pk)}
    first = min(found)
    hand_in_count(count_id=counted, counted={**found, first: found[first] + 2}, actor=office, at=NOW)
    decide_count(count_id=counted, accept=True, reason="误发的仍在库", actor=leader, at=NOW)
    assert refuses(take_back_issue, issue_id=wrong, actor=house.officer).code == "counted_since"
    assert {row.lot_id: row.in_store for row in lots(house.plan.pk)} == {**found, first: found[first] + 2}


def test_what_is_not_at_the_unit_any_more_is_not_taken_back(house: House, office: Actor) -> None:
    unit = make_unit("护理站", house.bureau)
    record(house, office)
    wrong = give(house, office, unit.pk)
    straight = replace(GIFT, unit_id=unit.pk, handing=Handing("赵守江", confirmed_by_name=True))
    pk = record(house, office, straight)
    assert refuses(take_back_issue, issue_id=wrong + 1, actor=office).code == "issue_straight"
    StockLevel.objects.filter(place=f"unit:{unit.pk}").update(quantity=0)
    assert refuses(take_back_issue, issue_id=wrong, actor=office).code == "not_at_unit"
    assert refuses(cancel_donation, donation_id=pk, actor=office).code == "not_at_unit"


def test_a_donation_that_went_straight_to_a_unit_is_cancelled_whole(house: House, office: Actor) -> None:
    unit = make_unit("护理站", house.bureau)
    straight = replace(GIFT, unit_id=unit.pk, handing=Handing("赵守江", confirmed_by_name=True))
    pk = record(house, office, straight)
    tomorrow = NOW + timedelta(days=1)
    assert refuses(cancel_donation, donation_id=pk, actor=office, at=tomorrow).code == "own_donation"
    other = record(house, office, replace(GIFT, lines=(replace(MASKS, number="K9"),)))
    start_count(plan_id=house.plan.pk, actor=office, at=NOW)  # it never was in the store
    cancel_donation(donation_id=pk, reason="送错单位", key=uuid4(), actor=house.officer, at=tomorrow)
    assert refuses(cancel_donation, donation_id=other, actor=office).code == "count_running"
    assert refuses(cancel_donation, donation_id=pk, actor=house.officer).code == "wrong_state"
    assert cancelled_donations([pk])[pk].reason == "送错单位"
    issue = Issue.objects.get()
    assert (issue.withdrawn_at, issue.withdrawn_by_id, issue.withdraw_reason) == (
        tomorrow,
        house.officer.user_id,
        "送错单位",
    )
    assert hand_over_list(house.plan.pk) == []
    assert not StockLevel.objects.filter(place=f"unit:{unit.pk}", quantity__gt=0).exists()
    assert {row.lot_id for row in lots(house.plan.pk) if not row.came} == void_lots(house.plan.pk)
    assert verify() == []


def test_the_check_finds_an_issue_that_is_said_to_be_taken_back(house: House, office: Actor) -> None:
    unit = make_unit("护理站", house.bureau)
    record(house, office)
    wrong = give(house, office, unit.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=wrong).update(withdrawn_at=NOW, withdrawn_by=office.user_id)
    Issue.objects.filter(pk=wrong).update(
        withdrawn_at=NOW, withdrawn_by=office.user_id, withdraw_reason="录错"
    )
    assert [(one.code, one.where) for one in verify()] == [("issue_unbooked", f"goods.issue:{wrong}")]


def test_a_large_donation_is_taken_to_the_last_fen_that_is_plausible(house: House, office: Actor) -> None:
    whole = replace(MASKS, quantity=10_000_000, unit_value_minor=10_00)
    card = donation_card(record(house, office, replace(GIFT, lines=(whole,))))
    assert card is not None
    assert card.total_minor == MOST_VALUE_MINOR
    absurd = refusal_of(house, office, replace(GIFT, lines=(replace(whole, unit_value_minor=10_01),)))
    assert (absurd.field, "100,100,000.00" in absurd.sentence) == ("lines-0-unit_value", True)
    both = refusal_of(house, office, replace(GIFT, lines=(whole, MASKS)))
    assert (both.field, "100,000,900.00" in both.sentence) == ("lines", True)
    for_nothing = examine_gift(
        replace(GIFT, lines=(replace(MASKS, quantity=10**12, unit_value_minor=10**17),)),
        Times(TODAY, TODAY, "苏知安"),
    )
    assert [problem.code for problem in for_nothing] == ["quantity_invalid", "value_too_large"]
    dear = for_nothing[1]
    assert (dear.field, dear.facts) == (
        "lines-0-unit_value",
        {"minor": 10**17, "limit_minor": MOST_OF_ONE_MINOR},
    )
