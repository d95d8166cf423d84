"""What recording a visit does beside the report."""

from datetime import date, datetime
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import override

from people import Bureau, at, buy, hand_over, open_plan_1, raised
from songnuan.audit.models import Entry
from songnuan.goods.checks import verify as check_goods
from songnuan.goods.models import Movement
from songnuan.goods.queries import handed_of
from songnuan.jobs.models import InboxEntry, OutboxMessage
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.journeys.receive_goods import receive_goods
from songnuan.journeys.record_visit import Problem, _due, record_visit
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post
from songnuan.organisation.queries import unit_names, units_by_name
from songnuan.plans.models import Plan
from songnuan.tasks.models import Task
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.models import Visit, VisitStatus
from songnuan.visits.owed import Where, kit_of_visits, owed, whereabouts
from web.browsing import user_of

BOXES = {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    return open_plan_1(bureau)


def first(bureau: Bureau) -> Visit:
    return Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on", "pk")[0]


def written() -> list[int]:
    """Count what an act leaves behind; the record of its refusal apart."""
    counts = [table.objects.count() for table in (Movement, InboxEntry, OutboxMessage, Task)]
    acts = Entry.objects.exclude(stream__name__in=["refusals", "trail"]).count()
    return [*counts, acts, Visit.objects.filter(status=VisitStatus.RECORDED).count()]


@pytest.mark.django_db
def test_the_office_is_told_at_once(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, BOXES, "0001")
    visit = first(bureau)
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )
    message = OutboxMessage.objects.get(url=f"/visits/{visit.pk}/")
    assert message.recipient_id == bureau.office.user_id


def record_without_goods(bureau: Bureau) -> Visit:
    visit = first(bureau)
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )
    visit.refresh_from_db()
    return visit


@pytest.mark.django_db
def test_what_is_there_is_handed_over_and_the_rest_is_owed(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, {"方便面": (94, 68_00)}, "0001")
    visit = record_without_goods(bureau)
    assert visit.status == VisitStatus.RECORDED
    movement = Movement.objects.get(kind="hand_over")
    assert [(row.item, row.quantity) for row in handed_of(movement.pk)] == [("方便面", 2)]
    assert "方便面 2 箱" in visit.signed_for
    assert "苹果" not in visit.signed_for
    task = raised().get()
    assert "苹果 1 箱、梨 1 箱" in task.detail
    assert (task.owner_id, task.unit_id, task.due_on) == (visit.lead_id, visit.unit_id, date(2020, 4, 10))
    assert [*check_visits(), *check_goods()] == []


@pytest.mark.django_db
def test_what_came_after_a_visit_is_not_booked_as_handed_over_at_it(bureau: Bureau, plan: Plan) -> None:
    """The visit of the 8th is entered on the 9th, when apples and pears have come."""
    buy(bureau, plan, {"方便面": (94, 68_00)}, "0001")
    later = buy(bureau, plan, {"苹果": (47, 85_00), "梨": (47, 74_00)}, "0002", received=False)
    receive_goods(
        purchase_id=later,
        came_on=date(2020, 4, 9),
        deliveries=None,
        key=uuid4(),
        actor=bureau.finance,
        at=at(9, 9),
    )
    visit = first(bureau)
    all_of_it = {part.item_id: part.quantity for part in kit_of_visits(visit.measure).parts}  # type: ignore[union-attr]
    before = written()
    report = bureau.report(at(8), handed=all_of_it, entry_reason="补录")
    with pytest.raises(Refusal) as refused:
        record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(9, 11))
    assert (refused.value.code, refused.value.field) == ("stock_short", "handed")
    assert written() == before
    report = bureau.report(at(8), entry_reason="补录")
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(9, 11))
    [row] = owed([visit.measure])
    assert [part.item for part in row.kit.parts] == ["苹果", "梨"]
    assert "2020年4月9日" in raised().get().detail, "it says when they came"
    assert whereabouts([row], date(2020, 4, 8)) == {row: Where.MISSING}
    assert whereabouts([row], date(2020, 4, 9)) == {row: Where.READY}
    hand_over(visit.pk, bureau.liaison, at(9, 12))
    assert owed([visit.measure]) == []
    assert [*check_visits(), *check_goods()] == []


