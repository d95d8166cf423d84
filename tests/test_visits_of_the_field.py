"""What the journeys at the door do beside the report: goods signed for, photos, corrections, reminders."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image

from people import LEAD, START, Bureau, at, buy, hand_over, open_plan_1, raised
from songnuan.audit.models import Entry
from songnuan.audit.record import trail
from songnuan.cli.drawing import signature
from songnuan.goods import actions as goods
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import KitLine, Movement
from songnuan.goods.outgoing import given
from songnuan.goods.places import STORE, unit_place
from songnuan.goods.queries import handed_of
from songnuan.goods.stock import move
from songnuan.jobs.models import InboxEntry, OutboxMessage
from songnuan.journeys.add_photos import add_photos
from songnuan.journeys.chase_visit import chase_visit
from songnuan.journeys.correct_report import correct_report
from songnuan.journeys.create_account import create_account
from songnuan.journeys.give_post import give_post
from songnuan.journeys.record_visit import Problem, VisitReport, record_visit
from songnuan.journeys.show_contact import show_contact
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.positions import Position
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans.models import Measure, Plan
from songnuan.records.pictures import Photo, photo_of
from songnuan.tasks.models import Task
from songnuan.tasks.queries import counts, of_plan
from songnuan.visits.checklist import checklist, checklist_of
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.kept import Heard, chases, heard, later_receipt, photos, position
from songnuan.visits.models import (
    LaterReceipt,
    LeaderVisit,
    LeaderVisitUnit,
    ReportVersion,
    Visit,
    VisitChase,
    VisitPhoto,
    VisitStatus,
)
from songnuan.visits.queries import detail, of_measure, report_figures
from songnuan.visits.receipts import one_each, receipts, receipts_of
from songnuan.visits.rules import InspectionAnswer, Member
from songnuan.visits.signing import corrected_text
from songnuan.visits.versions import changed, versions_of
from web.browsing import as_, on

BOXES = {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, BOXES, "0001")
    return plan


def first(bureau: Bureau) -> Visit:
    return Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on", "pk")[0]


def record(bureau: Bureau, **changes: Any) -> Visit:
    visit = first(bureau)
    report = bureau.report(at(8), **changes)
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    visit.refresh_from_db()
    return visit


def written() -> list[int]:
    """Count what an act leaves behind; the record of its refusal apart."""
    tables = (Movement, InboxEntry, OutboxMessage, Task, VisitPhoto, ReportVersion, VisitChase, LaterReceipt)
    acts = Entry.objects.exclude(stream__name__in=["refusals", "trail"]).count()
    recorded = Visit.objects.filter(status=VisitStatus.RECORDED)
    versions = sum(recorded.values_list("version", flat=True))
    return [*(table.objects.count() for table in tables), acts, recorded.count(), versions]


def packs(plan: Plan, *places: int) -> dict[int, int]:
    """Return the whole packs of the kit's items at these places, by id of the item."""
    lines = list(KitLine.objects.filter(kit__measure__plan=plan).order_by("pk"))
    return {lines[place].item_id: lines[place].quantity for place in places}


def items(plan: Plan) -> list[int]:
    lines = KitLine.objects.filter(kit__measure__plan=plan).order_by("pk")
    return list(lines.values_list("item_id", flat=True))


def photo(colour: str = "red") -> Photo:
    made = BytesIO()
    Image.new("RGB", (64, 48), colour).save(made, "PNG")
    return photo_of(made.getvalue())


def test_what_the_unit_signed_for_is_kept_with_its_signature(bureau: Bureau, plan: Plan) -> None:
    visit = record(bureau, handed=packs(plan, 0, 1, 2))
    assert "方便面 2 箱、苹果 1 箱、梨 1 箱" in visit.signed_for
    assert Movement.objects.filter(kind="hand_over", unit=visit.unit_id).exists()
    assert visit.short_reason == ""


