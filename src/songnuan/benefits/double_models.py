"""Tables of double payments: who is known to have died, what was found of a list, what was decided of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songnuan.people.columns import INDEX_DIGITS


class Double(models.TextChoices):
    """Why a line may be a double payment, the surest first: of two entries of a person the first counts."""

    DEAD = "dead", _("known to have died")
    PAID_ELSEWHERE = "paid_elsewhere", _("the same person is paid by another list")
    SETTLED_ELSEWHERE = "settled_elsewhere", _("a sum by another standard is settled already")
    QUALIFIER_TWICE = "qualifier_twice", _("somebody else is paid for the same person's service")
    SAME_NUMBER = "same_number", _("two entries with one identity number")
    ALIKE_NAME_ACCOUNT = "alike_name_account", _("names alike, and the same account")
    ALIKE_NAME_PHONE = "alike_name_phone", _("names alike, and the same phone")
    ALIKE_NAME_BIRTH = "alike_name_birth", _("names alike, and born on the same day")
    SAME_ACCOUNT = "same_account", _("the same account, other names")
    SAME_PHONE = "same_phone", _("the same phone, other names")


class DoubleVerb(models.TextChoices):
    """What is decided of a finding: `OTHER_OUT` takes out the other one, who stands in the same list."""

    KEPT = "kept", _("paid all the same")
    OUT = "out", _("taken out")
    OTHER_OUT = "other_out", _("the other one taken out")


class KnownDead(models.Model):
    """Somebody who is known to have died: the blind index of the identity number, and nothing else."""

    id_index = models.CharField(max_length=INDEX_DIGITS)
    died_on = models.DateField()
    source = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()

    class Meta:
        """A source tells once of a person."""

        constraints = [
            models.UniqueConstraint(fields=["id_index", "source"], name="benefits_dead_once"),
            models.CheckConstraint(condition=Q(id_index__gt="", source__gt=""), name="benefits_dead_told"),
        ]


class FindingDecision(models.Model):
    """What somebody decided of a finding; of several the last counts.

    The reason alone may be erased: it can name people. A decision is known by what it is about, not by the
    finding: that is made anew whenever the list is reckoned. With other `facts` it is to be decided again.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    qualifier = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=18, choices=Double)
    other = models.CharField(max_length=64)
    facts = models.CharField(max_length=200)
    verb = models.CharField(max_length=9, choices=DoubleVerb)
    reason = models.CharField(max_length=200)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField()

    class Meta:
        """A decision has its reason."""

        constraints = [models.CheckConstraint(condition=Q(reason__gt=""), name="benefits_decision_reason")]
        indexes = [
            models.Index(fields=["measure", "payee", "qualifier", "kind"], name="benefits_decision_about")
        ]


class Finding(models.Model):
    """A line that may be a double payment, and what it is held against.

    `other` is the key of that: "person:<key>" for one of the same list, "list:<reckoning>:<key>" for one of
    another, "settled:<id>", "dead:<id>". `other_person` and `other_reckoning` are the same for reading.
    `facts` are the sums and days that it was found by, as JSON, and `sharing` tells how many share what is
    shared, where it is more than these two. `decision` is what stands of it; empty as long as it is open.
    """

    reckoning = models.ForeignKey("benefits.Reckoning", on_delete=models.CASCADE, related_name="findings")
    # Both go with the reckoning: no line of it is to be fetched and deleted by itself for its findings.
    line = models.ForeignKey(
        "benefits.Entitlement", on_delete=models.DO_NOTHING, related_name="findings", db_index=False
    )
    kind = models.CharField(max_length=18, choices=Double)
    other = models.CharField(max_length=64)
    other_person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    other_reckoning = models.ForeignKey(
        "benefits.Reckoning", on_delete=models.CASCADE, related_name="+", null=True, db_index=False
    )
    facts = models.CharField(max_length=200)
    sharing = models.PositiveIntegerField(default=2)
    decision = models.ForeignKey(
        FindingDecision, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        """A line is held once against one thing for one reason."""

        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "other"], name="benefits_finding_once")
        ]
