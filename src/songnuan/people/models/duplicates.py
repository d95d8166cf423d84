"""Two entries of the register that may be one person, and what somebody decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.people.models.register import Person


class Reason(models.TextChoices):
    """Why two entries may be one person; names are alike when they differ in one character at most."""

    ALIKE_NAME_PHONE = "alike_name_phone", pgettext_lazy("duplicate", "alike in name, the same phone")
    SAME_ACCOUNT = "same_account", pgettext_lazy("duplicate", "the same bank account")
    SAME_NAME_BIRTH = "same_name_birth", pgettext_lazy("duplicate", "the same name and birth date")
    ALIKE_NAME_BIRTH = (
        "alike_name_birth",
        pgettext_lazy("duplicate", "alike in name, born on the same day"),
    )
    SAME_PHONE = "same_phone", pgettext_lazy("duplicate", "the same phone")
    SAME_NAME_NO_NUMBER = (
        "same_name_no_number",
        pgettext_lazy("duplicate", "the same name, one without an identity number"),
    )


class PairStatus(models.TextChoices):
    """What was decided of a pair."""

    OPEN = "open", pgettext_lazy("duplicate", "to be decided")
    MERGED = "merged", pgettext_lazy("duplicate", "one person, merged")
    DISTINCT = "distinct", pgettext_lazy("duplicate", "two different persons")


class DuplicatePair(models.Model):
    """Two persons who may be one; `reasons` are values of `Reason`, `score` says how likely it is."""

    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField()
    score = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=PairStatus, default=PairStatus.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    remark = models.CharField(max_length=400, default="")

    class Meta:
        """Two persons are a pair once, in the order of their entry; what is decided says when."""

        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="people_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="people_pair_ordered"),
            models.CheckConstraint(condition=Q(score__lte=100), name="people_pair_score"),
            models.CheckConstraint(condition=Q(status__in=PairStatus.values), name="people_pair_status"),
            models.CheckConstraint(
                condition=Q(status=PairStatus.OPEN) | Q(decided_at__isnull=False),
                name="people_pair_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-score", "-id"], condition=Q(status=PairStatus.OPEN), name="people_pair_open"
            )
        ]
