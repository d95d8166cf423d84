"""Contacts that were put down without a network: rights, replays, clocks, families that were handed on."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.urls import reverse
from pydantic import ValidationError

from casework.house import NOW, CareHouse, day, make_care
from casework.special_house import SECRETS, make_special
from songnuan.casework.case_models import Case, CaseText, Contact, HomeVisit, Need
from songnuan.jobs.models import InboxEntry
from songnuan.journeys.offer_helpers import offer_helpers
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.field.contacts import KIND
from songnuan.web.field.kinds import Outcome
from web.browsing import as_, on
from web.field_records import nothing_written, reader, record, send

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (CaseText, Contact, HomeVisit, Need, InboxEntry)
CONTACT = {"what": "contact", "way": "phone", "reached": "yes", "words": "一切都好。"}
VISIT = {
    "what": "visit",
    "went": "工会主席一行三人",
    "received_by": "老人",
    "living": "身体尚可，买菜由邻居代劳。",
}
NEED = {"need": "需要一副老花镜。", "category": "elders", "urgency": "week"}


@pytest.fixture
def house() -> CareHouse:
    return make_care()


def contact(house: CareHouse, case: Case, at: Any = NOW, sent_at: Any = None, **told: Any) -> Outcome:
    sent = record(KIND, {"case": case.pk, **CONTACT, **told}, at)
    return send(KIND, house.first, sent, sent_at or at)


def test_a_contact_with_a_need_arrives_once_however_often_it_is_sent(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    sent = record(KIND, {"case": case.pk, **CONTACT, **NEED}, day(0, 11))
    first = send(KIND, house.first, sent, day(1, 9))
    assert first.state == "taken"
    made, need = Contact.objects.get(), Need.objects.get()
    assert (made.happened_on, made.way, made.reached, made.by_id) == (
        day(0).date(),
        "phone",
        True,
        house.first.user_id,
    )
    assert made.words is not None
    assert (made.words.text, need.words.text, need.contact_id) == ("一切都好。", NEED["need"], made.pk)
    assert f"/families/cases/{case.pk}/" in first.url
    with nothing_written(TABLES):
        assert send(KIND, house.first, sent, day(3)) == first
    other = record(KIND, {"case": case.pk, **CONTACT, "words": "另一件事。"}, day(0, 11), key=sent.key)
    with nothing_written(TABLES):
        assert send(KIND, house.officer, sent, day(3)).state == "refused", "another sends under the same key"
        assert send(KIND, house.first, other, day(3)).state == "refused", "what is told is another thing"


def test_a_visit_at_home_brings_its_need_and_a_need_comes_alone(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    visit = send(KIND, house.first, record(KIND, {"case": case.pk, **VISIT, **NEED}, NOW), NOW)
    alone = record(KIND, {"case": case.pk, "what": "need", **NEED}, NOW)
    need = send(KIND, house.first, alone, NOW)
    assert (visit.state, need.state) == ("taken", "taken")
    assert visit.sentence != need.sentence
    made = HomeVisit.objects.get()
    assert (made.went.text, made.received_by.text, made.contact.way) == (VISIT["went"], "老人", "visit")
    assert list(Need.objects.order_by("pk").values_list("contact", flat=True)) == [made.contact_id, None]
    with nothing_written(TABLES):
        assert send(KIND, house.first, alone, day(2)) == need


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"way": ""}, "选择"),
        ({"reached": ""}, "选择"),
        ({"reached": "no", "words": ""}, "联系的经过"),
        ({"words": "长" * 1001}, "1000"),
        ({"happened_on": "2020-03-03"}, "还没有到"),
        ({"happened_on": "2020-02-01"}, "3月2日"),
        ({"need": "要一副老花镜"}, "需求"),
        ({"way": "pigeon"}, "选项"),
        ({"what": "visit", "went": "", "received_by": "", "living": ""}, "走访人员"),
        ({"what": "need", "need": "", "category": "", "urgency": ""}, "家属的需求"),
    ],
)
def test_what_is_wrong_is_refused_as_the_page_refuses_it(
    house: CareHouse, told: dict[str, Any], words: str
) -> None:
    house.open()
    case = house.helped()
    with nothing_written(TABLES):
        outcome = contact(house, case, **told)
    assert outcome.state == "refused"
    assert words in outcome.sentence


def test_what_no_form_asks_cannot_be_read() -> None:
    for told in ({"by": 3}, {"what": "call"}, {"case": 0}, {"case": "x"}, {"words": "长" * 5001}):
        with pytest.raises(ValidationError):
            KIND.schema.model_validate({"case": 1, **CONTACT, **told})


def test_a_day_counts_by_the_clock_of_the_house(house: CareHouse) -> None:
    """A device that is a day fast put it down today; nothing lies ahead, and nothing is refused for it."""
    house.open()
    case = house.helped()
    sent = record(KIND, {"case": case.pk, **CONTACT}, day(0, 23), fast=86_400)
    assert send(KIND, house.first, sent, day(1, 9)).state == "taken"
    assert Contact.objects.get().happened_on == day(0).date()


def test_who_does_not_help_the_family_records_nothing_of_it(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    told = {**CONTACT, "case": case.pk}
    answers = set()
    for who in (house.second, house.below, house.inspector, house.stranger):
        with nothing_written(TABLES):
            answers.add(send(KIND, who, record(KIND, told, NOW), NOW))
    with nothing_written(TABLES):
        unknown = record(KIND, {**told, "case": 10**6}, NOW)
        answers.add(send(KIND, house.stranger, unknown, NOW))
    assert {one.state for one in answers} == {"refused"}
    assert len(answers) == 1, "what is not there and what is not theirs is told alike"


def test_a_family_that_was_handed_on_keeps_what_was_recorded_before(house: CareHouse) -> None:
    """The same record is answered as before; a new one is refused and stays on the device."""
    house.open()
    case = house.helped()
    sent = record(KIND, {"case": case.pk, **CONTACT}, NOW)
    first = send(KIND, house.first, sent, NOW)
    assert house.second.user_id is not None
    offer_helpers(
        measure_id=house.measure.pk,
        chosen={case.pk: house.second.user_id},
        reason="轮换",
        actor=house.officer,
        at=day(1),
    )
    with nothing_written(TABLES):
        assert send(KIND, house.first, sent, day(2)) == first
        late = send(KIND, house.first, record(KIND, {"case": case.pk, **CONTACT}, NOW), day(2))
    assert late.state == "refused"
    assert "保留在本机" in late.sentence


def test_nothing_is_recorded_once_the_measure_is_closed(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    Measure.objects.update(status=MeasureStatus.CLOSED)
    with nothing_written(TABLES):
        assert contact(house, case, sent_at=day(1)).state == "refused"
    assert KIND.pack(reader(house.first, NOW)) is None


def test_a_device_takes_along_the_families_that_its_holder_helps(house: CareHouse) -> None:
    house.open()
    case = house.helped()
    pack = KIND.pack(reader(house.first, NOW))
    assert pack is not None
    [family] = pack["families"]
    assert (family["id"], family["name"]) == (case.pk, "甲")
    assert family["contact_on"] == (NOW + timedelta(days=2)).date().isoformat()
    told = orjson.dumps(pack).decode()
    assert "甲妻" not in told, "of a family the name that lists show is enough"
    for who in (house.second, house.officer, house.inspector, house.stranger):
        assert KIND.pack(reader(who, NOW)) is None
    assert pack == KIND.pack(reader(house.first, day(0, 18))), "it does not change by itself"


def test_a_special_family_stands_there_by_its_number_alone() -> None:
    house = make_special()
    case = house.helped()
    for who in (house.contact, house.deputy):
        pack = KIND.pack(reader(who, NOW))
        assert pack is not None
        assert [(one["id"], one["name"], one["unit"]) for one in pack["families"]] == [(case.pk, "", "")]
        assert not any(secret in orjson.dumps(pack).decode() for secret in SECRETS)
    told = record(KIND, {"case": case.pk, **CONTACT}, NOW)
    for outsider in house.outsiders.values():
        assert KIND.pack(reader(outsider, NOW)) is None
        with nothing_written(TABLES):
            assert send(KIND, outsider, told, NOW).state == "refused"
    assert send(KIND, house.deputy, told, NOW).state == "taken"


def test_who_helps_a_family_is_led_to_the_field_app(house: CareHouse) -> None:
    house.open()
    house.helped()
    with on(NOW):
        assert 'field-hint">' in as_(house.first).get(reverse("families")).text
        assert 'field-hint">' not in as_(house.second).get(reverse("families")).text
