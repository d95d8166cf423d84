"""Visits put down at the door without a network: rights, replays, clocks, goods, others who were faster."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import orjson
import pytest
from django.urls import reverse
from PIL import Image
from pydantic import ValidationError

from people import Bureau, at, buy, checklist, open_plan_1, raised
from songnuan.cli.drawing import signature
from songnuan.goods.models import KitLine, Movement, StockLevel
from songnuan.jobs.models import InboxEntry, OutboxMessage
from songnuan.journeys.replan_visit import replan_visit
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Assignment, Post
from songnuan.plans.models import Plan
from songnuan.records.models import StoredFile
from songnuan.tasks.models import Task
from songnuan.visits.checks import verify
from songnuan.visits.models import Visit, VisitPhoto, VisitStatus
from songnuan.visits.queries import detail
from songnuan.web.field.kinds import Outcome, Sent
from songnuan.web.field.visits import KIND
from web.browsing import as_, dot, on, record_url, recorded, visits_of
from web.field_records import nothing_written, reader, record, send

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Visit, Movement, InboxEntry, OutboxMessage, Task, VisitPhoto, StoredFile)
SIGNED = "今收到走访慰问品：方便面 2 箱、苹果 1 箱、梨 1 箱。"


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return plan


@pytest.fixture
def visit(bureau: Bureau, plan: Plan) -> Visit:  # noqa: ARG001 - the plan has its visits
    """The liaison's first visit."""
    return visits_of(bureau)[0]


def told(bureau: Bureau, visit: Visit, **more: Any) -> dict[str, Any]:
    """Return what a device tells of a visit on site, with its whole kit."""
    lines = KitLine.objects.order_by("pk")
    return {
        "visit": visit.pk,
        "form": "on_site",
        "members": [bureau.liaison.user_id],
        "prevention": "good",
        "conditions": "值班三班倒，食宿有保障。",
        "checks": {key: {"result": "pass", "note": ""} for key in checklist()},
        "handed": {str(line.item_id): line.quantity for line in lines},
        "signed_text": SIGNED,
        "receiver_name": "赵守江",
        **more,
    }


def put(bureau: Bureau, sent: Sent, moment: Any, who: Actor | None = None) -> Outcome:
    return send(KIND, who or bureau.liaison, sent, moment)


def signed(**more: bytes) -> dict[str, bytes]:
    return {"signature": signature(1), **more}


def photo() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 48), "red").save(made, "JPEG")
    return made.getvalue()


def there(visit: Visit) -> Any:
    found = detail(visit.pk, unmasked=True)
    assert found is not None
    return found


def test_a_visit_with_all_that_belongs_to_it_arrives_once(bureau: Bureau, visit: Visit) -> None:
    problem = {"title": "缺取暖设备", "owner": None, "answer": "已记下"}
    whole = told(bureau, visit, other_members="贺明远", problems=[problem], position="30.1,120.1,20")
    files = signed(**{"photo-1": photo(), "photo-2": photo()})
    sent = record(KIND, whole, at(8, 10, 5), fast=90, files=files)
    first = put(bureau, sent, at(8, 15))
    found = there(visit)
    assert (first.state, first.url) == ("taken", f"/visits/{visit.pk}/")
    assert (found.happened_at, found.received_at) == (at(8, 10, 5), at(8, 15))
    assert (found.device_at, found.clock_skew_seconds) == (sent.device_at, 90)
    assert [member.name for member in found.members] == ["测试liaison", "贺明远"]
    assert [(row.title, row.owner_id, row.answer) for row in found.problems] == [
        ("缺取暖设备", bureau.lead_id, "已记下")
    ]
    assert (found.receiver_name, found.signed_for) == ("赵守江", SIGNED)
    assert found.signature_id is not None
    assert VisitPhoto.objects.filter(visit=visit).count() == 2
    assert Movement.objects.filter(kind="hand_over", unit=visit.unit_id).count() == 1
    again = replace(sent, recorded_at=sent.recorded_at - timedelta(seconds=50))
    with nothing_written(TABLES):
        assert put(bureau, sent, at(8, 16)) == first
        assert put(bureau, again, at(12)) == first, "days later, by a clock that was reckoned anew"
        other = record(KIND, {**whole, "conditions": "另一份报告"}, at(8, 11), key=sent.key, files=files)
        assert put(bureau, other, at(8, 16)).state == "refused", "another report under its key"
    assert verify() == []