@pytest.mark.django_db
def test_a_kit_that_is_owed_is_handed_over_once_the_goods_are_there(bureau: Bureau, plan: Plan) -> None:
    visit = record_without_goods(bureau)
    before = written()
    with pytest.raises(Refusal) as refused:
        hand_over(visit.pk, bureau.liaison, at(9))
    assert refused.value.code == "stock_short"
    assert written() == before
    buy(bureau, plan, BOXES, "0001")
    with pytest.raises(NotPermitted):
        hand_over(visit.pk, bureau.stranger, at(9))
    assert not Movement.objects.filter(kind="hand_over").exists()
    hand_over(visit.pk, bureau.liaison, at(9))
    assert Movement.objects.get(kind="hand_over").unit_id == visit.unit_id
    assert raised().get().status == "done"
    before = written()
    with pytest.raises(Refusal) as refused:
        hand_over(visit.pk, bureau.liaison, at(9))
    assert refused.value.code == "nothing_owed"
    assert written() == before
    assert [*check_visits(), *check_goods()] == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["stranger", "officer", "approver"])
def test_who_may_not_record_leaves_no_file_behind(bureau: Bureau, plan: Plan, who: str) -> None:
    visit = first(bureau)
    before = written()
    with patch("songnuan.journeys.receipts.records.store_file") as store, pytest.raises(NotPermitted):
        record_visit(
            visit_id=visit.pk,
            report=bureau.report(at(8)),
            key=uuid4(),
            actor=getattr(bureau, who),
            at=at(8, 11),
        )
    store.assert_not_called()
    assert written() == before
    assert plan.pk


@pytest.mark.django_db
def test_a_visit_that_is_not_there_is_refused(bureau: Bureau, plan: Plan) -> None:
    before = written()
    with pytest.raises(Refusal) as refused:
        record_visit(
            visit_id=10**6, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
        )
    assert refused.value.code == "visit_unknown"
    assert written() == before
    assert plan.pk


@pytest.mark.django_db
def test_a_problem_is_not_given_to_a_unit_outside(bureau: Bureau, plan: Plan) -> None:
    create_units(
        rows=[NewUnit("临江市港务局", "bureau", "")], opened_on=date(2020, 1, 1), actor=SYSTEM, at=at(6)
    )
    outside = units_by_name(["临江市港务局"], at(8).date())["临江市港务局"]
    before = written()
    with pytest.raises(Refusal) as refused:
        record_visit(
            visit_id=first(bureau).pk,
            report=bureau.report(at(8), problems=[Problem("排水不畅", outside)]),
            key=uuid4(),
            actor=bureau.liaison,
            at=at(8, 11),
        )
    assert (refused.value.code, refused.value.field) == ("owner_unknown", "owner")
    assert written() == before
    assert plan.pk


@pytest.mark.django_db
def test_only_who_holds_the_post_of_the_office_that_day_is_told(bureau: Bureau, plan: Plan) -> None:
    ends = {bureau.inspector: date(2020, 4, 5), bureau.officer: date(2020, 4, 30)}
    for actor, ends_on in ends.items():
        Post.objects.create(
            user=user_of(actor),
            unit_id=bureau.bureau_id,
            role="epidemic_office",
            starts_on=date(2020, 4, 1),
            ends_on=ends_on,
        )
    # An office of another lead has nothing to do with the plan's.
    Post.objects.create(
        user=user_of(bureau.approver),
        unit_id=bureau.lead_id,
        role="epidemic_office",
        starts_on=date(2020, 4, 1),
    )
    record_without_goods(bureau)
    told = set(
        OutboxMessage.objects.filter(url__startswith="/visits/").values_list("recipient_id", flat=True)
    )
    assert told == {bureau.office.user_id, bureau.officer.user_id}
    assert plan.pk


@pytest.mark.django_db
def test_a_call_hands_nothing_over_and_leaves_the_kit_owed(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, BOXES, "0001")
    visit = first(bureau)
    report = bureau.report(at(8), form="call", form_reason="卡口封闭", signature=b"", inspection=[])
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    assert not Movement.objects.filter(kind="hand_over").exists()
    assert (raised().get().owner_id, raised().get().status) == (visit.lead_id, "open")
    assert [row.visit_id for row in owed([visit.measure])] == [visit.pk]
    hand_over(visit.pk, bureau.liaison, at(9))
    assert Movement.objects.get(kind="hand_over").unit_id == visit.unit_id
    assert raised().get().status == "done"
    assert owed([visit.measure]) == []
    assert [*check_visits(), *check_goods()] == []


