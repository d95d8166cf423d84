"""Duties that a plan sets: assigned at its opening, reported by their owners, counted by the plan."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import ValidationError

from people import BUREAU, LEAD, OFFICE, Bureau, at
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.approve_amendment import approve_amendment
from songnuan.journeys.approve_plan import approve_plan
from songnuan.journeys.check_plan import check_plan
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.create_account import create_account
from songnuan.journeys.edit_plan import edit_plan
from songnuan.journeys.give_post import give_post
from songnuan.journeys.living_plan import living_plan
from songnuan.journeys.load_plan import load_plan
from songnuan.journeys.measures.assignments import KIND, MOST_TIMES, AssignmentsSettings, Duty
from songnuan.journeys.measures.base import Opening, State
from songnuan.journeys.open_amendment import open_amendment
from songnuan.journeys.open_plan import open_plan
from songnuan.journeys.plan_overview import strips
from songnuan.journeys.put_amendment_in_force import put_amendment_in_force
from songnuan.journeys.submit_amendment import submit_amendment
from songnuan.journeys.submit_plan import submit_plan
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.plans import rewriting
from songnuan.plans.models import Measure, Plan, PlanStatus
from songnuan.tasks import queries
from songnuan.tasks.models import Task

SLUG = "duties"
SOURCE = f"""\
slug: {SLUG}
title: 应急值守方案
unit: {BUREAU}
office: {OFFICE}
starts_on: 2020-04-07
due_on: 2020-04-30
basis:
  - title: 局领导关于应急值守的批示
    dated_on: 2020-04-01
clauses:
  - key: duty
    number: 一、
    title: 值守
    text: 建立通讯录，每周演练一次，形成总结。
    measures:
      - kind: assignments
        items:
          - {{key: call_tree, text: 建立应急通讯录, owner: {LEAD}, due_on: 2020-04-09}}
          - key: drill
            text: 开展集结演练
            owner: {LEAD}
            due_on: 2020-04-10
            every: week
            until: 2020-04-24
          - {{key: summary, text: 形成值守总结, owner: 审计处, due_workdays: 3}}
