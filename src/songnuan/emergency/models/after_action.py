"""What a response came to: the after-action report, version by version."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from songnuan.emergency.models.command import Activation


class AfterAction(models.Model):
    """A version of the after-action report of a response that was stood down. Append-only; the newest counts.

    `snapshot` is the document as data, with the timeline as it stood then; `digest` its SHA-256 (hex).
    """

    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    went_well = models.TextField()
    shortcomings = models.TextField()
    improvements = models.TextField()
    snapshot = models.TextField()
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    written_at = models.DateTimeField()

    class Meta:
        """A number is given once; a report says all three."""

        constraints = [
            models.UniqueConstraint(fields=["activation", "version"], name="emergency_afteraction_once"),
            models.CheckConstraint(
                condition=~Q(went_well="") & ~Q(shortcomings="") & ~Q(improvements="") & Q(version__gt=0),
                name="emergency_afteraction_whole",
            ),
        ]
