"""Tables of standards. What was written once stays; a change is a version of its own."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Standard(models.Model):
    """A standard (标准) of a unit, under its lasting short name. Its text stands in its versions."""

    slug = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class StandardVersion(models.Model):
    """The text of a standard as somebody wrote it: `source` is its file, `digest` the SHA-256 of that.

    Title, document and days stand in the file too; here they are for lists. `decision` is the record of
    the meeting that set or changed an amount, and `decided_on` its day; empty where no amount changed.
    """

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    document_number = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    decision = models.CharField(max_length=200, default="")
    decided_on = models.DateField(null=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    written_at = models.DateTimeField()

    class Meta:
        """A number is one version of its standard; a decision has its day."""

        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="benefits_version_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="benefits_version_number"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="benefits_version_days",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True)
                | (Q(decision__gt="") & Q(decided_on__isnull=False)),
                name="benefits_version_decided",
            ),
        ]