"""
DONE = "通讯录已印发各处室并上墙。"


def approved(bureau: Bureau, source: str) -> None:
    """Bring the plan to the point where it is approved."""
    load_plan(source=source, actor=bureau.officer, at=at(6))
    request = submit_plan(slug=SLUG, actor=bureau.officer, at=at(6, 11))
    approve_plan(slug=SLUG, digest=request.digest, actor=bureau.approver, at=at(6, 15))


def opened(bureau: Bureau, source: str = SOURCE) -> Plan:
    """Bring the plan to the point where it is under way."""
    approved(bureau, source)
    return open_plan(slug=SLUG, actor=bureau.officer, at=at(7, 9))


def the_measure() -> Measure:
    return Measure.objects.select_related("plan").get(plan__slug=SLUG)


def task_of(title: str) -> Task:
    return Task.objects.filter(title=title).order_by("due_on")[0]


def above(bureau: Bureau, role: Role) -> Actor:
    """Return somebody who holds the post at the bureau itself."""
    user = create_account(username=role.value, name=role.value, password=None, actor=SYSTEM, at=at(7))
    give_post(user_id=user.pk, unit_id=bureau.bureau_id, role=role, actor=SYSTEM, at=at(7))
    return actor_of(user)


@pytest.mark.django_db
def test_opening_assigns_each_duty_for_every_day_it_is_due_and_again_nothing(bureau: Bureau) -> None:
    opened(bureau)
    rows = Task.objects.order_by("due_on", "pk").values_list("title", "owner_id", "due_on")
    audit = Task.objects.get(title="形成值守总结").owner_id
    assert list(rows) == [
        ("建立应急通讯录", bureau.lead_id, date(2020, 4, 9)),
        ("开展集结演练", bureau.lead_id, date(2020, 4, 10)),
        ("形成值守总结", audit, date(2020, 4, 10)),
        ("开展集结演练", bureau.lead_id, date(2020, 4, 17)),
        ("开展集结演练", bureau.lead_id, date(2020, 4, 24)),
    ]
    assert Entry.objects.filter(action="tasks.assign").count() == 5
    measure = the_measure()
    settings = AssignmentsSettings.model_validate(measure.settings)
    KIND.open(Opening(measure, settings, None, bureau.officer, at(8)))  # type: ignore[arg-type]
    assert Task.objects.count() == 5


@pytest.mark.django_db
def test_the_days_of_a_duty_are_written_together(bureau: Bureau) -> None:
    """Thirty duties of a hundred days are thousands of rows, and nobody else writes meanwhile."""
    text = SOURCE.replace(
        "every: week\n            until: 2020-04-24", "every: day\n            until: 2020-06-30"
    )
    approved(bureau, text.replace("due_on: 2020-04-30", "due_on: 2020-06-30"))
    with CaptureQueriesContext(connection) as asked:
        open_plan(slug=SLUG, actor=bureau.officer, at=at(7, 9))
    drills = Task.objects.filter(title="开展集结演练")
    assert drills.count() == 82
    assert Entry.objects.filter(action="tasks.assign").count() == 84, "each is in the trail"
    written = [row for row in asked.captured_queries if row["sql"].startswith('INSERT INTO "tasks_task"')]
    assert len(written) < 10


@pytest.mark.django_db
def test_a_duty_of_a_unit_that_is_not_there_holds_the_plan_up(bureau: Bureau) -> None:
    with pytest.raises(Refusal) as refused:
        opened(bureau, SOURCE.replace("owner: 审计处", "owner: 宣传处"))
    assert refused.value.code == "plan_lint"
    assert "宣传处" in refused.value.sentence
    assert Plan.objects.get(slug=SLUG).status == PlanStatus.DRAFT


@pytest.mark.django_db
def test_a_unit_that_has_gone_since_holds_the_opening_up(bureau: Bureau) -> None:
    approved(bureau, SOURCE)
    UnitRecord.objects.filter(name="审计处").update(name="审计与内控处")
    with pytest.raises(Refusal) as refused:
        open_plan(slug=SLUG, actor=bureau.officer, at=at(7, 9))
    assert refused.value.code == "owner_unknown"
    assert "审计处" in refused.value.sentence
    assert not Task.objects.exists()
    assert Plan.objects.get(slug=SLUG).status == PlanStatus.APPROVED


@pytest.mark.django_db
def test_the_owner_reports_and_nobody_else(bureau: Bureau) -> None:
    opened(bureau)
    task = task_of("建立应急通讯录")
    for actor in (bureau.stranger, bureau.finance, bureau.inspector, bureau.officer):
        with pytest.raises(Refusal) as refused:
            close_problem(task_id=task.pk, feedback=DONE, actor=actor, at=at(8))
        assert refused.value.code == "not_permitted"
    with pytest.raises(Refusal) as refused:
        close_problem(task_id=task.pk, feedback="已办", actor=bureau.liaison, at=at(8))
    assert refused.value.code == "feedback_missing"
    task.refresh_from_db()
    assert (task.status, task.feedback) == ("open", "")
    close_problem(task_id=task.pk, feedback=DONE, actor=bureau.liaison, at=at(8))
    with pytest.raises(Refusal) as refused:
        close_problem(task_id=task.pk, feedback="再报一次也不行。", actor=bureau.liaison, at=at(8))
    assert refused.value.code == "wrong_state"
    task.refresh_from_db()
    assert (task.status, task.feedback) == ("done", DONE)
    assert Entry.objects.filter(action="tasks.report_duty").count() == 1
    # Who holds a post above the owner answers for the own unit, not for the owner's.
    for role in (Role.UNION_OFFICER, Role.LEAD_LIAISON, Role.UNIT_LIAISON):
        with pytest.raises(Refusal) as refused:
            close_problem(
                task_id=task_of("形成值守总结").pk, feedback=DONE, actor=above(bureau, role), at=at(9)
            )
        assert refused.value.code == "not_permitted"
    assert task_of("形成值守总结").status == "open"
    assert Entry.objects.filter(action="tasks.report_duty").count() == 1
    # The office follows the duties up, and may report for an owner without an account.
    close_problem(
        task_id=task_of("形成值守总结").pk, feedback="审计处已送交总结。", actor=bureau.office, at=at(9)
    )


MORE = f"""  - key: more
    number: 二、
    title: 报告
    text: 报送工作小结。
    measures:
      - kind: assignments
        key: more
        items:
          - {{key: report, text: 报送工作小结, owner: {LEAD}, due_on: 2020-04-09}}