@pytest.mark.django_db
def test_a_visit_on_site_without_the_inspection_is_refused(bureau: Bureau, plan: Plan) -> None:
    before = written()
    report = bureau.report(at(8), inspection=[])
    with pytest.raises(Refusal) as refused:
        record_visit(
            visit_id=first(bureau).pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11)
        )
    assert (refused.value.code, refused.value.field) == ("inspection_missing", "inspection")
    assert written() == before
    assert plan.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("happened", "received", "title"),
    [
        (at(8), at(8, 11), "Visit reported: %(unit)s"),
        (at(8), at(10, 11), "Visit entered late: %(unit)s"),
        (at(22), at(22, 11), "Late visit reported: %(unit)s"),
    ],
)
def test_the_notice_says_what_happened(
    bureau: Bureau, plan: Plan, happened: datetime, received: datetime, title: str
) -> None:
    buy(bureau, plan, BOXES, "0001")
    visit = first(bureau)
    problems = [Problem("夜班岗亭偏冷"), Problem("排水不畅")]
    report = bureau.report(happened, problems=problems, entry_reason="岸上没有信号")
    with override("en"):  # the notice is in the language of its reader, not of the one who records
        record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=received)
    message = OutboxMessage.objects.get(url__startswith="/visits/")
    with override("zh-hans"):
        unit = unit_names([visit.unit_id], at(8).date())[visit.unit_id]
        assert message.title == _(title) % {"unit": unit}
    assert "航道处" in message.body
    assert f"4月{happened.day}日 10:00" in message.body
    assert "2" in message.body.rpartition("·")[2]


@pytest.mark.django_db
def test_another_offices_liaison_is_refused_and_the_refusal_kept(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, BOXES, "0001")
    before = written()
    with pytest.raises(NotPermitted):
        record_visit(
            visit_id=first(bureau).pk,
            report=bureau.report(at(8)),
            key=uuid4(),
            actor=bureau.stranger,
            at=at(8, 11),
        )
    assert written() == before
    kept = Entry.objects.filter(stream__name="refusals").latest("id")
    assert (kept.actor_key, kept.subject) == (bureau.stranger.key, "record_visit.record_visit")


@pytest.mark.django_db
def test_the_same_key_for_another_report_is_refused(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, BOXES, "0001")
    key, visit = uuid4(), first(bureau)
    record_visit(visit_id=visit.pk, report=bureau.report(at(8)), key=key, actor=bureau.liaison, at=at(8, 11))
    before = written()
    with pytest.raises(Refusal) as refused:
        record_visit(
            visit_id=visit.pk,
            report=bureau.report(at(8), conditions="后来改的话"),
            key=key,
            actor=bureau.liaison,
            at=at(8, 12),
        )
    assert refused.value.code == "key_reused"
    assert written() == before


def test_beyond_the_table_of_working_days_a_problem_still_gets_a_due_date() -> None:
    assert _due(date(2020, 4, 30), 1) == (date(2020, 5, 6), "")
    due_on, remark = _due(date(2026, 12, 30), 5)
    assert due_on == date(2027, 1, 6)
    assert remark


@pytest.mark.django_db
def test_a_problem_is_owned_by_the_lead_unless_another_is_named(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, BOXES, "0001")
    report = bureau.report(
        at(8), problems=[Problem("夜班岗亭偏冷"), Problem("排水不畅", bureau.bureau_id, "已告知")]
    )
    record_visit(visit_id=first(bureau).pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    owners = dict(raised().values_list("title", "owner_id"))
    assert owners == {"夜班岗亭偏冷": bureau.lead_id, "排水不畅": bureau.bureau_id}


@pytest.mark.django_db
def test_who_cannot_sign_confirms_by_name(bureau: Bureau, plan: Plan) -> None:
    buy(bureau, plan, BOXES, "0001")
    visit = first(bureau)
    report = bureau.report(at(8), signature=b"")
    with pytest.raises(Refusal) as refused:
        record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    assert (refused.value.code, refused.value.field) == ("signature_missing", "signature")
    report = bureau.report(at(8), signature=b"", confirmed_by_name=True)
    record_visit(visit_id=visit.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    visit.refresh_from_db()
    assert (visit.status, visit.confirmed_by_name, visit.signature_id) == ("recorded", True, None)
    assert check_visits() == []