def test_a_receiver_may_confirm_by_name_and_by_telephone_nobody_signs(bureau: Bureau, visit: Visit) -> None:
    by_name = record(KIND, told(bureau, visit, confirmed_by_name=True), at(8, 10))
    assert put(bureau, by_name, at(8, 11)).state == "taken"
    other = visits_of(bureau)[1]
    call = told(bureau, other, form="call", form_reason="封控", checks={}, handed={}, signed_text="")
    assert put(bureau, record(KIND, call, at(8, 10)), at(8, 11)).state == "taken"
    assert (there(visit).confirmed_by_name, there(visit).signed_for) == (True, SIGNED)
    assert (there(other).form, there(other).signature_id) == ("call", None)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"conditions": ""}, "必填"),
        ({"form": "letter"}, "选项"),
        ({"form": "off_site"}, "选项"),
        ({"prevention": "partial"}, "未落实"),
        ({"checks": {}}, "必填"),
        ({"members": []}, "牵头处室"),
        ({"members": [10**6]}, "选项"),
        ({"receiver_name": ""}, "必填"),
        ({"receiver_name": "测试liaison"}, "测试liaison"),
        ({"happened_at": "2020-04-09T10:00:00+08:00"}, "时间"),
        ({"happened_at": "2020-04-06T10:00:00+08:00"}, "补录"),
        ({"handed": {}}, "未全部交付"),
        ({"signed_text": "方便面 2 箱"}, "重新签字"),
        ({"problems": [{"title": "长" * 300}]}, "问题1"),
    ],
)
def test_what_is_wrong_is_refused_as_the_page_refuses_it(
    bureau: Bureau, visit: Visit, more: dict[str, Any], words: str
) -> None:
    with nothing_written(TABLES):
        sent = record(KIND, told(bureau, visit, **more), at(8, 10), files=signed())
        outcome = put(bureau, sent, at(8, 11))
    assert outcome.state == "refused"
    assert words in outcome.sentence


def test_a_signature_or_photo_that_is_none_is_refused(bureau: Bureau, visit: Visit) -> None:
    for files in ({"signature": dot()}, {"signature": b"x"}, signed(photo=b"x"), {}):
        with nothing_written(TABLES):
            assert put(
                bureau, record(KIND, told(bureau, visit), at(8, 10), files=files), at(8, 11)
            ).state == ("refused")


def test_what_no_form_asks_cannot_be_read(bureau: Bureau, visit: Visit) -> None:
    problems = [{"title": "一"}] * 4
    for wrong in (
        {"late": True},
        {"visit": 0},
        {"problems": problems},
        {"problems": [{"title": "一", "x": 1}]},
    ):
        with pytest.raises(ValidationError):
            KIND.schema.model_validate({**told(bureau, visit), **wrong})


def test_only_the_lead_of_the_visit_records_it(bureau: Bureau, visit: Visit) -> None:
    sent = record(KIND, told(bureau, visit), at(8, 10), files=signed())
    unknown = record(KIND, {**told(bureau, visit), "visit": 10**6}, at(8, 10), files=signed())
    with nothing_written(TABLES):
        answers = {
            put(bureau, sent, at(8, 11), who) for who in (bureau.stranger, bureau.officer, bureau.office)
        }
        answers.add(put(bureau, unknown, at(8, 11)))
    assert {one.state for one in answers} == {"refused"}
    assert len(answers) == 1, "what is not there and what is not theirs is told alike"


def test_another_lead_of_the_unit_records_nothing(bureau: Bureau, visit: Visit) -> None:
    Assignment.objects.create(
        purpose="another",
        holder_id=Post.objects.get(user=bureau.stranger.user_id).unit_id,
        subject_id=visit.unit_id,
        starts_on=at(6).date(),
    )
    with nothing_written(TABLES):
        sent = record(KIND, told(bureau, visit), at(8, 10), files=signed())
        assert put(bureau, sent, at(8, 11), bureau.stranger).state == "refused"


def test_of_a_visit_that_another_recorded_meanwhile_nothing_is_written_over(
    bureau: Bureau, visit: Visit
) -> None:
    sent = record(KIND, told(bureau, visit), at(8, 10), files=signed())
    recorded(bureau, at(8, 10))
    with nothing_written(TABLES):
        outcome = put(bureau, sent, at(8, 11))
    assert (outcome.state, outcome.url) == ("refused", f"/visits/{visit.pk}/")
    assert "测试liaison" in outcome.sentence
    assert "本机" in outcome.sentence


def test_a_visit_whose_day_was_moved_meanwhile_is_recorded(bureau: Bureau, visit: Visit) -> None:
    sent = record(KIND, told(bureau, visit), at(8, 10), files=signed())
    day = (visit.planned_on or date(2020, 4, 9)) + timedelta(days=1)
    replan_visit(visit_id=visit.pk, planned_on=day, late_reason="", actor=bureau.liaison, at=at(8, 10))
    assert put(bureau, sent, at(8, 11)).state == "taken"
    assert there(visit).happened_at == at(8, 10)


