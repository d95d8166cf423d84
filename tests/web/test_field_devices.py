"""Devices of the field app: their keys, who is given them, and what closing one ends."""

import base64
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goods.builders import NOW, make_person
from goods.pickups import Gate, make_gate
from songnuan.audit.models import Entry
from songnuan.goods.models import Pickup
from songnuan.jobs.models import Notice
from songnuan.journeys.change_account import change_account
from songnuan.organisation.models import Device
from songnuan.organisation.permissions import Role
from web.browsing import as_, on, password_entered
from web.field_devices import Phone, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate() -> Gate:
    with on(NOW):
        return make_gate("赵一", "钱二", "孙三")


def test_a_device_gets_its_key_again_and_nobody_else_does(gate: Gate) -> None:
    phone = Phone(gate.clerk)
    key = phone.opened.json()["key"]
    assert len(base64.b64decode(key)) == 32
    assert Phone(gate.clerk, phone.number).opened.json()["key"] == key
    assert Phone(gate.clerk).opened.json()["key"] != key
    other = Phone(gate.other, phone.number).opened
    assert (other.status_code, "key" in other.json()) == (422, False)
    acts = list(Entry.objects.filter(stream__name="accounts").values_list("action", flat=True))
    assert acts == [
        "organisation.open_device",
        "organisation.give_device_key",
        "organisation.open_device",
    ]


def test_a_closed_device_gets_no_key_and_may_still_send_what_it_holds(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone = Phone(gate.clerk)
    row = Device.objects.get()
    assert phone.send(record(gate, desk, "赵一")).json()["closed"] is False
    with on(NOW):
        phone.client.post(reverse("field_device_close", args=(row.pk,)))
    row.refresh_from_db()
    assert (row.key, row.closed_by_id, row.closed_at) == (None, gate.clerk.user_id, NOW)
    assert Phone(gate.clerk, phone.number).opened.status_code == 410
    late = phone.send(record(gate, desk, "钱二"))
    assert (late.json()["closed"], late.json()["answers"][0]["state"]) == (True, "taken")
    stands = reverse("field_device_standing", args=(phone.number,))
    assert Client().get(stands).json() == {"closed": True}
    assert Client().get(reverse("field_device_standing", args=(uuid4(),))).json() == {"closed": False}


def test_a_key_is_given_again_for_a_password_just_entered_and_its_owner_is_told(gate: Gate) -> None:
    phone = Phone(gate.clerk)
    opening = {"device": str(phone.number), "person": gate.clerk.user_id}
    stale: list[tuple[float, dict[str, object]]] = [
        (121, {}),
        (301, {"reauthenticated": True}),
        (0, {"method": "mfa", "reauthenticated": True}),
    ]
    for seconds, more in stale:
        password_entered(phone.client, seconds, **more)
        for number in (phone.number, uuid4()):
            answer = phone.post("field_device", {**opening, "device": str(number)})
            assert (answer.status_code, answer.json()["code"]) == (422, "sign_in_again")
            assert "key" not in answer.json()
    assert (Device.objects.count(), Notice.objects.count()) == (1, 0)
    password_entered(phone.client, 200, reauthenticated=True)
    assert phone.post("field_device", opening).status_code == 200
    [told] = Notice.objects.all()
    assert (told.user_id, told.url) == (gate.clerk.user_id, "/field/devices/")
    assert told.message.topic == "device.key_given"


def test_who_is_signed_in_is_told_whether_just_now(gate: Gate) -> None:
    client = as_(gate.clerk)
    for seconds, fresh in ((3600, False), (5, True)):
        password_entered(client, seconds)
        assert client.get(reverse("field_standing")).json()["fresh"] is fresh


def test_a_device_that_was_closed_or_is_not_ones_own_takes_nothing_along(gate: Gate) -> None:
    gate.desk("东门", 2)
    phone, other = Phone(gate.clerk), Phone(gate.other)

    def asked(number: object) -> tuple[int, str]:
        with on(NOW):
            answer = phone.client.get(reverse("field_pack"), {"device": str(number)})
        assert "kinds" not in answer.json()
        return answer.status_code, answer.json()["code"]

    for unknown in (other.number, uuid4(), "", "x"):
        assert asked(unknown) == (422, "device_unknown")
    with on(NOW):
        phone.client.post(reverse("field_device_close", args=(Device.objects.get(number=phone.number).pk,)))
    assert asked(phone.number) == (410, "device_closed")


def test_nothing_is_taken_from_a_device_that_is_not_ones_own(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone, other = Phone(gate.clerk), Phone(gate.other)
    for unknown in (other.number, uuid4()):
        answer = phone.send(record(gate, desk, "赵一"), device=str(unknown))
        assert (answer.status_code, answer.json()["code"]) == (422, "device_unknown")
    assert Pickup.objects.count() == 0


def test_closing_a_device_ends_all_sign_ins_but_the_one_it_is_closed_from(gate: Gate) -> None:
    phones = [Phone(gate.clerk) for _phone in range(2)]
    elsewhere, others = as_(gate.clerk), as_(gate.officer)

    def signed_in(client: Client) -> bool:
        return client.get(reverse("field_standing")).status_code == 200

    for lost in phones:
        row = Device.objects.get(number=lost.number)
        thief = as_(gate.clerk)
        with on(NOW):
            assert elsewhere.post(reverse("field_device_close", args=(row.pk,))).status_code == 302
            assert [signed_in(one) for one in (thief, lost.client, elsewhere, others)] == [
                False,
                False,
                True,
                True,
            ]


def test_with_an_account_its_devices_are_closed(gate: Gate) -> None:
    administrator = make_person("管理员", Role.ADMINISTRATOR, gate.store.house.bureau)
    phones = [Phone(gate.clerk), Phone(gate.clerk), Phone(gate.other)]
    assert gate.clerk.user_id is not None
    user_id = gate.clerk.user_id
    change_account(user_id=user_id, changes={"email": "clerk@example.org"}, actor=administrator, at=NOW)
    assert Device.objects.filter(closed_at=None).count() == 3
    change_account(user_id=user_id, changes={"is_active": False}, actor=administrator, at=NOW)
    rows = {row.number: row for row in Device.objects.all()}
    assert [rows[phone.number].closed_by_id for phone in phones] == [administrator.user_id] * 2 + [None]
    assert [rows[phone.number].key is None for phone in phones] == [True, True, False]


def test_only_its_owner_or_an_administrator_closes_a_device(gate: Gate) -> None:
    Phone(gate.clerk)
    row = Device.objects.get()
    administrator = make_person("管理员", Role.ADMINISTRATOR, gate.store.house.bureau)
    with on(NOW):
        refused = as_(gate.officer).post(reverse("field_device_close", args=(row.pk,)))
        row.refresh_from_db()
        assert (refused.status_code, row.closed_at) == (403, None)
        as_(administrator).post(reverse("field_device_close", args=(row.pk,)))
    row.refresh_from_db()
    assert row.closed_by_id == administrator.user_id


def test_the_list_of_ones_devices_tells_what_each_still_held(gate: Gate) -> None:
    phone = Phone(gate.clerk)
    phone.send(unsent=7)
    with on(NOW):
        page = phone.client.get(reverse("field_devices")).content.decode()
        others = as_(gate.officer).get(reverse("field_devices")).content.decode()
    assert "7" in page.partition('id="devices"')[2]
    assert "/close/" in page
    assert "/close/" not in others
