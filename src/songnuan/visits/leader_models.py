"""Tables of leaders' visits (领导走访)."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class LeaderVisit(models.Model):
    """That a leader visited units under a plan, on the occasion of a lead's `visit` or on its own.

    On the occasion of a visit everything but the leader is read from that visit's report: when it was,
    who went along, what was found; nothing of it is kept twice. `goods` says in words what was given, ""
    for nothing. `late_entry` (补录): entered more than a day after it took place, or it took place before
    the plan had begun (`before_plan`); then `entry_reason` says why it is entered only now. What was entered
    by mistake is withdrawn with a reason, stays where it stands, and counts no more.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    leader_name = models.CharField(max_length=60)
    leader_post = models.CharField(max_length=60)
    visit = models.ForeignKey(
        "visits.Visit", on_delete=models.PROTECT, related_name="leader_visits", null=True
    )
    happened_at = models.DateTimeField(null=True)
    company = models.TextField(default="")
    found = models.TextField(default="")
    goods = models.TextField(default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)
    before_plan = models.BooleanField(default=False)
    entry_reason = models.TextField(default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    withdraw_reason = models.TextField(default="")

    class Meta:
        """What the lead's report says is not kept twice; what is unusual says why."""

        constraints = [
            models.CheckConstraint(
                condition=Q(visit__isnull=False, happened_at__isnull=True, company="", found="")
                | Q(visit__isnull=True, happened_at__isnull=False) & ~Q(found=""),
                name="visits_leader_visit_whole",
            ),
            models.CheckConstraint(
                condition=Q(late_entry=True) & ~Q(entry_reason="")
                | Q(late_entry=False, before_plan=False, entry_reason=""),
                name="visits_leader_visit_late_entry_says_why",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdraw_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdraw_reason=""),
                name="visits_leader_visit_withdrawn_says_why",
            ),
            models.UniqueConstraint(
                fields=["visit", "leader_name"],
                condition=Q(visit__isnull=False, withdrawn_at__isnull=True),
                name="visits_leader_visit_once",
            ),
        ]
        indexes = [models.Index(fields=["plan", "recorded_at"], name="visits_leader_visit_list")]


class LeaderVisitUnit(models.Model):
    """A unit that a leader visited; on the occasion of a lead's visit it is that visit's."""

    leader_visit = models.ForeignKey(LeaderVisit, on_delete=models.PROTECT, related_name="units")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A unit once."""

        constraints = [
            models.UniqueConstraint(fields=["leader_visit", "unit"], name="visits_leader_unit_once"),
        ]


class LeaderVisitProblem(models.Model):
    """A problem raised at a leader's visit: the task it became."""

    leader_visit = models.ForeignKey(LeaderVisit, on_delete=models.PROTECT, related_name="problems")
    task = models.ForeignKey("tasks.Task", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A task comes from one visit."""

        constraints = [models.UniqueConstraint(fields=["task"], name="visits_leader_problem_task_once")]
