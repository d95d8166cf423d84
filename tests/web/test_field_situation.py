"""Situation reports put down without a network: rights, replays, lateness, others who were faster."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.urls import reverse
from pydantic import ValidationError

from emergency.house import TABLES, ReportHouse, at, event, make_house
from songnuan.emergency import report_checks
from songnuan.emergency.models import ReportSlot, SituationReport
from songnuan.kernel.actor import Actor
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.field.kinds import Outcome, Sent
from songnuan.web.field.situation import KIND
from web.browsing import as_, on
from web.field_records import nothing_written, reader, record, send

pytestmark = pytest.mark.django_db(transaction=True)
EVENT: Mapping[str, Any] = {
    "kind": "event",
    "category": "health",
    "figures": {"fever": "2", "contacts": ""},
    "words": "两名职工发热，已送诊。",
}


@pytest.fixture
def house() -> ReportHouse:
    made = make_house()
    made.open(at(3, 9))
    return made


def told(house: ReportHouse, name: str = "一站", **more: Any) -> dict[str, Any]:
    return {"slot": house.slot(name).pk, "kind": "zero", **more}


def put(house: ReportHouse, sent: Sent, moment: Any, name: str = "一站", who: Actor | None = None) -> Outcome:
    return send(KIND, who or house.liaisons[name], sent, moment)


def test_all_safe_is_reported_once_however_often_it_is_sent(house: ReportHouse) -> None:
    sent = record(KIND, told(house), at(3, 10))
    first = put(house, sent, at(3, 12))
    made = SituationReport.objects.get()
    assert (first.state, made.kind, made.by_id, made.key) == (
        "taken",
        "zero",
        house.liaisons["一站"].user_id,
        sent.key,
    )
    assert (made.device_at, made.received_at) == (at(3, 10), at(3, 12))
    with nothing_written(TABLES):
        assert put(house, sent, at(4, 12)) == first
    assert list(report_checks.verify()) == []


def test_an_event_happened_when_it_was_put_down_if_nobody_says_otherwise(house: ReportHouse) -> None:
    """The moment that the house reckons moves a little each time it is sent; it stays one report."""
    sent = record(KIND, told(house, **EVENT), at(3, 10, 31), fast=3600)
    first = put(house, sent, at(3, 12))
    made = SituationReport.objects.get()
    assert (made.happened_at, made.clock_skew_seconds) == (at(3, 10, 31), 3600)
    assert made.figures == {"fever": 2, "contacts": 0}
    again = replace(sent, recorded_at=sent.recorded_at - timedelta(seconds=40))
    other = record(KIND, told(house, **{**EVENT, "words": "另一件事。"}), at(3, 12), key=sent.key)
    with nothing_written(TABLES):
        assert put(house, again, at(3, 13)) == first
        assert put(house, other, at(3, 13)).state == "refused"


def test_what_comes_after_its_time_is_late_and_not_lost(house: ReportHouse) -> None:
    """Also of a period that is over, and recorded in time: when it came in decides."""
    sent = record(KIND, told(house), at(3, 15))
    outcome = put(house, sent, at(4, 8))
    slot = ReportSlot.objects.get(pk=house.slot("一站", 3).pk)
    assert (outcome.state, slot.status, slot.is_late) == ("taken", "zero", True)
    assert "迟" in outcome.sentence
    assert SituationReport.objects.get().device_at == at(3, 15)


def test_who_reports_for_another_unit_reports_nothing(house: ReportHouse) -> None:
    zero, event_ = record(KIND, told(house), at(3, 10)), record(KIND, told(house, **EVENT), at(3, 10))
    for who in (house.liaisons["二站"], house.liaisons["东区"], house.office, house.viewer):
        with nothing_written(TABLES):
            assert {send(KIND, who, sent, at(3, 11)).state for sent in (zero, event_)} == {"refused"}
    unknown = record(KIND, {"slot": 10**6, "kind": "zero"}, at(3, 10))
    with nothing_written(TABLES):
        assert put(house, unknown, at(3, 11)).state == "refused"


def test_another_unit_cannot_send_under_the_same_key(house: ReportHouse) -> None:
    sent = record(KIND, told(house), at(3, 10))
    put(house, sent, at(3, 11))
    theirs = record(KIND, told(house, "二站"), at(3, 10), key=sent.key)
    with nothing_written(TABLES):
        assert put(house, theirs, at(3, 11), "二站").state == "refused"


def test_the_same_said_by_another_meanwhile_is_taken_and_written_once(house: ReportHouse) -> None:
    sent = record(KIND, told(house), at(3, 10))
    house.report("一站", at(3, 10, 30), actor=house.liaisons["一站"])
    with nothing_written(TABLES):
        outcome = put(house, sent, at(3, 11))
    assert outcome.state == "taken"
    assert "10:30" in outcome.sentence


@pytest.mark.parametrize(("first", "then"), [("zero", "event"), ("event", "zero"), ("event", "event")])
def test_what_differs_from_what_was_reported_meanwhile_stays_on_the_device(
    house: ReportHouse, first: str, then: str
) -> None:
    house.report(
        "一站", at(3, 10, 30), event(at(3, 9)) if first == "event" else replace(event(at(3)), kind="zero")
    )
    more = EVENT if then == "event" else {}
    with nothing_written(TABLES):
        outcome = put(house, record(KIND, told(house, **more), at(3, 10)), at(3, 11))
    assert outcome.state == "refused"
    assert outcome.url.endswith(f"/situation/slots/{house.slot('一站').pk}/")
    assert "本机" in outcome.sentence


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"category": ""}, "发生了什么"),
        ({"category": "flood"}, "选项"),
        ({"words": ""}, "简要"),
        ({"words": "长" * 1001}, "1000"),
        ({"words": "身份证号11010519491231002X"}, "号码"),
        ({"figures": {"fever": "两个"}}, "整数"),
        ({"figures": {"fever": "-1"}}, "整数"),
        ({"figures": {"deaths": "1"}}, "不再"),
        ({"happened_at": "2020-02-03T13:00:00+08:00"}, "时间"),
        ({"happened_at": "2019-12-03T13:00:00+08:00"}, "30"),
        ({"figures": {"fever": "20000"}}, "20000"),
    ],
)
def test_what_is_wrong_is_refused_as_the_page_refuses_it(
    house: ReportHouse, more: dict[str, Any], words: str
) -> None:
    with nothing_written(TABLES):
        outcome = put(house, record(KIND, told(house, **{**EVENT, **more}), at(3, 10)), at(3, 11))
    assert outcome.state == "refused"
    assert words in outcome.sentence


def test_an_unlikely_figure_is_taken_once_it_is_said_to_be_checked(house: ReportHouse) -> None:
    high = {**EVENT, "figures": {"fever": "20000"}, "checked": True}
    assert put(house, record(KIND, told(house, **high), at(3, 10)), at(3, 11)).state == "taken"
    assert SituationReport.objects.get().checked == ["fever"]


def test_what_no_form_asks_cannot_be_read() -> None:
    wrongs: tuple[dict[str, Any], ...] = (
        {"kind": "excused"},
        {"reason": "x"},
        {"slot": -1},
        {"figures": {"a": {}}},
    )
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            KIND.schema.model_validate({"slot": 1, "kind": "zero", **wrong})
    with pytest.raises(ValidationError):
        KIND.schema.model_validate({"slot": 1})  # all safe is said, and never taken for granted


def test_nothing_is_reported_once_the_measure_is_closed(house: ReportHouse) -> None:
    sent = record(KIND, told(house), at(3, 10))
    Measure.objects.update(status=MeasureStatus.CLOSED)
    with nothing_written(TABLES):
        assert put(house, sent, at(3, 11)).state == "refused"


def test_a_device_takes_along_what_is_due_from_the_units_of_its_holder(house: ReportHouse) -> None:
    pack = KIND.pack(reader(house.liaisons["一站"], at(3, 10)))
    assert pack is not None
    [slot] = pack["slots"]
    assert (slot["id"], slot["unit"], slot["drill"]) == (house.slot("一站").pk, "一站", False)
    assert slot["figures"] == [["fever", "发热人数"], ["contacts", "密接人数"]]
    assert datetime.fromisoformat(slot["due_at"]) == at(3, 16)
    assert orjson.dumps(pack)
    assert pack == KIND.pack(reader(house.liaisons["一站"], at(3, 18))), "it does not change by itself"
    house.report("一站", at(3, 18))
    assert KIND.pack(reader(house.liaisons["一站"], at(3, 19))) is None
    for who in (house.office, house.viewer):
        assert KIND.pack(reader(who, at(3, 10))) is None


def test_who_reports_is_led_to_the_field_app(house: ReportHouse) -> None:
    with on(at(3, 10)):
        assert 'field-hint">' in as_(house.liaisons["一站"]).get(reverse("situation")).text
        assert 'field-hint">' not in as_(house.office).get(reverse("situation")).text
