"""Many hands on one list at one moment, and one that is killed in the middle."""

from functools import partial

import pytest
from django.db import connection

from goods.builders import make_person, snapshot
from hands import killed_at, together
from payments.house import ListHouse, make_list_house
from songnuan.audit.checks import verify
from songnuan.benefits.models import Entitlement, Reckoning, Settlement
from songnuan.funds.checks import verify as check_funds
from songnuan.funds.models import Entry
from songnuan.organisation.permissions import Role
from songnuan.payments.models import ListAct, ListStatus, PaymentLine, PaymentList

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Reckoning, Entitlement, PaymentList, PaymentLine, ListAct, Settlement, Entry)
HANDS = 8


@pytest.fixture
def house() -> ListHouse:
    return make_list_house()


def sound() -> None:
    assert not list(verify())
    assert not list(check_funds())


def test_of_many_who_reckon_one_stands(house: ListHouse) -> None:
    outcomes = together(*[house.reckon] * HANDS)
    assert outcomes["done"] >= 1
    assert set(outcomes) <= {"done", "reckoning_changed"}
    assert Reckoning.objects.count() == 1
    assert Entitlement.objects.count() == 3
    sound()


def test_of_many_who_put_up_what_was_reckoned_one_does(house: ListHouse) -> None:
    reckoning = house.reckon()
    outcomes = together(*[partial(house.put_up, reckoning_id=reckoning)] * HANDS)
    assert outcomes == {"done": 1, "reckoning_listed": HANDS - 1}
    assert PaymentList.objects.get().number == 1
    assert PaymentLine.objects.count() == 3
    sound()


def test_of_many_approvers_one_approves_and_the_money_is_set_aside_once(house: ListHouse) -> None:
    list_id = house.put_up()
    house.approve(list_id, house.checker)
    unit = house.register.union.unit
    others = [make_person(f"审批{at}", Role.APPROVER, unit) for at in range(HANDS)]
    outcomes = together(*[partial(house.approve, list_id, actor) for actor in others])
    assert outcomes["done"] == 1
    assert house.fund.committed_minor == 9000_00
    assert Settlement.objects.count() == 3
    assert PaymentList.objects.get().status == ListStatus.APPROVED
    sound()


def test_one_signs_or_one_cancels(house: ListHouse) -> None:
    list_id = house.approved()
    outcomes = together(
        *[partial(house.sign, list_id, house.inspector)] * 3,
        *[partial(house.cancel, list_id, house.finance)] * 3,
    )
    row = PaymentList.objects.get()
    assert outcomes["done"] in {1, 2}, "a signed list may be cancelled, a cancelled one is not signed"
    assert ListAct.objects.filter(verb="inspect").count() <= 1
    if row.status == ListStatus.CANCELLED:
        assert house.fund.committed_minor == 0
        assert not Settlement.objects.filter(withdrawn_at=None).exists()
    sound()


@pytest.mark.parametrize("statement", [5, 12, 20, 28])
def test_who_is_killed_while_a_list_is_put_up_leaves_nothing_half_written(
    house: ListHouse, statement: int
) -> None:
    reckoning = house.reckon()
    connection.close()
    before = snapshot(TABLES)
    if killed_at(statement, partial(house.put_up, reckoning_id=reckoning)):
        assert snapshot(TABLES) == before
        house.put_up(reckoning_id=reckoning)
    assert PaymentLine.objects.count() == 3
    sound()
