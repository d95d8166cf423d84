"""A lesson that a roster learns: people with accounts and without, two of one name, some with a number."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from goods.builders import make_person, snapshot
from made_roster import make_roster
from outreach.lesson_house import DRAFT, NOW, LessonHouse, make_lesson_house
from songnuan.journeys.teach_course import align_course, open_course, open_door
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.outreach.actions.courses import Terms
from songnuan.outreach.course_models import (
    Attendance,
    Course,
    CourseTry,
    Door,
    Expected,
    Learner,
    Reading,
)
from songnuan.outreach.course_queries import shares_of
from songnuan.outreach.course_rules import Window
from songnuan.outreach.lesson_rules import Draft
from songnuan.people.columns import index
from songnuan.people.models import Enrolment, Person, Roster, RosterImport

TODAY = NOW.date()
BEGINS = NOW + timedelta(hours=5)
WINDOW = Window(BEGINS, BEGINS + timedelta(hours=2), 30, 10)
COURSES = (Course, Learner, Expected, Door, Attendance, Reading, CourseTry)
PHONE = "13800138024"


@dataclass
class School:
    """Who is on the roster, by name; `lead` opens courses, `clerk` writes but reaches no roster."""

    house: LessonHouse
    roster: Roster
    told_by: RosterImport
    lead: Actor
    clerk: Actor
    people: dict[str, Person] = field(default_factory=dict)

    def enrol(
        self, name: str, section: str, *, category: str = "专任教师", phone: str = "", on: date = TODAY
    ) -> Person:
        """Let somebody stand on the roster; told apart by section and name."""
        told = {"phone": phone, "phone_index": index("phone", phone)} if phone else {}
        person = Person.objects.create(key=uuid4().hex, name=name, created_at=NOW, changed_at=NOW, **told)
        Enrolment.objects.create(
            roster=self.roster,
            person=person,
            unit=self.house.sections[section],
            category=category,
            told_digest="x",
            told_by=self.told_by,
            starts_on=on,
        )
        self.people[f"{section}{name}" if name in self.people else name] = person
        return person

    def leave(self, name: str, on: date = TODAY) -> None:
        """Let somebody stand on the roster no more."""
        Enrolment.objects.filter(person=self.people[name]).update(ends_on=on)

    def course(
        self, *, quiz: bool = True, pass_at: int = 2, by_reading: bool = True, draft: Draft = DRAFT
    ) -> Course:
        """Let the roster learn a lesson."""
        lesson = self.house.signed(draft, quiz=quiz)
        terms = Terms(TODAY + timedelta(days=5), pass_at if quiz else 0, 2, by_reading)
        return open_course(
            lesson_id=lesson.pk, roster_id=self.roster.pk, terms=terms, actor=self.lead, at=NOW
        )

    def align(self, course: Course, at: datetime) -> None:
        """Bring a course in line with the roster."""
        align_course(course_id=course.pk, actor=self.lead, at=at)

    def door(self, course: Course, window: Window = WINDOW, *, is_make_up: bool = False) -> Door:
        """Put a code up at a door."""
        return open_door(
            course_id=course.pk,
            place="报告厅",
            window=window,
            is_make_up=is_make_up,
            actor=self.lead,
            at=NOW,
        )

    def learner(self, course: Course, name: str) -> Learner:
        """Return somebody as a learner."""
        return Learner.objects.get(course=course, person=self.people[name])


def make_school() -> School:
    """Make a house of two sections; on its roster stand one of its accounts and five without."""
    house = make_lesson_house(语文组=2, 数学组=2)
    roster, told_by = make_roster(house.centre, NOW)
    lead = make_person("校工会", Role.PROGRAMME_OFFICER, house.centre)
    school = School(house, roster, told_by, lead, house.people["publicity"])
    for name in ("语文组0", "数学组0"):
        school.enrol(name, name[:3])
    User.objects.filter(name="数学组0").update(phone=PHONE)  # who tells a number is known by it alone
    school.enrol("陈一鸣", "语文组", phone="13800138011")
    school.enrol("林小满", "语文组", phone="13800138012")
    school.enrol("林小满", "数学组", phone="13800138013", category="行政人员")
    school.enrol("周静", "数学组")
    return school


def refused(act: Callable[[], object], code: str) -> str:
    """Let an act be refused with a code, and nothing be changed; return the sentence."""
    before = snapshot(COURSES)
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code
    assert snapshot(COURSES) == before
    return told.value.sentence


def own(school: School, name: str) -> Actor:
    """Return the account of somebody of the staff."""
    user = User.objects.get(name=name, pk__in=[one.user_id for one in everyone(school)])
    return Actor(key=f"user:{user.pk}", label=name, user_id=user.pk)


def everyone(school: School) -> list[Actor]:
    """Return all of the staff."""
    return [one for staff in school.house.staff.values() for one in staff]


def rates(course: Course, on: date = TODAY) -> tuple[int, int, int, int]:
    """Return how many are expected, learnt it, were tested and passed."""
    whole = shares_of(course, on).whole
    return whole.expected, whole.attended, whole.tested, whole.passed