def test_less_is_handed_over_with_a_reason_and_the_kit_stays_owed(bureau: Bureau, plan: Plan) -> None:
    before = written()
    with pytest.raises(Refusal) as refused:
        record(bureau, handed=packs(plan, 0))
    assert (refused.value.code, refused.value.field) == ("short_reason_missing", "short_reason")
    assert written() == before
    visit = record(bureau, handed=packs(plan, 0), short_reason="苹果和梨当日未到")
    assert "方便面 2 箱" in visit.signed_for
    assert "苹果" not in visit.signed_for
    assert visit.short_reason == "苹果和梨当日未到"
    assert [(row.item, row.quantity) for row in handed_of(movement_of(visit))] == [("方便面", 2)]
    detail_of_task = raised().get().detail
    assert "苹果 1 箱、梨 1 箱" in detail_of_task
    assert "当日未到" in detail_of_task
    assert check_visits() == []


def test_of_two_boxes_one_is_handed_over_and_the_other_follows(bureau: Bureau, plan: Plan) -> None:
    noodles, apples, pears = items(plan)
    some = {noodles: 1, apples: 1, pears: 1}
    before = written()
    for wrong, code in (
        ({"handed": some}, "short_reason_missing"),
        ({"handed": {**some, noodles: 3}}, "packs_beyond_owed"),
        ({"handed": {**some, noodles: 0}}, "packs_beyond_owed"),
        ({"handed": some, "signed_text": "方便面 2 箱"}, "signed_text_differs"),
    ):
        with pytest.raises(Refusal) as refused:
            record(bureau, **wrong)
        assert refused.value.code == code
        assert written() == before
    visit = record(bureau, handed=some, short_reason="一箱破损")
    assert "方便面 1 箱、苹果 1 箱、梨 1 箱" in visit.signed_for
    assert visit.short_reason == "一箱破损"
    said = raised().get().detail
    assert said.count("方便面 1 箱") == 2, "handed over, and still owed"
    assert "一箱破损" in said
    hand_over(visit.pk, bureau.liaison, at(9), signature=signature(2))
    assert [(row.item, row.quantity) for row in handed_of(movement_of(visit, 2))] == [("方便面", 1)]
    receipt = later_receipt(visit.pk)
    assert receipt is not None
    assert "方便面 1 箱" in receipt.signed_for
    assert raised().get().status == "done"
    assert [*check_visits(), *check_goods()] == []


def movement_of(visit: Visit, part: int = 1) -> int:
    return Movement.objects.get(kind="hand_over", unit=visit.unit_id, part=part).pk


def test_what_a_unit_signed_for_is_not_signed_for_again(bureau: Bureau, plan: Plan) -> None:
    visit = record(bureau, handed=packs(plan, 0, 1), short_reason="梨有腐烂，退回")
    whole = Movement.objects.filter(kind="hand_over")
    before = [*written(), whole.count()]
    with pytest.raises(Refusal) as refused:
        hand_over(visit.pk, bureau.liaison, at(9), signature=signature(2), signed_text=visit.signed_for)
    assert refused.value.code == "signed_text_differs"
    assert [*written(), whole.count()] == before
    hand_over(visit.pk, bureau.liaison, at(9), signature=signature(2))
    assert [(row.item, row.quantity) for row in handed_of(movement_of(visit, 2))] == [("梨", 1)]
    receipt = later_receipt(visit.pk)
    assert receipt is not None
    assert "梨 1 箱" in receipt.signed_for
    assert "方便面" not in receipt.signed_for
    assert raised().get().status == "done"
    assert counts(plan.slug, at(10).date()).total == 0, "nobody raised a problem"
    assert of_plan(plan.slug) == []
    with pytest.raises(Refusal) as again:
        hand_over(visit.pk, bureau.liaison, at(9))
    assert again.value.code == "nothing_owed"
    # Each receipt is checked by its own signature, and shows its own goods.
    one, two = receipts(plan, at(10).date())
    assert [(len(row.packs), row.is_later, row.by_name) for row in (one, two)] == [
        (2, False, False),
        (1, True, False),
    ]
    assert one.signature_id != two.signature_id
    # For a sample the unit is there once, with all that it got.
    (drawn,) = one_each([one, two])
    assert drawn.movement_id == two.movement_id
    assert {item: count for item, count, _packing in drawn.packs} == {"方便面": 2, "苹果": 1, "梨": 1}
    assert receipts_of([one.movement_id], plan, at(10).date())[one.movement_id] == drawn
    assert [*check_visits(), *check_goods()] == []


