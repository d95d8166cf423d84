"""What of a superior's order is given to whom, by when, and what came back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models.command import Order

TASK_LONGEST = 400


class OrderTaskStatus(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", pgettext_lazy("order task", "to be answered")
    ANSWERED = "answered", pgettext_lazy("order task", "answered, not acknowledged yet")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("order task", "acknowledged")
    WITHDRAWN = "withdrawn", pgettext_lazy("order task", "withdrawn")


class OrderTask(models.Model):
    """A task out of an order, for a unit or for a person, due at a moment; only its status ever changes.

    `answered_at` is when the answer that stands was given; it is late where that lies after `due_at`.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tasks")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=TASK_LONGEST)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    due_at = models.DateTimeField()
    status = models.CharField(
        max_length=12,
        choices=OrderTaskStatus,
        default=OrderTaskStatus.OPEN,
        db_default=OrderTaskStatus.OPEN,
    )
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """It is for a unit or a person, one of the two, lies ahead, and says what is to be done."""

        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="emergency_ordertask_number"),
            models.CheckConstraint(
                condition=Q(unit__isnull=True, owner__isnull=False)
                | Q(unit__isnull=False, owner__isnull=True),
                name="emergency_ordertask_to",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("assigned_at")) & ~Q(what=""), name="emergency_ordertask_whole"
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[OrderTaskStatus.OPEN, OrderTaskStatus.WITHDRAWN], answered_at__isnull=True
                )
                | Q(
                    status__in=[OrderTaskStatus.ANSWERED, OrderTaskStatus.ACKNOWLEDGED],
                    answered_at__isnull=False,
                ),
                name="emergency_ordertask_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status__in=[OrderTaskStatus.OPEN, OrderTaskStatus.ANSWERED]),
                name="emergency_ordertask_open",
            )
        ]

    @property
    def is_drill(self) -> bool:
        """Whether the order it is out of is about a drill."""
        return self.order.activation is not None and self.order.activation.is_drill


class OrderTaskVerb(models.TextChoices):
    """What was done about a task after it was given."""

    ANSWER = "answer", pgettext_lazy("order task", "answered")
    ACKNOWLEDGE = "acknowledge", pgettext_lazy("order task", "acknowledged the answer")
    SEND_BACK = "send_back", pgettext_lazy("order task", "sent the answer back")
    WITHDRAW = "withdraw", pgettext_lazy("order task", "withdrew the task")


class OrderTaskAct(models.Model):
    """One thing that was done about a task. Append-only. `file` goes with an answer."""

    task = models.ForeignKey(OrderTask, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=12, choices=OrderTaskVerb)
    words = models.TextField(default="")
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Whoever does not merely acknowledge says why; a file goes with an answer alone."""

        constraints = [
            models.CheckConstraint(
                condition=Q(verb=OrderTaskVerb.ACKNOWLEDGE) | ~Q(words=""),
                name="emergency_ordertaskact_words",
            ),
            models.CheckConstraint(
                condition=Q(verb=OrderTaskVerb.ANSWER) | Q(file__isnull=True),
                name="emergency_ordertaskact_file",
            ),
        ]
        indexes = [models.Index(fields=["task", "id"], name="emergency_ordertaskact_task")]
