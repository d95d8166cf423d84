"""What is reminded of, who is told, once, on which days."""

from datetime import date
from uuid import uuid4

import pytest

from people import Bureau, at, buy, open_plan_1
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys import reminder_tasks
from songnuan.journeys.close_measure import close_measure
from songnuan.journeys.record_visit import record_visit
from songnuan.journeys.remind_of_deadlines import remind_of_deadlines
from songnuan.journeys.remind_of_kits import remind_of_kits
from songnuan.journeys.remind_of_problems import remind_of_problems
from songnuan.journeys.remind_of_visits import remind_of_visits
from songnuan.journeys.reminder_tasks import remind_of_all
from songnuan.journeys.working_days import next_working, works
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.sealed import SealBroken
from songnuan.plans.models import Plan, PlanStatus
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit
from web.browsing import on, recorded, visits_of

pytestmark = pytest.mark.django_db
# In April 2020: 8 Wednesday, 11 and 12 a weekend, 21 the deadline, 26 a Sunday that is worked.


def told(topic: str) -> list[tuple[int, str]]:
    """Return who was told of a topic, and the titles, in order."""
    rows = OutboxMessage.objects.filter(topic=topic, channel="in_app").order_by("pk")
    return list(rows.values_list("recipient_id", "title"))


def dated(bureau: Bureau, *days: date) -> list[Visit]:
    """Plan the liaison's first visits on these days, and all others of the plan far off."""
    Visit.objects.update(planned_on=date(2020, 4, 21))
    rows = list(Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk"))
    for row, day in zip(rows, days, strict=False):
        Visit.objects.filter(pk=row.pk).update(planned_on=day)
    return rows


def visits(moment: object) -> int:
    return remind_of_visits(actor=SYSTEM, at=moment)  # type: ignore[arg-type]  # a moment


def test_a_lead_gets_one_notice_for_all_its_visits_of_a_day(bureau: Bureau) -> None:
    open_plan_1(bureau)
    rows = dated(bureau, at(9).date(), at(9).date())
    assert len(rows) >= 2
    for _run in range(2):
        visits(at(9, 8))
    assert told("visit.today") == [(bureau.liaison.user_id, "今天走访 2 家")]
    message = OutboxMessage.objects.get(topic="visit.today")
    assert message.about == Plan.objects.get().title
    assert "、" in message.body


def test_tomorrow_is_the_next_working_day_with_the_days_off_before_it(bureau: Bureau) -> None:
    open_plan_1(bureau)
    dated(bureau, at(11).date(), at(13).date())  # Saturday and Monday
    visits(at(9, 8))
    assert told("visit.soon") == []
    visits(at(10, 8))  # Friday
    titles = [title for _user, title in told("visit.soon")]
    assert titles == ["4月11日走访 1 家", "4月13日走访 1 家"]
    visits(at(11, 8))
    visits(at(12, 8))
    assert len(told("visit.soon")) == 2
    assert [title for _user, title in told("visit.today")] == ["今天走访 1 家"]


def test_an_overdue_visit_is_chased_on_working_days_and_after_two_the_office_hears(bureau: Bureau) -> None:
    open_plan_1(bureau)
    dated(bureau, at(9).date())
    for day in range(10, 16):
        for _run in range(2):
            visits(at(day, 8))
    days = [
        key.rpartition(":")[0]
        for key in OutboxMessage.objects.filter(topic="visit.overdue").values_list("key", flat=True)
    ]
    assert [key[-2:] for key in days] == ["10", "13", "14", "15"], "not on the weekend"
    assert told("visit.escalated") == [(bureau.office.user_id, "4月9日应走访的 1 家没有报告")]
    escalated = OutboxMessage.objects.get(topic="visit.escalated")
    assert escalated.created_at == at(13, 8), "two working days after: Friday, Monday"
    assert "航道处" in escalated.body


def test_a_visit_that_was_reported_is_not_reminded_of(bureau: Bureau) -> None:
    open_plan_1(bureau)
    dated(bureau, at(9).date())
    visit = recorded(bureau, at(9, 7))
    visits(at(9, 8))
    visits(at(14, 8))
    assert visit.planned_on == at(9).date()
    assert told("visit.today") == told("visit.overdue") == told("visit.escalated") == []


def test_a_day_past_the_deadline_that_only_waits_for_approval_does_not_count(bureau: Bureau) -> None:
    open_plan_1(bureau)
    dated(bureau)
    visits(at(22, 8))
    assert len(told("visit.overdue")) > 0


def test_nothing_is_reminded_of_after_the_measure_or_the_plan_is_closed(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    dated(bureau, at(9).date())
    recorded(bureau, at(8), "岗亭缺取暖设备")
    dated(bureau, at(8).date(), at(9).date())
    for measure in plan.measures.filter(kind="unit_visits"):
        close_measure(
            slug=plan.slug, measure_id=measure.pk, reason="并入新方案", actor=bureau.officer, at=at(9, 7)
        )
    assert visits(at(9, 8)) == visits(at(14, 8)) == 0
    assert remind_of_deadlines(actor=SYSTEM, at=at(20, 8)) == 0
    Plan.objects.update(status=PlanStatus.CLOSED)
    assert remind_of_problems(actor=SYSTEM, at=at(30, 8)) == 0
    assert remind_of_kits(actor=SYSTEM, at=at(30, 8)) == 0


def test_a_problem_is_reminded_of_once_before_and_once_after_its_day(bureau: Bureau) -> None:
    open_plan_1(bureau)
    dated(bureau, at(8).date())
    recorded(bureau, at(8), "岗亭缺取暖设备")
    task = Task.objects.get(title="岗亭缺取暖设备")
    Task.objects.filter(pk=task.pk).update(due_on=at(13).date())  # Monday
    for day in range(9, 17):
        for _run in range(2):
            remind_of_problems(actor=SYSTEM, at=at(day, 8))
    assert told("problem.soon") == [(bureau.liaison.user_id, "问题将于4月13日到期：岗亭缺取暖设备")]
    assert OutboxMessage.objects.get(topic="problem.soon").created_at == at(10, 8)
    assert told("problem.overdue") == [(bureau.liaison.user_id, "问题逾期，应于4月13日办结：岗亭缺取暖设备")]
    assert OutboxMessage.objects.get(topic="problem.overdue").created_at == at(14, 8)


def test_kits_owed_are_reminded_of_once_a_week_while_the_store_has_some(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    dated(bureau, at(8).date())
    visit = visits_of(bureau)[0]
    record_visit(visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8))
    assert remind_of_kits(actor=SYSTEM, at=at(9, 8)) == 0, "nothing is in the store"
    buy(bureau, plan, {"方便面": (94, 68_00), "苹果": (47, 60_00), "梨": (47, 60_00)}, "0001")
    for day in (9, 10, 11, 13, 14):
        remind_of_kits(actor=SYSTEM, at=at(day, 8))
    assert told("kits.owed") == [(bureau.liaison.user_id, "您处走访过的单位还有 1 家未领到物资包")] * 2


def test_a_deadline_is_near_three_working_days_before(bureau: Bureau) -> None:
    plan = open_plan_1(bureau)
    assert plan.due_on == at(21).date()
    assert remind_of_deadlines(actor=SYSTEM, at=at(15, 8)) == 0
    for day in (16, 17, 18, 19, 20, 21):
        remind_of_deadlines(actor=SYSTEM, at=at(day, 8))
    assert remind_of_deadlines(actor=SYSTEM, at=at(22, 8)) == 0
    assert {user for user, _title in told("plan.deadline")} == {bureau.office.user_id, bureau.officer.user_id}
    assert len(told("plan.deadline")) == 2
    assert OutboxMessage.objects.filter(topic="plan.deadline")[0].created_at == at(16, 8)


def test_all_of_them_run_as_one_task_of_the_morning(bureau: Bureau) -> None:
    open_plan_1(bureau)
    dated(bureau, at(9).date())
    with on(at(9, 8)):
        assert remind_of_all.call() >= 1
    assert len(told("visit.today")) == 1


def test_a_reminder_that_fails_leaves_the_others_theirs(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_plan_1(bureau)
    dated(bureau, at(9).date())

    def broken(**_facts: object) -> int:
        raise SealBroken

    monkeypatch.setattr(reminder_tasks, "REMINDERS", (broken, *reminder_tasks.REMINDERS))
    with on(at(9, 8)), pytest.raises(ExceptionGroup) as failed:
        remind_of_all.call()
    assert [type(error) for error in failed.value.exceptions] == [SealBroken]
    assert len(told("visit.today")) == 1


def test_beyond_the_table_of_working_days_weeks_have_five(bureau: Bureau) -> None:  # noqa: ARG001 - no need of it
    friday = date(2045, 6, 2)
    assert works(friday)
    assert next_working(friday) == date(2045, 6, 5)


def test_the_queries_of_a_morning_do_not_grow_with_the_visits(
    bureau: Bureau, django_assert_max_num_queries: object
) -> None:
    open_plan_1(bureau)
    dated(bureau, *[at(9).date()] * 3)
    with django_assert_max_num_queries(60):  # type: ignore[operator]  # a context manager
        visits(at(9, 8))
