"""A list is frozen, checked, approved and inspected, each by somebody else; what changes meanwhile shows."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from benefits.union import DECIDED, write
from goods.builders import make_person, snapshot
from payments.house import FAMILIES, NOW, ListHouse, make_list_house
from songnuan.benefits.double_queries import open_findings
from songnuan.benefits.doubling import Decision
from songnuan.benefits.models import Entitlement, Reckoning, Settlement
from songnuan.funds import models as funds_tables
from songnuan.journeys.decide_doubles import decide_doubles
from songnuan.journeys.decide_list import withdraw_list
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from songnuan.payments.models import ListAct, ListStatus, PaymentLine, PaymentList, PersonAccount, Verb
from songnuan.payments.queries import digest_now
from songnuan.people.columns import index
from songnuan.people.models import Person
from songnuan.plans.models import Blocks, Question

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (PaymentList, PaymentLine, ListAct, Settlement, funds_tables.Entry, funds_tables.Fund)


@pytest.fixture
def house() -> ListHouse:
    return make_list_house()


def refused(code: str, act: Callable[[], object]) -> Refusal:
    """Do what is refused with a code, and show that nothing changed."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    assert snapshot(TABLES) == before
    return found.value


def status(list_id: int) -> str:
    return PaymentList.objects.get(pk=list_id).status


def test_a_list_is_what_was_reckoned_frozen_under_a_number(house: ListHouse) -> None:
    list_id = house.put_up()
    row = PaymentList.objects.get(pk=list_id)
    assert (row.number, row.lines_count, row.people_count, row.total_minor) == (1, 3, 3, 9000_00)
    assert (row.status, row.digest, row.first) == (ListStatus.PENDING, digest_now(list_id), None)
    lines = PaymentLine.objects.order_by("position").values_list("position", "name", "amount_minor")
    assert list(lines) == [(1, "甲", 5000_00), (2, "乙", 2000_00), (3, "丙", 2000_00)]
    assert Reckoning.objects.get(pk=row.reckoning_id).is_listed
    assert [(act.verb, act.person_id) for act in ListAct.objects.all()] == [("make", house.officer.user_id)]


def test_it_is_checked_approved_and_signed_and_its_money_set_aside(house: ListHouse) -> None:
    list_id = house.put_up()
    house.approve(list_id, house.checker)
    assert (status(list_id), house.fund.committed_minor) == (ListStatus.PENDING, 0)
    house.approve(list_id, house.approver)
    assert (status(list_id), house.fund.committed_minor) == (ListStatus.APPROVED, 9000_00)
    house.sign(list_id, house.inspector)
    assert status(list_id) == ListStatus.SIGNED
    assert [act.verb for act in ListAct.objects.order_by("pk")] == ["make", "check", "approve", "inspect"]
    assert Settlement.objects.filter(origin=f"payments.list:{list_id}").count() == 3


def test_what_a_list_settles_no_other_pays_again(house: ListHouse) -> None:
    first = house.approved()
    refused("list_empty", house.put_up)
    house.register.employ("丁")
    house.register.relate("丁", "spouse", "丁妻")
    house.register.serve(["丁妻"])
    second = PaymentList.objects.get(pk=house.put_up())
    assert (second.number, second.first_id, second.total_minor) == (2, first, 2000_00)


def test_two_lists_of_one_clause_do_not_wait_at_once(house: ListHouse) -> None:
    house.put_up()
    refused("list_waits", house.put_up)


def test_a_list_is_made_of_a_reckoning_once(house: ListHouse) -> None:
    reckoning, key = house.reckon(), uuid4()
    first = house.put_up(reckoning_id=reckoning, key=key)
    assert house.put_up(reckoning_id=reckoning, key=key) == first
    refused("reckoning_listed", lambda: house.put_up(reckoning_id=reckoning))


def test_a_returned_or_withdrawn_list_settles_nothing_and_is_made_anew(house: ListHouse) -> None:
    list_id = house.put_up()
    house.return_(list_id, house.checker)
    assert status(list_id) == ListStatus.RETURNED
    again = house.put_up()
    withdraw_list(list_id=again, actor=house.officer, at=NOW)
    assert status(again) == ListStatus.WITHDRAWN
    assert not Settlement.objects.exists()
    assert set(Reckoning.objects.values_list("is_dropped", flat=True)) == {True}
    third = PaymentList.objects.get(pk=house.put_up())
    assert (third.number, third.total_minor, third.first) == (3, 9000_00, None)


