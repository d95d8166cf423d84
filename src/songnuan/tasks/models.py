"""The tables of tasks: problems and items of instructions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TaskStatus(models.TextChoices):
    """Where a task stands: a problem is open or closed, an item goes through the other states."""

    OPEN = "open", _("open")
    ASSIGNED = "assigned", pgettext_lazy("item", "assigned, not yet accepted")
    ACCEPTED = "accepted", pgettext_lazy("item", "accepted, under way")
    ASKED = "asked", pgettext_lazy("item", "asked to be closed")
    DONE = "done", _("closed")


class InstructionKind(models.TextChoices):
    """Where an instruction comes from: a document with a number, or a leader's words without one."""

    SUPERIOR = "superior", _("a superior's document")
    LEADER = "leader", _("a leader's written instruction")


class Instruction(models.Model):
    """An instruction as it reached `unit`, whose office follows it up item by item.

    `received_at` is when it reached the unit, `recorded_at` when it was entered. `plan_slug` and `basis`
    name the plan that rests on it, and the title it stands under there; both may be empty.
    """

    kind = models.CharField(max_length=10, choices=InstructionKind)
    title = models.CharField(max_length=200)
    issuer = models.CharField(max_length=120)
    number = models.CharField(max_length=60, default="")
    dated_on = models.DateField()
    text = models.TextField()
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    plan_slug = models.CharField(max_length=60, default="")
    basis = models.CharField(max_length=200, default="")
    scan = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """A document has its number and is entered once; a leader's words have none."""

        constraints = [
            models.CheckConstraint(
                condition=Q(kind=InstructionKind.SUPERIOR) & ~Q(number="")
                | Q(kind=InstructionKind.LEADER, number=""),
                name="tasks_instruction_numbered",
            ),
            models.UniqueConstraint(
                fields=["unit", "issuer", "number"], condition=~Q(number=""), name="tasks_instruction_once"
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("recorded_at")), name="tasks_instruction_received_first"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(issuer="") & ~Q(text=""), name="tasks_instruction_whole"
            ),
        ]


class Task(models.Model):
    """One obligation: `owner` answers for it, `unit` is where it was raised.

    `source` names what raised it, such as "visits.visit:12" or "tasks.instruction:3". `original_due_on` is
    the date first set, `due_on` the one derived from it, to which the owner is held. An item of an
    `instruction` has its `position` there, `asked_by` who asked for its closing, and `asked_due_on` while
    an extension to that day waits for the office.
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
    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="items", null=True)
    position = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    asked_due_on = models.DateField(null=True)

    class Meta:
        """A closed task says when and how, others neither; an item is closed by another than who asked."""

        constraints = [
            models.CheckConstraint(
                condition=~Q(status=TaskStatus.DONE)
                & Q(done_at__isnull=True, done_by__isnull=True, feedback="")
                | (Q(status=TaskStatus.DONE, done_at__isnull=False) & ~Q(feedback="")),
                name="tasks_task_closed_with_feedback",
            ),
            models.CheckConstraint(
                condition=Q(
                    instruction__isnull=True,
                    status__in=[TaskStatus.OPEN, TaskStatus.DONE],
                    asked_by__isnull=True,
                    asked_due_on__isnull=True,
                )
                | (Q(instruction__isnull=False, status__in=TaskStatus.values) & ~Q(status=TaskStatus.OPEN)),
                name="tasks_task_states",
            ),
            models.CheckConstraint(
                condition=Q(instruction__isnull=True)
                | Q(status__in=[TaskStatus.ASSIGNED, TaskStatus.ACCEPTED], asked_by__isnull=True)
                | Q(status=TaskStatus.ASKED, asked_by__isnull=False)
                | (
                    Q(status=TaskStatus.DONE, done_by__isnull=False, asked_by__isnull=False)
                    & ~Q(done_by=F("asked_by"))
                ),
                name="tasks_task_closed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(asked_due_on__isnull=True) | Q(asked_due_on__gt=F("due_on")),
                name="tasks_task_extension_is_later",
            ),
            models.UniqueConstraint(
                fields=["instruction", "position"],
                condition=Q(instruction__isnull=False),
                name="tasks_task_place",
            ),
        ]
        indexes = [
            models.Index(fields=["plan_slug", "status", "due_on"], name="tasks_task_plan"),
            models.Index(fields=["owner", "status", "due_on"], name="tasks_task_owner"),
            models.Index(fields=["source"], name="tasks_task_source"),
        ]


class CoOwner(models.Model):
    """A unit that helps the owner of an item (协办单位)."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="co_owners")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A unit helps once."""

        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="tasks_co_owner_once")]


class Verb(models.TextChoices):
    """What can be said about an item. A problem is reported on, corrected by who raised it, and chased."""

    ACCEPT = "accept", pgettext_lazy("item", "accepted")
    REPORT = "report", pgettext_lazy("item", "progress")
    ASK_CLOSING = "ask_closing", pgettext_lazy("item", "asked for closing")
    CLOSE = "close", pgettext_lazy("item", "closed by the office")
    SEND_BACK = "send_back", pgettext_lazy("item", "sent back")
    ASK_EXTENSION = "ask_extension", pgettext_lazy("item", "asked for a later date")
    ALLOW_EXTENSION = "allow_extension", pgettext_lazy("item", "later date allowed")
    REFUSE_EXTENSION = "refuse_extension", pgettext_lazy("item", "later date not allowed")
    REASSIGN = "reassign", pgettext_lazy("item", "given to another unit")
    AMEND = "amend", pgettext_lazy("problem", "corrected")
    CHASE = "chase", pgettext_lazy("problem", "reminded its owner")


_MAY_BE_SILENT = (Verb.ACCEPT, Verb.CLOSE, Verb.ALLOW_EXTENSION, Verb.CHASE)
_OF_A_DAY = (Verb.ASK_EXTENSION, Verb.ALLOW_EXTENSION, Verb.REFUSE_EXTENSION)


class Feedback(models.Model):
    """What was said about an item or a problem, by whom and when. Append-only.

    `due_on` is the later date spoken of.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="said")
    verb = models.CharField(max_length=20, choices=Verb)
    text = models.TextField(default="")
    due_on = models.DateField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        """Whoever reports, asks, or says no gives words; a later date is named where one is spoken of."""

        constraints = [
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="tasks_feedback_verb"),
            models.CheckConstraint(
                condition=Q(verb__in=_MAY_BE_SILENT) | ~Q(text=""), name="tasks_feedback_says_something"
            ),
            models.CheckConstraint(
                condition=Q(verb__in=_OF_A_DAY, due_on__isnull=False)
                | (~Q(verb__in=_OF_A_DAY) & Q(due_on__isnull=True)),
                name="tasks_feedback_names_the_day",
            ),
        ]
        indexes = [models.Index(fields=["task", "id"], name="tasks_feedback_task")]
