"""Flexible work knows whom it is about: merged, erased, of another union, in whose stead somebody decides."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from benefits.union import NOW
from casework.flexible_house import HOME, TODAY, WHY, FlexibleHouse, later, make_flexible_house
from casework.test_flexible_decided import codes, is_the, refused
from goods.builders import acting, make_person, make_unit
from songnuan.approvals import actions as approvals
from songnuan.approvals.rules import step_label
from songnuan.casework.actions.forgetting import forget_flexible
from songnuan.casework.flexible_models import FlexibleAct, FlexibleRequest
from songnuan.casework.flexible_queries import employee_accounts
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission, Role
from songnuan.people.models import Enrolment, Person, PersonStatus, Service
from songnuan.plans.models import Measure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> FlexibleHouse:
    return make_flexible_house()


def merge(house: FlexibleHouse, name: str, kept: str) -> Person:
    """Merge an entry into another, which keeps the phone, as the register does."""
    old, new = house.person(name), house.register.person(kept)
    if not Enrolment.objects.filter(person=new).exists():
        Enrolment.objects.filter(person=old).update(person=new)
    Person.objects.filter(pk=new.pk).update(name=name, phone=old.phone, phone_index=old.phone_index)
    Person.objects.filter(pk=old.pk).update(
        status=PersonStatus.MERGED, merged_into=new, phone=None, phone_index=""
    )
    return new


def test_who_was_merged_decides_nothing_about_themselves(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    is_the(house, house.head, "甲")
    merge(house, "甲", "甲二")
    refused("own_flexible", lambda: house.approve(pk, house.head))


def test_all_accounts_of_an_employee_are_found(house: FlexibleHouse) -> None:
    is_the(house, house.head, "甲")
    is_the(house, house.liaison, "甲")
    assert employee_accounts(house.person("甲")) == {house.head.user_id, house.liaison.user_id}


def test_nobody_decides_in_the_stead_of_whom_it_is_about(house: FlexibleHouse) -> None:
    clerk = make_person("办事员癸", Role.UNIT_LIAISON, house.shop)
    days = {"starts_on": TODAY, "last_day": TODAY + timedelta(days=9)}
    with acting():
        made = approvals.offer_delegation(
            permission=Permission.FLEXIBLE_DECIDE,
            unit_id=house.shop.pk,
            delegate_id=clerk.user_id or 0,
            reason="出差",
            actor=house.head,
            at=NOW,
            **days,
        )
        approvals.accept_delegation(delegation_id=made.pk, actor=clerk, at=NOW)
    pk = house.ask("甲")
    is_the(house, house.head, "甲")  # told of later than the request was made
    refused("own_flexible", lambda: house.approve(pk, clerk))
    refused("own_flexible", lambda: house.return_(pk, clerk))
    User.objects.filter(pk=house.head.user_id or 0).update(name="车间主任庚")
    house.approve(pk, clerk)


def test_only_units_of_the_plan_are_asked_for(house: FlexibleHouse) -> None:
    """The roster may tell of more units than the plan is about."""
    elsewhere = make_unit("外单位", None)
    officer = make_person("外单位干事", Role.UNIT_LIAISON, elsewhere)
    Enrolment.objects.filter(person=house.person("甲")).update(unit=elsewhere)
    refused("employee_unknown", lambda: house.ask("甲", actor=officer))
    Enrolment.objects.filter(person=house.person("甲")).update(unit=house.register.union.unit)
    assert house.ask("甲", actor=house.register.officer)


def test_two_entries_of_one_employee_wait_once(house: FlexibleHouse) -> None:
    house.ask("甲")
    house.register.people["甲"] = merge(house, "甲", "甲二")
    refused("flexible_waits", lambda: house.ask("甲", exception="重复登记", dependants=()))


def test_two_entries_of_one_employee_have_their_days_once(house: FlexibleHouse) -> None:
    """Both were asked for before the entries were merged."""
    house.family("乙")
    first, second = house.ask("甲"), house.ask("乙")
    merge(house, "甲", "乙")
    for pk in (second, first):
        house.approve(pk, house.head)
    house.approve(second, house.hr)
    refused("flexible_stands", lambda: house.approve(first, house.hr))


def emptied(pk: int) -> bool:
    row = FlexibleRequest.objects.get(pk=pk)
    return (row.reason, row.facts, row.why, row.exception) == ("", "", "", "")


@pytest.mark.parametrize("who", ["甲", "甲小宝", "甲妻", "甲父"])
def test_it_goes_with_everybody_whom_it_tells_of(house: FlexibleHouse, who: str) -> None:
    house.family("乙")
    house.register.relate("甲", "parent", "甲父")
    house.born("甲父", TODAY.replace(year=1950))
    kept, gone = house.arranged("乙"), house.arranged("甲")
    house.review(gone, "go_on")
    assert "甲父" in FlexibleRequest.objects.get(pk=gone).facts
    pk = house.register.person(who).pk
    Person.objects.filter(pk=pk).update(
        status=PersonStatus.ERASED, name="", birth_on=None, phone=None, phone_index=""
    )
    with acting():
        assert forget_flexible(actor=SYSTEM, at=NOW) == 1
        assert forget_flexible(actor=SYSTEM, at=NOW) == 0
    assert emptied(gone)
    assert set(FlexibleAct.objects.filter(request=gone).values_list("words", flat=True)) == {""}
    assert FlexibleRequest.objects.get(pk=kept).why == WHY
    assert codes() == []


def test_what_does_not_open_keeps_nobody_in_the_register(house: FlexibleHouse) -> None:
    house.family("乙")
    broken, gone = house.ask("乙"), house.ask("甲")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE casework_flexiblerequest SET facts = %s WHERE id = %s", ["k:AAAA", broken])
    Person.objects.filter(pk=house.register.person("甲妻").pk).update(status=PersonStatus.ERASED, name="")
    with acting():
        assert forget_flexible(actor=SYSTEM, at=NOW) == 1
    assert emptied(gone)
    assert codes() == ["flexible_changed"]


# What the family data told -----------------------------------------------------------------------


def test_what_the_family_data_tell_is_kept_with_the_approval_too(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    house.approve(pk, house.head)
    Service.objects.update(ends_on=TODAY - timedelta(days=1))
    house.approve(pk, house.hr)
    told = FlexibleAct.objects.get(request=pk)
    assert (told.is_eligible, told.service_over) == (False, True)
    assert json.loads(FlexibleRequest.objects.get(pk=pk).facts)["ground"] == "eligible"


def test_it_is_looked_at_though_the_staff_office_is_gone(house: FlexibleHouse) -> None:
    pk = house.arranged("甲")
    settings = {**house.measure.settings, "staff_office": "劳资科"}
    Measure.objects.filter(pk=house.measure.pk).update(settings=settings)
    refused("not_permitted", lambda: house.review(pk, "go_on", actor=house.stranger))
    house.review(pk, "change", terms=HOME, actor=house.head)
    house.review(pk, "end", actor=house.liaison, at=later(31))
    assert FlexibleRequest.objects.get(pk=pk).status == "ended"


def test_a_step_is_called_what_its_request_calls_it(house: FlexibleHouse) -> None:
    pk = house.ask("甲")
    told = refused("not_your_turn", lambda: house.approve(pk, house.hr))
    assert step_label("casework.flexible", "review") in told.sentence
