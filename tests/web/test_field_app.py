"""The field app: its shell, what a device takes along, and what it sends."""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.urls import reverse

from goods.builders import NOW, make_person, make_unit
from goods.pickups import Gate, make_gate, on_desk, whole
from songnuan.goods.models import Pickup
from songnuan.goods.pickup_models import PickupStatus
from songnuan.organisation.models import Device
from songnuan.organisation.permissions import Role
from songnuan.web.field import registry, shell, taking
from songnuan.web.field.kinds import Outcome, Sent
from songnuan.web.field.words import words
from songnuan.web.views.shared import Reader
from web.browsing import as_, on
from web.field_devices import Phone, record

pytestmark = pytest.mark.django_db


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


# Hostile ---------------------------------------------------------------------------------------------


def test_a_desk_of_another_plan_is_not_served(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    stranger = make_person("外人", Role.UNIT_LIAISON, make_unit("平川省教育局"))
    phone = Phone(stranger)
    assert phone.pack()["kinds"] == {}
    assert [row["state"] for row in phone.answers(record(gate, desk, "赵一"))] == ["refused"]
    assert Pickup.objects.count() == 0


@pytest.mark.parametrize(
    "spoil",
    [
        {"kind": ""},
        {"key": "7"},
        {"recorded_at": "yesterday"},
        {"recorded_at": "2020-04-08T09:00:00"},
        {"told": {"desk": 1}},
        {"told": {"desk": 10**30, "portion": 1}},
        {"told": []},
        {"files": {"signature": "no base64!"}},
        {"files": {f"{number}": "" for number in range(9)}},
        {"files": {"signature": base64.b64encode(b"x" * 3_000_001).decode()}},
    ],
)
def test_a_record_that_cannot_be_read_is_refused_and_the_next_is_taken(
    gate: Gate, spoil: dict[str, object]
) -> None:
    desk = gate.desk("东门", 2)
    bad = {**record(gate, desk, "赵一"), **spoil}
    told = Phone(gate.clerk).answers(bad, record(gate, desk, "钱二"))
    assert [row["state"] for row in told] == ["refused", "taken"]
    assert told[0]["sentence"]
    assert Pickup.objects.count() == 1


@pytest.mark.parametrize("extra", [{"paid": 1}, {"status": "booked"}, {"by": 1}])
def test_what_a_kind_does_not_name_is_not_taken_and_stays_on_the_device(
    gate: Gate, extra: dict[str, object]
) -> None:
    desk = gate.desk("东门", 2)
    [told] = Phone(gate.clerk).answers(record(gate, desk, "赵一", **extra))
    assert told["state"] == "later"
    assert Pickup.objects.count() == 0


@pytest.mark.parametrize("newer", [{"kind": "payments"}, {"extra": 1}])
def test_what_a_newer_app_tells_is_kept_on_the_device_until_the_house_can_read_it(
    gate: Gate, newer: dict[str, object]
) -> None:
    desk, phone = gate.desk("东门", 2), Phone(gate.clerk)
    told = record(gate, desk, "赵一")
    answers = phone.answers({**told, **newer}, record(gate, desk, "钱二"))
    assert [row["state"] for row in answers] == ["later", "taken"]
    assert answers[0]["sentence"]
    assert Device.objects.get(number=phone.number).unsent == 1
    assert [row["state"] for row in phone.answers(told)] == ["taken"], "once it is read"
    assert Pickup.objects.count() == 2


def test_a_text_of_five_megabytes_is_refused_and_kept_nowhere(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    [told] = Phone(gate.clerk).answers(record(gate, desk, "赵一", proxy="代" * 1_700_000))
    assert told["state"] == "refused"
    assert Pickup.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"records": []}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_sending_at_all_is_answered_with_a_sentence(gate: Gate, body: bytes) -> None:
    answer = Phone(gate.clerk).post("field_send", body)
    assert answer.status_code == 422
    assert answer.json()["sentence"]


def test_too_many_records_at_once_and_too_much_are_refused_as_a_whole(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone = Phone(gate.clerk)
    assert phone.send(*[record(gate, desk, "赵一")] * 21).status_code == 422
    assert phone.post("field_send", b" " * 20_000_001).status_code == 413
    assert Pickup.objects.count() == 0


def test_another_record_under_a_known_key_is_refused(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone, told = Phone(gate.clerk), record(gate, desk, "赵一")
    phone.answers(told)
    other = {**record(gate, desk, "钱二"), "key": told["key"]}
    assert [row["state"] for row in phone.answers(other)] == ["refused"]
    assert Pickup.objects.get().portion == gate.portion("赵一")


def test_records_of_somebody_else_are_not_taken(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone = Phone(gate.clerk)
    answer = phone.send(record(gate, desk, "赵一"), person=gate.other.user_id)
    assert answer.status_code == 409
    assert Pickup.objects.count() == 0


def test_a_sign_in_that_ran_out_is_told_in_json_and_nothing_is_taken(gate: Gate) -> None:
    desk = gate.desk("东门", 2)
    phone = Phone(gate.clerk)
    phone.client.logout()
    answer = phone.send(record(gate, desk, "赵一"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/json")
    assert answer.json()["sentence"]
    assert Pickup.objects.count() == 0


def test_without_a_token_nothing_is_taken_and_the_app_is_told_so(gate: Gate) -> None:
    client = as_(gate.clerk, enforce_csrf_checks=True)
    answer = client.post(reverse("field_send"), "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


def test_a_fault_in_one_record_keeps_it_for_later_and_stops_no_other(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = gate.desk("东门", 2)
    bad, good = record(gate, desk, "赵一"), record(gate, desk, "钱二")
    real = registry.KINDS["pickups"]

    def take(reader: Reader, sent: Sent) -> Outcome:
        if str(sent.key) == bad["key"]:
            raise OSError("the disk is full")
        return real.take(reader, sent)

    phone = Phone(gate.clerk)
    with monkeypatch.context() as patched:
        patched.setattr(taking, "KINDS", {"pickups": replace(real, take=take)})
        assert [row["state"] for row in phone.answers(bad, good)] == ["later", "taken"]
    assert Device.objects.get(number=phone.number).unsent == 1
    assert [row["state"] for row in phone.answers(bad, good)] == ["taken", "taken"]
    assert Pickup.objects.count() == 2


# Clocks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "skew", [timedelta(), timedelta(days=-400), timedelta(hours=7), timedelta(days=3000)]
)
def test_when_it_happened_is_put_right_by_what_the_clock_is_off(gate: Gate, skew: timedelta) -> None:
    desk = gate.desk("东门", 2)
    told = record(gate, desk, "赵一", recorded_at=NOW + timedelta(hours=2) + skew)
    sent_at = NOW + timedelta(hours=5)
    Phone(gate.clerk).answers(told, at=sent_at, now=(sent_at + skew).isoformat())
    row = Pickup.objects.get()
    assert row.taken_at == NOW + timedelta(hours=2)
    assert row.device_at == NOW + timedelta(hours=2) + skew


@pytest.mark.parametrize("year", ["0001", "1970", "9999"])
def test_a_clock_that_is_years_away_is_none(gate: Gate, year: str) -> None:
    desk, moment = gate.desk("东门", 2), f"{year}-06-01T08:00:00Z"
    told = {**record(gate, desk, "赵一"), "recorded_at": moment}
    assert [row["state"] for row in Phone(gate.clerk).answers(told, now=moment)] == ["taken"]
    assert Pickup.objects.get().taken_at == NOW


# The shell -------------------------------------------------------------------------------------------


def test_the_shell_is_small_and_its_worker_names_every_file_by_its_digest() -> None:
    files = shell.files()
    assert sum(len(gzip.compress(content, 9)) for content in files.values()) < 150_000
    listed = json.loads(shell.worker().decode().partition("const FILES = ")[2].partition(";\n")[0])
    assert listed == {address: hashlib.sha256(content).hexdigest() for address, content in files.items()}
    client = Client()
    for address in (one for one in files if one.startswith("/field/")):
        assert client.get(address).content == files[address]


def test_every_module_that_a_script_imports_is_of_the_shell_and_every_word_is_there() -> None:
    known = words("zh-hans")
    scripts = {address: body.decode() for address, body in shell.files().items() if address.endswith(".js")}
    own = {address: body for address, body in scripts.items() if "/web/field/" in address}
    assert len(own) > 15
    for address, body in own.items():
        for path in re.findall(r'(?:from |import\()"(\.[^"]+)"', body):
            assert urljoin(address, path) in scripts, (address, path)
        for name in re.findall(r'\bt\("([a-z_.]+)"', body):
            assert name in known, (address, name)


def test_no_word_is_sent_along_that_no_screen_shows() -> None:
    scripts = [address for address in shell.files() if "/web/field/" in address and address.endswith(".js")]
    everything = "".join(shell.files()[address].decode() for address in scripts)
    known = words("zh-hans")

    def is_shown(name: str) -> bool:
        kind, _dot, last = name.rpartition(".")
        if f'"{name}"' in everything or (kind in known and is_shown(kind)):
            return True  # said by its name, or a word of a list, or what stands below an input
        return f"`{kind}.${{" in everything and f'"{last}"' in everything + _STATES

    assert [name for name in known if not is_shown(name)] == []


_STATES = '"unsent" "sending" "later" "taken" "waits" "refused" "decided"'
