"""Who adds to a person at the very moment in which the person is erased leaves nothing behind."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from pairs import enrol, person, roster
from people import Bureau, make_bureau
from people_builders import acting, at, on
from songnuan.audit.checks import verify as verify_trail
from songnuan.journeys.create_account import create_account
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people.access_codes import oneself
from songnuan.people.actions import ask_correction, issue_code, note_pairs, show_person
from songnuan.people.checks import verify
from songnuan.people.duplicates import Found
from songnuan.people.models import (
    AccessCode,
    Correction,
    DuplicatePair,
    LookPurpose,
    Person,
    PersonStatus,
    Roster,
)

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 0.6  # seconds in which the other comes to where it has to wait
By = dict[str, Any]


def asks(who: Person, _other: Person, _union: Actor, moment: By) -> None:
    """Ask for a correction."""
    told: By = {"field": "phone", "value": "13900010001", "reason": "换号", **moment}
    ask_correction(person_key=who.key, actor=oneself(who.key), **told)


def is_given_a_code(who: Person, _other: Person, union: Actor, moment: By) -> None:
    """Have a code made for a minor."""
    issue_code(person_key=who.key, guardian="张父", actor=union, **moment)


def is_looked_at(who: Person, _other: Person, union: Actor, moment: By) -> None:
    """Look at the person in full."""
    show_person(person_key=who.key, purpose="核对张建国的账号", actor=union, **moment)


def is_found_twice(who: Person, other: Person, _union: Actor, moment: By) -> None:
    """Note that the person may be another one."""
    first, second = sorted((who.pk, other.pk))
    note_pairs(found=[Found(first, second, ("same_phone",), 40)], actor=SYSTEM, **moment)


@pytest.fixture
def house(transactional_db: None) -> Bureau:  # noqa: ARG001 - real commits
    """A bureau whose roster of people ends on 10 April."""
    bureau = make_bureau()
    one = roster(bureau.bureau_id)
    Roster.objects.filter(pk=one.pk).update(retain_until=on(10))
    for name in ("张小宝", "张小宝儿"):
        enrol(one, person(name, phone="13800010001", birth_on="2014-06-01", restricted=True))
    return bureau


@pytest.mark.parametrize("act", [asks, is_given_a_code, is_looked_at, is_found_twice])
def test_who_is_erased_while_somebody_adds_to_them_leaves_nothing(
    house: Bureau, act: Callable[[Person, Person, Actor, By], None]
) -> None:
    user = create_account(username="union", name="沈工会", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=house.bureau_id, role=Role.UNION_OFFICER, actor=SYSTEM, at=at(1))
    who, other = Person.objects.order_by("pk")
    written = threading.Event()

    def erase() -> None:
        try:
            written.wait(10)
            erase_rosters(actor=SYSTEM, at=at(11, 1))
        finally:
            connection.close()

    thread = threading.Thread(target=erase)
    thread.start()
    with acting():
        act(who, other, actor_of(user), {"at": at(10)})
        written.set()
        time.sleep(WAIT)
    thread.join(30)
    assert not thread.is_alive()
    assert set(Person.objects.values_list("status", flat=True)) == {PersonStatus.ERASED}
    assert not Correction.objects.exists()
    assert not LookPurpose.objects.exists()
    assert not DuplicatePair.objects.exists()
    assert not AccessCode.objects.filter(guardian__isnull=False).exists()
    assert not AccessCode.objects.filter(revoked_at=None).exists()
    assert [*verify(on(11)), *verify_trail()] == []
