"""Every pair of acts on one list by one person is refused by the database, by whatever way it is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from goods.builders import make_person, snapshot
from payments.house import NOW
from payments.noticing import named_house, publish
from payments.releasing import AFTER, ReleaseHouse, make_release_house
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from songnuan.payments.models import (
    ListAct,
    PaymentBatch,
    PaymentInstruction,
    PaymentList,
    PersonAccount,
    Verb,
)
from songnuan.people.columns import index
from songnuan.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (PaymentList, ListAct, PaymentBatch, PaymentInstruction)


def by_model(row: models.Model) -> None:
    row.save(force_insert=True)


def by_bulk(row: models.Model) -> None:
    type(row)._default_manager.bulk_create([row])


def by_sql(row: models.Model) -> None:
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    names = ", ".join(str(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({marks})", values)  # noqa: S608


WAYS = (by_model, by_bulk, by_sql)


@contextmanager
def undone() -> Iterator[None]:
    """Do something and take it back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refused(row: Callable[[], models.Model]) -> None:
    """Show that the database takes such a row by no way."""
    for write in WAYS:
        before = snapshot(TABLES)
        with pytest.raises(IntegrityError), transaction.atomic():
            write(row())
        assert snapshot(TABLES) == before


def user_of(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def act(list_id: int, user_id: int, verb: str, *, stood_in: bool = False) -> ListAct:
    return ListAct(payment_list_id=list_id, person_id=user_id, verb=verb, stood_in=stood_in, at=NOW)


@pytest.fixture
def house() -> ReleaseHouse:
    return make_release_house()


def test_no_pair_of_acts_is_one_persons(house: ReleaseHouse) -> None:
    """All 36, and whether somebody stood in or not; what is alone goes through, so the test can fail."""
    unit = house.lists.register.union.unit
    somebody = user_of(make_person("身兼数职", Role.UNION_OFFICER, unit))
    for first, second, stood_in in product(Verb.values, Verb.values, (False, True)):
        made = first == Verb.MAKE
        inspected = first == Verb.INSPECT
        person = {Verb.MAKE: house.lists.officer, Verb.INSPECT: house.lists.inspector}.get(Verb(first))
        user_id = user_of(person) if person else somebody
        with undone():
            if not (made or inspected):
                by_model(act(house.list_id, user_id, first))
            assert ListAct.objects.filter(person=user_id, verb=first).count() == 1
            refused(partial(act, house.list_id, user_id, second, stood_in=stood_in))


def test_a_list_is_released_once_by_whatever_person(house: ReleaseHouse) -> None:
    house.release()
    other = make_person("财务乙", Role.FINANCE, house.lists.register.union.unit)
    refused(lambda: act(house.list_id, user_of(other), Verb.RELEASE))


@pytest.mark.parametrize("first", ["make", "check", "approve", "inspect"])
def test_who_did_anything_about_a_list_releases_it_by_no_way(first: str) -> None:
    """Every post at once: the act is refused, and so is every row that would be written by it."""
    lists = named_house()
    unit = lists.register.union.unit
    both = make_person("身兼数职", Role.UNION_OFFICER, unit)
    for role in (Role.EPIDEMIC_OFFICE, Role.APPROVER, Role.INSPECTOR, Role.FINANCE):
        Post.objects.create(user_id=user_of(both), unit_id=unit.pk, role=role.value, starts_on=NOW.date())
    list_id = lists.put_up(actor=both if first == "make" else lists.officer)
    lists.approve(list_id, both if first == "check" else lists.checker)
    lists.approve(list_id, both if first == "approve" else lists.approver)
    lists.sign(list_id, both if first == "inspect" else lists.inspector)
    publish(lists, list_id)
    house = ReleaseHouse(lists, list_id)
    before = snapshot(TABLES)
    with pytest.raises(NotPermitted) as found:
        house.release(actor=both, layout="")
    assert found.value.code == "already_acted"
    assert snapshot(TABLES) == before
    refused(lambda: act(list_id, user_of(both), Verb.RELEASE))
    house.release(layout="")
    refused(lambda: batch(house, user_of(both)))
    with pytest.raises(NotPermitted):
        house.again(1, actor=both, layout="")


def batch(house: ReleaseHouse, user_id: int) -> PaymentBatch:
    facts: dict[str, Any] = {"payment_list_id": house.list_id, "number": 9, "channel": "cash"}
    facts |= {"commitment_id": house.row.commitment_id, "lines_count": 1, "total_minor": 1}
    return PaymentBatch(**facts, released_by_id=user_id, released_at=AFTER)


@pytest.mark.parametrize("name", ["欧阳娜娜", "张小三", "阿依古丽·买买提"])
def test_whom_a_list_pays_releases_it_by_no_way(house: ReleaseHouse, name: str) -> None:
    second = make_person("财务乙", Role.FINANCE, house.lists.register.union.unit)
    payee = Person.objects.get(name=name)
    PersonAccount.objects.create(user_id=user_of(second), person=payee, found_at=AFTER)
    before = snapshot(TABLES)
    with pytest.raises(NotPermitted) as found:
        house.release(actor=second)
    assert found.value.code == "payee_acts"
    assert snapshot(TABLES) == before
    refused(lambda: act(house.list_id, user_of(second), Verb.RELEASE))
    house.release()
    refused(lambda: batch(house, user_of(second)))
    by_model(batch(house, user_of(house.lists.finance)))


def test_who_turns_out_to_be_paid_after_the_list_was_made_does_not_release_it(house: ReleaseHouse) -> None:
    """An account that was given a phone only afterwards is found when its user acts."""
    payee = Person.objects.get(name="张小三")
    payee.phone, payee.phone_index = "13900000001", index("phone", "13900000001")
    payee.save()
    User.objects.filter(pk=user_of(house.lists.finance)).update(name="张小三", phone="13900000001")
    before = snapshot(TABLES)
    with pytest.raises(NotPermitted) as found:
        house.release()
    assert found.value.code == "payee_acts"
    assert snapshot(TABLES) == before
