"""A leader's visit is recorded once, on the occasion of a lead's visit or on its own; late ones say why."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from goods.builders import make_person
from people import SLUG, Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.measures.base import State
from songnuan.journeys.measures.leader_visits import KIND
from songnuan.journeys.record_leader_visit import record_leader_visit
from songnuan.journeys.record_visit import Problem, record_visit
from songnuan.journeys.withdraw_leader_visit import withdraw_leader_visit
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import Post, Unit
from songnuan.organisation.permissions import Role
from songnuan.plans.models import Measure, Plan
from songnuan.tasks.models import Task
from songnuan.tasks.queries import counts, open_by_owner
from songnuan.visits.leader_rules import LeaderReport
from songnuan.visits.leaders import of_plans, of_visit
from songnuan.visits.models import LeaderVisit, LeaderVisitProblem, Visit
from songnuan.web.views.leaders import Line, lines_of
from songnuan.web.views.shared import Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db
BOXES = {"方便面": (94, 68_00), "苹果": (47, 85_00), "梨": (47, 74_00)}


@pytest.fixture
def plan(bureau: Bureau) -> Plan:
    """Plan 1 under way, with all its kits in the store."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, BOXES, "0001")
    return plan


def some(bureau: Bureau) -> list[Visit]:
    return list(Visit.objects.filter(lead_id=bureau.lead_id).order_by("planned_on", "pk"))


def report(bureau: Bureau, **changes: Any) -> LeaderReport:
    facts: dict[str, Any] = {
        "leader_name": "程守山",
        "leader_post": "局长",
        "happened_at": at(8, 9),
        "unit_ids": [visit.unit_id for visit in some(bureau)[:2]],
        "company": "林知行",
        "found": "职工情绪稳定，值班用房偏小。",
        "goods": "",
    }
    return LeaderReport(**{**facts, **changes})


def go(bureau: Bureau, plan: Plan, problems: list[Problem] | None = None, **changes: Any) -> int:
    return record_leader_visit(
        plan_id=plan.pk,
        report=report(bureau, **changes),
        problems=problems or [],
        key=uuid4(),
        actor=bureau.office,
        at=at(8, 15),
    )


def written() -> list[int]:
    acts = Entry.objects.exclude(stream__name__in=["refusals", "trail"]).count()
    return [LeaderVisit.objects.count(), LeaderVisitProblem.objects.count(), Task.objects.count(), acts]


def test_who_recorded_a_leaders_visit_is_told_when_its_problem_is_closed(bureau: Bureau, plan: Plan) -> None:
    go(bureau, plan, [Problem("行军床不足", bureau.lead_id)])
    told = OutboxMessage.objects.filter(topic="problem.closed", recipient_id=bureau.office.user_id)
    assert not told.exists()
    other = make_person("苏知安", Role.EPIDEMIC_OFFICE, Unit.objects.get(pk=bureau.bureau_id))
    task = Task.objects.get(title="行军床不足")
    close_problem(task_id=task.pk, feedback="已送去行军床六张。", actor=other, at=at(9))
    assert told.count() == 1


def test_who_recorded_it_and_left_the_post_is_told_no_more(bureau: Bureau, plan: Plan) -> None:
    go(bureau, plan, [Problem("行军床不足", bureau.lead_id)])
    other = make_person("苏知安", Role.EPIDEMIC_OFFICE, Unit.objects.get(pk=bureau.bureau_id))
    Post.objects.filter(user=bureau.office.user_id or 0).update(ends_on=at(8).date())
    task = Task.objects.get(title="行军床不足")
    close_problem(task_id=task.pk, feedback="已送去行军床六张。", actor=other, at=at(10))
    told = OutboxMessage.objects.filter(topic="problem.closed").values_list("recipient_id", flat=True)
    assert set(told) == {bureau.liaison.user_id}


