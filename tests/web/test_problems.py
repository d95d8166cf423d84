from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from people import Bureau, at, buy, open_plan_1, raised
from songnuan.organisation.models import Post
from songnuan.tasks.models import Feedback, Task
from songnuan.visits.models import Visit
from web.browsing import as_, on, recorded, sent, trail_length, user_of

pytestmark = pytest.mark.django_db

DONE = "已调拨油汀四台，岗亭现场确认。"


@pytest.fixture
def visit(bureau: Bureau) -> Visit:
    """A recorded visit at which a problem was raised."""
    plan = open_plan_1(bureau)
    buy(bureau, plan, {"方便面": (94, 70_00), "苹果": (47, 80_00), "梨": (47, 75_00)}, "08812072")
    return recorded(bureau, at(8, 10), "夜班岗亭缺取暖设备")


@pytest.fixture
def problem(visit: Visit) -> Task:
    """The problem."""
    return Task.objects.get(source=f"visits.visit:{visit.pk}")


def is_open(problem: Task) -> bool:
    """Return whether it is still open, and says nothing of an end."""
    problem.refresh_from_db()
    return (problem.status, problem.feedback, problem.done_at) == ("open", "", None)


def test_a_problem_is_shown_to_who_raised_it_and_to_who_oversees_it(
    bureau: Bureau, visit: Visit, problem: Task
) -> None:
    url = reverse("problem", args=(problem.pk,))
    before = trail_length()
    with on(at(9)):
        for actor in (bureau.liaison, bureau.office, bureau.officer, bureau.inspector):
            page = as_(actor).get(url)
            assert page.status_code == 200
            assert page.context["problem"]["visit"] == visit
            assert reverse("visit", args=(visit.pk,)) in page.content.decode()
            assert (page.context["form"] is not None) == (actor == bureau.office)
        assert as_(bureau.stranger).get(url).status_code == 404
        assert as_(bureau.office).get(reverse("problem", args=(10_000,))).status_code == 404
        assert Client().get(url).status_code == 302
    assert page.context["problem"]["state"] == "on_time"
    assert page.context["problem"]["days_left"] == (problem.due_on - at(9).date()).days
    assert trail_length() == before
    with on(at(28)):
        assert as_(bureau.office).get(url).context["problem"]["state"] == "late"


def test_the_owner_sees_a_problem_raised_elsewhere_and_is_not_led_to_the_visit(
    bureau: Bureau, visit: Visit, problem: Task
) -> None:
    owner = bureau.stranger
    raised().update(owner=Post.objects.get(user=user_of(owner)).unit_id)
    with on(at(9)):
        page = as_(owner).get(reverse("problem", args=(problem.pk,)))
        assert as_(owner).get(reverse("visit", args=(visit.pk,))).status_code == 404
    assert page.status_code == 200
    assert page.context["problem"]["visit"] is None


def test_the_office_closes_it_with_what_came_of_it(bureau: Bureau, problem: Task) -> None:
    page, close = reverse("problem", args=(problem.pk,)), reverse("problem_close", args=(problem.pk,))
    with on(at(9, 16)):
        client = as_(bureau.office)
        assert client.post(close, {"feedback": DONE}).headers["Location"] == page
        shown = client.get(page)
        again = client.post(close, {"feedback": "再次办结，补充说明。"})
    problem.refresh_from_db()
    assert (problem.status, problem.feedback, problem.done_at) == ("done", DONE, at(9, 16))
    assert shown.context["problem"]["state"] == "done"
    assert shown.context["form"] is None
    assert (again.status_code, again.headers["X-Songnuan-Refusal"]) == (409, "wrong_state")
    assert "再次办结，补充说明。" in again.content.decode(), "to be copied"
    assert "测试office" in again.content.decode(), "who closed it"
    assert problem.feedback == DONE


@pytest.mark.parametrize("said", ["", "好", "。。。。。。。", "长" * 2001])
def test_an_end_that_says_nothing_is_sent_back_with_what_was_typed(
    bureau: Bureau, problem: Task, said: str
) -> None:
    with on(at(9)):
        page = as_(bureau.office).post(reverse("problem_close", args=(problem.pk,)), {"feedback": said})
    assert page.status_code == 422
    assert len(page.context["form"].errors["feedback"]) == 1
    assert page.context["form"]["feedback"].value() == said
    assert said in page.content.decode()
    assert is_open(problem)


