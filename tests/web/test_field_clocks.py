"""Clocks of devices that are none, or were changed: each kind of record stays the record it was."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casework.house import NOW as CARE_NOW
from casework.house import make_care
from emergency import group
from emergency.house import at as reported_at
from emergency.house import make_house
from emergency.test_muster import bring, call
from goods.builders import NOW, snapshot
from goods.pickups import make_gate
from people import Bureau, at, buy, open_plan_1
from songnuan.casework.case_models import Contact, Need
from songnuan.cli.drawing import signature
from songnuan.emergency.models import MusterEntry, SituationReport
from songnuan.goods.models import Desk, Pickup
from songnuan.jobs.models import InboxEntry
from songnuan.kernel.actor import Actor
from songnuan.visits.models import Visit
from songnuan.web.field.envelope import Envelope, clock_of
from songnuan.web.field.taking import UNSURE, take_all
from web.browsing import visits_of
from web.field_records import reader
from web.test_field_visits import told as told_visit

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Pickup, Visit, MusterEntry, SituationReport, Contact, Need, InboxEntry)


@dataclass
class Made:
    """Somebody who recorded something, and when it comes in."""

    kind: str
    who: Actor
    moment: datetime
    told: Mapping[str, Any]
    files: Mapping[str, str]


def pickup(_request: pytest.FixtureRequest) -> Made:
    gate = make_gate("赵一")
    told = {"desk": gate.desk("东门", 2), "portion": gate.portion("赵一").pk}
    return Made("pickups", gate.clerk, NOW, told, {"signature": base64.b64encode(signature(1)).decode()})


def visit(request: pytest.FixtureRequest) -> Made:
    bureau: Bureau = request.getfixturevalue("bureau")
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    told = told_visit(bureau, visits_of(bureau)[0])
    return Made("visits", bureau.liaison, at(8), told, {"signature": base64.b64encode(signature(1)).decode()})


def check_in(_request: pytest.FixtureRequest) -> Made:
    found = group.make_group()
    bring(found)
    return Made(
        "musters", found.people["member"], group.NOW, {"muster": call(found, found.activate()).pk}, {}
    )


def event(_request: pytest.FixtureRequest) -> Made:
    house = make_house()
    house.open(reported_at(3, 9))
    told = {"slot": house.slot("一站").pk, "kind": "event", "category": "health", "words": "两名职工发热。"}
    return Made("situation", house.liaisons["一站"], reported_at(3, 10), told, {})


def contact(_request: pytest.FixtureRequest) -> Made:
    house = make_care()
    house.open()
    told = {"case": house.helped().pk, "what": "contact", "way": "phone", "reached": "yes", "words": "都好。"}
    return Made("contacts", house.first, CARE_NOW, told, {})


def need(request: pytest.FixtureRequest) -> Made:
    made = contact(request)
    told = {
        "case": made.told["case"],
        "what": "need",
        "need": "老花镜。",
        "category": "elders",
        "urgency": "week",
    }
    return Made("contacts", made.who, made.moment, told, {})


MAKING = [pickup, visit, check_in, event, contact, need]


def sent(made: Made, record: Mapping[str, Any], now: str, moment: datetime) -> dict[str, str]:
    """Send a record as the device does, by its clock; return the answer."""
    around = {"device": uuid4(), "person": made.who.user_id, "now": now, "unsent": 1, "records": [record]}
    envelope = Envelope.model_validate(around)
    clock = clock_of(envelope, moment, timedelta())
    [answer] = take_all(reader(made.who, moment), envelope.records, clock)
    return answer


def as_sent(made: Made, recorded_at: str) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "kind": made.kind,
        "recorded_at": recorded_at,
        "told": made.told,
        "files": made.files,
    }


@pytest.mark.parametrize(
    ("making", "year"), [*((making, "1970") for making in MAKING), (visit, "0001"), (event, "9999")]
)
def test_with_a_clock_that_is_none_a_record_sent_again_is_the_same_record(
    request: pytest.FixtureRequest, making: Callable[[pytest.FixtureRequest], Made], year: str
) -> None:
    made = making(request)
    record = as_sent(made, f"{year}-01-02T08:00:00Z")
    first = sent(made, record, f"{year}-01-02T08:10:00Z", made.moment)
    assert first["state"] == "taken", first["sentence"]
    before = snapshot(TABLES)
    for hours in (0, 3, 40):
        moment = made.moment + timedelta(hours=hours)
        assert sent(made, record, f"{year}-01-{4 + hours % 7:02}T09:00:00Z", moment) == first
    put_right = made.moment + timedelta(hours=41)
    assert sent(made, record, put_right.isoformat(), put_right) == first
    assert snapshot(TABLES) == before


# Clocks that were changed -------------------------------------------------------------------------------

DAY = 86_400


def told_of(made: Made, clock: Mapping[str, int | None] | None, recorded_at: datetime) -> dict[str, Any]:
    record = as_sent(made, recorded_at.isoformat())
    return record if clock is None else {**record, "clock": clock}


@pytest.mark.parametrize(
    ("clock", "hours", "unsure"),
    [
        (None, 25, ""),  # it tells nothing of its clock: taken as it is, and never of a time to come
        ({"offset": None, "moved": None}, 25, ""),
        (
            {"offset": -DAY, "moved": None},
            1,
            True,
        ),  # a day fast when last asked, put right since
        ({"offset": -DAY, "moved": -DAY}, 1, ""),  # the device saw it happen after the record
        ({"offset": -DAY, "moved": -DAY // 2}, 1, "unsure"),  # some of it before, or it slept
        ({"offset": -60, "moved": None}, 25, ""),  # clocks drift, answers take their time
    ],
)
def test_a_clock_that_was_put_right_before_sending_is_noticed(
    request: pytest.FixtureRequest, clock: Mapping[str, int | None] | None, hours: int, unsure: str
) -> None:
    made = pickup(request)
    Desk.objects.update(opened_at=made.moment - timedelta(hours=1))
    told = told_of(made, clock, made.moment + timedelta(hours=25))
    sent_at = made.moment + timedelta(hours=5)
    answer = sent(made, told, sent_at.isoformat(), sent_at)
    row = Pickup.objects.get()
    assert row.taken_at == min(made.moment + timedelta(hours=hours), sent_at)
    assert row.device_at == made.moment + timedelta(hours=25)
    assert (str(UNSURE) in answer["sentence"]) == bool(unsure)
    before = snapshot(TABLES)
    assert sent(made, told, sent_at.isoformat(), sent_at) == answer
    assert snapshot(TABLES) == before


def test_a_clock_that_was_changed_before_the_record_is_reckoned_as_it_is_now(
    request: pytest.FixtureRequest,
) -> None:
    made = pickup(request)
    told = told_of(made, {"offset": 0, "moved": 2}, made.moment + timedelta(days=1, hours=1))
    sent_at = made.moment + timedelta(hours=5)
    answer = sent(made, told, (sent_at + timedelta(days=1)).isoformat(), sent_at)
    assert Pickup.objects.get().taken_at == made.moment + timedelta(hours=1)
    assert str(UNSURE) not in answer["sentence"]


@pytest.mark.parametrize("offset", [10**10, -(10**10)])
def test_an_offset_that_no_clock_has_loses_nothing(request: pytest.FixtureRequest, offset: int) -> None:
    made = pickup(request)
    told = told_of(made, {"offset": offset, "moved": None}, made.moment)
    assert sent(made, told, made.moment.isoformat(), made.moment)["state"] == "taken"
    assert Pickup.objects.get().taken_at == made.moment
