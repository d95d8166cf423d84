"""The table of tasks."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TaskStatus(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", _("open")
    DONE = "done", _("closed")


class Task(models.Model):
    """One obligation: `owner` answers for it, `unit` is where it was raised.

    `source` names what raised it, such as "visits.visit:12". `original_due_on` is the date first set,
    `due_on` the one derived from it, to which the owner is held.
    """

    plan_slug = models.CharField(max_length=60)
    source = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    detail = models.TextField(default="")
    owner = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    due_on = models.DateField()
    original_due_on = models.DateField()
    status = models.CharField(max_length=10, choices=TaskStatus, default=TaskStatus.OPEN)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    feedback = models.TextField(default="")

    class Meta:
        """A closed task says when and how; an open one says neither."""

        constraints = [
            models.CheckConstraint(
                condition=Q(status=TaskStatus.OPEN, done_at__isnull=True, done_by__isnull=True, feedback="")
                | (Q(status=TaskStatus.DONE, done_at__isnull=False) & ~Q(feedback="")),
                name="tasks_task_closed_with_feedback",
            ),
        ]
        indexes = [
            models.Index(fields=["plan_slug", "status", "due_on"], name="tasks_task_plan"),
            models.Index(fields=["owner", "status", "due_on"], name="tasks_task_owner"),
            models.Index(fields=["source"], name="tasks_task_source"),
        ]
