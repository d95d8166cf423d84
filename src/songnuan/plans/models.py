"""Tables of the written plan."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanStatus(models.TextChoices):
    """Where a plan stands."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("awaiting approval")
    APPROVED = "approved", _("approved")
    OPEN = "open", _("under way")
    CLOSED = "closed", _("closed")


class MeasureStatus(models.TextChoices):
    """Where a measure stands."""

    PLANNED = "planned", _("not yet opened")
    OPEN = "open", _("under way")
    CLOSED = "closed", _("closed")


class Blocks(models.TextChoices):
    """What an unanswered question holds up."""

    ISSUE = "issue", _("issuing the plan")
    OPEN = "open", _("opening its measures")
    PAYMENT = "payment", _("payment")
    NOTHING = "nothing", _("nothing")


class PlanKind(models.TextChoices):
    """What a plan is for; approvals may go through other steps for each kind."""

    CARE = "care", pgettext_lazy("kind of plan", "care and condolence")
    EMERGENCY = "emergency", pgettext_lazy("kind of plan", "emergency response")
    RESUMPTION = "resumption", pgettext_lazy("kind of plan", "return to work and school")
    RELIEF = "relief", pgettext_lazy("kind of plan", "relief of hardship")
    RECOGNITION = "recognition", pgettext_lazy("kind of plan", "recognition")
    OTHER = "other", pgettext_lazy("kind of plan", "other")


class AmendmentStatus(models.TextChoices):
    """Where the amendment of a running plan stands."""

    DRAFT = "draft", _("being written")
    SUBMITTED = "submitted", _("awaiting approval")
    APPROVED = "approved", _("approved, not yet in force")
    IN_FORCE = "in_force", _("in force")
    WITHDRAWN = "withdrawn", _("withdrawn")


AMENDMENT_OPEN = (AmendmentStatus.DRAFT, AmendmentStatus.SUBMITTED, AmendmentStatus.APPROVED)


class Plan(models.Model):
    """One plan, by its slug. `version` is the text in force, in a draft the draft's; clauses hang on it."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=20, choices=PlanKind, default=PlanKind.OTHER)
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    version = models.PositiveIntegerField(default=0)
    starts_on = models.DateField(null=True)
    due_on = models.DateField(null=True)

    class Meta:
        """Status and kind are one of the table."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=PlanStatus.values), name="plans_plan_status"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=PlanKind.values), name="plans_plan_kind"),
        ]


class PlanVersion(models.Model):
    """The plan file as it was loaded. Append-only; `digest` is the SHA-256 (hex) of `source`."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Numbers are given once."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plans_version_once"),
        ]


class Basis(models.Model):
    """What the plan rests on: a notice with its number, or an instruction without one. Append-only."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="bases")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=60, default="")
    issuer = models.CharField(max_length=100, default="")
    dated_on = models.DateField(null=True)

    class Meta:
        """In the order of the file."""

        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="plans_basis_position"),
        ]


class Clause(models.Model):
    """One clause of one version. `key` lasts over versions; `level` 1–4 is 一、（一）1.（1）. Append-only."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="clauses")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    number = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(default="")

    class Meta:
        """Keys and places are taken once; there are four levels."""

        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="plans_clause_key"),
            models.UniqueConstraint(fields=["version", "position"], name="plans_clause_position"),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=4), name="plans_clause_level"),
        ]


class Amendment(models.Model):
    """The change of a running plan: from the version `base` to `version`, the text as it is written now.

    Every saving is a version of the plan; `Plan.version` moves on only when the amendment comes into force.
    One that was approved and is sent back to be changed keeps who did it, when, and with what remark.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="amendments")
    base = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    reason = models.TextField()
    status = models.CharField(max_length=10, choices=AmendmentStatus, default=AmendmentStatus.DRAFT)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    begun_at = models.DateTimeField()
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    sent_back_at = models.DateTimeField(null=True)
    sent_back_why = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A plan has one amendment under way; what is in force or withdrawn has an end."""

        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=models.Q(status__in=["draft", "submitted", "approved"]),
                name="plans_amendment_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=AmendmentStatus.values), name="plans_amendment_status"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "submitted", "approved"], ended_at__isnull=True)
                | models.Q(status__in=["in_force", "withdrawn"], ended_at__isnull=False),
                name="plans_amendment_ended",
            ),
            models.CheckConstraint(
                condition=models.Q(version__gte=models.F("base")) & ~models.Q(reason=""),
                name="plans_amendment_goes_on",
            ),
            models.CheckConstraint(
                condition=models.Q(sent_back_at__isnull=True, sent_back_by__isnull=True, sent_back_why="")
                | (models.Q(sent_back_at__isnull=False) & ~models.Q(sent_back_why="")),
                name="plans_amendment_sent_back",
            ),
        ]


class Measure(models.Model):
    """What a clause sets in motion. `settings` are those of the plan file, checked by its kind.

    One that was closed before its plan says why.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="measures")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    clause_key = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    settings = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=MeasureStatus, default=MeasureStatus.PLANNED)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(default="")

    class Meta:
        """A key is one measure of its plan; what was never opened has no opening time."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plans_measure_key"),
            models.CheckConstraint(
                condition=models.Q(status__in=MeasureStatus.values), name="plans_measure_status"
            ),
            models.CheckConstraint(
                condition=models.Q(status=MeasureStatus.PLANNED, opened_at__isnull=True)
                | (~models.Q(status=MeasureStatus.PLANNED) & models.Q(opened_at__isnull=False)),
                name="plans_measure_opened",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, close_reason="")
                | models.Q(status=MeasureStatus.CLOSED, closed_at__isnull=False),
                name="plans_measure_closed",
            ),
        ]


class Question(models.Model):
    """What the plan's text leaves open, first asked at `asked_at`. An answer has a ground and a time.

    Where `choices` are offered, each `{key, text}`, the answer is the text of one, and `choice` is its key.
    `after_approval` marks an answer that nobody approved with the text: it was given afterwards.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    text = models.TextField()
    clause_key = models.CharField(max_length=60, default="")
    blocks = models.CharField(max_length=10, choices=Blocks)
    asked_at = models.DateTimeField()
    choices = models.JSONField(default=list)
    answer = models.TextField(default="")
    choice = models.CharField(max_length=60, default="")
    ground = models.TextField(default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    answered_at = models.DateTimeField(null=True)
    after_approval = models.BooleanField(default=False)

    class Meta:
        """A key is one question of its plan; answer, ground, time and choice, if any, come together."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="plans_question_key"),
            models.CheckConstraint(
                condition=models.Q(blocks__in=Blocks.values), name="plans_question_blocks"
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", ground="", answered_at__isnull=True)
                | (~models.Q(answer="") & ~models.Q(ground="") & models.Q(answered_at__isnull=False)),
                name="plans_question_answered",
            ),
            models.CheckConstraint(
                condition=models.Q(after_approval=False) | models.Q(answered_at__isnull=False),
                name="plans_question_after_approval",
            ),
            models.CheckConstraint(
                condition=models.Q(choice="") & (models.Q(answer="") | models.Q(choices=[]))
                | ~models.Q(choice="") & ~models.Q(answer="") & ~models.Q(choices=[]),
                name="plans_question_choice",
            ),
        ]
