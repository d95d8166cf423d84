"""What a person may do with what is held of them, and what the house judged of its risks."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField
from songnuan.people.columns import INDEX_DIGITS, LIMITS
from songnuan.people.models.register import Person


class AccessCode(models.Model):
    """A code with which one person sees what is held of them, once; only its blind index is kept.

    `guardian` is the name of who asked for it when the person is a minor.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=INDEX_DIGITS, unique=True)
    guardian = SealedField(null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    used_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """It ends after it was issued."""

        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="people_access_code_expires"
            )
        ]


class LookPurpose(models.Model):
    """What somebody looked at a person in full for; `digest` is what the trail has of it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, db_index=True)
    purpose = SealedField()


class CorrectionStatus(models.TextChoices):
    """What became of a correction that was asked for."""

    ASKED = "asked", pgettext_lazy("correction", "asked for")
    ACCEPTED = "accepted", pgettext_lazy("correction", "corrected")
    DECLINED = "declined", pgettext_lazy("correction", "not corrected")


class Correction(models.Model):
    """What a person, or somebody for them, says is wrong; `field` is "" when they want to be erased.

    `asked_by` is None when the person asked with a code of their own.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=LIMITS["field"], default="")
    value = SealedField(null=True)
    reason = SealedField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    status = models.CharField(max_length=8, choices=CorrectionStatus, default=CorrectionStatus.ASKED)
    answer = SealedField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """A field is asked for once at a time; what is answered says by whom and when."""

        constraints = [
            models.UniqueConstraint(
                fields=["person", "field"],
                condition=Q(status=CorrectionStatus.ASKED),
                name="people_correction_one_asked",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CorrectionStatus.values), name="people_correction_status"
            ),
            models.CheckConstraint(
                condition=Q(status=CorrectionStatus.ASKED, answered_at__isnull=True, answered_by__isnull=True)
                | (
                    ~Q(status=CorrectionStatus.ASKED)
                    & Q(answered_at__isnull=False, answered_by__isnull=False)
                ),
                name="people_correction_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                condition=Q(status=CorrectionStatus.ASKED),
                name="people_correction_open",
            )
        ]


class Assessment(models.Model):
    """A version of the impact assessment: the facts of that day, the judgement, and who stands for it.

    Only added to. `facts` and `judgement` have the shapes of `people.assessment`, the latter as JSON text;
    `digest` is the SHA-256 of the whole row as it was signed.
    """

    number = models.PositiveIntegerField(unique=True)
    facts = models.JSONField()
    judgement = models.TextField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    made_at = models.DateTimeField()
