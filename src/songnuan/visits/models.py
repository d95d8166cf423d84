"""Tables of visits."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.sealed import SealedField


class VisitStatus(models.TextChoices):
    """Where a visit stands."""

    PLANNED = "planned", _("to do")
    RECORDED = "recorded", _("done")


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

    `happened_at`, `device_at` (None where no device took it down) and `received_at` are the three
    times; `clock_skew_seconds` is the device's clock minus ours. `late`: it took place after
    `due_on`. `late_entry`: it was received more than a day after it took place. `confirmed_by_name`: the
    receiver confirmed by name and did not sign. `late_approved`: the planned date after `due_on` was
    allowed beforehand, by someone other than `planned_by`, who set it.
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
    late_reason = models.TextField(default="")
    late_approved = models.BooleanField(default=False)

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
        ]
        indexes = [
            models.Index(fields=["measure", "status", "planned_on"], name="visits_visit_progress"),
            models.Index(fields=["lead", "status", "planned_on"], name="visits_visit_lead"),
            models.Index(fields=["received_at", "id"], name="visits_visit_feed"),
        ]


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
