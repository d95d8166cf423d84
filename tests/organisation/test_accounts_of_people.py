"""Accounts: opening, changing, shutting them, and their passwords."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from organisation.house_samples import House, acting, at, everything, holder, person, refused, uid
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.clock import wall
from songnuan.organisation import actions, queries
from songnuan.organisation.models import Installation, User
from songnuan.organisation.permissions import Role

pytestmark = pytest.mark.django_db
GOOD = "长堤-Lantern-2020"


def test_an_account_keeps_its_facts_tidied_and_its_phone_sealed(house: House) -> None:
    admin = holder("admin", Role.ADMINISTRATOR, house.bureau)
    with acting():
        user = actions.create_user(
            username="chen.yh", name=" 陈 一禾", email="chen@example.org", phone="199 0000 0001",
            language="en", password=GOOD, actor=admin, at=at(2),
        )  # fmt: skip
    stored = User.objects.get(pk=user.pk)
    assert (stored.name, stored.phone, stored.language) == ("陈一禾", "19900000001", "en")
    assert authenticate(username="chen.yh", password=GOOD) == stored
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT phone, password FROM organisation_user WHERE username = 'chen.yh'")
        phone, password = cursor.fetchone()
    assert "1990" not in phone
    assert GOOD not in password


def test_an_account_without_a_password_lets_nobody_in() -> None:
    person("silent")
    assert not User.objects.get(username="silent").has_usable_password()
    assert authenticate(username="silent", password="") is None


def test_an_account_is_refused_with_the_field_that_is_wrong() -> None:
    person("taken")
    wrong = {
        "username": [("Chen YH", "username_invalid"), ("", "username_invalid"), ("taken", "username_taken")],
        "name": [(" ", "name_missing"), ("长" * 61, "name_too_long")],
        "email": [("chen at home", "email_invalid")],
        "phone": [("110", "phone_invalid")],
        "language": [("tlh", "language_unknown")],
        "password": [("short", "password_weak"), ("1234567890123", "password_weak")],
    }
    for column, cases in wrong.items():
        for value, code in cases:
            told: dict[str, Any] = {"username": "chen", "name": "陈一禾", column: value}
            with refused(code):
                actions.create_user(actor=SYSTEM, at=at(2), **told)


def test_people_change_their_own_contact_and_nothing_else(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    own = uid(actor)
    with acting():
        assert actions.change_user(
            user_id=own, email="a@example.org", language="en", phone="", actor=actor, at=at(2)
        )
    with acting():
        assert not actions.change_user(user_id=own, language="en", actor=actor, at=at(2))
    entries = Entry.objects.filter(action="organisation.change_user")
    assert [entry.facts for entry in entries] == ['{"changed":["email","language"]}']
    with refused("not_permitted"):
        actions.change_user(user_id=own, name="别人", actor=actor, at=at(2))
    with refused("not_permitted"):
        actions.change_user(user_id=own, is_active=False, actor=actor, at=at(2))
    other = person("other")
    with refused("not_permitted"):
        actions.change_user(user_id=uid(other), email="b@example.org", actor=actor, at=at(2))


def test_who_manages_a_part_cannot_take_over_an_account_that_reaches_further(house: House) -> None:
    admin = holder("admin", Role.ADMINISTRATOR, house.center)
    above = holder("above", Role.FINANCE, house.bureau)
    inside = holder("inside", Role.UNIT_LIAISON, house.desk)
    with refused("not_permitted"):
        actions.set_password(user_id=uid(above), password=GOOD, actor=admin, at=at(2))
    with refused("not_permitted"):
        actions.change_user(user_id=uid(above), is_active=False, actor=admin, at=at(2))
    with acting():
        actions.set_password(user_id=uid(inside), password=GOOD, actor=admin, at=at(2))
    assert authenticate(username="inside", password=GOOD) is not None


def test_a_password_is_set_by_its_owner_when_it_is_good_enough(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    with acting():
        actions.set_password(user_id=uid(actor), password=GOOD, actor=actor, at=at(2))
    for weak in ("password12", "liaison-liaison"[:9], "20200401000"):
        with refused("password_weak"):
            actions.set_password(user_id=uid(actor), password=weak, actor=actor, at=at(2))
    assert authenticate(username="liaison", password=GOOD) is not None
    assert GOOD not in "".join(Entry.objects.values_list("facts", flat=True))
    with refused("user_unknown"):
        actions.set_password(user_id=987654, password=GOOD, actor=SYSTEM, at=at(2))


def test_a_password_that_somebody_else_made_is_to_be_changed_and_ones_own_is_not(house: House) -> None:
    def told(username: str) -> tuple[bool, bool]:
        user = User.objects.get(username=username)
        return user.has_usable_password(), user.must_change_password

    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("fresh", {"password": GOOD}),
        ("stays", {"password": GOOD, "password_stays": True}),
        ("silent", {}),
    )
    for username, facts in cases:
        with acting():
            actions.create_user(username=username, name="某人", actor=SYSTEM, at=at(2), **facts)
    assert (told("fresh"), told("stays"), told("silent")) == ((True, True), (True, False), (False, False))
    actor = queries.actor_of(User.objects.get(username="fresh"))
    with refused("password_same"):
        actions.set_password(user_id=uid(actor), password=GOOD, actor=actor, at=at(2))
    with acting():
        actions.set_password(user_id=uid(actor), password=f"{GOOD}!", actor=actor, at=at(2))
    assert told("fresh") == (True, False)
    admin = holder("admin", Role.ADMINISTRATOR, house.bureau)
    with acting():
        actions.set_password(user_id=uid(actor), password=GOOD, actor=admin, at=at(2))
    assert told("fresh") == (True, True)


def test_somebody_without_the_post_opens_no_account(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    with refused("not_permitted"):
        actions.create_user(username="chen", name="陈一禾", actor=actor, at=at(2))


def test_a_shut_account_keeps_its_past_and_lets_nobody_in(house: House) -> None:
    actor = holder("liaison", Role.LEAD_LIAISON, house.channel)
    with acting():
        actions.set_password(user_id=uid(actor), password=GOOD, actor=actor, at=at(2))
        actions.change_user(user_id=uid(actor), is_active=False, actor=SYSTEM, at=at(2))
    assert authenticate(username="liaison", password=GOOD) is None
    assert len(queries.posts_held(at(2).date(), user_id=actor.user_id)) == 1


# The installation and its clock ------------------------------------------------------------------


def test_only_a_demonstration_moves_its_clock() -> None:
    assert abs(queries.now() - wall()) < timedelta(minutes=1)
    assert queries.installation().kind == "real"
    with acting():
        actions.install(kind="demo", clock_offset_seconds=-86_400 * 400, actor=SYSTEM, at=at(1))
    assert abs(queries.now() - (wall() - timedelta(days=400))) < timedelta(minutes=1)
    assert queries.today() == queries.day_of(queries.now())
    assert queries.installation().kind == "demo"
    with refused("installed_already"):
        actions.install(kind="real", actor=SYSTEM, at=at(1))


def test_a_real_installation_goes_by_the_machine(house: House) -> None:
    with refused("clock_not_demo"):
        actions.install(kind="real", clock_offset_seconds=1, actor=SYSTEM, at=at(1))
    admin = holder("admin", Role.ADMINISTRATOR, house.bureau)
    with refused("not_permitted"):
        actions.install(kind="real", actor=admin, at=at(1))
    before = everything()
    for row in (
        Installation(kind="real", clock_offset_seconds=1, created_at=at(1)),
        Installation(id=2, kind="real", created_at=at(1)),
        Installation(kind="toy", created_at=at(1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    assert everything() == before
