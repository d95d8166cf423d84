"""Returnees: who came back from where, until when they are observed, and how they were found each day."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField

WORDS_LONGEST = 400


def _person(*, null: bool = False) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=null)


class ReturneeCode(models.Model):
    """A code on the poster of a unit, by which people register themselves until it is withdrawn."""

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, unique=True)
    made_by = _person()
    made_at = models.DateTimeField()
    withdrawn_by = _person(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One code of a unit stands at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["measure", "unit"],
                condition=Q(withdrawn_at__isnull=True),
                name="emergency_returneecode_one",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="emergency_returneecode_gone",
            ),
        ]


class ReturneeSource(models.TextChoices):
    """How somebody came into the register."""

    FORM = "form", pgettext_lazy("returnee", "by form")
    WORKBOOK = "workbook", pgettext_lazy("returnee", "by workbook")
    CODE = "code", pgettext_lazy("returnee", "registered themselves")


class ReturneeStatus(models.TextChoices):
    """Where the observation of somebody stands."""

    WAITING = "waiting", pgettext_lazy("returnee", "waits for a look")
    OBSERVED = "observed", pgettext_lazy("returnee", "under observation")
    RELEASED = "released", pgettext_lazy("returnee", "released")
    ENDED = "ended", pgettext_lazy("returnee", "ended early")
    SET_ASIDE = "set_aside", pgettext_lazy("returnee", "set aside")


class EarlyEnd(models.TextChoices):
    """Why an observation ended before its time."""

    HOSPITAL = "hospital", pgettext_lazy("returnee", "handed to a hospital")
    MOVED = "moved", pgettext_lazy("returnee", "moved away")
    MISTAKEN = "mistaken", pgettext_lazy("returnee", "entered by mistake")


OVER = (ReturneeStatus.RELEASED, ReturneeStatus.ENDED, ReturneeStatus.SET_ASIDE)
STANDING = (ReturneeStatus.WAITING, ReturneeStatus.OBSERVED)


class Returnee(models.Model):
    """Somebody who came back, as the `number`-th of the measure.

    `person_index` is the blind index of name and telephone; both it and what is sealed are emptied on
    `erased_at`. `days` are those of the plan when they were entered, `until_on` the last day of observation.
    Days of status run from `first_due_on` to the day before `ended_on`. Words say why it ended, or was set
    aside.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    name = SealedField(null=True)
    phone = SealedField(null=True)
    origin = SealedField(null=True)
    address = SealedField(null=True)
    person_index = models.CharField(max_length=64, default="")
    arrived_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    until_on = models.DateField()
    first_due_on = models.DateField(null=True)
    helper = _person(null=True)
    source = models.CharField(max_length=8, choices=ReturneeSource)
    code = models.ForeignKey(ReturneeCode, on_delete=models.PROTECT, related_name="+", null=True)
    entered_by = _person(null=True)
    entered_at = models.DateTimeField()
    confirmed_by = _person(null=True)
    confirmed_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=9, choices=ReturneeStatus)
    ended_as = models.CharField(max_length=8, choices=EarlyEnd, default="")
    ended_on = models.DateField(null=True)
    ended_by = _person(null=True)
    ended_at = models.DateTimeField(null=True)
    words = SealedField(null=True)
    retain_until = models.DateField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """One person stands once; who is observed has a first day; what is over was ended by a person."""

        constraints = [
            models.UniqueConstraint(fields=["measure", "number"], name="emergency_returnee_number"),
            models.UniqueConstraint(
                fields=["measure", "person_index"],
                condition=Q(status__in=STANDING),
                name="emergency_returnee_once",
            ),
            models.CheckConstraint(
                condition=Q(number__gt=0, days__gt=0) & Q(until_on__gt=F("arrived_on")),
                name="emergency_returnee_whole",
            ),
            models.CheckConstraint(
                condition=Q(source=ReturneeSource.CODE, entered_by__isnull=True, code__isnull=False)
                | Q(
                    source__in=[ReturneeSource.FORM, ReturneeSource.WORKBOOK],
                    entered_by__isnull=False,
                    code__isnull=True,
                ),
                name="emergency_returnee_source",
            ),
            models.CheckConstraint(
                condition=Q(status=ReturneeStatus.WAITING, first_due_on__isnull=True, helper__isnull=True)
                | Q(
                    status__in=[ReturneeStatus.OBSERVED, ReturneeStatus.RELEASED, ReturneeStatus.ENDED],
                    first_due_on__isnull=False,
                )
                | Q(status=ReturneeStatus.SET_ASIDE, first_due_on__isnull=True),
                name="emergency_returnee_due",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=STANDING,
                    ended_on__isnull=True,
                    ended_at__isnull=True,
                    ended_by__isnull=True,
                    retain_until__isnull=True,
                    erased_at__isnull=True,
                )
                | Q(
                    status__in=OVER,
                    ended_on__isnull=False,
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    retain_until__isnull=False,
                ),
                name="emergency_returnee_over",
            ),
            models.CheckConstraint(
                condition=Q(status=ReturneeStatus.ENDED, ended_as__in=EarlyEnd.values)
                | (~Q(status=ReturneeStatus.ENDED) & Q(ended_as="")),
                name="emergency_returnee_early",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False, person_index="", name__isnull=True, phone__isnull=True)
                | (Q(erased_at__isnull=True) & ~Q(person_index="")),
                name="emergency_returnee_erased",
            ),
        ]
        indexes = [
            models.Index(fields=["helper", "status"], name="emergency_returnee_helper"),
            models.Index(fields=["unit", "status"], name="emergency_returnee_unit"),
        ]


