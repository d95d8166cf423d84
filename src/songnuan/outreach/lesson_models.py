"""Tables of lessons: what is said to whom, signed off once, and the quiz that shows what was understood."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.organisation.models import Unit
from songnuan.plans.models import Measure


class LessonStatus(models.TextChoices):
    """Where a lesson stands."""

    DRAFT = "draft", pgettext_lazy("lesson", "draft")
    READY = "ready", pgettext_lazy("lesson", "waits for the publicity officer")
    SIGNED = "signed", pgettext_lazy("lesson", "signed off")
    WITHDRAWN = "withdrawn", pgettext_lazy("lesson", "withdrawn")


class Audience(models.TextChoices):
    """Of whom an awareness rate is. Staff answer with their account, the others by a code."""

    STAFF = "staff", pgettext_lazy("audience", "staff")
    FLOATING = "floating", pgettext_lazy("audience", "floating population")
    RESIDENTS = "residents", pgettext_lazy("audience", "residents")


class Lesson(models.Model):
    """A text with an audience, and a quiz about it or none; a message is a lesson without a quiz.

    `roles` are the posts of its audience (all if none), `district` a place (any if empty), units stand in
    `LessonUnit` (the plan's if none). `questions`: see `quiz_rules.Question`. `aware_at`: how many of them
    somebody answers right who counts as aware. `remark` is what the publicity officer said on giving it back
    or withdrawing it.
    """

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    text = models.TextField()
    roles = models.JSONField(default=list)
    district = models.CharField(max_length=60, default="")
    is_drill = models.BooleanField(default=False)
    questions = models.JSONField(default=list)
    aware_at = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=LessonStatus, default=LessonStatus.DRAFT)
    remark = models.CharField(max_length=400, default="")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    signed_at = models.DateTimeField(null=True)

    class Meta:
        """What is signed is so by somebody, and not by who wrote it."""

        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[LessonStatus.DRAFT, LessonStatus.READY],
                    signed_by__isnull=True,
                    signed_at__isnull=True,
                )
                | Q(
                    status__in=[LessonStatus.SIGNED, LessonStatus.WITHDRAWN],
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                ),
                name="outreach_lesson_signed",
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("written_by")),
                name="outreach_lesson_not_own",
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="outreach_lesson_whole"),
        ]


class LessonUnit(models.Model):
    """A unit of a lesson's audience, with all below it."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A unit is named once."""

        constraints = [
            models.UniqueConstraint(fields=["lesson", "unit"], name="outreach_lessonunit_once"),
        ]


class RoundKind(models.TextChoices):
    """Which of the two rounds of a quiz it is."""

    BEFORE = "before", pgettext_lazy("quiz", "before the lesson")
    AFTER = "after", pgettext_lazy("quiz", "after the lesson")


class QuizRound(models.Model):
    """The quiz of a lesson is answered from its opening to its closing; `digest` is that of its counts."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="rounds")
    kind = models.CharField(max_length=6, choices=RoundKind)
    until_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    closed_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, default="")

    class Meta:
        """Each kind opens once, and one is open at a time; what is closed is so by somebody."""

        constraints = [
            models.UniqueConstraint(fields=["lesson", "kind"], name="outreach_round_once"),
            models.UniqueConstraint(
                fields=["lesson"], condition=Q(closed_at__isnull=True), name="outreach_round_one"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, digest="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(digest="")),
                name="outreach_round_closed",
            ),
        ]


class QuizAsked(models.Model):
    """One of the staff who is asked in a round, for a unit. That they answered is kept, and never what."""

    round = models.ForeignKey(QuizRound, on_delete=models.PROTECT, related_name="asked")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """Everybody is asked once in a round."""

        constraints = [
            models.UniqueConstraint(fields=["round", "user"], name="outreach_asked_once"),
        ]


class QuizTally(models.Model):
    """What those of a unit and an audience answered in a round, counted; nobody's own answers are kept.

    `right` says for each question how many answered it right.
    """

    round = models.ForeignKey(QuizRound, on_delete=models.PROTECT, related_name="tallies")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    answered = models.PositiveIntegerField(default=0)
    aware = models.PositiveIntegerField(default=0)
    right = models.JSONField(default=list)

    class Meta:
        """One row for each; no more are aware than answered."""

        constraints = [
            models.UniqueConstraint(fields=["round", "unit", "audience"], name="outreach_tally_once"),
            models.CheckConstraint(condition=Q(aware__lte=F("answered")), name="outreach_tally_aware"),
        ]


class QuizCode(models.Model):
    """A code on a poster: whoever opens it reads the lesson and answers its quiz, and is nobody.

    `place` says where the poster hangs.
    """

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="codes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience)
    place = models.CharField(max_length=60)
    code = models.CharField(max_length=40, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Staff have accounts; a place has one code of a lesson."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(audience=Audience.STAFF) & ~Q(place=""), name="outreach_code_no_staff"
            ),
            models.UniqueConstraint(
                fields=["lesson", "unit", "audience", "place"],
                condition=Q(ended_at__isnull=True),
                name="outreach_code_place",
            ),
        ]


class QuizKey(models.Model):
    """The random key of a sheet that was counted in a round, so that it counts once; gone once it closes."""

    round = models.ForeignKey(QuizRound, on_delete=models.PROTECT, related_name="keys")
    key = models.UUIDField()

    class Meta:
        """A sheet counts once."""

        constraints = [models.UniqueConstraint(fields=["round", "key"], name="outreach_key_once")]
