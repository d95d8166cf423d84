"""Whoever is asked for something late hears of it by mail at once, and from whom."""

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import override

from outreach.mailing import letters, notice, posted, reached
from people import Bureau, at, buy, open_plan_1
from songnuan.journeys.chase_problem import chase_problem
from songnuan.journeys.chase_visit import chase_visit
from songnuan.journeys.close_problem import close_problem
from songnuan.outreach.models import Passed
from songnuan.tasks.models import Task
from songnuan.visits.models import Visit
from web.browsing import recorded, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(bureau: Bureau) -> Task:
    """An open problem, due before the thirteenth; its owner is the lead."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    visit = recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")
    task = Task.objects.get(source=f"visits.visit:{visit.pk}")
    Task.objects.filter(pk=task.pk).update(due_on=at(13).date())
    Visit.objects.filter(status="planned").update(planned_on=at(21).date())
    reached(bureau.liaison, at(8, 12))
    return task


def asked() -> str:
    """Return the words of who asked on the fourteenth."""
    return _("%(office)s asked for it on %(day)s") % {"office": "疫情防控办公室", "day": "4月14日"}


def test_who_is_chased_gets_a_mail_at_once_that_names_the_office(bureau: Bureau, problem: Task) -> None:
    posted(at(14, 8, 15))
    assert chase_problem(task_id=problem.pk, actor=bureau.office, at=at(14, 10))
    (mailed,) = posted(at(14, 10, 5))
    assert mailed.subject == "送暖：紧急提醒（问题）"
    assert "疫情防控办公室" in mailed.body
    assert not chase_problem(task_id=problem.pk, actor=bureau.office, at=at(14, 11))
    assert posted(at(14, 11, 5)) == []
    (digest,) = posted(at(15, 8, 15))
    with override("zh-hans"):
        assert asked() in digest.body


@pytest.mark.parametrize("minute", [0, 13])
def test_it_does_not_wait_for_the_digest_that_comes_soon(bureau: Bureau, problem: Task, minute: int) -> None:
    posted(at(13, 8, 15))
    chase_problem(task_id=problem.pk, actor=bureau.office, at=at(14, 8, minute))
    (mailed,) = posted(at(14, 8, minute + 1))
    assert "疫情防控办公室" in mailed.body
    (digest,) = posted(at(14, 8, 15))
    with override("zh-hans"):
        assert asked() in digest.body


def test_six_letters_before_it_do_not_hold_it_back(bureau: Bureau, problem: Task) -> None:
    posted(at(14, 8, 15))
    for number in range(7):
        notice(bureau.liaison, f"逾期 {number}", at(14, 9, 5 * number), topic="document.late")
        posted(at(14, 9, 5 * number + 1))
    chase_problem(task_id=problem.pk, actor=bureau.office, at=at(14, 10))
    (mailed,) = posted(at(14, 10, 5))
    assert problem.title in mailed.body


def test_in_quiet_hours_it_waits_and_what_was_solved_meanwhile_is_not_asked_for(
    bureau: Bureau, problem: Task
) -> None:
    posted(at(14, 8, 15))
    chase_problem(task_id=problem.pk, actor=bureau.office, at=at(14, 22))
    assert posted(at(14, 22, 5)) == []
    (mailed,) = posted(at(15, 7, 30))
    assert "疫情防控办公室" in mailed.body
    chase_problem(task_id=problem.pk, actor=bureau.office, at=at(15, 22))
    close_problem(task_id=problem.pk, feedback="已送去油汀。", actor=bureau.office, at=at(15, 23))
    before = letters()
    assert not any(problem.title in one.body and "紧急" in one.subject for one in posted(at(16, 7, 30)))
    assert letters() == before
    assert Passed.objects.filter(message__topic="problem.chased", letter=None).count() == 1


def test_who_is_chased_for_a_visit_hears_from_whom(bureau: Bureau) -> None:
    open_plan_1(bureau)
    reached(bureau.liaison, at(7))
    visit = Visit.objects.filter(lead_id=bureau.lead_id).order_by("pk")[0]
    Visit.objects.exclude(pk=visit.pk).update(planned_on=at(21).date())
    Visit.objects.filter(pk=visit.pk).update(planned_on=at(9).date())
    posted(at(14, 8, 15))
    chase_visit(visit_id=visit.pk, actor=bureau.office, at=at(14, 10))
    (mailed,) = posted(at(14, 10, 5))
    assert "疫情防控办公室" in mailed.body
    (digest,) = posted(at(15, 8, 15))
    with override(user_of(bureau.liaison).language):
        assert asked() in digest.body
