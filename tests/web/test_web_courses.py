"""Courses and events through their pages: opened, at the door, by code, read, tested, invited, answered."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goods.builders import snapshot
from outreach.course_house import BEGINS, TODAY, School, make_school
from outreach.lesson_house import NOW, WRONG
from outreach.test_events import PLAN, make_measure
from songnuan.journeys.attend_course import enter_attendance, take_test
from songnuan.journeys.hold_event import invite, plan_event
from songnuan.journeys.sign_lesson import withdraw_lesson
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Role
from songnuan.outreach.actions.attending import as_learner
from songnuan.outreach.course_models import Attendance, Course, CourseTry, Door, Reading
from songnuan.outreach.event_models import Event, Invitation
from songnuan.plans.models import Measure
from songnuan.web.due import desk_of, due_of
from songnuan.web.event_page import persons_named
from songnuan.web.views.shared import PAGE, Reader
from web.browsing import as_, on, user_of

pytestmark = pytest.mark.django_db(transaction=True)
ANSWERS = {"q1": "0", "q2": ["0", "1"], "q3": "1"}


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def measure(school: School) -> Measure:
    return make_measure(school)


def get(actor: Actor, address: str, at: datetime = NOW) -> Any:
    with on(at):
        return as_(actor).get(address)


def post(actor: Actor, address: str, at: datetime = NOW, **told: object) -> Any:
    with on(at):
        return as_(actor).post(address, {"key": str(uuid4()), **told})


def dues(actor: Actor, at: datetime = NOW) -> list[str]:
    reader = Reader(user=user_of(actor), actor=actor, at=at, day=at.date())
    with on(at):
        return [one.url for one in due_of(desk_of(reader))]


def test_a_course_is_opened_taught_and_closed_on_its_pages(school: School) -> None:
    lesson = school.house.signed()
    address = reverse("course_new", args=(lesson.pk,))
    assert "在岗教师名册（6）" in get(school.lead, address).content.decode()
    told: dict[str, Any] = {
        "roster": school.roster.pk,
        "until_on": str(TODAY + timedelta(days=5)),
        "by_reading": "on",
    }
    assert post(school.lead, address, **told, pass_at="9", tries="2").status_code == 422
    assert not Course.objects.exists()
    assert post(school.lead, address, **told, pass_at="2", tries="2").status_code == 302
    course = Course.objects.get()
    page = reverse("course", args=(course.pk,))
    made = post(
        school.lead,
        reverse("course_door", args=(course.pk,)),
        place="报告厅",
        begins_at="2020-02-10T14:00",
        ends_at="2020-02-10T16:00",
        early_minutes="30",
        late_minutes="10",
    )
    assert made.status_code == 302
    door = Door.objects.get()
    poster = reverse("course_poster", args=(door.pk,))
    assert f"/door/{door.code}/" in get(school.lead, poster).content.decode()
    assert get(school.house.people["inspector"], poster).status_code == 404
    text = get(school.lead, page).content.decode()
    assert "0/6" in text
    assert "6人未学或测试未通过" in text
    mine = school.house.staff["语文组"][0]
    assert reverse("course_mine", args=(course.pk,)) in dues(mine)
    assert page + "#make-up" in dues(school.lead, NOW + timedelta(days=9))
    assert post(school.lead, reverse("course_act", args=(course.pk,)), act="chase").status_code == 302
    assert post(school.lead, reverse("course_act", args=(course.pk,)), act="align").status_code == 302
    assert post(school.lead, reverse("course_act", args=(course.pk,)), act="close").status_code == 302
    assert "已结束" in get(school.lead, page).content.decode()
    assert reverse("course_mine", args=(course.pk,)) not in dues(mine)


def test_who_sees_what_of_a_course(school: School) -> None:
    course = school.course()
    learner = school.learner(course, "周静")
    page, people = reverse("course", args=(course.pk,)), reverse("course_people", args=(course.pk,))
    person = reverse("course_person", args=(learner.pk,))
    files = [
        reverse(name, args=(course.pk, ext))
        for name in ("course_rates", "course_make_up", "course_codes")
        for ext in ("pdf", "xlsx")
    ]
    for address in (page, people, person, *files):
        assert get(school.lead, address).status_code == 200, address
        assert get(school.house.people["stranger"], address).status_code == 404, address
    # Who writes but reaches no roster sees figures and no names; a liaison those of the own unit.
    for address in (page, files[0]):
        assert get(school.clerk, address).status_code == 200, address
    for address in (people, person, files[2], files[4]):
        assert get(school.clerk, address).status_code == 404, address
    liaison = school.house.staff["语文组"][0]
    text = get(liaison, page).content.decode()
    assert "0/3" in text
    assert "数学组" not in text
    assert get(liaison, people).status_code == 404
    inspector = school.house.people["inspector"]
    assert get(inspector, people).status_code == 200
    assert get(inspector, files[4]).status_code == 404, "codes are for who hands them out"
    assert learner.code not in get(inspector, person).content.decode()
    told: dict[str, Any] = {"act": "enter", "happened_at": "2020-02-10T08:59", "reason": "签到表"}
    assert post(inspector, person, **told).status_code == 403
    assert post(inspector, reverse("course_act", args=(course.pk,)), act="close").status_code == 302
    assert not Attendance.objects.exists()
    assert Course.objects.filter(closed_at__isnull=True).exists()


def test_the_list_of_people_is_found_by_name_and_pages_have_a_fixed_number_of_queries(
    school: School, django_assert_num_queries: Any
) -> None:
    course = school.course()
    people = reverse("course_people", args=(course.pk,))
    text = post(school.lead, people, text="林小").content.decode()
    assert text.count("林小满") == 2
    assert "陈一鸣" not in text
    school_lead = as_(school.lead)
    school_lead.get(people)  # the sign-in is kept
    with on(NOW), django_assert_num_queries(20):
        school_lead.get(people)
    for number in range(60):
        school.enrol(f"新人{number:02}", "数学组")
    school.align(course, NOW)
    for address in (people, f"{people}?show=lacking"):
        with on(NOW), django_assert_num_queries(20):
            assert "新人40" in school_lead.get(address).content.decode()


def test_by_the_door_with_an_account_and_without(school: School) -> None:
    course = school.course()
    door = school.door(course)
    address = reverse("door", args=(door.code,))
    mine = school.house.staff["语文组"][0]
    assert "以语文组0签到" in get(mine, address, BEGINS).content.decode()
    assert post(mine, address, NOW, act="mine").status_code == 422, "check-in has not begun"
    assert "checked-in" in post(mine, address, BEGINS, act="mine").content.decode()
    assert "checked-in" in get(mine, address, BEGINS).content.decode(), "a second scan shows the first"
    with on(BEGINS):
        client = Client()
        assert "周静" not in client.get(address).content.decode()
        wrong = client.post(address, {"name": "林小满", "phone_tail": "0000"})
        assert (wrong.status_code, "名册里没有这个人" in wrong.content.decode()) == (422, True)
        done = client.post(address, {"name": "林小满", "phone_tail": "8012"}).content.decode()
        assert "林*满" in done
        assert client.post(address, {"own_code": school.learner(course, "周静").code}).status_code == 200
        assert client.get(reverse("door", args=("nothing",))).status_code == 404
    assert Attendance.objects.count() == 3


def test_by_an_own_code_a_lesson_is_read_and_tested(school: School) -> None:
    course = school.course()
    mine = school.learner(course, "周静")
    address = reverse("learn", args=(mine.code,))
    client = Client()
    with on(NOW):
        assert "我本人已读到最后" in client.get(address).content.decode()
        assert client.head(address).status_code == 200
        early = client.post(address, {"act": "read", "is_at_end": "on"})
        assert (early.status_code, "读得太快了" in early.content.decode()) == (422, True)
        assert client.post(address, {"act": "test", **ANSWERS}).status_code == 422
    assert Reading.objects.get().opened_at == NOW
    with on(NOW + timedelta(minutes=1)):
        assert client.post(address, {"act": "read"}).status_code == 422
        assert client.post(address, {"act": "read", "is_at_end": "on"}).status_code == 302
        page = client.get(address).content.decode()
        assert "回家后先做什么" in page
        failed = client.post(address, {"act": "test", "q1": "1", "q2": "0", "q3": "0"}).content.decode()
        assert "您还有1次机会" in failed
        assert "<b>报告社区</b>" not in failed, "what is right is told once no try is left"
        passed = client.post(address, {"act": "test", **ANSWERS}).content.decode()
        assert "<b>报告社区</b>" in passed
        assert client.get(reverse("learn", args=("AAAAAAAA",))).status_code == 404
    assert list(CourseTry.objects.values_list("passed", flat=True)) == [False, True]
    user_address = reverse("learn", args=(school.learner(course, "语文组0").code,))
    assert client.get(user_address).status_code == 302, "who has an account learns with it"


def test_the_office_lets_somebody_take_the_test_again(school: School) -> None:
    course = school.course()
    mine = school.learner(course, "周静")
    page = reverse("course_person", args=(mine.pk,))
    enter_attendance(learner_id=mine.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
    assert "安排补测" not in get(school.lead, page).content.decode(), "tries are left"
    for _try in range(2):
        take_test(learner_id=mine.pk, picks=WRONG, actor=as_learner(mine), at=NOW)
    assert "安排补测" in get(school.lead, page).content.decode()
    inspector = school.house.people["inspector"]
    assert "安排补测" not in get(inspector, page).content.decode()
    assert post(inspector, page, act="grant").status_code == 403
    address = reverse("learn", args=(mine.code,))
    with on(NOW):
        assert "回家后先做什么" not in Client().get(address).content.decode()
    assert post(school.lead, page, act="grant").status_code == 302
    with on(NOW):
        assert "回家后先做什么" in Client().get(address).content.decode()
    assert post(school.lead, page, act="grant").status_code == 302
    mine.refresh_from_db()
    assert mine.granted == 1, "once granted, tries are left"


def test_of_a_withdrawn_lesson_nobody_reads_a_word(school: School) -> None:
    course = school.course()
    by_code = reverse("learn", args=(school.learner(course, "周静").code,))
    by_account = reverse("course_mine", args=(course.pk,))
    mine = school.house.staff["语文组"][0]
    with on(NOW):
        assert "回家先洗手" in Client().get(by_code).content.decode()
    publicity = school.house.people["publicity"]
    withdraw_lesson(lesson_id=course.lesson_id, remark="有新规定", actor=publicity, at=NOW)
    with on(NOW):
        answer = Client().get(by_code)
    for told in (answer, get(mine, by_account)):
        assert told.status_code == 410
        assert "已撤回" in told.content.decode()
        assert "回家先洗手" not in told.content.decode()


def test_with_an_account_only_the_own_lesson_is_read(school: School) -> None:
    course = school.course()
    address = reverse("course_mine", args=(course.pk,))
    mine, other = school.house.staff["语文组"]
    assert get(other, address).status_code == 404
    assert get(mine, address).status_code == 200
    later = NOW + timedelta(minutes=1)
    assert post(mine, address, later, act="read", is_at_end="on").status_code == 302
    assert Attendance.objects.get().learner.user_id == mine.user_id


def test_an_event_goes_its_way_through_the_pages(school: School, measure: Measure) -> None:
    new = reverse("event_new", args=(measure.pk,))
    told: dict[str, Any] = {
        "title": "返校欢迎活动",
        "place": "东门",
        "begins_at": "2020-02-15T09:00",
        "ends_at": "2020-02-15T10:00",
    }
    assert post(school.lead, new, **{**told, "ends_at": "2020-02-15T08:00"}).status_code == 422
    assert post(school.lead, new, **told).status_code == 302
    event = Event.objects.get()
    page = reverse("event", args=(event.pk,))
    chair, other = school.house.staff["语文组"]
    asked: dict[str, Any] = {"capacity": "chair", "users": [chair.user_id], "names": "陈一鸣\n没有这个人"}
    refused = post(school.lead, reverse("event_invite", args=(event.pk,)), **asked)
    assert (refused.status_code, "没有“没有这个人”" in refused.content.decode()) == (422, True)
    assert not Invitation.objects.exists()
    asked["names"] = "陈一鸣"
    assert post(school.lead, reverse("event_invite", args=(event.pk,)), **asked).status_code == 302
    assert page in dues(chair)
    assert get(other, page).status_code == 404
    seen = get(chair, page).content.decode()
    assert "陈一鸣" not in seen, "who else is invited is for who leads it"
    assert post(chair, reverse("event_answer", args=(event.pk,)), answer="deputy").status_code == 422
    assert post(chair, reverse("event_answer", args=(event.pk,)), answer="yes").status_code == 302
    assert post(other, reverse("event_answer", args=(event.pk,)), answer="yes").status_code == 404
    assert page not in dues(chair)
    file = get(chair, reverse("event_calendar", args=(event.pk,)))
    text = file.content.decode()
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20200215T010000Z" in text
    assert "SUMMARY:返校欢迎活动" in text
    uid = next(line for line in text.splitlines() if line.startswith("UID:"))
    assert uid in get(chair, reverse("calendar_file")).content.decode(), "in a calendar it stands once"
    when = datetime(2020, 2, 15, 9, 30, tzinfo=NOW.tzinfo)
    assert page + "#came" in dues(school.lead, when)
    came = {f"came-{pk}": "self" for pk in Invitation.objects.values_list("pk", flat=True)}
    assert post(school.lead, reverse("event_came", args=(event.pk,)), when, **came).status_code == 302
    assert post(school.lead, reverse("event_act", args=(event.pk,)), when, act="held").status_code == 302
    event.refresh_from_db()
    assert event.status == "held"
    for ext in ("pdf", "xlsx"):
        assert get(school.lead, reverse("event_file", args=(event.pk, ext))).status_code == 200
        assert get(chair, reverse("event_file", args=(event.pk, ext))).status_code == 404


def test_the_names_of_many_guests_are_found_in_one_question(
    school: School, django_assert_num_queries: Any
) -> None:
    names = [f"来宾{number}" for number in range(20)]
    people = [school.enrol(name, "语文组").pk for name in names]
    reader = Reader(user=user_of(school.lead), actor=school.lead, at=NOW, day=TODAY)
    with CaptureQueriesContext(connection) as few:
        assert persons_named(names[:1], reader) == people[:1]
    with django_assert_num_queries(len(few)):
        assert persons_named(names, reader) == people


def test_who_has_no_account_answers_by_the_own_link(school: School, measure: Measure) -> None:
    event = plan_event(measure_id=measure.pk, plan=PLAN, actor=school.lead, at=NOW)
    person = school.people["陈一鸣"]
    row = invite(event_id=event.pk, capacity="leader", person_ids=[person.pk], actor=school.lead, at=NOW)[0]
    by_account = invite(
        event_id=event.pk, capacity="chair", user_ids=[school.lead.user_id or 0], actor=school.lead, at=NOW
    )[0]
    address = reverse("invited", args=(row.code,))
    client = Client()
    with on(NOW):
        assert "陈一鸣" in client.get(address).content.decode()
        assert client.post(address, {"answer": "deputy"}).status_code == 422
        assert client.post(address, {"answer": "deputy", "deputy": "教务主任"}).status_code == 200
        assert client.get(reverse("invited_calendar", args=(row.code,))).status_code == 200
        for code in ("nothing", by_account.code):
            assert client.get(reverse("invited", args=(code,))).status_code == 404
            assert client.get(reverse("invited_calendar", args=(code,))).status_code == 404
    row.refresh_from_db()
    assert (row.answer, row.deputy) == ("deputy", "教务主任")
    assert address in get(school.lead, reverse("event", args=(event.pk,))).content.decode()
    inspector = school.house.people["inspector"]
    assert address not in get(inspector, reverse("event", args=(event.pk,))).content.decode()


def test_who_may_change_an_event_on_its_pages(school: School, measure: Measure) -> None:
    event = plan_event(measure_id=measure.pk, plan=PLAN, actor=school.lead, at=NOW)
    inspector, stranger = school.house.people["inspector"], school.house.people["stranger"]
    for name in ("event_edit", "event_invite", "event_came", "event_act"):
        address = reverse(name, args=(event.pk,))
        assert post(stranger, address).status_code == 404, name
        told = post(inspector, address, act="held", capacity="chair", users=[inspector.user_id])
        assert told.status_code in {302, 403, 422}, name
    assert (
        post(inspector, reverse("event_act", args=(event.pk,)), act="cancel", remark="不办了").status_code
        == 403
    )
    event.refresh_from_db()
    assert (event.status, event.sequence) == ("planned", 0)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("told", [{}, {"act": ""}, {"act": "end"}, {"act": "Cancel", "remark": "不办了"}])
def test_an_act_that_nobody_knows_changes_nothing_of_an_event(
    school: School, measure: Measure, told: dict[str, str]
) -> None:
    event = plan_event(measure_id=measure.pk, plan=PLAN, actor=school.lead, at=NOW)
    person = school.people["陈一鸣"]
    invite(event_id=event.pk, capacity="leader", person_ids=[person.pk], actor=school.lead, at=NOW)
    when = PLAN.ends_at
    came = {f"came-{Invitation.objects.get().pk}": "self"}
    assert post(school.lead, reverse("event_came", args=(event.pk,)), when, **came).status_code == 302
    before = snapshot((Event, Invitation))
    assert post(school.lead, reverse("event_act", args=(event.pk,)), when, **told).status_code == 404
    assert snapshot((Event, Invitation)) == before


def test_a_name_borne_by_many_is_looked_for_page_by_page_among_those_who_lack_something(
    school: School,
) -> None:
    course = school.course()
    for number in range(PAGE + 3):
        school.enrol(f"新人{number:02}", "数学组")
    school.align(course, NOW)
    there = school.learner(course, "新人01")
    enter_attendance(learner_id=there.pk, happened_at=NOW, reason="签到表", actor=school.lead, at=NOW)
    CourseTry.objects.create(learner=there, number=1, right=3, questions=3, passed=True, at=NOW)
    address = reverse("course_people", args=(course.pk,)) + "?show=lacking"
    assert f'action="{address}"' in get(school.lead, address).content.decode()
    first = post(school.lead, address, text="新人")
    assert [row.name for row in first.context["rows"]] == [
        f"新人{number:02}" for number in range(PAGE + 1) if number != 1
    ]
    on_to = f"?show=lacking&amp;before={first.context['older']}"
    shown = first.content.decode()
    assert (f'action="{on_to}"' in shown, shown.count('value="新人"')) == (True, 2)
    second = post(school.lead, f"{address}&before={first.context['older']}", text="新人")
    assert [row.name for row in second.context["rows"]] == [f"新人{PAGE + 1}", f"新人{PAGE + 2}"]
    assert second.context["older"] is None


def test_events_are_listed_page_by_page_over_all_plans(school: School, measure: Measure) -> None:
    for number in range(PAGE + 2):
        day = replace(PLAN, title=f"第{number:02}次活动", begins_at=PLAN.begins_at + timedelta(number // 2))
        day = replace(day, ends_at=day.begins_at + timedelta(hours=1))
        plan_event(measure_id=measure.pk, plan=day, actor=school.lead, at=NOW)
    first = get(school.lead, reverse("events"))
    shown = [event.title for _one, _rights, rows in first.context["measures"] for event, _mark in rows]
    assert shown == [f"第{number:02}次活动" for number in range(PAGE + 1, 1, -1)]
    older = f"{reverse('events')}?before={first.context['older']}"
    assert older.removeprefix(reverse("events")) in first.content.decode()
    second = get(school.lead, older)
    rest = [event.title for _one, _rights, rows in second.context["measures"] for event, _mark in rows]
    assert (rest, second.context["older"]) == (["第01次活动", "第00次活动"], None)


def test_from_a_lesson_everybody_is_led_to_a_page_that_they_may_open(school: School) -> None:
    course = school.course()
    lesson = reverse("lesson", args=(course.lesson_id,))
    page, mine = reverse("course", args=(course.pk,)), reverse("course_mine", args=(course.pk,))
    learner = school.house.staff["语文组"][0]
    Post.objects.filter(user=learner.user_id).update(role=Role.ADMINISTRATOR)
    for actor, may, learns in ((school.lead, True, False), (learner, False, True)):
        text = get(actor, lesson).content.decode()
        assert (f'href="{page}"' in text, f'href="{mine}"' in text) == (may, learns), actor.label
        assert get(actor, page).status_code == (200 if may else 404)
        assert get(actor, mine).status_code == (200 if learns else 404)


def test_looking_again_at_a_lesson_writes_nothing(school: School) -> None:
    course = school.course()
    address = reverse("learn", args=(school.learner(course, "周静").code,))
    client = Client()
    with on(NOW):
        client.get(address)
        before = snapshot((Course, Reading))
        with CaptureQueriesContext(connection) as told:
            client.get(address)
    written = [one["sql"] for one in told if not one["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert written == []
    assert snapshot((Course, Reading)) == before
