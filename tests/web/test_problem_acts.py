"""An open problem on its page: its owner reports on it, who raised it corrects it, and nobody else does."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from people import Bureau, at, buy, open_plan_1
from songnuan.audit.models import Entry
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.amend_problem import amend_problem
from songnuan.journeys.close_problem import close_problem
from songnuan.journeys.record_leader_visit import record_leader_visit
from songnuan.journeys.record_visit import Problem, record_visit
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import units_by_name
from songnuan.tasks.models import Feedback, Task
from songnuan.visits.leader_rules import LeaderReport
from songnuan.visits.models import Visit
from web.browsing import as_, on, recorded, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(bureau: Bureau) -> Visit:
    """A recorded visit at which a problem was raised."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")


@pytest.fixture
def problem(visit: Visit) -> Task:
    """The problem; its owner is the lead."""
    return Task.objects.get(source=f"visits.visit:{visit.pk}")


def url(problem: Task, act: str = "") -> str:
    return reverse(f"problem_{act}" if act else "problem", args=(problem.pk,))


def untouched(problem: Task) -> bool:
    """Return whether the problem stands as it was raised, and nothing was said about it."""
    was = (problem.title, problem.owner_id, problem.status)
    problem.refresh_from_db()
    noted = Entry.objects.filter(action__in=("tasks.amend_problem", "tasks.report_problem"))
    return (problem.title, problem.owner_id, problem.status) == was and not (
        Feedback.objects.exists() or noted.exists()
    )


def test_the_owner_reports_how_far_it_is_and_once(bureau: Bureau, problem: Task) -> None:
    told = sent(text="已联系厂家，周五送到。")
    with on(at(9)):
        assert as_(bureau.liaison).get(url(problem)).context["progress"] is not None
        assert as_(bureau.finance).get(url(problem)).context["progress"] is None
        answers = [as_(bureau.liaison).post(url(problem, "report"), told) for _again in range(2)]
        page = as_(bureau.office).get(url(problem))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [(row.verb, row.text) for row in page.context["said"]] == [("report", "已联系厂家，周五送到。")]
    assert "已联系厂家，周五送到。" in page.content.decode()
    assert Entry.objects.filter(action="tasks.report_problem").count() == 1
    problem.refresh_from_db()
    assert problem.status == "open", "the office closes it"


def test_who_is_not_its_owner_reports_nothing(bureau: Bureau, problem: Task) -> None:
    with on(at(9)):
        assert as_(bureau.stranger).post(url(problem, "report"), sent(text="已处理好")).status_code == 404
        assert as_(bureau.finance).post(url(problem, "report"), sent(text="已处理好")).status_code == 403
        empty = as_(bureau.liaison).post(url(problem, "report"), sent(text=" 。 "))
    assert (empty.status_code, list(empty.context["progress"].errors)) == (422, ["text"])
    assert untouched(problem)


def test_the_people_of_the_lead_correct_it_and_the_trail_says_why(bureau: Bureau, problem: Task) -> None:
    other = units_by_name(["后勤服务中心"], at(9).date())["后勤服务中心"]
    told = sent(title="夜班岗亭缺暖气", owner=str(other), reason="交错了单位")
    with on(at(9)):
        page = as_(bureau.liaison).get(url(problem))
        assert page.context["amendment"].initial == {"title": problem.title, "owner": problem.owner_id}
        assert as_(bureau.liaison).post(url(problem, "amend"), told).status_code == 302
        page = as_(bureau.office).get(url(problem))
    due_on = problem.due_on
    problem.refresh_from_db()
    assert (problem.title, problem.owner_id, problem.due_on) == ("夜班岗亭缺暖气", other, due_on)
    [row] = page.context["said"]
    assert (row.verb, row.text.split("\n")[0]) == ("amend", "交错了单位")
    assert "夜班岗亭缺取暖设备" in page.content.decode(), "what it was called until then"
    noted = Entry.objects.get(action="tasks.amend_problem")
    assert f'"former_owner":{bureau.lead_id}' in noted.facts.replace(" ", "")
    assert "交错了单位" in noted.facts


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"reason": ""}, "reason"),
        ({"reason": "。。"}, "reason"),
        ({"owner": "999999"}, "owner"),
        ({"title": "夜班岗亭缺取暖设备"}, "title"),
    ],
)
def test_a_correction_is_refused_beside_its_input(
    bureau: Bureau, problem: Task, changes: dict[str, str], field: str
) -> None:
    told = {"title": "夜班岗亭缺暖气", "owner": str(problem.owner_id), "reason": "名称写错", **changes}
    with on(at(9)):
        page = as_(bureau.liaison).post(url(problem, "amend"), sent(**told))
    assert (page.status_code, list(page.context["amendment"].errors)) == (422, [field])
    assert untouched(problem)


