"""What somebody learnt and was invited to, for that person alone: what counts, their tests, their answers."""

from dataclasses import dataclass
from datetime import date, datetime

from songnuan.outreach.course_models import Attendance, AttendedWay, CourseTry, Learner
from songnuan.outreach.event_models import AnswerGiven, As, EventStatus, Invitation, WhoCame
from songnuan.people.models import Person, PersonStatus


@dataclass(frozen=True, slots=True)
class OwnTry:
    """A try of a test: how many questions were answered right, of how many."""

    at: datetime
    right: int
    questions: int
    passed: bool


@dataclass(frozen=True, slots=True)
class OwnAttendance:
    """That the person learnt a lesson; `reason` is why the office entered it.

    `void_reason` is why it does not count, where it was taken back.
    """

    at: datetime
    way: AttendedWay
    is_late: bool
    reason: str
    is_void: bool
    void_reason: str


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """A lesson that the person is or was expected to learn."""

    title: str
    plan: str
    until_on: date
    pass_at: int
    attendances: tuple[OwnAttendance, ...]
    tries: tuple[OwnTry, ...]

    @property
    def is_learnt(self) -> bool:
        """Whether one of the attendances counts."""
        return any(not one.is_void for one in self.attendances)


@dataclass(frozen=True, slots=True)
class OwnInvitation:
    """An event to which the person is invited, what they answered, whom they sent and who came."""

    title: str
    place: str
    begins_at: datetime
    status: EventStatus
    capacity: As
    answer: AnswerGiven | None
    deputy: str
    came: WhoCame | None


@dataclass(frozen=True, slots=True)
class OwnLearning:
    """What is kept of a person in courses and events, the newest first."""

    courses: tuple[OwnCourse, ...] = ()
    invitations: tuple[OwnInvitation, ...] = ()


def own_learning(person_key: str) -> OwnLearning:
    """Return what an active person learnt and was invited to; of those who were merged into them as well.

    Raises:
        Person.DoesNotExist: When the person was merged or erased meanwhile.

    """
    person = Person.objects.get(key=person_key, status=PersonStatus.ACTIVE)
    mine = [person.pk, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]
    learners = list(
        Learner.objects.filter(person__in=mine)
        .select_related("course__lesson__measure__plan")
        .order_by("-pk")
    )
    there: dict[int, list[OwnAttendance]] = {row.pk: [] for row in learners}
    for one in Attendance.objects.filter(learner__in=there).order_by("pk"):
        there[one.learner_id].append(_attendance(one))
    tries: dict[int, list[OwnTry]] = {row.pk: [] for row in learners}
    for made in CourseTry.objects.filter(learner__in=tries).order_by("number"):
        tries[made.learner_id].append(OwnTry(made.at, made.right, made.questions, made.passed))
    invited = Invitation.objects.filter(person__in=mine).select_related("event").order_by("-pk")
    return OwnLearning(
        tuple(_course(row, there[row.pk], tries[row.pk]) for row in learners),
        tuple(_invitation(row) for row in invited),
    )


def _attendance(row: Attendance) -> OwnAttendance:
    is_void = row.voided_at is not None
    way = AttendedWay(row.way)
    return OwnAttendance(row.at, way, row.is_late, row.reason or "", is_void, row.void_reason or "")


def _course(row: Learner, there: list[OwnAttendance], tries: list[OwnTry]) -> OwnCourse:
    course = row.course
    return OwnCourse(
        title=course.lesson.title,
        plan=course.lesson.measure.plan.title,
        until_on=course.until_on,
        pass_at=course.pass_at,
        attendances=tuple(there),
        tries=tuple(tries),
    )


def _invitation(row: Invitation) -> OwnInvitation:
    event = row.event
    return OwnInvitation(
        title=event.title,
        place=event.place,
        begins_at=event.begins_at,
        status=EventStatus(event.status),
        capacity=As(row.capacity),
        answer=AnswerGiven(row.answer) if row.answer else None,
        deputy=row.deputy or "",
        came=WhoCame(row.came) if row.came else None,
    )