def test_a_cancelled_list_gives_its_money_back_and_its_people_may_be_paid(house: ListHouse) -> None:
    list_id = house.approved()
    refused("not_permitted", lambda: house.cancel(list_id, house.officer))
    house.cancel(list_id, house.finance)
    assert (status(list_id), house.fund.committed_minor) == (ListStatus.CANCELLED, 0)
    refused("wrong_state", lambda: house.sign(list_id, house.inspector))
    assert PaymentList.objects.get(pk=house.put_up()).total_minor == 9000_00


def test_every_later_change_shows_and_needs_a_new_list(house: ListHouse) -> None:
    list_id = house.put_up()
    Person.objects.filter(name="甲").update(bank="另一家银行")
    told = refused("list_differs", lambda: house.approve(list_id, house.checker))
    assert (told.facts["people"], told.facts["sums"]) == (1, 0)
    Person.objects.filter(name="甲").update(bank="")
    house.approve(list_id, house.checker)
    house.register.serve(["乙父"], "湖北", post="援助", starts_on="2020-01-25")
    told = refused("list_differs", lambda: house.approve(list_id, house.approver))
    assert (told.facts["people"], told.facts["sums"]) == (0, 1)
    house.return_(list_id, house.approver)
    assert PaymentList.objects.get(pk=house.put_up()).total_minor == 12_000_00


def test_what_changed_after_the_approval_stops_the_inspector(house: ListHouse) -> None:
    list_id = house.approved()
    Person.objects.filter(name="丙").update(name="丙改名")
    refused("list_differs", lambda: house.sign(list_id, house.inspector))


def test_another_page_than_the_list_is_not_decided_about(house: ListHouse) -> None:
    list_id = house.put_up()
    refused("subject_changed", lambda: house.approve(list_id, house.checker, digest="0" * 64))
    house.approve(list_id, house.checker)
    house.approve(list_id, house.approver)
    refused("subject_changed", lambda: house.sign(list_id, house.inspector, digest="0" * 64))


def test_an_open_question_and_an_older_standard_hold_the_list_up(house: ListHouse) -> None:
    reckoning = house.reckon()
    question = Question.objects.create(
        plan_id=house.register.measure.plan_id,
        position=0,
        key="amounts",
        text="金额多少？",
        blocks=Blocks.PAYMENT,
        asked_at=NOW,
    )
    refused("question_open", lambda: house.put_up(reckoning_id=reckoning))
    question.delete()
    write(house.register.union, FAMILIES.replace("2000}", "2500}"), base=1, **DECIDED)
    refused("reckoning_stale", lambda: house.put_up(reckoning_id=reckoning))


def test_a_possible_double_payment_is_decided_first_and_who_is_taken_out_is_not_paid(
    house: ListHouse,
) -> None:
    for name in ("甲", "乙"):
        person = Person.objects.get(name=name)
        person.account, person.account_index = "6222020000000000001", index("account", "6222020000000000001")
        person.save()
    reckoning = house.reckon()
    refused("double_open", lambda: house.put_up(reckoning_id=reckoning))
    [found] = open_findings(Reckoning.objects.get(pk=reckoning))
    out = "out" if found.line.payee.name == "乙" else "other_out"
    decide_doubles(
        measure_id=house.register.measure.pk,
        decision=Decision(verb=out, reason="两人同一账户", finding=found.pk),
        key=uuid4(),
        actor=house.officer,
        at=NOW,
    )
    list_id = house.put_up(reckoning_id=reckoning)
    assert list(PaymentLine.objects.order_by("position").values_list("name", flat=True)) == ["甲", "丙"]
    house.approve(list_id, house.checker)
    house.approve(list_id, house.approver)
    assert Settlement.objects.count() == 2


def test_a_list_beyond_the_fund_is_refused_with_the_figures(house: ListHouse) -> None:
    write(house.register.union, FAMILIES.replace("5000", "300000"), base=1, **DECIDED)
    told = refused("beyond_fund", house.put_up)
    assert (told.facts["available_minor"], told.facts["asked_minor"]) == (260_000_00, 304_000_00)