def test_who_did_not_raise_it_does_not_correct_it(bureau: Bureau, problem: Task) -> None:
    told = sent(title="别的问题", owner=str(problem.owner_id), reason="想改一下")
    with on(at(9)):
        for actor in (bureau.finance, bureau.inspector, bureau.officer):
            assert as_(actor).get(url(problem)).context["amendment"] is None
            assert as_(actor).post(url(problem, "amend"), told).status_code == 403
        assert as_(bureau.stranger).post(url(problem, "amend"), told).status_code == 404
        assert as_(bureau.office).get(url(problem)).context["amendment"] is not None
        assert Client().post(url(problem, "amend"), told).status_code == 302
    assert untouched(problem)


def test_goods_that_follow_a_visit_are_given_away_by_nobody(bureau: Bureau, visit: Visit) -> None:
    assert visit.status == "recorded", "the plan is under way"
    report = bureau.report(at(8), form="call", form_reason="卡口封闭", signature=b"", confirmed_by_name=True)
    other = Visit.objects.filter(lead_id=bureau.lead_id, status="planned").order_by("-pk")[0]
    record_visit(visit_id=other.pk, report=report, key=uuid4(), actor=bureau.liaison, at=at(8, 11))
    owed = Task.objects.get(source=f"visits.hand_over:{other.pk}")
    facts = (owed.title, owed.owner_id)
    with on(at(9)):
        for actor in (bureau.liaison, bureau.office):
            with pytest.raises(Refusal) as refused:
                amend_problem(
                    task_id=owed.pk, title="改名", owner_id=bureau.bureau_id, reason="想改一下",
                    actor=actor, at=at(9),
                )  # fmt: skip
            assert refused.value.code == "task_unknown"
    owed.refresh_from_db()
    assert (owed.title, owed.owner_id) == facts


def test_the_office_reminds_the_owner_of_an_overdue_problem_once_a_day(bureau: Bureau, problem: Task) -> None:
    late = at(problem.due_on.day + 1)
    told = OutboxMessage.objects.filter(topic="problem.chased")
    with on(late):
        assert as_(bureau.office).get(url(problem)).context["chase"] == "now"
        answers = [as_(bureau.office).post(url(problem, "chase")).status_code for _again in range(2)]
        page = as_(bureau.office).get(url(problem))
    assert (answers, page.context["chase"]) == ([302, 302], "done")
    assert list(told.values_list("recipient_id", flat=True)) == [bureau.liaison.user_id]
    assert [(row.verb, row.text) for row in page.context["said"]] == [("chase", "")]
    assert Entry.objects.filter(action="tasks.chase_problem").count() == 1
    problem.refresh_from_db()
    assert problem.status == "open"
    with on(at(problem.due_on.day + 2)):
        as_(bureau.office).post(url(problem, "chase"))
    assert told.count() == 2, "the next day they may be asked again"


def test_nobody_is_reminded_early_or_by_who_does_not_close_problems(bureau: Bureau, problem: Task) -> None:
    with on(at(problem.due_on.day)):
        assert as_(bureau.office).get(url(problem)).context["chase"] == ""
        assert as_(bureau.office).post(url(problem, "chase")).status_code == 409
    with on(at(problem.due_on.day + 1)):
        for actor in (bureau.liaison, bureau.finance):
            assert as_(actor).get(url(problem)).context["chase"] == ""
            assert as_(actor).post(url(problem, "chase")).status_code == 403
        assert as_(bureau.stranger).post(url(problem, "chase")).status_code == 404
        as_(bureau.office).get(url(problem, "chase"))
    assert not OutboxMessage.objects.filter(topic="problem.chased").exists()
    assert not Feedback.objects.exists()


