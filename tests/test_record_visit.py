"""What recording a visit does beside the report."""

from datetime import date
from uuid import uuid4

import pytest

from people import Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry
from songnuan.goods.models import Movement
from songnuan.jobs.models import InboxEntry, OutboxMessage
from songnuan.journeys.record_visit import Problem, _due, record_visit
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.plans.models import Plan
from songnuan.tasks.models import Task
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.models import Visit, VisitStatus

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
    message = OutboxMessage.objects.get()
    assert message.recipient_id == bureau.office.user_id
    assert message.url == f"/visits/{visit.pk}/"


@pytest.mark.django_db
def test_without_goods_in_store_nothing_is_recorded(bureau: Bureau, plan: Plan) -> None:
    before = written()
    with pytest.raises(Refusal) as refused:
        record_visit(
            visit_id=first(bureau).pk,
            report=bureau.report(at(8)),
            key=uuid4(),
            actor=bureau.liaison,
            at=at(8, 11),
        )
    assert refused.value.code == "stock_short"
    assert written() == before
    assert plan.pk


@pytest.mark.django_db
def test_a_call_hands_nothing_over(bureau: Bureau, plan: Plan) -> None:
    report = bureau.report(at(8), form="call", form_reason="卡口封闭", signature=b"")
    record_visit(visit_id=first(bureau).pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    assert not Movement.objects.exists()
    assert plan.pk


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
    owners = dict(Task.objects.values_list("title", "owner_id"))
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