def test_a_visit_on_its_own_is_recorded_with_its_problems(bureau: Bureau, plan: Plan) -> None:
    pk = go(bureau, plan, [Problem("行军床不足", bureau.lead_id), Problem("值班室漏雨")])
    (row,) = of_plans([plan.pk])
    assert (row.leader_visit_id, row.leader_name, row.happened_at, row.late_entry) == (
        pk,
        "程守山",
        at(8, 9),
        False,
    )
    assert [problem.title for problem in row.problems] == ["行军床不足", "值班室漏雨"]
    assert row.problems[0].owner_id == bureau.lead_id
    assert row.problems[1].owner_id in row.unit_ids
    assert counts(SLUG, at(8).date()).open == 2, "they are problems of the plan as any other"
    assert {one.owner_id for one in open_by_owner([SLUG], at(8).date())} == {
        problem.owner_id for problem in row.problems
    }


def test_on_the_occasion_of_a_visit_nothing_is_told_twice(bureau: Bureau, plan: Plan) -> None:
    visit = some(bureau)[0]
    record_visit(
        visit_id=visit.pk, report=bureau.report(at(8)), key=uuid4(), actor=bureau.liaison, at=at(8, 11)
    )
    go(bureau, plan, visit_id=visit.pk, unit_ids=[], found="不该保留", company="不该保留", happened_at=at(7))
    (row,) = of_visit(visit.pk)
    assert (row.happened_at, row.unit_ids, row.company) == (at(8), (visit.unit_id,), bureau.liaison.label)
    assert row.found == "值班三班倒，食宿有保障。"
    kept = LeaderVisit.objects.get()
    assert (kept.happened_at, kept.found, kept.company) == (None, "", "")
    before = written()
    for leader, other, code in (
        ("程守山", visit.pk, "leader_visit_twice"),
        ("顾长河", some(bureau)[1].pk, "visit_elsewhere"),
    ):
        with pytest.raises(Refusal) as refused:
            go(bureau, plan, leader_name=leader, visit_id=other)
        assert refused.value.code == code
        assert written() == before


def test_late_entries_say_why_and_are_marked(bureau: Bureau, plan: Plan) -> None:
    for day in (2, 7):
        with pytest.raises(Refusal) as refused:
            go(bureau, plan, happened_at=at(day, 8))
        assert refused.value.code == "entry_reason_missing"
    go(bureau, plan, happened_at=at(2), entry_reason="方案印发前的走访")
    go(bureau, plan, leader_name="顾长河", entry_reason="及时登记的不留原因")
    late, in_time = sorted(of_plans([plan.pk]), key=lambda row: row.happened_at)
    assert (late.late_entry, late.before_plan, late.entry_reason) == (True, True, "方案印发前的走访")
    assert (in_time.late_entry, in_time.entry_reason) == (False, "")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"leader_name": " "}, "leader_missing"),
        ({"leader_post": ""}, "leader_post_missing"),
        ({"found": ""}, "found_missing"),
        ({"unit_ids": []}, "units_missing"),
        ({"unit_ids": range(1, 22)}, "units_too_many"),
        ({"unit_ids": [10**6]}, "unit_not_open"),
        ({"happened_at": at(9)}, "happened_in_future"),
        ({"leader_name": "长" * 61}, "leader_name_too_long"),
    ],
)
def test_each_refusal_changes_nothing(bureau: Bureau, plan: Plan, changes: dict[str, Any], code: str) -> None:
    before = written()
    with pytest.raises(Refusal) as refused:
        go(bureau, plan, [Problem("行军床不足")], **changes)
    assert code in {refused.value.code, *str(refused.value.facts.get("problems", "")).split(",")}
    assert written() == before


@pytest.mark.parametrize("who", ["liaison", "officer", "approver", "inspector"])
def test_the_office_alone_records_and_withdraws(bureau: Bureau, plan: Plan, who: str) -> None:
    pk = go(bureau, plan)
    before = written()
    actor = getattr(bureau, who)
    with pytest.raises(NotPermitted):
        record_leader_visit(plan_id=plan.pk, report=report(bureau), key=uuid4(), actor=actor, at=at(8, 15))
    with pytest.raises(NotPermitted):
        withdraw_leader_visit(leader_visit_id=pk, reason="误录", actor=actor, at=at(8, 16))
    assert written() == before