class StatusOutcome(models.TextChoices):
    """How somebody was found on a day."""

    WELL = "well", pgettext_lazy("daily status", "seen, well")
    UNWELL = "unwell", pgettext_lazy("daily status", "seen, unwell")
    NOT_REACHED = "not_reached", pgettext_lazy("daily status", "not reached")
    NOT_ATTEMPTED = "not_attempted", pgettext_lazy("daily status", "not attempted")


class DailyStatus(models.Model):
    """One version of how somebody was found on a day; the last one is valid. Append-only but for erasure.

    `found_at` is when they were seen, or tried; `reported_at` when the house heard of it.
    """

    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="statuses")
    day = models.DateField()
    version = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=13, choices=StatusOutcome)
    words = SealedField(null=True)
    found_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField()
    reason = SealedField(null=True)
    by = _person()
    key = models.UUIDField(unique=True)

    class Meta:
        """A version is there once; what was not attempted has no time, everything else has one."""

        constraints = [
            models.UniqueConstraint(fields=["returnee", "day", "version"], name="emergency_status_once"),
            models.CheckConstraint(
                condition=Q(outcome=StatusOutcome.NOT_ATTEMPTED, found_at__isnull=True)
                | Q(
                    outcome__in=[StatusOutcome.WELL, StatusOutcome.UNWELL, StatusOutcome.NOT_REACHED],
                    found_at__lte=F("reported_at"),
                ),
                name="emergency_status_found",
            ),
            models.CheckConstraint(condition=Q(version__gt=0), name="emergency_status_version"),
        ]


class StatusAnswer(models.Model):
    """What the office did about somebody who was seen unwell. Append-only but for erasure."""

    status = models.OneToOneField(DailyStatus, on_delete=models.PROTECT, related_name="answer")
    words = SealedField(null=True)
    by = _person()
    at = models.DateTimeField()


class PeriodChange(models.Model):
    """That the observation of somebody was set to other days, and why. Append-only but for erasure."""

    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="periods")
    days_before = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    reason = SealedField(null=True)
    by = _person()
    at = models.DateTimeField()


class ReturneeChase(models.Model):
    """The office asked, by a notice, after the days of somebody of which nothing was said. Append-only."""

    returnee = models.ForeignKey(Returnee, on_delete=models.PROTECT, related_name="chases")
    by = _person()
    at = models.DateTimeField()