def test_hand_overs_and_units_are_counted_apart_where_an_inspector_compares_them(
    bureau: Bureau, plan: Plan
) -> None:
    visit = record(bureau, handed=packs(plan, 0, 1), short_reason="梨有腐烂，退回")
    hand_over(visit.pk, bureau.liaison, at(9), signature=signature(2))
    inspector = as_(bureau.inspector)
    with on(at(10)):
        listed = inspector.get(f"{reverse('inspection_plan', args=(plan.slug,))}?part=receipts")
        frame = inspector.get(reverse("samples", args=(plan.slug,)))
    assert (len(listed.context["receipts"]), listed.context["units"]) == (2, 1)
    told = _("Hand-overs signed for: %(rows)s, by so many units: %(units)s") % {"rows": 2, "units": 1}
    assert told in listed.content.decode()
    assert frame.context["population"] == 1


@pytest.mark.parametrize("items_given", [[0], [0, 1], [0, 1, 2], [2]])
def test_no_unit_gets_more_than_its_kit(bureau: Bureau, plan: Plan, items_given: list[int]) -> None:
    visit = first(bureau)
    wanted = {items(plan)[place]: (2, 1, 1)[place] for place in items_given}
    kit_id = KitLine.objects.values_list("kit_id", flat=True).order_by("pk")[0]
    facts: dict[str, Any] = {
        "kit_id": kit_id,
        "unit_id": visit.unit_id,
        "subject": f"visits.visit:{visit.pk}",
    }
    facts |= {"happened_at": at(8), "actor": bureau.liaison, "at": at(8, 11)}
    with transaction.atomic(), trail():
        goods.hand_over(**facts, packs=wanted)
    before = written()
    with pytest.raises(Refusal) as refused, transaction.atomic(), trail():
        goods.hand_over(**facts, packs=wanted)
    assert refused.value.code == "already_handed_over"
    assert written() == before
    if len(wanted) < 3:
        with transaction.atomic(), trail():
            goods.hand_over(**facts)
    got = given([kit_id])[kit_id, visit.unit_id]
    assert got == dict(zip(items(plan), (2, 1, 1), strict=True))
    assert check_goods() == []
    # Written past every guard, it is found.
    last = Movement.objects.get(kind="hand_over", part=Movement.objects.filter(kind="hand_over").count())
    more = Movement(
        kit=last.kit,
        kind="hand_over",
        unit=last.unit,
        subject=last.subject,
        happened_at=at(8),
        at=at(8, 12),
        part=9,
    )
    lot_id = last.lines.values_list("lot_id", flat=True)[0]
    with transaction.atomic():
        move(more, {lot_id: 1}, source=STORE, target=unit_place(visit.unit_id))
    assert [found.code for found in check_goods()] == ["handed_beyond_kit"]


def test_a_reason_is_dropped_where_all_that_is_there_was_handed_over(bureau: Bureau) -> None:
    buy(bureau, open_plan_1(bureau), {"方便面": (94, 68_00)}, "0001")
    visit = record(bureau, short_reason="原以为一箱破损")
    assert visit.short_reason == ""
    assert "一箱破损" not in raised().get().detail


def test_nothing_is_handed_over_with_a_reason(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    visit = record(bureau, handed={}, short_reason="该站要求改日送达")
    assert "苹果" not in visit.signed_for
    assert visit.signed_for
    assert raised().get().status == "open"


def test_a_unit_signs_for_what_it_saw_and_for_nothing_else(bureau: Bureau, plan: Plan) -> None:
    visit = record_refused = first(bureau)
    before = written()
    report = bureau.report(at(8), handed=packs(plan, 0, 1, 2), signed_text="今收到：苹果 9 箱。")
    with pytest.raises(Refusal) as refused:
        record_visit(
            visit_id=record_refused.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11)
        )
    assert (refused.value.code, refused.value.field) == ("signed_text_differs", "signature")
    assert written() == before
    visit.refresh_from_db()
    assert visit.signed_for == ""


