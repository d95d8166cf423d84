"""Early warning: which periods were looked at, what was reckoned too many, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.emergency.early_warning import Method
from songnuan.emergency.models.reports import ReportPeriod
from songnuan.kernel.sealed import SealedField

_DIGITS = 24
"""Characters of a number that is not whole."""


def _person() -> "models.ForeignKey[models.Model | None, models.Model | None]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)


class WarningLook(models.Model):
    """That a period was looked at, when its counts had seen `changes`: more by now, and it is again."""

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="+")
    changes = models.PositiveIntegerField()
    looked_at = models.DateTimeField()

    class Meta:
        """A period of a measure has one row."""

        constraints = [
            models.UniqueConstraint(fields=["measure", "period"], name="emergency_look_once"),
        ]


class AlertStatus(models.TextChoices):
    """Where an alert stands."""

    RAISED = "raised", pgettext_lazy("alert", "not acknowledged")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("alert", "acknowledged")
    VERIFIED = "verified", pgettext_lazy("alert", "verified")
    CLOSED = "closed", pgettext_lazy("alert", "closed")


class Outcome(models.TextChoices):
    """What became of an alert; the first two of a true signal, the others of a false one."""

    HANDLED = "handled", pgettext_lazy("alert", "dealt with on the spot")
    HANDED_ON = "handed_on", pgettext_lazy("alert", "handed to the superior or disease control")
    MISREPORTED = "misreported", pgettext_lazy("alert", "the report was wrong")
    EXPLAINED = "explained", pgettext_lazy("alert", "a harmless reason")
    CHANCE = "chance", pgettext_lazy("alert", "chance")


class Alert(models.Model):
    """A figure of a unit, or of a node with all below it, was more than the counts before let expect.

    `count`, `expected`, `upper`, how it was judged, and of `asked` units `received` reports are as it was
    raised. `path` holds the nodes from the top down to it, as it stood in the period. `now_count` and
    `is_over` are what it comes to since: None where nothing counts as told any more. `least_sd` is the floor
    of the standard deviation; `z` plays no part in C3. A node's count is told where at least `least_complete`
    per cent of its units reported. Numbers that are not whole are kept as text, to the last digit.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    is_node = models.BooleanField()
    path = models.CharField(max_length=200)
    figure = models.CharField(max_length=40)
    figure_label = models.CharField(max_length=12)
    count = models.PositiveIntegerField()
    expected = models.CharField(max_length=_DIGITS)
    upper = models.CharField(max_length=_DIGITS)
    method = models.CharField(max_length=2, choices=[(one.value, one.value) for one in Method])
    z = models.CharField(max_length=_DIGITS)
    least_sd = models.CharField(max_length=_DIGITS)
    least_complete = models.PositiveSmallIntegerField()
    asked = models.PositiveIntegerField()
    received = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    now_count = models.PositiveIntegerField(null=True)
    is_over = models.BooleanField(default=True, db_default=True)
    status = models.CharField(
        max_length=12, choices=AlertStatus, default=AlertStatus.RAISED, db_default=AlertStatus.RAISED
    )
    acknowledged_by = _person()
    acknowledged_at = models.DateTimeField(null=True)
    is_true = models.BooleanField(null=True)
    verified_by = _person()
    verified_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default="", db_default="")
    closed_by = _person()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Once for a unit or node, figure and period; each step is whole, and comes after the one before."""

        constraints = [
            models.UniqueConstraint(
                fields=["measure", "period", "unit", "is_node", "figure"], name="emergency_alert_once"
            ),
            models.CheckConstraint(
                condition=Q(status=AlertStatus.RAISED, acknowledged_at__isnull=True)
                | (
                    Q(acknowledged_by__isnull=False, acknowledged_at__gte=F("raised_at"))
                    & ~Q(status=AlertStatus.RAISED)
                ),
                name="emergency_alert_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[AlertStatus.RAISED, AlertStatus.ACKNOWLEDGED],
                    is_true__isnull=True,
                    verified_at__isnull=True,
                )
                | Q(
                    status__in=[AlertStatus.VERIFIED, AlertStatus.CLOSED],
                    is_true__isnull=False,
                    verified_by__isnull=False,
                    verified_at__gte=F("acknowledged_at"),
                ),
                name="emergency_alert_verified",
            ),
            models.CheckConstraint(
                condition=(~Q(status=AlertStatus.CLOSED) & Q(outcome="", closed_at__isnull=True))
                | Q(
                    status=AlertStatus.CLOSED,
                    is_true=True,
                    outcome__in=[Outcome.HANDLED, Outcome.HANDED_ON],
                    closed_by__isnull=False,
                    closed_at__gte=F("verified_at"),
                )
                | Q(
                    status=AlertStatus.CLOSED,
                    is_true=False,
                    outcome__in=[Outcome.MISREPORTED, Outcome.EXPLAINED, Outcome.CHANCE],
                    closed_by__isnull=False,
                    closed_at__gte=F("verified_at"),
                ),
                name="emergency_alert_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["measure", "raised_at"],
                condition=~Q(status=AlertStatus.CLOSED),
                name="emergency_alert_open",
            ),
            models.Index(fields=["unit", "figure", "period"], name="emergency_alert_series"),
        ]


class AlertVerb(models.TextChoices):
    """What happened to an alert."""

    RAISED = "raised", pgettext_lazy("alert act", "raised")
    RECKONED = "reckoned", pgettext_lazy("alert act", "reckoned anew")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("alert act", "acknowledged it")
    TRUE = "true", pgettext_lazy("alert act", "verified: a true signal")
    FALSE = "false", pgettext_lazy("alert act", "verified: a false signal")
    NOTED = "noted", pgettext_lazy("alert act", "noted")
    CLOSED = "closed", pgettext_lazy("alert act", "closed it")


class AlertAct(models.Model):
    """A line of the timeline of an alert. Append-only.

    Of what the house reckons, `count`, `upper` and `is_over` say what came of it; `by` is then None.
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=12, choices=AlertVerb)
    words = SealedField(null=True)
    count = models.PositiveIntegerField(null=True)
    upper = models.CharField(max_length=_DIGITS, default="")
    is_over = models.BooleanField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    class Meta:
        """A person acts, or the house reckons; who verifies, closes or notes says something."""

        constraints = [
            models.CheckConstraint(
                condition=Q(
                    verb__in=[AlertVerb.RAISED, AlertVerb.RECKONED], by__isnull=True, is_over__isnull=False
                )
                | Q(verb=AlertVerb.ACKNOWLEDGED, by__isnull=False, is_over__isnull=True)
                | Q(
                    verb__in=[AlertVerb.TRUE, AlertVerb.FALSE, AlertVerb.NOTED, AlertVerb.CLOSED],
                    by__isnull=False,
                    words__isnull=False,
                    is_over__isnull=True,
                ),
                name="emergency_alertact_whole",
            ),
        ]
