"""Screening: rounds over a tree of units, how many are to be screened (frozen), how far each unit is."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q


def _person(*, null: bool = False) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=null)


class ScreeningRound(models.Model):
    """A round of some days, the `number`-th of its measure; closed by a person."""

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    first_on = models.DateField()
    last_on = models.DateField()
    opened_by = _person()
    opened_at = models.DateTimeField()
    closed_by = _person(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """A number is given once; a round has days."""

        constraints = [
            models.UniqueConstraint(fields=["measure", "number"], name="emergency_round_number"),
            models.CheckConstraint(
                condition=Q(number__gt=0, last_on__gte=F("first_on")) & ~Q(title=""),
                name="emergency_round_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="emergency_round_closed",
            ),
        ]


class ScreeningShare(models.Model):
    """How many people of a unit are to be screened in a round, and how far it is.

    `path` holds the units from the plan's down to this one, as ",3,17,", as the tree stood on the first day.
    `version` is the valid report's, 0 without one.
    """

    round = models.ForeignKey(ScreeningRound, on_delete=models.PROTECT, related_name="shares")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200)
    expected = models.PositiveIntegerField()
    screened = models.PositiveIntegerField(default=0)
    unwell = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """A unit stands once in a round; coverage never passes 100 %."""

        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="emergency_share_once"),
            models.CheckConstraint(
                condition=Q(expected__gt=0, screened__lte=F("expected"), unwell__lte=F("screened")),
                name="emergency_share_within",
            ),
            models.CheckConstraint(
                condition=Q(version__gt=0) | Q(version=0, screened=0, unwell=0), name="emergency_share_told"
            ),
        ]
        indexes = [models.Index(fields=["unit", "round"], name="emergency_share_unit")]


class ScreeningReport(models.Model):
    """One version of how far a unit is: how many so far, and how many of them were found unwell. Append-only.

    Where it says fewer than before, `reason` says why.
    """

    share = models.ForeignKey(ScreeningShare, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveIntegerField()
    screened = models.PositiveIntegerField()
    unwell = models.PositiveIntegerField()
    reason = models.CharField(max_length=400, default="")
    by = _person()
    at = models.DateTimeField()
    key = models.UUIDField(unique=True)

    class Meta:
        """A version is there once."""

        constraints = [
            models.UniqueConstraint(fields=["share", "version"], name="emergency_screening_once"),
            models.CheckConstraint(
                condition=Q(version__gt=0, unwell__lte=F("screened")), name="emergency_screening_whole"
            ),
        ]


class ScreeningChase(models.Model):
    """The office asked a unit, by a notice, how far it is, after the last day of a round. Append-only."""

    share = models.ForeignKey(ScreeningShare, on_delete=models.PROTECT, related_name="chases")
    by = _person()
    at = models.DateTimeField()