def test_nobody_else_closes_it(bureau: Bureau, problem: Task) -> None:
    close = reverse("problem_close", args=(problem.pk,))
    with on(at(9)):
        for actor, status in ((bureau.liaison, 403), (bureau.officer, 403), (bureau.stranger, 404)):
            for said in (DONE, ""):
                assert as_(actor).post(close, {"feedback": said}).status_code == status
        assert Client().post(close, {"feedback": DONE}).status_code == 302
        forged = as_(bureau.office, enforce_csrf_checks=True).post(close, {"feedback": DONE})
        assert forged.status_code == 403
        assert as_(bureau.office).get(close).headers["Location"] == reverse("problem", args=(problem.pk,))
    assert is_open(problem)


def test_who_closes_it_is_said(bureau: Bureau, problem: Task) -> None:
    url = reverse("problem", args=(problem.pk,))
    with on(at(9)):
        lead, office = (as_(actor).get(url) for actor in (bureau.liaison, bureau.office))
    assert lead.context["problem"]["closer"] == "局疫情防控办公室"
    assert _("%(office)s, on this page, once it is solved.") % {"office": "局疫情防控办公室"} in (
        lead.content.decode()
    )
    assert _("You, below, once it is solved.") in office.content.decode()


def test_a_problem_closed_after_its_day_shows_it(bureau: Bureau, problem: Task) -> None:
    url, close = (reverse(name, args=(problem.pk,)) for name in ("problem", "problem_close"))
    late = problem.due_on + timedelta(days=2)
    with on(at(late.day)):
        as_(bureau.office).post(close, {"feedback": DONE})
        page = as_(bureau.office).get(url)
        visit = as_(bureau.office).get(reverse("visit", args=(page.context["problem"]["visit"].pk,)))
    assert (page.context["problem"]["state"], page.context["problem"]["days_late"]) == ("done", 2)
    assert _("closed late") in page.content.decode()
    assert visit.context["visit"]["problems"][0]["late"]
    assert _("closed late") in visit.content.decode()


def test_what_is_owed_is_closed_by_its_hand_over_and_not_by_hand(bureau: Bureau) -> None:
    open_plan_1(bureau)
    visit = recorded(bureau, at(8, 10))
    task = raised().get()
    url, close = (reverse(name, args=(task.pk,)) for name in ("problem", "problem_close"))
    with on(at(9)):
        page = as_(bureau.office).get(url)
        refused = as_(bureau.office).post(close, {"feedback": DONE})
    assert page.context["form"] is None
    assert page.context["problem"]["closes_itself"]
    assert page.context["problem"]["visit"] == visit
    assert f"{reverse('visit', args=(visit.pk,))}#kit" in page.content.decode()
    assert (refused.status_code, refused.headers["X-Songnuan-Refusal"]) == (409, "closes_itself")
    assert is_open(task)


def test_who_comes_too_late_finds_what_was_written_and_who_closed_it(bureau: Bureau, problem: Task) -> None:
    urls = {act: reverse(f"problem_{act}", args=(problem.pk,)) for act in ("close", "report", "amend")}
    with on(at(9, 16)):
        as_(bureau.office).post(urls["close"], {"feedback": DONE})
        twice = as_(bureau.office).post(urls["close"], {"feedback": DONE})
        report = as_(bureau.liaison).post(urls["report"], sent(text="已联系厂家"))
        told = sent(title="换个名称", owner=str(problem.owner_id), reason="名称写错了")
        amended = as_(bureau.liaison).post(urls["amend"], told)
    assert twice.status_code == 302, "the same words of the same person"
    for page, words in ((report, ["已联系厂家"]), (amended, ["换个名称", "名称写错了"])):
        assert (page.status_code, page.headers["X-Songnuan-Refusal"]) == (409, "wrong_state")
        assert all(word in page.content.decode() for word in [*words, "测试office"])
    problem.refresh_from_db()
    assert (problem.title, problem.feedback) == ("夜班岗亭缺取暖设备", DONE)
    assert not Feedback.objects.exists()
