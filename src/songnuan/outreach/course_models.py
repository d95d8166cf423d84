"""Tables of courses: a lesson that all on a roster learn, who was there or read it, who passed its test."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField
from songnuan.outreach.course_rules import CODE_LENGTH, TRIES_MOST
from songnuan.outreach.lesson_models import Lesson


def _person(*, may_lack: bool = True) -> "models.ForeignKey[models.Model | None, models.Model | None]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=may_lack
    )


class Course(models.Model):
    """That everybody on a roster learns a lesson by `until_on`.

    `pass_at` is how many questions of its quiz have to be answered right, 0 without a test; `by_reading`:
    who reads the lesson to its end and confirms it was there. `version` is counted up by every act on it.
    """

    lesson = models.OneToOneField(Lesson, on_delete=models.PROTECT, related_name="+")
    roster = models.ForeignKey("people.Roster", on_delete=models.PROTECT, related_name="+")
    until_on = models.DateField()
    pass_at = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=2)
    by_reading = models.BooleanField(default=True)
    chased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    opened_by = _person(may_lack=False)
    opened_at = models.DateTimeField()
    closed_by = _person()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Tries are counted from one; what is closed is so by somebody."""

        constraints = [
            models.CheckConstraint(
                condition=Q(tries__gt=0, tries__lte=TRIES_MOST), name="outreach_course_tries"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="outreach_course_closed",
            ),
        ]


class Learner(models.Model):
    """Somebody who is or was expected to learn. `code` is their own: who has no account learns by it.

    Code and account are emptied once the person is erased, or the roster is. `granted` is how often they were
    granted all tries of the test anew.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="learners")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    user = _person()
    code = models.CharField(max_length=CODE_LENGTH, unique=True, null=True)  # noqa: DJ001 - a code or none
    granted = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """A person, and an account, learns a lesson once."""

        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="outreach_learner_once"),
            models.UniqueConstraint(
                fields=["course", "user"], condition=Q(user__isnull=False), name="outreach_learner_user"
            ),
        ]


class Expected(models.Model):
    """In which period somebody is expected, in which unit and as what; `starts_on <= day < ends_on`.

    `category` is told by the roster, and emptied with it.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="periods")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=60, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """One period is open at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(ends_on__isnull=True), name="outreach_expected_open"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="outreach_expected_period",
            ),
        ]


class Door(models.Model):
    """A time and place at which a lesson is taught; `code` stands in the address that hangs at the door.

    Who comes is checked in from `early_minutes` before it begins until it ends, and is late from
    `late_minutes` after it began on.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="doors")
    place = models.CharField(max_length=60)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    early_minutes = models.PositiveSmallIntegerField(default=30)
    late_minutes = models.PositiveSmallIntegerField(default=10)
    is_make_up = models.BooleanField(default=False)
    code = models.CharField(max_length=40, unique=True)
    made_by = _person(may_lack=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """It ends after it begins, somewhere."""

        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")) & ~Q(place=""), name="outreach_door_whole"
            ),
        ]


class AttendedWay(models.TextChoices):
    """How it is known that somebody learnt a lesson."""

    ACCOUNT = "account", pgettext_lazy("attended", "at the door, with their account")
    CODE = "code", pgettext_lazy("attended", "at the door, by their own code")
    NAME = "name", pgettext_lazy("attended", "at the door, by name and number")
    READING = "reading", pgettext_lazy("attended", "read it to the end")
    OFFICE = "office", pgettext_lazy("attended", "entered by the office")


class Attendance(models.Model):
    """That somebody learnt a lesson. Never deleted: what was entered wrongly is taken back, with a reason.

    `at` is when they were there, `noted_at` when the house was told. The reasons may be emptied.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="attendances")
    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="+", null=True)
    way = models.CharField(max_length=7, choices=AttendedWay)
    is_late = models.BooleanField(default=False)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    by = _person()
    reason = SealedField(null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = _person()
    void_reason = SealedField(null=True)

    class Meta:
        """It counts once; at the door it is at a door, and what the office entered is by somebody."""

        constraints = [
            models.UniqueConstraint(
                fields=["learner"], condition=Q(voided_at__isnull=True), name="outreach_attendance_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    way__in=[AttendedWay.ACCOUNT, AttendedWay.CODE, AttendedWay.NAME],
                    door__isnull=False,
                    by__isnull=True,
                    reason__isnull=True,
                )
                | Q(way=AttendedWay.READING, door__isnull=True, by__isnull=True, reason__isnull=True)
                | Q(way=AttendedWay.OFFICE, by__isnull=False),
                name="outreach_attendance_way",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False),
                name="outreach_attendance_void",
            ),
        ]


class Reading(models.Model):
    """When somebody began to read a lesson; that they read it to the end is their attendance."""

    learner = models.OneToOneField(Learner, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()


class CourseTry(models.Model):
    """A try of somebody at the test: how many they answered right, and never what. Append-only.

    There is none beyond those that the course allows and that were granted.
    """

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveSmallIntegerField()
    right = models.PositiveSmallIntegerField()
    questions = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        """Tries are numbered; who passed tries no more; no more is right than was asked."""

        constraints = [
            models.UniqueConstraint(fields=["learner", "number"], name="outreach_try_once"),
            models.UniqueConstraint(
                fields=["learner"], condition=Q(passed=True), name="outreach_try_passed_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gt=0, right__lte=F("questions")), name="outreach_try_whole"
            ),
        ]
