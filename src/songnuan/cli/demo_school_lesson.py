"""The lesson of plan 4 in the demo: taught at a door, read, tested; and the events of the two batches."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from songnuan.cli.demo_school import Site, actor, key_of
from songnuan.cli.demo_school_plan import measure
from songnuan.journeys.attend_course import (
    AT_THE_DOOR,
    check_in_by_told,
    confirm_reading,
    open_reading,
    take_test,
)
from songnuan.journeys.hold_event import answer_invitation, end_event, invite, note_who_came, plan_event
from songnuan.journeys.sign_lesson import sign_lesson
from songnuan.journeys.teach_course import align_course, open_course, open_door
from songnuan.journeys.write_lesson import add_question, hand_in_lesson, set_aware_at, write_lesson
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.outreach.actions.attending import Told, as_learner
from songnuan.outreach.actions.courses import Terms
from songnuan.outreach.course_models import Attendance, Course, CourseTry, Door, Expected, Learner
from songnuan.outreach.course_rules import Window
from songnuan.outreach.event_models import Event, Invitation
from songnuan.outreach.event_rules import Plan
from songnuan.outreach.lesson_models import Lesson
from songnuan.outreach.lesson_rules import Draft
from songnuan.people.models import Roster

_TITLE = "返校防护和校园安全要点"
_TEXT = """一、每日入校前自测体温，高于37.3度的不入校，先报年级组和校医室。
二、在教室、会议室和人员密集处戴口罩，办公室每日通风三次，每次不少于30分钟。
三、错峰就餐，间隔一米，不相对而坐。
四、发现学生发热、咳嗽的，陪同到临时观察室，十分钟内报告校医，不让其自行离校。"""
_QUESTIONS = (
    ("入校前体温高于多少度不得入校？", "36.8度\n*37.3度\n38度"),
    ("发现学生发热应当怎样处理？", "让其自行回家\n*陪同到临时观察室并报告校医\n下课后再说"),
    ("办公室每日通风几次？", "1次\n2次\n*3次"),
)
_RIGHT = (1, 1, 2)
_AT_DOOR, _BY_READING, _FAILED = range(7), range(7, 9), 19
"""Who of ten came to the hall, who read it, and who of twenty did not pass the test at first."""

At = Callable[..., datetime]


def teach(site: Site, at: At) -> None:
    """Write the lesson and sign it; let all on the roster learn it. In a district it is only written."""
    officer = actor("school-officer")
    pk = write_lesson(
        measure_id=measure(site, "lessons").pk,
        draft=Draft(_TITLE, _TEXT, roles=(Role.UNIT_LIAISON.value,)),
        key=key_of("lesson"),
        actor=officer,
        at=at(9, 9),
    )
    lesson = Lesson.objects.get(pk=pk)
    if lesson.status == "draft":
        for place, (text, options) in enumerate(_QUESTIONS[len(lesson.questions) :]):
            add_question(lesson_id=pk, text=text, options=options, actor=officer, at=at(9, 9, 10 + place))
        set_aware_at(lesson_id=pk, aware_at=len(_QUESTIONS), actor=officer, at=at(9, 9, 20))
        hand_in_lesson(lesson_id=pk, actor=officer, at=at(9, 9, 30))
        lesson.refresh_from_db()
    if lesson.status == "ready":
        sign_lesson(lesson_id=pk, actor=actor("school-publicity"), at=at(9, 10))
    if site.is_small:
        _learn(pk, at)


def _learn(lesson_id: int, at: At) -> None:
    """Let most come to the hall on the tenth, some read it, and nearly all of them pass the test."""
    officer = actor("school-officer")
    course = Course.objects.filter(lesson=lesson_id).first() or open_course(
        lesson_id=lesson_id,
        roster_id=Roster.objects.get(key="teachers").pk,
        terms=Terms(date(2020, 4, 15), pass_at=3, tries=2),
        actor=officer,
        at=at(9, 11),
    )
    door = Door.objects.filter(course=course).first() or open_door(
        course_id=course.pk,
        place="报告厅",
        window=Window(at(10, 15), at(10, 16), 30, 10),
        is_make_up=False,
        actor=officer,
        at=at(9, 11, 20),
    )
    asked = Expected.objects.filter(learner__course=course, starts_on=date(2020, 4, 9))
    known = set(Attendance.objects.filter(learner__course=course).values_list("learner", flat=True))
    tried = set(CourseTry.objects.filter(learner__course=course).values_list("learner", flat=True))
    rows = Learner.objects.filter(pk__in=asked.values("learner")).select_related("person").order_by("pk")
    for place, learner in enumerate(rows):
        if place % 10 not in {*_AT_DOOR, *_BY_READING} or not learner.person.id_number:
            continue
        moment = at(10, 14, 45) + timedelta(seconds=15 * place)
        is_reading = place % 10 in _BY_READING
        if is_reading:
            moment = at(11, 9) + timedelta(minutes=3 * place)
        if learner.pk not in known:
            _attend(learner, door, moment, is_reading=is_reading)
        if learner.pk not in tried:
            _try(learner, place, moment + timedelta(hours=1))


def _attend(learner: Learner, door: Door, moment: datetime, *, is_reading: bool) -> None:
    if not is_reading:
        check_in_by_told(code=door.code, told=Told(code=learner.code or ""), actor=AT_THE_DOOR, at=moment)
        return
    by = as_learner(learner)
    open_reading(learner_id=learner.pk, actor=by, at=moment - timedelta(minutes=9))
    confirm_reading(learner_id=learner.pk, is_at_end=True, actor=by, at=moment)


def _try(learner: Learner, place: int, moment: datetime) -> None:
    picks = [{one} for one in _RIGHT]
    if place % 20 in {_FAILED - 1, 3}:
        picks[place % 3] = {0}
    take_test(learner_id=learner.pk, picks=picks, actor=as_learner(learner), at=moment)


def bring_lesson_in_line(_site: Site, at: At) -> None:
    """Let those who joined learn it too."""
    for course in Course.objects.filter(roster__key="teachers"):
        align_course(course_id=course.pk, actor=actor("school-officer"), at=at(14, 9, 50))


_INVITED: Mapping[str, tuple[str, ...]] = {
    "chair": ("school-union",),
    "committee": ("school-finance", "school-publicity"),
    "leader": ("school-head",),
}


def welcome(site: Site, at: At) -> None:
    """Invite to a small event on the day of each batch; note who came, once with a deputy."""
    for day, absent in ((13, ""), (16, "school-head")):
        title = f"4月{day}日返校欢迎活动"
        row = Event.objects.filter(measure=measure(site, "event"), title=title).first()
        begins = at(day, 12, 10)
        if row is None:
            row = plan_event(
                measure_id=measure(site, "event").pk,
                plan=Plan(
                    title, "东门广场", begins, begins + timedelta(minutes=20), "一切从简，不影响教学。"
                ),
                actor=actor("school-officer"),
                at=at(9, 15, day),
            )
        _invite(row, at(9, 16, day))
        if row.ended_at is None:
            _note(row, absent, begins + timedelta(minutes=30))


def _invite(row: Event, moment: datetime) -> None:
    for capacity, usernames in _INVITED.items():
        if not Invitation.objects.filter(event=row, capacity=capacity).exists():
            users = User.objects.filter(username__in=usernames).values_list("pk", flat=True)
            invite(
                event_id=row.pk,
                capacity=capacity,
                user_ids=list(users),
                actor=actor("school-officer"),
                at=moment,
            )


def _note(row: Event, absent: str, moment: datetime) -> None:
    came = {}
    for place, one in enumerate(Invitation.objects.filter(event=row).select_related("user").order_by("pk")):
        assert one.user is not None  # noqa: S101 - they have accounts
        is_away = one.user.username == absent
        if not one.answer:
            answer_invitation(
                invitation_id=one.pk,
                answer="deputy" if is_away else "yes",
                deputy="路明远" if is_away else "",
                actor=actor_of(one.user),
                at=row.begins_at - timedelta(days=1, minutes=place),
            )
        came[one.pk] = "deputy" if is_away else "self"
    note_who_came(event_id=row.pk, came=came, actor=actor("school-officer"), at=moment)
    end_event(event_id=row.pk, actor=actor("school-officer"), at=moment + timedelta(minutes=5))