def test_the_same_post_twice_is_one_visit(bureau: Bureau, plan: Plan) -> None:
    key = uuid4()
    made = {
        record_leader_visit(
            plan_id=plan.pk,
            report=report(bureau),
            problems=[Problem("行军床不足")],
            key=key,
            actor=bureau.office,
            at=at(8, 15),
        )
        for _again in range(2)
    }
    assert len(made) == LeaderVisit.objects.count() == LeaderVisitProblem.objects.count() == 1


def test_a_wrong_entry_is_withdrawn_with_a_reason_and_counts_no_more(bureau: Bureau, plan: Plan) -> None:
    pk = go(bureau, plan)
    measure = Measure.objects.select_related("plan").get(plan=plan, kind="leader_visits")
    assert KIND.progress([measure], at(8))[measure.pk].state == State.DONE
    (piece,) = KIND.evidence(measure, at(8))
    assert (piece.kind, piece.ref, piece.note) == ("leader_visit", str(pk), "")
    assert "程守山" not in piece.label, "a label holds no names of people"
    before = written()
    with pytest.raises(Refusal) as refused:
        withdraw_leader_visit(leader_visit_id=pk, reason=" ", actor=bureau.office, at=at(8, 16))
    assert refused.value.code == "withdraw_reason_missing"
    assert written() == before
    withdraw_leader_visit(leader_visit_id=pk, reason="误录", actor=bureau.office, at=at(8, 16))
    with pytest.raises(Refusal) as again:
        withdraw_leader_visit(leader_visit_id=pk, reason="误录", actor=bureau.office, at=at(8, 17))
    assert again.value.code == "wrong_state"
    assert KIND.evidence(measure, at(8)) == []
    progress = KIND.progress([measure], at(8))[measure.pk]
    assert (progress.done, progress.due, progress.state) == (0, 1, State.WAITING)
    assert [row.withdraw_reason for row in of_plans([plan.pk])] == ["误录"]
    assert go(bureau, plan) != pk


def test_of_several_places_one_reads_what_was_found_only_who_sees_them_all(
    bureau: Bureau, plan: Plan
) -> None:
    own = some(bureau)[0].unit_id
    stranger = Visit.objects.exclude(lead_id=bureau.lead_id).values_list("unit_id", flat=True)[0]
    go(bureau, plan, [Problem("岗亭漏雨")], unit_ids=[own, stranger])

    def read(actor: Actor) -> Line:
        (line,) = lines_of(of_plans([plan.pk]), Reader(user_of(actor), actor, at(9), at(9).date()))
        return line

    whole, part = read(bureau.office), read(bureau.liaison)
    assert (len(whole.units), len(whole.problems), whole.row.found) == (2, 1, "职工情绪稳定，值班用房偏小。")
    assert (len(part.units), part.problems, part.row.found, part.row.company) == (1, [], "", "")


def test_a_year_that_was_mistyped_is_refused(bureau: Bureau, plan: Plan) -> None:
    before = written()
    with pytest.raises(Refusal) as refused:
        go(bureau, plan, happened_at=at(8).replace(year=2019, month=1), entry_reason="补录")
    assert refused.value.code == "happened_long_ago"
    assert written() == before


def test_who_may_not_see_the_units_is_told_that_there_are_visits(bureau: Bureau, plan: Plan) -> None:
    url = reverse("leader_visits", args=(plan.slug,))
    go(bureau, plan, happened_at=at(8).replace(year=2019, month=12), entry_reason="补录")
    with on(at(9)):
        page = as_(bureau.stranger).get(url)
        assert (page.context["lines"], page.context["hidden"]) == ([], 1)
        assert _("No leader's visit is recorded.") not in page.content.decode()
        shown = as_(bureau.office).get(url)
        assert shown.context["hidden"] == 0
        assert "2019年12月8日 10:00" in shown.content.decode()
