"""Situation reports: periods, who is expected in them, what was reported, counted, passed on and sent up."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField

LANES = 4
"""Rows over which the counts of a node are spread, by unit, so that units do not wait for one row."""


def _person(*, null: bool = False) -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=null)


class ReportPeriod(models.Model):
    """A time about which units report, until `due_at`. Opened once, with its slots. Append-only.

    `is_drill` where only a drill was in force: it stands in no real rate.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    is_drill = models.BooleanField(default=False, db_default=False)

    class Meta:
        """A period of a measure is opened once, and once as a drill; its due time lies within it."""

        constraints = [
            models.UniqueConstraint(
                fields=["measure", "starts_at", "is_drill"], name="emergency_period_once"
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("starts_at")) & Q(ends_at__gte=F("due_at")),
                name="emergency_period_order",
            ),
        ]


class SlotStatus(models.TextChoices):
    """What the valid report of a slot says."""

    OPEN = "open", pgettext_lazy("situation report", "not reported")
    ZERO = "zero", pgettext_lazy("situation report", "all safe")
    EVENT = "event", pgettext_lazy("situation report", "event")


class ReportSlot(models.Model):
    """That a unit is expected to report in a period, as the tree stood when the period opened.

    `path` holds the units with others below them that it counts for, itself among them where it is one,
    from the top, as ",3,17,"; `depth` is how far it stands below the plan's unit. `version` is the valid
    report's, 0 without one; `received_at` and `is_late` are those of the first and never change.
    """

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="slots")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200)
    depth = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=6, choices=SlotStatus, default=SlotStatus.OPEN, db_default=SlotStatus.OPEN
    )
    version = models.PositiveIntegerField(default=0, db_default=0)
    received_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False, db_default=False)
    is_excused = models.BooleanField(default=False, db_default=False)

    class Meta:
        """A unit is expected once in a period; what was reported was received."""

        constraints = [
            models.UniqueConstraint(fields=["period", "unit"], name="emergency_slot_once"),
            models.CheckConstraint(
                condition=Q(status=SlotStatus.OPEN, version=0, received_at__isnull=True, is_late=False)
                | Q(status__in=[SlotStatus.ZERO, SlotStatus.EVENT], version__gt=0, received_at__isnull=False),
                name="emergency_slot_whole",
            ),
            models.CheckConstraint(condition=Q(depth__gt=0), name="emergency_slot_below"),
        ]
        indexes = [
            models.Index(fields=["unit", "period"], name="emergency_slot_unit"),
            models.Index(fields=["period", "parent"], name="emergency_slot_parent"),
        ]


class EventCategory(models.TextChoices):
    """What kind of event is reported."""

    HEALTH = "health", pgettext_lazy("situation report", "somebody is unwell")
    CONTACT = "contact", pgettext_lazy("situation report", "contact with a case")
    SUPPLY = "supply", pgettext_lazy("situation report", "supplies run short")
    SAFETY = "safety", pgettext_lazy("situation report", "accident or safety")
    PUBLIC = "public", pgettext_lazy("situation report", "public concern")
    OTHER = "other", pgettext_lazy("situation report", "something else")


class SituationReport(models.Model):
    """One version of what a unit reported. Append-only; the last version is valid.

    `happened_at` is when the event happened, `device_at` when the device took the report down, by the
    house's clock, `received_at` when it came in; `clock_skew_seconds` is how fast the device's clock was.
    `key` is the page's, `digest` the SHA-256 (hex) of what was sent. `reason` says why it was corrected.
    `told_by` told it to the office by telephone, at `told_at`; `by` is who entered it then. `checked` are
    the keys of figures that were unlikely, and that `by` said to have checked.
    """

    slot = models.ForeignKey(ReportSlot, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=6, choices=SlotStatus)
    category = models.CharField(max_length=10, choices=EventCategory, default="")
    happened_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    words = SealedField(null=True)
    reason = models.CharField(max_length=400, default="")
    told_by = SealedField(null=True)
    told_at = models.DateTimeField(null=True)
    checked = models.JSONField(default=list)
    by = _person()
    device_at = models.DateTimeField(null=True)
    clock_skew_seconds = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    key = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)

    class Meta:
        """A version is there once; a zero report tells of nothing; a correction says why."""

        constraints = [
            models.UniqueConstraint(fields=["slot", "version"], name="emergency_report_once"),
            models.CheckConstraint(
                condition=Q(kind=SlotStatus.ZERO, category="", happened_at__isnull=True, words__isnull=True)
                | Q(
                    kind=SlotStatus.EVENT,
                    category__in=EventCategory.values,
                    happened_at__isnull=False,
                    words__isnull=False,
                ),
                name="emergency_report_whole",
            ),
            models.CheckConstraint(
                condition=Q(version=1, reason="") | (Q(version__gt=1) & ~Q(reason="")),
                name="emergency_report_reason",
            ),
            models.CheckConstraint(
                condition=Q(told_by__isnull=True, told_at__isnull=True)
                | Q(told_by__isnull=False, told_at__isnull=False),
                name="emergency_report_told",
            ),
        ]


