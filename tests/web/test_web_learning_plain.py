"""What pages of lessons and events say to who is new to them: what is asked, what is over, what to do."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goods.builders import snapshot
from outreach.course_house import BEGINS, COURSES, WINDOW, School, make_school
from outreach.lesson_house import NOW
from outreach.test_events import PLAN, ask, make_measure, planned
from songnuan.journeys.attend_course import AT_THE_DOOR, check_in_by_told, enter_attendance
from songnuan.journeys.hold_event import answer_invitation
from songnuan.outreach.actions.attending import Told
from songnuan.outreach.actions.events import as_invited
from songnuan.outreach.course_models import Attendance
from songnuan.outreach.course_rules import Window
from songnuan.outreach.event_models import Event, Invitation
from songnuan.people.models import Person
from songnuan.plans.models import Measure
from web.browsing import on
from web.test_web_courses import ANSWERS, get, post

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def measure(school: School) -> Measure:
    return make_measure(school)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_at_the_door_the_number_is_asked_for_beside_its_field(school: School) -> None:
    door = school.door(school.course())
    address, client = reverse("door", args=(door.code,)), Client()
    with on(BEGINS):
        shown = text(client.get(address))
        told = client.post(address, {"name": "林小满"})
        assert client.post(address, {"own_code": "AAAAAAAA"}).context["form"].errors.keys() == {"own_code"}
    assert shown.count('aria-required="true"') == 2
    assert (told.status_code, told.context["form"].errors.keys()) == (422, {"phone_tail"})
    assert "请填写手机号后四位" in text(told)
    assert "名册里没有这个人" not in text(told)
    assert not Attendance.objects.exists()


def test_once_a_lesson_is_over_its_door_says_so_and_asks_nothing(school: School) -> None:
    door = school.door(school.course())
    address, mine = reverse("door", args=(door.code,)), school.house.staff["语文组"][0]
    for client in (None, mine):
        for moment, is_over in ((WINDOW.ends_at, False), (WINDOW.ends_at + timedelta(seconds=1), True)):
            with on(moment):
                shown = text(Client().get(address)) if client is None else text(get(client, address, moment))
            assert ('<form method="post" action="' + address in shown, "已经结束" in shown) == (
                not is_over,
                is_over,
            )


def test_who_had_learnt_it_before_need_not_make_up_for_it(school: School) -> None:
    course = school.course()
    first = school.door(course)
    later = Window(BEGINS + DAY, BEGINS + DAY + timedelta(hours=1), 30, 10)
    again = school.door(course, later, is_make_up=True)
    told = Told(name="林小满", phone_tail="8012")
    check_in_by_told(code=first.code, told=told, actor=AT_THE_DOOR, at=BEGINS)
    posted = {"name": "林小满", "phone_tail": "8012"}
    with on(BEGINS + DAY):
        shown = text(Client().post(reverse("door", args=(again.code,)), posted))
    with on(BEGINS + timedelta(minutes=1)):
        same = text(Client().post(reverse("door", args=(first.code,)), posted))
    assert ("已学过，不用补学" in shown, "已签到" in shown) == (True, False)
    assert ("已学过，不用补学" in same, "已签到" in same) == (False, True)
    assert Attendance.objects.count() == 1


def test_who_sees_no_names_is_promised_none(school: School) -> None:
    course = school.course()
    lesson, page = reverse("lesson", args=(course.lesson_id,)), reverse("course", args=(course.pk,))
    publicity = school.house.people["publicity"]
    for actor, sees in ((school.lead, True), (publicity, False)):
        shown = text(get(actor, lesson))
        assert ("参加情况、测试和补学补测名单" in shown, "由项目专员办理" in shown) == (sees, not sees)
        assert ("名单由项目专员办理" in text(get(actor, page))) != sees


def test_after_the_test_answers_and_lesson_stand_under_headings_of_their_own(school: School) -> None:
    course = school.course()
    mine = school.learner(course, "周静")
    enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
    address = reverse("learn", args=(mine.code,))
    with on(NOW):
        shown = text(Client().post(address, {"act": "test", **ANSWERS}))
        again = text(Client().get(address))
    assert ("<h2>您的作答</h2>" in shown, ">学习内容</h2>" in shown) == (True, True)
    assert "您的作答" not in again
    with on(NOW):
        wrong = text(Client().get(reverse("learn", args=("AAAAAAAA",))))
    assert ("学习码无效" in wrong, "答题码" in wrong) == (True, False)


def test_an_act_that_nobody_knows_changes_nothing_of_a_learner(school: School) -> None:
    mine = school.learner(school.course(), "周静")
    before = snapshot(COURSES)
    told: dict[str, Any] = {"happened_at": "2020-02-10T08:59", "reason": "签到表"}
    acts: tuple[dict[str, Any], ...] = ({}, {"act": ""}, {"act": "Enter"})
    for act in acts:
        page = reverse("course_person", args=(mine.pk,))
        assert post(school.lead, page, **told, **act).status_code == 404
    assert snapshot(COURSES) == before


def test_accounts_are_ticked_with_post_and_unit_and_links_are_copied(
    school: School, measure: Measure
) -> None:
    event = planned(school, measure)
    row = ask(school, event, school.people["周静"])
    shown = text(get(school.lead, reverse("event", args=(event.pk,))))
    assert '<select name="users"' not in shown
    chair = school.house.staff["语文组"][0]
    assert f'type="checkbox" name="users" value="{chair.user_id}"' in shown
    assert "语文组0（" in shown
    assert "· 语文组）" in shown
    assert f'data-copy="link-{row.pk}"' in shown
    assert "未答复1人" in shown


def test_what_is_noted_on_the_day_is_not_asked_before_it(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    ask(school, event, school.people["周静"])
    page = reverse("event", args=(event.pk,))
    held = 'value="held"'
    for moment, came, ends in (
        (PLAN.begins_at - DAY, False, False),
        (PLAN.begins_at - timedelta(minutes=1), True, False),
        (PLAN.begins_at, True, True),
    ):
        shown = text(get(school.lead, page, moment))
        assert ('id="came"' in shown, held in shown) == (came, ends), moment


def test_a_day_that_is_not_the_plans_is_hinted_at(school: School, measure: Measure) -> None:
    event = planned(school, measure)
    page = reverse("event", args=(event.pk,))
    assert "方案规定的日期" not in text(get(school.lead, page))
    Event.objects.filter(pk=event.pk).update(begins_at=PLAN.begins_at + DAY, ends_at=PLAN.ends_at + DAY)
    assert "方案规定的日期是2月15日" in text(get(school.lead, page))


def test_who_sends_a_deputy_is_told_what_lacks_and_later_changes_the_answer(
    school: School, measure: Measure
) -> None:
    row = ask(school, planned(school, measure), school.people["周静"])
    address = reverse("invited", args=(row.code,))
    with on(NOW):
        shown = text(Client().get(address))
        told = Client().post(address, {"answer": "deputy"})
    assert "派代表时必填" in shown
    assert "更改答复" not in shown
    assert (told.status_code, "请填写代表姓名。" in text(told)) == (422, True)
    assert Invitation.objects.get().answer == ""
    answer_invitation(invitation_id=row.pk, answer="yes", actor=as_invited(row), at=NOW)
    with on(NOW):
        assert "更改答复" in text(Client().get(address))


def test_who_is_restricted_is_masked_on_their_own_link(school: School, measure: Measure) -> None:
    row = ask(school, planned(school, measure), school.people["陈一鸣"])
    address = reverse("invited", args=(row.code,))
    with on(NOW):
        assert "陈一鸣" in text(Client().get(address))
        Person.objects.filter(pk=school.people["陈一鸣"].pk).update(restricted=True)
        assert "陈一鸣" not in text(Client().get(address))
