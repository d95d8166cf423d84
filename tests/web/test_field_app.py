"""The field app: its shell, what a device takes along, and what it sends."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from goods.builders import NOW, make_person
from goods.pickups import Gate, make_gate, on_desk, whole
from songnuan.goods.models import Pickup
from songnuan.goods.pickup_models import PickupStatus
from songnuan.kernel.actor import Actor
from songnuan.organisation.permissions import Role
from web.browsing import as_, on

pytestmark = pytest.mark.django_db


class Phone:
    """A phone on which somebody is signed in and opened the app."""

    def __init__(self, actor: Actor, number: UUID | None = None) -> None:
        self.actor = actor
        self.client = as_(actor)
        self.number = number or uuid4()
        self.opened = self.post("field_device", {"device": str(self.number), "person": actor.user_id})

    def post(self, name: str, body: object, at: datetime = NOW) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body)
        with on(at):
            return self.client.post(reverse(name), content, content_type="application/json")

    def pack(self, known: str = "") -> dict[str, Any]:
        with on(NOW):
            answer = self.client.get(reverse("field_pack"), {"known": known})
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    def send(self, *records: object, at: datetime = NOW, **around: object) -> Any:
        body = {
            "device": str(self.number),
            "person": self.actor.user_id,
            "now": at.isoformat(),
            "unsent": len(records),
            "records": records,
            **around,
        }
        return self.post("field_send", body, at)

    def answers(self, *records: object, **around: Any) -> list[dict[str, str]]:
        answer = self.send(*records, **around)
        assert answer.status_code == 200, answer.content
        told: list[dict[str, str]] = answer.json()["answers"]
        return told


def record(gate: Gate, desk: int, name: str, **told: object) -> dict[str, object]:
    at = told.pop("recorded_at", NOW - timedelta(minutes=5))
    assert isinstance(at, datetime)
    return {
        "key": str(uuid4()),
        "kind": "pickups",
        "recorded_at": at.isoformat(),
        "told": {"desk": desk, "portion": gate.portion(name).pk, **told},
    }


@pytest.fixture
def gate() -> Gate:
    with on(NOW):
        return make_gate("赵一", "钱二", "孙三")


def test_a_desk_takes_along_its_people_and_how_their_portions_stand(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    told = Phone(gate.clerk).pack()["kinds"]["pickups"]
    number = gate.distribution.pk
    assert told["desks"]["value"] == [[desk, number, "东门", 2]]
    people = told[f"people:{number}"]["value"]
    assert [row[1] for row in people["rows"]] == ["赵一", "钱二", "孙三"]
    assert told[f"stands:{number}"]["value"]["status"] == "ooo"


def test_what_a_device_has_is_not_sent_again_and_a_pickup_changes_the_small_parts_alone(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone, number = Phone(gate.clerk), gate.distribution.pk
    first = phone.pack()["kinds"]["pickups"]
    known = ",".join(f"pickups.{part}.{row['digest']}" for part, row in first.items())
    assert all("value" not in row for row in phone.pack(known)["kinds"]["pickups"].values())
    phone.answers(record(gate, desk, "赵一"))
    sent = {part for part, row in phone.pack(known)["kinds"]["pickups"].items() if "value" in row}
    assert sent == {"desks", f"stands:{number}"}


def test_who_has_no_desk_takes_nothing_along(gate: Gate) -> None:
    gate.desk("东门", 2)
    stranger = make_person("外人", Role.FINANCE, gate.store.house.bureau)
    assert Phone(stranger).pack()["kinds"] == {}


def test_a_record_is_taken_once_and_answered_the_same_ever_after(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone, told = Phone(gate.clerk), record(gate, desk, "赵一")
    first = phone.answers(told)
    assert [row["state"] for row in first] == ["taken"]
    after = [phone.answers(told, at=NOW + timedelta(hours=hours)) for hours in (0, 1, 30)]
    assert after == [first, first, first]
    assert Pickup.objects.count() == 1
    assert on_desk(desk) == {"方便面": 2, "苹果": 1, "梨": 1}
    assert whole()


def test_a_portion_from_two_desks_waits_and_the_others_are_taken(gate: Gate) -> None:
    east, west = gate.desk("东门", 2), gate.desk("西门", 2)
    phone = Phone(gate.clerk)
    told = [record(gate, east, "赵一"), record(gate, west, "赵一"), record(gate, west, "钱二")]
    assert [row["state"] for row in phone.answers(*told)] == ["taken", "waits", "taken"]
    assert Pickup.objects.filter(status=PickupStatus.WAITING).count() == 1
    assert whole()