"""


@pytest.mark.django_db
def test_who_is_late_in_two_measures_is_named_once_and_by_name_though_the_unit_is_closed(
    bureau: Bureau,
) -> None:
    plan = opened(bureau, SOURCE + MORE)
    plan.refresh_from_db()
    UnitRecord.objects.filter(unit=bureau.lead_id).update(ends_on=date(2020, 4, 11))
    (strip,) = strips([plan], at(13))
    page = living_plan(plan, at(13), lambda _measure, _kind: "")
    assert strip.late_names == page.late_names == (LEAD, "审计处")
    assert LEAD in page.next_step


@pytest.mark.django_db
def test_the_plan_counts_its_duties_and_says_who_is_late_and_what_is_next(bureau: Bureau) -> None:
    plan = opened(bureau)
    measure = the_measure()
    close_problem(task_id=task_of("建立应急通讯录").pk, feedback=DONE, actor=bureau.liaison, at=at(10))
    row = KIND.progress([measure], at(13))[measure.pk]
    assert (row.done, row.due, row.late, row.state) == (1, 5, 2, State.LATE)
    assert row.late_names == ("航道处", "审计处")
    assert "开展集结演练" in row.notes[0]
    assert "航道处" in row.next
    assert "开展集结演练" in row.next
    assert len(row.notes) == 2  # what is overdue, and that something was done a day late
    pieces = KIND.evidence(measure, at(13))
    assert [(piece.kind, piece.ref) for piece in pieces] == [("duty", str(task_of("建立应急通讯录").pk))]
    plan.refresh_from_db()
    page = living_plan(plan, at(13), lambda _measure, _kind: "")
    assert (page.done, page.due, page.late, page.lead_late) == (1, 5, 2, 2)
    # Duties are no problems found at visits.
    assert queries.counts(SLUG, date(2020, 4, 13)).total == 0
    assert queries.of_plan(SLUG) == queries.overdue(SLUG, date(2020, 4, 13)) == []


def duty(**settings: Any) -> Duty:
    return Duty.model_validate({"key": "one", "text": "办一件事", "owner": "办公室", **settings})


@pytest.mark.parametrize(
    ("settings", "days"),
    [
        ({"due_on": "2020-04-09"}, ["2020-04-09"]),
        ({"due_workdays": 2}, ["2020-04-08"]),  # the sixth is a holiday; counted from the opening
        ({"due_on": "2020-01-31", "every": "month", "until": "2020-05-01"}, ["2020-04-30"]),
        ({"due_on": "2020-04-29", "every": "day"}, ["2020-04-29", "2020-04-30"]),
        ({"due_on": "2020-03-03", "every": "week", "until": "2020-04-08"}, ["2020-04-07"]),
        ({"due_on": "2020-03-03", "every": "week", "until": "2020-03-12"}, ["2020-03-10"]),
        ({"due_on": "2020-03-03"}, ["2020-03-03"]),
        # Whatever the duty says, nothing is due after the plan's end.
        (
            {"due_on": "2020-04-16", "every": "week", "until": "2020-12-31"},
            ["2020-04-16", "2020-04-23", "2020-04-30"],
        ),
        ({"due_on": "2019-01-01", "every": "day", "until": "2020-04-07"}, ["2020-04-06", "2020-04-07"]),
        ({"due_on": "2020-04-06", "every": "week", "until": "2020-04-06"}, ["2020-04-06"]),
        ({"due_on": "2020-03-30", "every": "week", "until": "2020-03-30"}, ["2020-03-30"]),
        ({"due_on": "2019-12-31", "every": "month", "until": "2020-04-06"}, ["2020-03-31"]),
    ],
)
def test_on_which_days_a_duty_is_due(settings: dict[str, Any], days: list[str]) -> None:
    found = duty(**settings).days(date(2020, 4, 6), date(2020, 4, 30))
    assert [day.isoformat() for day in found] == days


def test_monthly_duties_keep_their_day_where_the_month_has_it() -> None:
    found = duty(due_on="2019-11-30", every="month", until="2020-03-31").days(date(2019, 11, 1), None)
    assert [day.isoformat() for day in found] == [
        "2019-11-30", "2019-12-30", "2020-01-30", "2020-02-29", "2020-03-30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [{}, {"due_on": "2020-04-09", "due_workdays": 3}, {"due_on": "2020-04-09", "until": "2020-04-20"}],
)
def test_a_duty_has_one_deadline_and_repeats_only_when_it_says_how_often(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        duty(**settings)


def test_a_plan_of_duties_passes_the_check() -> None:
    assert [finding.code for finding in check_plan(SOURCE)] == []


def test_a_duty_that_is_repeated_beyond_the_plan_is_told_with_how_to_mend_it() -> None:
    text = SOURCE.replace("until: 2020-04-24", "until: 2020-05-08")
    (finding,) = [row for row in check_plan(text) if row.code == "measure_after_plan"]
    assert finding.clause == "一、值守"
    assert "开展集结演练" in finding.message
    assert "5月8日" in finding.message
    assert finding.mend


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("due_on: 2020-04-09}", "due_on: 2020-05-08}"),
        ("due_workdays: 3}", "due_workdays: 30}"),
        ("until: 2020-04-24", "until: 2020-05-01"),
    ],
)
def test_whatever_is_due_after_the_plan_is_told_once(before: str, after: str) -> None:
    codes = [row.code for row in check_plan(SOURCE.replace(before, after))]
    assert codes.count("measure_after_plan") == 1


def test_each_day_that_is_asked_for_too_often_is_counted_from_where_the_plan_begins() -> None:
    """A first day that lies far back hides nothing of what comes after the opening."""
    often = duty(due_on="2019-01-01", every="day", until="2020-12-31")
    assert len(often.days(date(2020, 4, 6), None)) > MOST_TIMES
    enough = duty(due_on="2020-04-06", every="day", until="2020-07-14")
    assert len(enough.days(date(2020, 4, 6), None)) == MOST_TIMES
    one_more = duty(due_on="2020-04-06", every="day", until="2020-07-15")
    assert len(one_more.days(date(2020, 4, 6), None)) == MOST_TIMES + 1


@pytest.mark.django_db
def test_a_duty_that_only_turns_out_too_often_at_the_opening_is_refused_whole(bureau: Bureau) -> None:
    """Without a first day the check cannot count; the opening leaves nothing out without a word."""
    text = SOURCE.replace("starts_on: 2020-04-07\ndue_on: 2020-04-30", "due_on: 2020-12-31")
    text = text.replace("owner: 审计处, due_workdays: 3}", "owner: 审计处, due_workdays: 3, every: day}")
    approved(bureau, text)
    with pytest.raises(Refusal) as caught:
        open_plan(slug=SLUG, actor=bureau.officer, at=at(7, 9))
    assert caught.value.code == "duty_too_often"
    assert "形成值守总结" in caught.value.sentence
    assert not Task.objects.exists()
    assert Plan.objects.get(slug=SLUG).status == PlanStatus.APPROVED


@pytest.mark.django_db
def test_who_has_a_duty_and_who_gets_one_is_told_of_an_amendment(bureau: Bureau) -> None:
    plan = opened(bureau, SOURCE.replace("owner: 审计处", f"owner: {LEAD}"))
    open_amendment(slug=SLUG, base=plan.version, reason="另作安排。", actor=bureau.officer, at=at(8))
    items = [{"key": "summary", "text": "形成值守总结", "owner": "审计处", "due_on": "2020-04-20"}]
    change = rewriting.measure("duty", "more", "assignments", {"items": items})
    edit_plan(slug=SLUG, base=plan.version, change=change, key=uuid4(), actor=bureau.officer, at=at(8))
    digest = submit_amendment(slug=SLUG, actor=bureau.officer, at=at(8, 11)).digest
    approve_amendment(slug=SLUG, digest=digest, actor=bureau.approver, at=at(8, 12))
    put_amendment_in_force(slug=SLUG, actor=bureau.officer, at=at(8, 13))
    told = OutboxMessage.objects.filter(topic="plan.amended").values_list("recipient", flat=True)
    assert {bureau.liaison.user_id, bureau.stranger.user_id} <= set(told)
    assert len(told) == len(set(told))