class ReportCount(models.Model):
    """What is counted of a node in a period: the slots at one depth that count for it, in one lane.

    `expected` are all slots; those excused are no part of `received` and `on_time`. `changes` grows with each
    change below: a part that saw fewer is open again. `staff` are the people on record at those units on the
    first day, known of `staffed` of them; None in periods from before they were counted.
    """

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="counts")
    node = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    above = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    depth = models.PositiveSmallIntegerField()
    lane = models.PositiveSmallIntegerField()
    expected = models.PositiveIntegerField()
    excused = models.PositiveIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    zero = models.PositiveIntegerField(default=0)
    event = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    changes = models.PositiveIntegerField(default=0)
    staff = models.PositiveBigIntegerField(null=True)
    staffed = models.PositiveIntegerField(null=True)

    class Meta:
        """No rate passes 100 %."""

        constraints = [
            models.UniqueConstraint(fields=["period", "node", "depth", "lane"], name="emergency_count_once"),
            models.CheckConstraint(
                condition=Q(on_time__lte=F("received"))
                & Q(received__lte=F("expected") - F("excused"))
                & Q(excused__lte=F("expected"))
                & Q(corrected__lte=F("zero") + F("event"))
                & Q(zero__lte=F("expected") - F("event")),
                name="emergency_count_within",
            ),
        ]
        indexes = [models.Index(fields=["node", "period"], name="emergency_count_node")]


class ReportExcuse(models.Model):
    """That a unit need not report about the periods that begin on some days. Taken back, it says why."""

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    reason = models.CharField(max_length=400)
    by = _person()
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = _person(null=True)
    withdrawn_why = models.CharField(max_length=400, default="")

    class Meta:
        """It has days and a reason."""

        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")) & ~Q(reason=""), name="emergency_excuse_whole"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
                name="emergency_excuse_withdrawn",
            ),
        ]
        indexes = [
            models.Index(
                fields=["measure", "unit"],
                condition=Q(withdrawn_at__isnull=True),
                name="emergency_excuse_stands",
            )
        ]


class ReportPart(models.Model):
    """A node passed its part of a period on, as the `version`-th. Append-only.

    `changes` is what its counts had seen: more by now, and it is open again. `missing` are the units named as
    missing. `is_by_office` where the office did it, because the node has nobody.
    """

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="parts")
    node = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    changes = models.PositiveIntegerField()
    missing = models.JSONField(default=list)
    words = models.CharField(max_length=1000)
    is_by_office = models.BooleanField(default=False)
    by = _person()
    at = models.DateTimeField()

    class Meta:
        """A version is there once, and says something."""

        constraints = [
            models.UniqueConstraint(fields=["period", "node", "version"], name="emergency_part_once"),
            models.CheckConstraint(condition=~Q(words=""), name="emergency_part_words"),
        ]


class ChaseWay(models.TextChoices):
    """How somebody asked for a report."""

    NOTICE = "notice", pgettext_lazy("chase", "by a notice")
    PHONE = "phone", pgettext_lazy("chase", "by telephone")


class ReportChase(models.Model):
    """Somebody asked a unit for its report. Append-only. `words` are what was answered, by telephone."""

    slot = models.ForeignKey(ReportSlot, on_delete=models.PROTECT, related_name="chases")
    way = models.CharField(max_length=6, choices=ChaseWay)
    words = models.CharField(max_length=400, default="")
    by = _person()
    at = models.DateTimeField()

    class Meta:
        """Who telephoned says what was answered."""

        constraints = [
            models.CheckConstraint(
                condition=Q(way=ChaseWay.NOTICE) | (Q(way=ChaseWay.PHONE) & ~Q(words="")),
                name="emergency_chase_words",
            )
        ]


class SummaryStatus(models.TextChoices):
    """Where a consolidated report stands."""

    MADE = "made", pgettext_lazy("consolidated report", "made, not sent yet")
    SENT = "sent", pgettext_lazy("consolidated report", "sent, receipt not in yet")
    RECEIVED = "received", pgettext_lazy("consolidated report", "received by the superior")


class ReportSummary(models.Model):
    """The consolidated report of a period, as the `version`-th; what it says is sealed and frozen.

    `changes` is what the counts of the top had seen. `due_at` is when it has to be with `superior`. Only its
    sending and its receipt are ever added.
    """

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="summaries")
    version = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    superior = models.CharField(max_length=120)
    snapshot = SealedField()
    digest = models.CharField(max_length=64)
    changes = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    made_by = _person()
    made_at = models.DateTimeField()
    status = models.CharField(
        max_length=8, choices=SummaryStatus, default=SummaryStatus.MADE, db_default=SummaryStatus.MADE
    )
    sent_at = models.DateTimeField(null=True)
    sent_way = models.CharField(max_length=60, default="")
    sent_by = _person(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=60, default="")
    receipt_number = models.CharField(max_length=60, default="")
    receipt_entered_by = _person(null=True)
    receipt_entered_at = models.DateTimeField(null=True)

    class Meta:
        """A version is there once; it is sent before it is received."""

        constraints = [
            models.UniqueConstraint(fields=["period", "version"], name="emergency_summary_once"),
            models.CheckConstraint(
                condition=Q(status=SummaryStatus.MADE, sent_at__isnull=True, received_at__isnull=True)
                | Q(
                    status=SummaryStatus.SENT,
                    sent_at__isnull=False,
                    sent_by__isnull=False,
                    received_at__isnull=True,
                )
                | (
                    Q(
                        status=SummaryStatus.RECEIVED,
                        sent_at__isnull=False,
                        received_at__gte=F("sent_at"),
                        receipt_entered_at__gte=F("received_at"),
                        receipt_entered_by__isnull=False,
                    )
                    & ~Q(received_by="")
                ),
                name="emergency_summary_whole",
            ),
        ]