def test_a_closed_problem_is_not_chased(bureau: Bureau, problem: Task) -> None:
    close_problem(
        task_id=problem.pk, feedback="已调拨油汀四台，岗亭现场确认。", actor=bureau.office, at=at(9)
    )
    with on(at(problem.due_on.day + 1)):
        assert as_(bureau.office).get(url(problem)).context["chase"] == ""
        assert as_(bureau.office).post(url(problem, "chase")).status_code == 409
    assert not OutboxMessage.objects.filter(topic="problem.chased").exists()


def test_a_closed_problem_and_one_about_a_kit_stay_as_they_are(bureau: Bureau, problem: Task) -> None:
    close_problem(
        task_id=problem.pk, feedback="已调拨油汀四台，岗亭现场确认。", actor=bureau.office, at=at(9)
    )
    problem.refresh_from_db()
    with on(at(10)):
        page = as_(bureau.liaison).get(url(problem))
    assert (page.context["progress"], page.context["amendment"]) == (None, None)
    with pytest.raises(Refusal) as refused:
        amend_problem(
            task_id=problem.pk, title="改名", owner_id=problem.owner_id, reason="想改一下",
            actor=bureau.liaison, at=at(10),
        )  # fmt: skip
    assert refused.value.code == "wrong_state"
    assert untouched(problem)


def told_of(topic: str) -> list[int]:
    """Return whom notices of a kind were left for."""
    rows = OutboxMessage.objects.filter(topic=topic).order_by("recipient_id")
    return list(rows.values_list("recipient_id", flat=True))


def test_the_owner_is_told_of_a_problem_and_both_sides_of_its_end(bureau: Bureau, visit: Visit) -> None:
    other = units_by_name(["审计处"], at(9).date())["审计处"]
    another = Visit.objects.filter(lead_id=bureau.lead_id, status="planned").order_by("pk")[0]
    raised = [Problem("行军床不足", other), Problem("自己能办的事")]
    told, key = bureau.report(at(8), raised), uuid4()
    for _again in range(2):
        record_visit(visit_id=another.pk, report=told, key=key, actor=bureau.liaison, at=at(8, 11))
    assert told_of("problem.raised") == [bureau.stranger.user_id], "who raised the other knows of it"
    message = OutboxMessage.objects.get(topic="problem.raised")
    task = Task.objects.get(title="行军床不足")
    assert (message.url, "行军床不足" in message.title) == (url(task), True)
    assert not told_of("problem.closed")
    close_problem(task_id=task.pk, feedback="已送去行军床六张。", actor=bureau.office, at=at(9))
    assert set(told_of("problem.closed")) == {bureau.liaison.user_id, bureau.stranger.user_id}
    for message in OutboxMessage.objects.filter(topic="problem.closed"):
        assert "已送去行军床六张。" in message.body, "what came of it"
    assert visit.status == "recorded"


def test_a_unit_that_a_problem_is_given_to_later_is_told(bureau: Bureau, problem: Task) -> None:
    other = units_by_name(["审计处"], at(9).date())["审计处"]

    def give(owner_id: int, hour: int) -> None:
        amend_problem(
            task_id=problem.pk, title="夜班岗亭缺暖气", owner_id=owner_id, reason="交错了单位",
            actor=bureau.liaison, at=at(9, hour),
        )  # fmt: skip

    give(problem.owner_id, 10)
    assert not told_of("problem.raised"), "a better name is no news"
    give(other, 11)
    assert told_of("problem.raised") == [bureau.stranger.user_id]


def test_a_problem_that_a_leader_found_is_told_to_its_owner(bureau: Bureau, visit: Visit) -> None:
    report = LeaderReport(
        leader_name="程守山", leader_post="局长", happened_at=at(8, 9), unit_ids=[visit.unit_id],
        company="林知行", found="值班用房偏小。",
    )  # fmt: skip
    record_leader_visit(
        plan_id=visit.measure.plan_id, report=report, problems=[Problem("行军床不足", bureau.lead_id)],
        key=uuid4(), actor=bureau.office, at=at(8, 15),
    )  # fmt: skip
    assert told_of("problem.raised") == [bureau.liaison.user_id]
