"""Who is called together, by whom, and who came: the call tree, musters, what was found out on the phone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models.command import Activation
from songnuan.kernel.sealed import SealedField


class CallTree(models.Model):
    """A call tree (通讯联络表) of a measure as a file brought it; the one of the highest number counts."""

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    made_at = models.DateTimeField()

    class Meta:
        """A number is given once."""

        constraints = [
            models.UniqueConstraint(fields=["measure", "number"], name="emergency_calltree_once"),
            models.CheckConstraint(condition=Q(number__gt=0, lines__gt=0), name="emergency_calltree_whole"),
        ]


class CallLine(models.Model):
    """Somebody who is called, and by whom. Name and telephone are sealed; without one it is None.

    `user` is their account, where they have one. Who has no `caller` stands at the top and is called by the
    office. Once `erased_at` is set, name and telephone are gone.
    """

    tree = models.ForeignKey(CallTree, on_delete=models.PROTECT, related_name="people")
    position = models.PositiveIntegerField()
    name = SealedField()
    phone = SealedField(null=True)
    phone_index = models.CharField(max_length=64, default="")
    section = models.CharField(max_length=120, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    caller = models.ForeignKey("self", on_delete=models.PROTECT, related_name="calls", null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """A place, a telephone and an account stand once in a tree; nobody calls themselves."""

        constraints = [
            models.UniqueConstraint(fields=["tree", "position"], name="emergency_callline_place"),
            models.UniqueConstraint(
                fields=["tree", "phone_index"],
                condition=~Q(phone_index=""),
                name="emergency_callline_phone",
            ),
            models.UniqueConstraint(
                fields=["tree", "user"], condition=Q(user__isnull=False), name="emergency_callline_user"
            ),
            models.CheckConstraint(
                condition=Q(caller__isnull=True) | ~Q(caller=F("id")), name="emergency_callline_other"
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=True, phone_index="")
                | (Q(phone__isnull=False) & ~Q(phone_index="")),
                name="emergency_callline_indexed",
            ),
        ]


class Muster(models.Model):
    """People of a call tree are called to a place by a time, for a response or a drill.

    `code` stands in the address that hangs at the place. `escalate_minutes`: after how long who is not
    reached is shown to the next above.
    """

    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="+")
    tree = models.ForeignKey(CallTree, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    place = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    escalate_minutes = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, unique=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """One muster of a response runs at a time; it is due after it is called."""

        constraints = [
            models.UniqueConstraint(fields=["activation", "number"], name="emergency_muster_number"),
            models.UniqueConstraint(
                fields=["activation"], condition=Q(closed_at__isnull=True), name="emergency_muster_one"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("called_at")) & ~Q(place="") & Q(escalate_minutes__gt=0),
                name="emergency_muster_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="emergency_muster_closed",
            ),
        ]


class ArrivalWay(models.TextChoices):
    """How somebody was checked in."""

    CODE = "code", pgettext_lazy("check-in", "by the code at the place")
    ACCOUNT = "account", pgettext_lazy("check-in", "with their account")
    DEPUTY = "deputy", pgettext_lazy("check-in", "by somebody else")


class MusterEntry(models.Model):
    """One who is expected at a muster; what holds follows from what is filled in.

    `arrived_at` is when the house received it, `device_at` when the phone says it was; `checked_in_by` is who
    did it for them. The first check-in counts. `position` (sealed) is where the phone was, if its owner let
    it say so.
    """

    muster = models.ForeignKey(Muster, on_delete=models.PROTECT, related_name="entries")
    line = models.ForeignKey(CallLine, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=8, choices=ArrivalWay, default="", blank=True)
    device_at = models.DateTimeField(null=True)
    position = SealedField(null=True)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    excused_at = models.DateTimeField(null=True)
    absent_at = models.DateTimeField(null=True)

    class Meta:
        """Everybody is expected once; who is checked in is so in some way, by somebody where by another."""

        constraints = [
            models.UniqueConstraint(fields=["muster", "line"], name="emergency_musterentry_once"),
            models.CheckConstraint(
                condition=Q(
                    arrived_at__isnull=True,
                    way="",
                    checked_in_by__isnull=True,
                    device_at__isnull=True,
                    position__isnull=True,
                )
                | Q(arrived_at__isnull=False, way=ArrivalWay.DEPUTY, checked_in_by__isnull=False)
                | Q(
                    arrived_at__isnull=False,
                    way__in=[ArrivalWay.CODE, ArrivalWay.ACCOUNT],
                    checked_in_by__isnull=True,
                ),
                name="emergency_musterentry_arrived",
            ),
        ]


class CallOutcome(models.TextChoices):
    """What a call found out."""

    COMING = "coming", pgettext_lazy("call", "reached, is coming")
    NOT_REACHED = "not_reached", pgettext_lazy("call", "not reached")
    EXCUSED = "excused", pgettext_lazy("call", "is excused")
    ABSENT = "absent", pgettext_lazy("call", "reached, does not come")


class CallNote(models.Model):
    """What somebody found out about one who is expected. Append-only."""

    entry = models.ForeignKey(MusterEntry, on_delete=models.PROTECT, related_name="notes")
    outcome = models.CharField(max_length=12, choices=CallOutcome)
    words = models.CharField(max_length=400, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Who is excused or does not come has a reason."""

        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[CallOutcome.COMING, CallOutcome.NOT_REACHED])
                | (Q(outcome__in=[CallOutcome.EXCUSED, CallOutcome.ABSENT]) & ~Q(words="")),
                name="emergency_callnote_reason",
            ),
        ]
        indexes = [models.Index(fields=["entry", "id"], name="emergency_callnote_entry")]
