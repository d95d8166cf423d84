"""Several hands at one later day: it is decided once, and a report that comes in meanwhile wins or waits."""

from datetime import date
from uuid import uuid4

import pytest

from hands import together
from people import Bureau, at, buy, make_bureau, open_plan_1
from songnuan.audit.checks import verify
from songnuan.journeys.allow_late_visit import allow_late_visit
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.replan_visit import replan_visit
from songnuan.journeys.return_late_visit import return_late_visit
from songnuan.visits.checks import verify as check_visits
from songnuan.visits.models import LaterDay, Visit

pytestmark = pytest.mark.django_db(transaction=True)

AFTER = date(2020, 4, 24)


def asked() -> tuple[Bureau, Visit, LaterDay]:
    """Return a visit for which a later day waits."""
    bureau = make_bureau()
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}, "0001")
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")[0]
    replan_visit(visit_id=visit.pk, planned_on=AFTER, late_reason="汛期停航", actor=bureau.liaison, at=at(8))
    return bureau, visit, LaterDay.objects.get()


def test_of_two_who_decide_at_once_one_is_refused() -> None:
    bureau, visit, row = asked()
    outcomes = together(
        lambda: allow_late_visit(later_day_id=row.pk, actor=bureau.approver, at=at(9)),
        lambda: return_late_visit(
            later_day_id=row.pk, remark="请安排在期限之内", actor=bureau.office, at=at(9)
        ),
    )
    assert outcomes == {"done": 1, "wrong_state": 1}
    row.refresh_from_db()
    visit.refresh_from_db()
    assert (row.status, visit.late_approved) in {("allowed", True), ("returned", False)}
    assert [*verify(), *check_visits()] == []


def test_what_is_asked_twice_at_once_waits_once() -> None:
    bureau, visit, _row = asked()
    days = [date(2020, 4, 27), date(2020, 4, 28)]
    outcomes = together(
        *[
            lambda day=day: replan_visit(
                visit_id=visit.pk, planned_on=day, late_reason="汛期停航", actor=bureau.liaison, at=at(9)
            )
            for day in days
        ]
    )
    assert outcomes == {"done": 2}
    assert LaterDay.objects.filter(status="waiting").count() == 1
    assert LaterDay.objects.filter(status="withdrawn").count() == 2
    assert verify() == []


def test_a_report_and_a_decision_at_once_leave_nothing_waiting() -> None:
    bureau, visit, row = asked()
    outcomes = together(
        lambda: allow_late_visit(later_day_id=row.pk, actor=bureau.approver, at=at(9)),
        lambda: record_visit(
            visit_id=visit.pk, report=bureau.report(at(9)), key=uuid4(), actor=bureau.liaison, at=at(9, 11)
        ),
    )
    assert outcomes["done"] >= 1
    row.refresh_from_db()
    visit.refresh_from_db()
    assert visit.status == "recorded"
    assert row.status in {"allowed", "withdrawn"}
    assert [*verify(), *check_visits()] == []
