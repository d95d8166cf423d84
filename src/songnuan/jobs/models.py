"""Tables of background work, outbox and inbox."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.sealed import SealedField


class Job(models.Model):
    """One piece of work for the worker; all its times are the machine's own, which no demo offset moves.

    `task` is the dotted path of a `@task`; `args` and `kwargs` are JSON and hold keys, never personal
    data. While it runs, `worker` holds it until `leased_until`; `workers` names everyone who took it,
    so its length is the number of the attempt, kept in `attempt` for the guards. A run of the
    schedule has `schedule` and `due_at`.
    """

    class Status(models.TextChoices):
        """Where a job stands."""

        READY = "ready", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    priority = models.SmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.READY)
    schedule = models.CharField(max_length=80, default="")
    due_at = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField()
    run_after = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    last_attempted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, default="")
    workers = models.JSONField(default=list)
    leased_until = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=200, default="")
    result = models.JSONField(null=True)
    error_class = models.CharField(max_length=200, default="")
    error = models.TextField(default="")

    class Meta:
        """A run of the schedule is enqueued once; what runs has a lease, and nothing else has."""

        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "due_at"], condition=~models.Q(schedule=""), name="jobs_scheduled_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status="running", leased_until__isnull=False)
                | (~models.Q(status="running") & models.Q(leased_until__isnull=True)),
                name="jobs_lease_while_running",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "run_after"], name="jobs_job_next"),
            models.Index(fields=["status", "leased_until"], name="jobs_job_lease"),
        ]


class OutboxMessage(models.Model):
    """A message to one user, written with the act that causes it and sent by the worker.

    `title` is shown in lists and subject lines: it holds no personal data; `body` may, and is sealed.
    `about` is the title of the plan it belongs to; `actor_key` is whose act caused it; `error` is the class
    of the last failure.
    """

    class Status(models.TextChoices):
        """Where a message stands."""

        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    key = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=20)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    body = SealedField()
    url = models.CharField(max_length=400, default="")
    about = models.CharField(max_length=200, default="")
    actor_key = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, default="")

    class Meta:
        """Messages are looked for by their state."""

        indexes = [models.Index(fields=["status", "created_at"], name="jobs_outbox_status")]


class Notice(models.Model):
    """A message as the user sees it in the house; one for each message."""

    message = models.OneToOneField(OutboxMessage, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    body = SealedField()
    url = models.CharField(max_length=400, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        """Notices are listed for a user, newest first."""

        indexes = [models.Index(fields=["user", "read_at", "created_at"], name="jobs_notice_user")]


class InboxEntry(models.Model):
    """A post that was received: its key is the sender's, its `result` what the sender was answered."""

    key = models.UUIDField(unique=True)
    purpose = models.CharField(max_length=80)
    actor_key = models.CharField(max_length=60)
    body_digest = models.CharField(max_length=64)
    result = models.TextField(default="")
    received_at = models.DateTimeField()

    class Meta:
        """Entries are forgotten by age."""

        indexes = [models.Index(fields=["received_at"], name="jobs_inbox_received")]
