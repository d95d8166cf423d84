"""Tables of visits."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.sealed import SealedField
from songnuan.visits import sample_models  # noqa: F401 - the tables of the inspector
from songnuan.visits.schedule_models import (
    ProposedVisit,
    ScheduleMethod,
    ScheduleProposal,
    ScheduleSettings,
    TeamCar,
    TeamMember,
    UnitHours,
    VisitTeam,
)

__all__ = [
    "InspectionResult",
    "LaterDay",
    "LaterDayStatus",
    "Prevention",
    "ProposedVisit",
    "Result",
    "ScheduleMethod",
    "ScheduleProposal",
    "ScheduleSettings",
    "TeamCar",
    "TeamMember",
    "UnitHours",
    "Visit",
    "VisitForm",
    "VisitMember",
    "VisitProblem",
    "VisitStatus",
    "VisitTeam",
]


class VisitStatus(models.TextChoices):
    """Where a visit stands."""

    PLANNED = "planned", _("to do")
    RECORDED = "recorded", _("done")


class LaterDayStatus(models.TextChoices):
    """Where a day after the deadline stands that was asked for."""

    WAITING = "waiting", _("waiting for approval")
    ALLOWED = "allowed", _("allowed")
    RETURNED = "returned", _("returned")
    WITHDRAWN = "withdrawn", _("withdrawn")


class VisitForm(models.TextChoices):
    """How the unit was reached."""

    ON_SITE = "on_site", _("visit on site")
    DELIVERY = "delivery", _("goods left at the gate")
    CALL = "call", _("telephone or video call")


class Prevention(models.TextChoices):
    """How the unit carries out prevention measures."""

    GOOD = "good", _("carried out well")
    PARTIAL = "partial", _("partly carried out")
    WEAK = "weak", _("weak")


class Result(models.TextChoices):
    """What an inspection found at one item."""

    PASS = "pass", _("in order")
    FAIL = "fail", _("not in order")
    NA = "na", _("does not apply")


class Visit(models.Model):
    """One visit owed to `unit` by `lead` under a measure; `status` says whether it took place.

    `planned_on` is the day that stands: within the deadline, or a later one that was allowed (see
    `LaterDay`); then `late_approved` is set. `happened_at`, `device_at` (None where no device took it
    down) and `received_at` are the three times; `clock_skew_seconds` is the device's clock minus ours.
    `late`: it took place after `due_on`; then `late_approved` says that the later day was allowed
    beforehand. `late_entry` (补录): it was received more than a day after it took place, or took place
    before the plan had begun (`before_plan`); then `entry_reason` says why it is entered only now.
    `confirmed_by_name`: the receiver confirmed by name and did not sign.

    `planned_start`, in minutes after midnight, and `planned_minutes` are when on the day it begins and how
    long it is to last, None where only the day is planned; `planned_team` None is the lead office as a whole.
    `pinned`: no proposal moves it. `break_reason` says why its spot breaks a rule of scheduling. `revision`
    counts the changes of the plan for it: day, time, team, lead.

    `signed_for` is the very text that
    stood above the signature, `short_reason` why less than the whole kit changed hands. `version` counts
    the reports: a corrected one says when, by whom and why, and those before it are `ReportVersion`s. The
    three times and who recorded it stay those of the first.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField(null=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=VisitStatus, default=VisitStatus.PLANNED)
    form = models.CharField(max_length=10, choices=VisitForm, default="")
    form_reason = models.TextField(default="")
    happened_at = models.DateTimeField(null=True)
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    clock_skew_seconds = models.IntegerField(default=0)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    prevention = models.CharField(max_length=10, choices=Prevention, default="")
    prevention_note = models.TextField(default="")
    conditions = models.TextField(default="")
    receiver_name = SealedField(default="")
    signature = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_by_name = models.BooleanField(default=False)
    late = models.BooleanField(default=False)
    late_entry = models.BooleanField(default=False)
    before_plan = models.BooleanField(default=False)
    entry_reason = models.TextField(default="")
    late_reason = models.TextField(default="")
    late_approved = models.BooleanField(default=False)
    planned_start = models.PositiveSmallIntegerField(null=True)
    planned_minutes = models.PositiveSmallIntegerField(null=True)
    planned_team = models.ForeignKey(
        "visits.VisitTeam", on_delete=models.PROTECT, related_name="+", null=True
    )
    pinned = models.BooleanField(default=False)
    break_reason = models.TextField(default="")
    revision = models.PositiveIntegerField(default=0)
    signed_for = models.TextField(default="")
    short_reason = models.TextField(default="")
    version = models.PositiveSmallIntegerField(default=1)
    corrected_at = models.DateTimeField(null=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    correction_reason = models.TextField(default="")

    class Meta:
        """One visit for each measure and unit; a recorded one is whole; what is unusual says why."""

        constraints = [
            models.UniqueConstraint(fields=["measure", "unit"], name="visits_visit_one_per_unit"),
            models.CheckConstraint(
                condition=Q(
                    status=VisitStatus.PLANNED,
                    happened_at__isnull=True,
                    received_at__isnull=True,
                    late=False,
                    late_entry=False,
                )
                | Q(
                    status=VisitStatus.RECORDED,
                    happened_at__isnull=False,
                    received_at__isnull=False,
                    form__in=VisitForm.values,
                    prevention__in=Prevention.values,
                ),
                name="visits_visit_recorded_whole",
            ),
            models.CheckConstraint(
                condition=Q(form__in=["", VisitForm.ON_SITE]) | ~Q(form_reason=""),
                name="visits_visit_other_form_says_why",
            ),
            models.CheckConstraint(
                condition=Q(planned_on__isnull=True) | Q(planned_on__lte=F("due_on")) | ~Q(late_reason=""),
                name="visits_visit_late_plan_says_why",
            ),
            models.CheckConstraint(
                condition=Q(late_approved=False) | Q(planned_on__gt=F("due_on")),
                name="visits_visit_approved_late_plan",
            ),
            models.CheckConstraint(
                condition=Q(status=VisitStatus.RECORDED)
                | Q(planned_on__isnull=True)
                | Q(planned_on__lte=F("due_on"))
                | Q(late_approved=True),
                name="visits_visit_late_day_allowed",
            ),
            models.CheckConstraint(
                condition=Q(late_entry=True) & ~Q(entry_reason="")
                | Q(late_entry=False, before_plan=False, entry_reason=""),
                name="visits_visit_late_entry_says_why",
            ),
            models.CheckConstraint(
                condition=Q(planned_start__isnull=True, planned_minutes__isnull=True)
                | Q(planned_on__isnull=False, planned_start__isnull=False, planned_minutes__isnull=False),
                name="visits_visit_time_has_day",
            ),
            models.CheckConstraint(
                condition=Q(pinned=False) | Q(planned_on__isnull=False), name="visits_visit_pinned_to_day"
            ),
            models.CheckConstraint(
                condition=Q(version=1, corrected_at__isnull=True, correction_reason="")
                | Q(version__gt=1, corrected_at__isnull=False, status=VisitStatus.RECORDED)
                & ~Q(correction_reason=""),
                name="visits_visit_correction_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["measure", "status", "planned_on"], name="visits_visit_progress"),
            models.Index(fields=["lead", "status", "planned_on"], name="visits_visit_lead"),
            models.Index(fields=["received_at", "id"], name="visits_visit_feed"),
        ]


class LaterDay(models.Model):
    """A day after the deadline that was asked for a visit, why, and what became of it.

    While it waits, and when it is returned, the day that stood before stands. `decided_by` is who
    allowed or returned it, never the one who asked; `remark` is what was said with it. A new day, and the
    record of the visit, withdraw what waits.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="later_days")
    day = models.DateField()
    reason = models.TextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=LaterDayStatus, default=LaterDayStatus.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    remark = models.TextField(default="")

    class Meta:
        """One waits for each visit; nobody decides about the own one; what is returned says why."""

        constraints = [
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(status=LaterDayStatus.WAITING),
                name="visits_later_day_one_waiting",
            ),
            models.CheckConstraint(
                condition=Q(status=LaterDayStatus.WAITING, decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    status__in=(LaterDayStatus.ALLOWED, LaterDayStatus.RETURNED, LaterDayStatus.WITHDRAWN),
                    decided_at__isnull=False,
                ),
                name="visits_later_day_decided",
            ),
            models.CheckConstraint(
                condition=Q(status__in=(LaterDayStatus.WAITING, LaterDayStatus.WITHDRAWN))
                | Q(asked_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("asked_by")),
                name="visits_later_day_not_by_oneself",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (~Q(status=LaterDayStatus.RETURNED) | ~Q(remark="")),
                name="visits_later_day_says_why",
            ),
        ]
        indexes = [models.Index(fields=["status", "asked_at", "id"], name="visits_later_day_status")]


class VisitMember(models.Model):
    """One who took part, in the order given: the first led the visit. `user` where it is known."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="members")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        """A place in the list is taken once."""

        constraints = [
            models.UniqueConstraint(fields=["visit", "position"], name="visits_member_place_once"),
        ]


class InspectionResult(models.Model):
    """One answer of the inspection made on the same occasion, to an item of the measure's checklist."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="inspection")
    item_key = models.CharField(max_length=60)
    result = models.CharField(max_length=4, choices=Result)
    note = models.TextField(default="")

    class Meta:
        """An item is answered once."""

        constraints = [
            models.UniqueConstraint(fields=["visit", "item_key"], name="visits_inspection_item_once"),
            models.CheckConstraint(condition=Q(result__in=Result.values), name="visits_inspection_result"),
        ]


class VisitProblem(models.Model):
    """A problem raised at a visit: the task it became, and the answer given on the spot, if any."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="problems")
    task = models.ForeignKey("tasks.Task", on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(default="")

    class Meta:
        """A task comes from one visit."""

        constraints = [models.UniqueConstraint(fields=["task"], name="visits_problem_task_once")]


from songnuan.visits.field_models import (  # noqa: E402 - they refer to the tables above
    LaterReceipt,
    ReportVersion,
    VisitChase,
    VisitPhoto,
    VisitPosition,
)
from songnuan.visits.leader_models import (  # noqa: E402 - as above
    LeaderVisit,
    LeaderVisitProblem,
    LeaderVisitUnit,
)

__all__ = [
    "InspectionResult",
    "LaterDay",
    "LaterDayStatus",
    "LaterReceipt",
    "LeaderVisit",
    "LeaderVisitProblem",
    "LeaderVisitUnit",
    "Prevention",
    "ReportVersion",
    "Result",
    "Visit",
    "VisitChase",
    "VisitForm",
    "VisitMember",
    "VisitPhoto",
    "VisitPosition",
    "VisitProblem",
    "VisitStatus",
]
