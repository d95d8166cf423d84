"""Lists of who learns a lesson or is invited: taking one is noted, who is restricted stands there masked."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import gettext
from python_calamine import CalamineWorkbook

from outreach.course_house import School, make_school
from outreach.lesson_house import NOW
from outreach.test_events import PLAN, make_measure
from songnuan.audit.models import Entry
from songnuan.journeys.hold_event import invite, plan_event
from songnuan.journeys.teach_course import close_course
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted
from songnuan.outreach.actions.taking import CourseList, take_course_list
from songnuan.people.models import Person
from songnuan.web.templatetags.trail_words import act_words
from web.browsing import as_, on

pytestmark = pytest.mark.django_db(transaction=True)
TAKEN = "outreach.take_course_list"


@pytest.fixture
def school() -> School:
    return make_school()


def get(actor: Actor, name: str, *args: object) -> Any:
    with on(NOW):
        return as_(actor).get(reverse(name, args=args))


def words(answer: Any) -> str:
    """Return all that a workbook says."""
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    return "\n".join(str(cell) for row in rows for cell in row)


def taken() -> list[tuple[str, int, str]]:
    rows = Entry.objects.filter(action=TAKEN).order_by("pk")
    facts = [(json.loads(row.facts), row.actor_label) for row in rows]
    return [(one["course_list"], one["people"], who) for one, who in facts]


def test_that_a_list_of_people_was_taken_is_noted_with_how_many_and_by_whom(school: School) -> None:
    course = school.course()
    assert get(school.lead, "course_rates", course.pk, "xlsx").status_code == 200
    assert taken() == [], "rates name nobody"
    assert get(school.lead, "course_make_up", course.pk, "xlsx").status_code == 200
    assert get(school.lead, "course_codes", course.pk, "pdf").status_code == 200
    assert taken() == [("make-up", 6, school.lead.label), ("codes", 5, school.lead.label)]
    assert not Entry.objects.filter(facts__contains="周静").exists()
    for name in ("course_make_up", "course_codes"):
        assert get(school.clerk, name, course.pk, "xlsx").status_code == 404
    assert len(taken()) == 2
    close_course(course_id=course.pk, actor=school.lead, at=NOW)
    assert get(school.lead, "course_make_up", course.pk, "pdf").status_code == 200
    assert taken()[2:] == [("make-up", 6, school.lead.label)]
    assert act_words(TAKEN) == gettext("took a list of people who learn a lesson") != TAKEN


@pytest.mark.parametrize(
    ("who", "what"),
    [("clerk", CourseList.MAKE_UP), ("clerk", CourseList.CODES), ("inspector", CourseList.CODES)],
)
def test_a_list_is_taken_by_who_may_see_it_alone(school: School, who: str, what: CourseList) -> None:
    course = school.course()
    actor = school.clerk if who == "clerk" else school.house.people[who]
    with pytest.raises(NotPermitted):
        take_course_list(course_id=course.pk, what=what, people=6, actor=actor, at=NOW)
    assert taken() == []


def test_who_is_restricted_stands_masked_on_the_papers_of_a_course_and_an_event(school: School) -> None:
    course = school.course()
    event = plan_event(measure_id=make_measure(school).pk, plan=PLAN, actor=school.lead, at=NOW)
    ids = [school.people[name].pk for name in ("周静", "陈一鸣")]
    invite(event_id=event.pk, capacity="leader", person_ids=ids, actor=school.lead, at=NOW)
    Person.objects.filter(pk=ids[0]).update(restricted=True)
    for name, args in (
        ("course_make_up", (course.pk, "xlsx")),
        ("course_codes", (course.pk, "xlsx")),
        ("event_file", (event.pk, "xlsx")),
    ):
        told = words(get(school.lead, name, *args))
        assert ("周静" in told, "周*" in told, "陈一鸣" in told) == (False, True, True), name
    page = get(school.lead, "event", event.pk).content.decode()
    assert ("周静" in page, "周*" in page, "陈一鸣" in page) == (False, True, True)