def test_a_kit_that_follows_is_signed_for_or_confirmed(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    visit = record(bureau, handed={}, short_reason="改日送达")
    before = written()
    for changes, code in (
        ({"receiver_name": " "}, "receiver_missing"),
        ({"receiver_name": bureau.liaison.label}, "receiver_is_visitor"),
        ({"receiver_name": visit.members.latest("position").name}, "receiver_is_visitor"),
        ({"confirmed_by_name": False}, "signature_missing"),
        ({"signature": signature(2), "signed_text": "别的内容"}, "signed_text_differs"),
    ):
        with pytest.raises(Refusal) as refused:
            hand_over(visit.pk, bureau.liaison, at(9), **changes)
        assert refused.value.code == code
        assert written() == before
    key = uuid4()
    for _again in range(2):
        hand_over(visit.pk, bureau.liaison, at(9), signature=signature(2), key=key)
    receipt = later_receipt(visit.pk)
    assert receipt is not None
    assert receipt.signature_id is not None
    assert receipt.receiver == "赵*江"
    assert "方便面 2 箱" in receipt.signed_for
    assert raised().get().status == "done"
    assert Movement.objects.filter(kind="hand_over").count() == 1


def test_photos_and_position_are_kept_with_the_report(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    visit = record(bureau, photos=[photo(), photo("blue")], position=Position(31.230416, 121.473701, 12))
    assert [row.number for row in photos(visit.pk)] == [1, 2]
    found = position(visit.pk)
    assert found is not None
    assert found.rounded == ("31.23", "121.47")
    facts = "".join(Entry.objects.filter(subject=f"visits.visit:{visit.pk}").values_list("facts", flat=True))
    assert "31.23" not in facts, "the trail tells that it was kept, and not where"


def test_photos_are_added_later_up_to_six_and_by_the_lead_alone(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    visit = record(bureau, photos=[photo()])
    key, more = uuid4(), [photo(colour) for colour in ("blue", "green")]
    for _again in range(2):
        add_photos(visit_id=visit.pk, photos=more, key=key, actor=bureau.liaison, at=at(8, 12))
    assert len(photos(visit.pk)) == 3
    before = written()
    many = [photo(colour) for colour in ("white", "black", "yellow", "pink")]
    refusals: list[tuple[Actor, type[Refusal], str]] = [
        (bureau.liaison, Refusal, "photos_too_many"),
        (bureau.stranger, NotPermitted, "not_permitted"),
        (bureau.office, NotPermitted, "not_permitted"),
    ]
    for actor, kind, code in refusals:
        with pytest.raises(kind) as refused:
            add_photos(visit_id=visit.pk, photos=many, key=uuid4(), actor=actor, at=at(8, 13))
        assert refused.value.code == code
        assert written() == before
    other = Visit.objects.filter(lead_id=bureau.lead_id, status=VisitStatus.PLANNED)[0]
    with pytest.raises(Refusal) as unrecorded:
        add_photos(visit_id=other.pk, photos=more, key=uuid4(), actor=bureau.liaison, at=at(8, 13))
    assert unrecorded.value.code == "not_recorded"
    assert written() == before


def correct(bureau: Bureau, visit: Visit, actor: Actor | None = None, **changes: Any) -> int:
    reason = str(changes.pop("reason", "时间写错"))
    version = int(str(changes.pop("version", visit.version)))
    facts: dict[str, Any] = {
        "receiver_name": "",
        "signature": b"",
        "happened_at": visit.happened_at,
        **changes,
    }
    report: VisitReport = bureau.report(**facts)
    return corrected(bureau, visit, report, version=version, reason=reason, actor=actor)


def corrected(
    bureau: Bureau,
    visit: Visit,
    report: VisitReport,
    *,
    version: int = 1,
    reason: str = "时间写错",
    actor: Actor | None = None,
) -> int:
    return correct_report(
        visit_id=visit.pk,
        version=version,
        report=report,
        reason=reason,
        key=uuid4(),
        actor=actor or bureau.liaison,
        at=at(10),
    )


def test_a_corrected_report_stands_beside_the_one_before(bureau: Bureau, plan: Plan) -> None:
    visit = record(bureau, problems=[Problem("岗亭偏冷")])
    kept = (visit.received_at, visit.device_at, visit.recorded_by_id, visit.signature_id, visit.signed_for)
    assert correct(bureau, visit, conditions="夜班岗亭偏冷，已加装油汀。", prevention="partial",
                   prevention_note="登记不全") == 2  # fmt: skip
    visit.refresh_from_db()
    assert (visit.conditions, visit.prevention) == ("夜班岗亭偏冷，已加装油汀。", "partial")
    assert (visit.received_at, visit.device_at, visit.recorded_by_id) == kept[:3], "times of entry stay"
    assert (visit.signature_id, visit.confirmed_by_name, visit.signed_for) == (None, False, "")
    now, before = versions_of(visit.pk)
    assert changed(before, now) == ["prevention", "prevention_note", "conditions"]
    assert (before.signature_id, before.signed_for) == kept[3:], (
        "a signature stays with what it was given for"
    )
    assert (now.reason, now.signed, before.signed) == ("时间写错", False, True)
    assert visit.receiver_name == "赵守江"
    found = detail(visit.pk)
    assert found is not None
    assert [row.title for row in found.problems] == ["岗亭偏冷"]
    told = OutboxMessage.objects.filter(topic="visit.corrected")
    assert [message.recipient_id for message in told] == [bureau.office.user_id]
    assert check_visits() == []
    (row,) = [row for row in of_measure(visit.measure_id, at(10).date()) if row.visit_id == visit.pk]
    assert row.prevention == "partial", "figures follow the newest version"
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportVersion.objects.update(reason="")
    assert plan.pk


def test_a_correction_may_be_signed_anew(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    visit = record(bureau)
    correct(bureau, visit, conditions="更正后的情况", signature=signature(3), signed_text=corrected_text())
    visit.refresh_from_db()
    assert visit.signature_id is not None
    assert visit.signed_for == corrected_text()


def test_marks_follow_the_corrected_day(bureau: Bureau, plan: Plan) -> None:
    visit = record(bureau)
    assert report_figures({plan.pk: timedelta(hours=24)}, at(8, 12))[plan.pk].delays == (timedelta(hours=1),)
    correct(bureau, visit, happened_at=at(6), entry_reason="实际为前日走访")
    visit.refresh_from_db()
    assert (visit.late_entry, visit.before_plan, visit.entry_reason) == (True, True, "实际为前日走访")
    assert check_visits() == []


def test_a_correction_leaves_everybody_in_who_went(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    assert bureau.liaison.user_id is not None
    visit = record(bureau, members=[Member("", bureau.liaison.user_id), Member("李水生")])
    went = [(bureau.liaison.user_id, User.objects.get(pk=bureau.liaison.user_id).name), (None, "李水生")]
    # One who went never held a post that the house can still find, and is called by another name now.
    Post.objects.filter(user=bureau.liaison.user_id).update(starts_on=at(9).date())
    User.objects.filter(pk=bureau.liaison.user_id).update(name="改名后")
    correct(bureau, visit, conditions="另一种情况", members=[Member("改名后", went[0][0]), Member("李水生")])
    assert list(visit.members.order_by("position").values_list("user_id", "name")) == went
    now, before = versions_of(visit.pk)
    assert changed(before, now) == ["conditions"]


def test_a_corrected_report_answers_what_it_was_asked(bureau: Bureau, plan: Plan) -> None:
    visit = record(bureau)
    asked = list(visit.inspection.order_by("pk").values_list("item_key", "result", "note"))
    assert visit.happened_at is not None
    ours = bureau.report(visit.happened_at, conditions="另一种情况", receiver_name="", signature=b"")
    other = replace(ours, inspection=[InspectionAnswer("ventilation", "pass", "")])
    # An amendment closes the measure, and asks something else from now on.
    old = Measure.objects.get(plan=plan, kind="inspection")
    Measure.objects.filter(pk=old.pk).update(status="closed", closed_at=at(9))
    settings = {**old.settings, "items": [{"key": "ventilation", "text": "是否每日通风"}]}
    facts = {"position": 99, "clause_key": old.clause_key, "status": "open", "opened_at": at(9)}
    Measure.objects.create(plan=plan, key="x", kind="inspection", settings=settings, **facts)
    assert list(checklist(plan.pk)) == ["ventilation"]
    before = written()
    with pytest.raises(Refusal) as refused:
        corrected(bureau, visit, other)
    assert refused.value.code == "inspection_missing"
    assert written() == before
    corrected(bureau, visit, ours)
    assert list(visit.inspection.order_by("pk").values_list("item_key", "result", "note")) == asked
    assert list(checklist_of(visit.pk, plan.pk)) == [key for key, _result, _note in asked]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"conditions": "另一种情况", "reason": " "}, "correction_reason_missing"),
        ({"conditions": "另一种情况", "reason": "长" * 501}, "correction_reason_too_long"),
        ({"conditions": "另一种情况", "version": 2}, "report_changed"),
        ({"conditions": ""}, "conditions_missing"),
        ({"happened_at": at(9)}, "happened_in_future"),
        ({"happened_at": at(6)}, "entry_reason_missing"),
        ({}, "nothing_corrected"),
    ],
)
def test_each_refused_correction_changes_nothing(
    bureau: Bureau, plan: Plan, changes: dict[str, Any], code: str
) -> None:
    visit = record(bureau)
    before = written()
    with pytest.raises(Refusal) as refused:
        correct(bureau, visit, **changes)
    assert refused.value.code == code
    assert written() == before
    visit.refresh_from_db()
    assert visit.conditions == "值班三班倒，食宿有保障。"
    assert plan.pk


@pytest.mark.parametrize("way", ["on_site", "delivery"])
def test_a_report_with_goods_signed_for_becomes_no_call(bureau: Bureau, plan: Plan, way: str) -> None:
    reason = "" if way == "on_site" else "封闭管理"
    checks = [InspectionAnswer(key, "pass") for key in checklist(plan.pk)] if way == "on_site" else []
    visit = record(bureau, form=way, form_reason=reason, inspection=checks)
    stands = [*visit.inspection.order_by("pk").values_list("item_key", "result")]
    before = written()
    with pytest.raises(Refusal) as refused:
        correct(bureau, visit, form="call", form_reason="电话慰问", inspection=[])
    assert (refused.value.code, refused.value.field) == ("form_of_handed", "form")
    assert "方便面 2 箱、苹果 1 箱、梨 1 箱" in refused.value.sentence
    assert written() == before
    visit.refresh_from_db()
    assert (visit.form, visit.form_reason) == (way, reason)
    # Written past every guard, it is found.
    corrected_to = {"form": "call", "form_reason": "电话慰问", "correction_reason": "记错"}
    Visit.objects.filter(pk=visit.pk).update(version=2, corrected_at=at(10), **corrected_to)
    assert "visit_call_with_goods" in [found.code for found in check_visits()]
    assert [*visit.inspection.order_by("pk").values_list("item_key", "result")] == stands
    assert plan.pk


def test_a_report_becomes_a_call_where_the_kit_was_signed_for_later(bureau: Bureau, plan: Plan) -> None:
    visit = record(bureau, handed={}, short_reason="该站要求改日送达")
    hand_over(visit.pk, bureau.liaison, at(9), signature=signature(2))
    correct(bureau, visit, form="call", form_reason="电话慰问", inspection=[])
    visit.refresh_from_db()
    assert visit.form == "call"
    assert [*check_visits(), *check_goods()] == []
    assert plan.pk


def colleague(bureau: Bureau) -> Actor:
    """Give the lead a second liaison, who may record its visits as well."""
    user = create_account(username="second", name="测试同事", password=None, actor=SYSTEM, at=START)
    give_post(user_id=user.pk, unit_id=bureau.lead_id, role=Role.LEAD_LIAISON, actor=SYSTEM, at=START)
    return actor_of(user)


def test_who_recorded_it_receives_nothing_whoever_enters_the_rest(bureau: Bureau, plan: Plan) -> None:
    assert plan.pk
    second = colleague(bureau)
    visit = record(bureau, handed={}, short_reason="改日送达", members=[Member("贺明远")])
    before = written()
    for name in (bureau.liaison.label, second.label, "贺明远"):
        with pytest.raises(Refusal) as refused:
            correct(bureau, visit, second, receiver_name=name, members=[Member("贺明远")])
        assert refused.value.code == "receiver_is_visitor"
        with pytest.raises(Refusal) as refused:
            hand_over(visit.pk, second, at(9), receiver_name=name)
        assert refused.value.code == "receiver_is_visitor"
    assert written() == before
    hand_over(visit.pk, second, at(9), receiver_name="赵守江")
    before = written()
    with pytest.raises(Refusal) as refused:
        correct(bureau, visit, second, members=[Member("贺明远"), Member("赵守江")], receiver_name="钱水生")
    assert (refused.value.code, refused.value.field) == ("member_received", "members")
    assert written() == before


def test_a_report_of_before_is_corrected_with_the_receiver_it_names(bureau: Bureau, plan: Plan) -> None:
    """The rule came later than some reports; what is not touched is not asked after."""
    assert plan.pk
    visit = record(bureau, members=[Member("贺明远")])
    Visit.objects.filter(pk=visit.pk).update(receiver_name="贺明远")
    visit.refresh_from_db()
    correct(bureau, visit, conditions="另一种情况", members=[Member("贺明远")], receiver_name="")
    visit.refresh_from_db()
    assert (visit.conditions, visit.receiver_name) == ("另一种情况", "贺明远")


@pytest.mark.parametrize("who", ["stranger", "officer", "office", "inspector"])
def test_others_correct_nothing(bureau: Bureau, plan: Plan, who: str) -> None:
    visit = record(bureau)
    before = written()
    with pytest.raises(NotPermitted):
        correct(bureau, visit, getattr(bureau, who), conditions="另一种情况")
    assert written() == before
    assert plan.pk


def test_a_lead_is_reminded_once_a_day(bureau: Bureau, plan: Plan) -> None:
    visit = first(bureau)
    assert visit.planned_on is not None
    late = at(visit.planned_on.day + 1)
    assert chase_visit(visit_id=visit.pk, actor=bureau.office, at=late)
    assert not chase_visit(visit_id=visit.pk, actor=bureau.officer, at=late)
    assert chase_visit(visit_id=visit.pk, actor=bureau.officer, at=late + timedelta(days=1))
    told = OutboxMessage.objects.filter(topic="visit.chased")
    assert [message.recipient_id for message in told] == [bureau.liaison.user_id] * 2
    assert chases([visit.pk]) == {visit.pk: 2}
    assert Entry.objects.filter(action="visits.chase").count() == 2
    assert plan.pk


def test_who_needs_no_reminder_gets_none(bureau: Bureau, plan: Plan) -> None:
    visit = first(bureau)
    assert visit.planned_on is not None
    before = written()
    late = at(visit.planned_on.day + 1)
    for actor in (bureau.liaison, bureau.approver, bureau.inspector):
        with pytest.raises(NotPermitted):
            chase_visit(visit_id=visit.pk, actor=actor, at=late)
    with pytest.raises(Refusal) as early:
        chase_visit(visit_id=visit.pk, actor=bureau.office, at=at(visit.planned_on.day))
    assert early.value.code == "nothing_to_chase"
    assert written() == before
    recorded = record(bureau)
    with pytest.raises(Refusal) as done:
        chase_visit(visit_id=recorded.pk, actor=bureau.office, at=late)
    assert done.value.code == "nothing_to_chase"
    assert plan.pk


def test_a_look_at_a_contact_is_noted(bureau: Bureau, plan: Plan) -> None:
    visit = first(bureau)
    contact = show_contact(visit_id=visit.pk, actor=bureau.liaison, at=at(8))
    assert contact.phone
    assert Entry.objects.filter(action="visits.show_contact", subject=f"visits.visit:{visit.pk}").count() == 1
    for actor in (bureau.stranger, bureau.finance, bureau.inspector):
        with pytest.raises(NotPermitted):
            show_contact(visit_id=visit.pk, actor=actor, at=at(8))
    assert Entry.objects.filter(action="visits.show_contact").count() == 1
    assert plan.pk


def test_what_a_unit_told_is_known_before_the_next_visit(bureau: Bureau, plan: Plan) -> None:
    visit = record(bureau, problems=[Problem("岗亭偏冷"), Problem("排水不畅")])
    Task.objects.filter(title="排水不畅").update(status="done", done_at=at(9), feedback="已疏通排水沟")
    told = heard([visit.unit_id], at(10).date(), seen=[visit.unit_id])[visit.unit_id]
    assert told.conditions == "值班三班倒，食宿有保障。"
    [problem] = told.problems
    assert (problem.title, problem.owner, problem.due_on) == ("岗亭偏冷", LEAD, at(15).date())
    assert plan.pk


def test_what_leaders_and_inspectors_found_is_known_before_a_first_visit(bureau: Bureau, plan: Plan) -> None:
    unit, other = (
        Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk").values_list("unit_id", flat=True)[:2]
    )
    assert heard([unit, other], at(9).date(), seen=[unit, other]) == {}
    row = LeaderVisit.objects.create(
        plan=plan, leader_name="测试领导", leader_post="副主任", happened_at=at(8), found="夜班岗亭偏冷",
        recorded_at=at(8, 11),
    )  # fmt: skip
    LeaderVisitUnit.objects.create(leader_visit=row, unit_id=unit)
    facts = {"plan_slug": plan.slug, "owner_id": bureau.lead_id, "raised_at": at(8)}
    days = {"due_on": at(15).date(), "original_due_on": at(15).date()}
    for source, title in (
        (f"visits.leader:{row.pk}", "岗亭取暖"),
        ("visits.receipt:7", "回访称少一箱"),
        ("visits.hand_over:7", "慰问品待补发"),
    ):
        Task.objects.create(source=source, title=title, unit_id=unit, **facts, **days)
    with CaptureQueriesContext(connection) as of_one:
        told = heard([unit, other], at(9).date(), seen=[unit, other])
    assert set(told) == {unit}
    assert (told[unit].happened_at, told[unit].conditions) == (None, "")
    assert [(one.title, one.owner) for one in told[unit].problems] == [
        ("岗亭取暖", LEAD),
        ("回访称少一箱", LEAD),
    ]
    assert [(one.leader_name, one.found) for one in told[unit].leaders] == [("测试领导", "夜班岗亭偏冷")]
    LeaderVisitUnit.objects.create(leader_visit=row, unit_id=other)
    Task.objects.create(source="visits.receipt:8", title="门岗漏雨", unit_id=other, **facts, **days)
    with CaptureQueriesContext(connection) as of_two:
        assert set(heard([unit, other], at(9).date(), seen=[unit, other])) == {unit, other}
    assert len(of_two) == len(of_one), "no more for more units"
    [shared] = heard([unit], at(9).date(), seen=[unit])[unit].leaders
    assert (shared.leader_name, shared.found, shared.is_kept) == ("测试领导", "", True), (
        "others are not told of"
    )
    kept = render_to_string("web/parts/heard.html", {"heard": Heard(leaders=(shared,))})
    said = _(
        "The leader was at other units, too: what was found is told to those who may look into all of them."
    )
    assert said in unescape(kept)
    LeaderVisit.objects.update(withdrawn_at=at(9), withdraw_reason="误填")
    assert heard([unit], at(9).date(), seen=[unit])[unit].leaders == ()