ACTS: dict[str, Callable[[ListHouse, int, Any], None]] = {
    "check": lambda house, list_id, actor: house.approve(list_id, actor),
    "return": lambda house, list_id, actor: house.return_(list_id, actor),
    "approve": lambda house, list_id, actor: house.approve(list_id, actor),
    "inspect": lambda house, list_id, actor: house.sign(list_id, actor),
}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(("make", second) for second in ("check", "approve", "inspect", "return")),
        *(("check", second) for second in ("approve", "inspect", "return")),
        ("approve", "inspect"),
    ],
)
def test_nobody_acts_twice_on_a_list_whatever_posts_they_hold(
    house: ListHouse, first: str, second: str
) -> None:
    """Every post at once: the database and the rules refuse the second act, by whatever way."""
    unit = house.register.union.unit
    both = make_person("身兼数职", Role.UNION_OFFICER, unit)
    _give_all_posts(both.user_id or 0, unit.pk)
    actor = {name: both if name == first else None for name in ("make", "check", "approve")}
    list_id = house.put_up(actor=actor["make"] or house.officer)
    if first in {"check", "approve"} or second in {"approve", "inspect"}:
        house.approve(list_id, actor["check"] or house.checker)
    if first == "approve" or second == "inspect":
        house.approve(list_id, actor["approve"] or house.approver)
    refused("already_acted", lambda: ACTS[second](house, list_id, both))
    row = {"payment_list_id": list_id, "person_id": both.user_id, "verb": second, "at": NOW}
    for write_ in (_by_model, _by_bulk, _by_sql):
        before = snapshot(TABLES)
        with pytest.raises(IntegrityError), transaction.atomic():
            write_(row)
        assert snapshot(TABLES) == before


def _give_all_posts(user_id: int, unit_id: int) -> None:
    for role in (Role.EPIDEMIC_OFFICE, Role.APPROVER, Role.INSPECTOR, Role.FINANCE):
        Post.objects.create(user_id=user_id, unit_id=unit_id, role=role.value, starts_on=NOW.date())


def _by_model(row: dict[str, Any]) -> None:
    ListAct.objects.create(**row)


def _by_bulk(row: dict[str, Any]) -> None:
    ListAct.objects.bulk_create([ListAct(**row)])


def _by_sql(row: dict[str, Any]) -> None:
    names = [*row, "stood_in", "remark"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO payments_listact ({', '.join(names)}) VALUES (%s, %s, %s, %s, %s, %s)",  # noqa: S608
            [*row.values(), False, ""],
        )


@pytest.mark.parametrize("act", ["make", "check", "approve", "inspect"])
def test_whom_a_list_pays_does_nothing_about_it(house: ListHouse, act: str) -> None:
    actors = {
        "make": house.officer,
        "check": house.checker,
        "approve": house.approver,
        "inspect": house.inspector,
    }
    phone = "13900000001"
    user = User.objects.get(pk=actors[act].user_id or 0)
    user.name, user.phone = "甲", phone
    user.save()
    payee = Person.objects.get(name="甲")
    payee.phone, payee.phone_index = phone, index("phone", phone)
    payee.save()
    if act == "make":
        refused("payee_acts", house.put_up)
        assert not PaymentList.objects.exists()
        return
    list_id = house.put_up()
    assert PersonAccount.objects.get().user_id == user.pk
    for name in ("check", "approve"):
        if name == act:
            break
        house.approve(list_id, actors[name])
    refused("payee_acts", lambda: ACTS[act](house, list_id, actors[act]))
    row = {"payment_list_id": list_id, "person_id": user.pk, "verb": act, "at": NOW}
    for write_ in (_by_model, _by_bulk, _by_sql):
        with pytest.raises(IntegrityError), transaction.atomic():
            write_(row)
    assert not ListAct.objects.filter(person=user).exists()


def test_lines_are_neither_added_nor_changed_nor_removed(house: ListHouse) -> None:
    list_id = house.put_up()
    line = PaymentLine.objects.order_by("position")[0]
    fresh = {field.attname: getattr(line, field.attname) for field in PaymentLine._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentLine.objects.create(**{**fresh, "id": None, "position": 9, "qualifier_id": line.payee_id})
    for change in ({"amount_minor": 1}, {"name": "别人"}, {"account": None, "account_index": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentLine.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentLine.objects.all().delete()
    assert digest_now(list_id) == PaymentList.objects.get(pk=list_id).digest


def test_personal_data_is_erased_and_the_proof_stays(house: ListHouse) -> None:
    list_id = house.put_up()
    PaymentLine.objects.update(name="", id_number=None, account=None, bank="")
    assert set(PaymentLine.objects.values_list("name", flat=True)) == {""}
    assert digest_now(list_id) == PaymentList.objects.get(pk=list_id).digest


def test_the_wrong_people_and_strangers_decide_nothing(house: ListHouse) -> None:
    list_id = house.put_up()
    for actor in (house.finance, house.inspector, house.register.union.stranger):
        before = snapshot(TABLES)
        with pytest.raises(NotPermitted):
            house.approve(list_id, actor)
        assert snapshot(TABLES) == before
    house.approve(list_id, house.checker)
    house.approve(list_id, house.approver)
    for actor in (house.finance, house.register.union.stranger):
        with pytest.raises(NotPermitted):
            house.sign(list_id, actor)
    assert status(list_id) == ListStatus.APPROVED
    assert Verb.INSPECT not in ListAct.objects.values_list("verb", flat=True)
    assert Entitlement.objects.count() == 3