def test_what_was_put_down_in_time_and_comes_a_day_late_says_so_by_itself(
    bureau: Bureau, visit: Visit
) -> None:
    sent = record(KIND, told(bureau, visit), at(8, 10), files=signed())
    outcome = put(bureau, sent, at(10, 9))
    found = there(visit)
    assert (outcome.state, found.late_entry, found.happened_at) == ("taken", True, at(8, 10))
    assert "4月8日 10:00" in found.entry_reason
    assert "补录" in outcome.sentence
    with nothing_written(TABLES):
        assert put(bureau, sent, at(11)) == outcome
    late = visits_of(bureau)[1]
    early = told(bureau, late, happened_at="2020-04-06T10:00:00+08:00", handed={}, signed_text="")
    with nothing_written(TABLES):
        asked = put(bureau, record(KIND, early, at(8, 10), files=signed()), at(10))
    assert (asked.state, "补录" in asked.sentence) == ("refused", True), asked.sentence
    why = {**early, "entry_reason": "当日没有记录"}
    assert put(bureau, record(KIND, why, at(8, 10), files=signed()), at(10)).state == "taken"
    assert there(late).entry_reason == "当日没有记录"


def test_after_its_deadline_a_visit_is_late_and_not_lost(bureau: Bureau, visit: Visit) -> None:
    whole = told(bureau, visit, late_reason="江面大雾停航")
    outcome = put(bureau, record(KIND, whole, at(22, 9), files=signed()), at(22, 12))
    assert (outcome.state, there(visit).late, there(visit).late_reason) == ("taken", True, "江面大雾停航")
    assert "逾期" in outcome.sentence


def test_goods_that_are_there_no_more_are_refused_and_the_visit_goes_without(
    bureau: Bureau, visit: Visit
) -> None:
    sent = record(KIND, told(bureau, visit), at(8, 10), files=signed())
    StockLevel.objects.update(quantity=0)
    with nothing_written(TABLES):
        outcome = put(bureau, sent, at(8, 11))
    assert outcome.state == "refused"
    without = told(bureau, visit, handed={}, signed_text="")
    assert put(bureau, record(KIND, without, at(8, 10), files=signed()), at(8, 11)).state == "taken"
    assert not Movement.objects.filter(kind="hand_over").exists()
    assert raised().count() == 1, "the kit is owed"


def test_a_device_takes_along_the_visits_that_its_holder_is_to_make(bureau: Bureau, visit: Visit) -> None:
    pack = KIND.pack(reader(bureau.liaison, at(8)))
    assert pack is not None
    mine = {one.pk for one in visits_of(bureau)}
    assert {one["id"] for one in pack["visits"]} == mine
    [first] = [one for one in pack["visits"] if one["id"] == visit.pk]
    assert [row[1:] for row in first["goods"]] == [["方便面", "箱", 2], ["苹果", "箱", 1], ["梨", "箱", 1]]
    door = pack["doors"][first["door"]]
    assert door["people"][0] == [bureau.liaison.user_id, bureau.liaison.label]
    assert door["owners"][0] == [bureau.lead_id, "航道处"]
    assert [key for key, _text in pack["measures"][str(first["measure"])]["checklist"]] == checklist()
    assert pack["signing"][0].replace("{goods}", "方便面 2 箱、苹果 1 箱、梨 1 箱") == SIGNED
    told_ = orjson.dumps(pack, option=orjson.OPT_SORT_KEYS)
    assert told_ == orjson.dumps(KIND.pack(reader(bureau.liaison, at(8, 18))), option=orjson.OPT_SORT_KEYS)
    for who in (bureau.officer, bureau.office, bureau.inspector):
        assert KIND.pack(reader(who, at(8))) is None
    stranger = KIND.pack(reader(bureau.stranger, at(8)))
    assert stranger is None or not mine & {one["id"] for one in stranger["visits"]}
    StockLevel.objects.update(quantity=0)
    without = KIND.pack(reader(bureau.liaison, at(8)))
    assert without is not None
    [same] = [one for one in without["visits"] if one["id"] == visit.pk]
    assert (same["goods"], [row[0] for row in same["lacking"]]) == (
        [],
        ["方便面 2 箱", "苹果 1 箱", "梨 1 箱"],
    )


def test_what_is_recorded_goes_along_no_more(bureau: Bureau, visit: Visit) -> None:
    put(bureau, record(KIND, told(bureau, visit), at(8, 10), files=signed()), at(8, 11))
    pack = KIND.pack(reader(bureau.liaison, at(8, 12)))
    assert pack is not None
    assert visit.pk not in {one["id"] for one in pack["visits"]}
    assert Visit.objects.filter(status=VisitStatus.RECORDED).count() == 1


def test_the_pages_of_visits_to_make_lead_to_the_field_app(bureau: Bureau, visit: Visit) -> None:
    with on(at(8)):
        for address in (reverse("visits_mine"), record_url(visit)):
            assert 'field-hint">' in as_(bureau.liaison).get(address).text
        assert 'field-hint">' not in as_(bureau.finance).get(reverse("visits_mine")).text
