"""What a desk takes along of people and tells of them: no more than it needs, and the look is noted."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from goods.builders import NOW, acting
from goods.pickups import Gate, make_gate, whole
from songnuan.audit.models import Entry
from songnuan.cli.drawing import signature
from songnuan.goods import actions as goods
from songnuan.goods.models import Pickup, Portion, Recipient
from songnuan.goods.pickup_states import Mode, Portioned
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Device
from songnuan.people.models import Person, PersonStatus
from songnuan.web.field.pickups import KIND
from web.browsing import on
from web.field_devices import Phone
from web.field_devices import record as sent_record
from web.field_records import reader, record, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate() -> Gate:
    with on(NOW):
        return make_gate("赵一", "钱二", "孙三")


def pack(gate: Gate, who: Actor | None = None) -> dict[str, Any]:
    told = KIND.pack(reader(who or gate.clerk, NOW))
    assert told is not None
    return dict(told)


def names(gate: Gate) -> list[str]:
    return [row[1] for row in pack(gate)[f"people:{gate.distribution.pk}"]["rows"]]


def name_proxies() -> None:
    Recipient.objects.update(proxy="李代领", proxy_named_at=NOW)


def test_who_left_or_was_settled_with_does_not_go_along_nor_who_may_fetch_what_was_fetched(
    gate: Gate,
) -> None:
    desk, number = gate.desk("东门", 3), gate.distribution.pk
    gate.enrol("李四")
    gate.align()
    name_proxies()
    gate.pick_up(desk, "赵一")
    gate.leave("钱二")
    gate.align()
    with acting():
        goods.settle_portion(
            portion_id=gate.portion("孙三").pk, reason="本人不需要", actor=gate.officer, at=NOW
        )
    assert names(gate) == ["赵一", "李四"]
    told = pack(gate)
    assert told[f"stands:{number}"] == {
        "status": "to",
        "batch": [gate.portion(name).batch.position for name in ("赵一", "李四")],
    }
    assert told[f"proxies:{number}"] == {str(gate.portion("李四").pk): "李代领"}
    whole_pack = json.dumps(told, ensure_ascii=False)
    for gone in ("钱二", "孙三"):
        row = gate.portion(gone)
        assert row.status in {Portioned.LEFT, Portioned.SETTLED}
        assert gone not in whole_pack
        assert str(row.recipient.code) not in whole_pack


def test_the_young_stand_in_the_pack_as_in_other_lists(gate: Gate) -> None:
    gate.desk("东门", 3)
    Person.objects.filter(pk=gate.people["钱二"].pk).update(restricted=True)
    assert names(gate) == ["赵一", "钱*", "孙三"]
    Person.objects.filter(pk=gate.people["孙三"].pk).update(
        merged_into=gate.people["钱二"], status=PersonStatus.MERGED
    )
    assert names(gate) == ["赵一", "钱*", "钱*"], "as the one into whom the register had them merged"


def looks(gate: Gate) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(
        action="goods.take_pickup_list", stream__name=f"pickups:{gate.distribution.pk}"
    )
    return [json.loads(facts) for facts in rows.order_by("pk").values_list("facts", flat=True)]


def test_that_names_went_along_is_noted_once_a_day_for_each_device(gate: Gate) -> None:
    phone, other = Phone(gate.clerk), Phone(gate.clerk)
    phone.pack()
    assert looks(gate) == [], "without a desk no names go along"
    gate.desk("东门", 3)
    first = phone.pack()["kinds"]["pickups"]
    known = ",".join(f"pickups.{part}.{row['digest']}" for part, row in first.items())
    for hours in (0, 1, 5):
        phone.pack(known, NOW + timedelta(hours=hours))
    pk = Device.objects.get(number=phone.number).pk
    one = {"device": pk, "measure": gate.measure.pk, "people": 3, "pickup_list": "device"}
    assert looks(gate) == [one]
    other.pack()
    phone.pack(known, NOW + timedelta(days=1))
    assert [row["device"] for row in looks(gate)] == [pk, Device.objects.get(number=other.number).pk, pk]
    assert whole()


def test_under_the_number_of_anothers_device_no_names_go_along(gate: Gate) -> None:
    gate.desk("东门", 3)
    other = Phone(gate.officer)
    phone = Phone(gate.clerk)
    with on(NOW):
        answer = phone.client.get(reverse("field_pack"), {"device": str(other.number), "known": ""})
    assert answer.status_code == 422
    assert "赵一" not in answer.content.decode()
    assert looks(gate) == []


def test_what_waits_for_a_decision_is_told_and_its_kit_is_not_left(gate: Gate) -> None:
    east, west = gate.desk("东门", 3), gate.desk("西门", 3)
    gate.pick_up(east, "赵一")
    phone = Phone(gate.clerk)
    twice = sent_record(gate, west, "赵一")
    assert [row["state"] for row in phone.answers(twice)] == ["waits"]
    told = pack(gate)
    assert told["waiting"] == [twice["key"]]
    assert [row[3] for row in told["desks"]] == [2, 2]
    assert pack(gate, gate.other)["waiting"] == [], "another's records are not told"
    with acting():
        row = Pickup.objects.get(key=str(twice["key"]))
        goods.decide_pickup(pickup_id=row.pk, went_out=False, reason="没有领", actor=gate.officer, at=NOW)
    told = pack(gate)
    assert told["waiting"] == []
    assert [row[3] for row in told["desks"]] == [2, 3]


def test_rounds_for_all_are_told_as_such() -> None:
    with on(NOW):
        gate = make_gate("赵一", mode=Mode.ROUNDS)
    gate.desk("东门", 3)
    number = gate.distribution.pk
    told = pack(gate)
    assert told[f"of:{number}"]["rounds"] is True
    days = dict(told[f"of:{number}"]["batches"])
    assert sorted(row[4] for row in told[f"people:{number}"]["rows"]) == sorted(days)
    for portion in Portion.objects.select_related("batch"):
        assert days[portion.round] == portion.batch.on.isoformat(), "the day of a round is that of its batch"


def test_confirmed_by_name_instead_of_a_signature_is_kept_and_stays(gate: Gate) -> None:
    desk = gate.desk("东门", 3)
    told = {"desk": desk, "portion": gate.portion("赵一").pk, "by_name": True}
    sent = record(KIND, told, NOW)
    assert send(KIND, gate.clerk, sent, NOW).state == "taken"
    row = Pickup.objects.get()
    assert (row.by_name, row.signature_id) == (True, None)
    assert send(KIND, gate.clerk, sent, NOW + timedelta(hours=1)).state == "taken"
    other = record(KIND, {**told, "by_name": False}, NOW, key=sent.key)
    assert send(KIND, gate.clerk, other, NOW).state == "refused", "another record under its key"
    with pytest.raises(IntegrityError, match="goods_pickup"), transaction.atomic():
        Pickup.objects.update(by_name=False)
    assert whole()


def test_what_was_signed_is_not_confirmed_by_name_besides(gate: Gate) -> None:
    desk = gate.desk("东门", 3)
    told = {"desk": desk, "portion": gate.portion("赵一").pk, "by_name": True}
    sent = record(KIND, told, NOW, files={"signature": signature(1)})
    assert send(KIND, gate.clerk, sent, NOW).state == "taken"
    row = Pickup.objects.get()
    assert (row.by_name, row.signature_id is None) == (False, False)
