import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songnuan.kernel.sealed


class Migration(migrations.Migration):
    replaces = [("jobs", "0001_jobs_outbox_inbox"), ("jobs", "0002_a_message_names_its_plan")]

    initial = True

    dependencies = [
        ("organisation", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task", models.CharField(max_length=200)),
                ("args", models.JSONField(default=list)),
                ("kwargs", models.JSONField(default=dict)),
                ("priority", models.SmallIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[("ready", "waiting"), ("running", "running"), ("done", "done"), ("failed", "failed")],
                        default="ready",
                        max_length=10,
                    ),
                ),
                ("schedule", models.CharField(default="", max_length=80)),
                ("due_at", models.DateTimeField(null=True)),
                ("enqueued_at", models.DateTimeField()),
                ("run_after", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("last_attempted_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("worker", models.CharField(default="", max_length=80)),
                ("workers", models.JSONField(default=list)),
                ("leased_until", models.DateTimeField(null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(null=True)),
                ("note", models.CharField(default="", max_length=200)),
                ("result", models.JSONField(null=True)),
                ("error_class", models.CharField(default="", max_length=200)),
                ("error", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["status", "run_after"], name="jobs_job_next"),
                    models.Index(fields=["status", "leased_until"], name="jobs_job_lease"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("schedule", ""), _negated=True),
                        fields=("schedule", "due_at"),
                        name="jobs_scheduled_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("leased_until__isnull", False), ("status", "running")),
                            models.Q(models.Q(("status", "running"), _negated=True), ("leased_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="jobs_lease_while_running",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=160, unique=True)),
                ("channel", models.CharField(max_length=20)),
                ("topic", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=200)),
                ("body", songnuan.kernel.sealed.SealedField()),
                ("url", models.CharField(default="", max_length=400)),
                ("about", models.CharField(default="", max_length=200)),
                ("actor_key", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[("queued", "queued"), ("sent", "sent"), ("failed", "failed")],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.CharField(default="", max_length=200)),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["status", "created_at"], name="jobs_outbox_status")],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("body", songnuan.kernel.sealed.SealedField()),
                ("url", models.CharField(default="", max_length=400)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="jobs.outboxmessage"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "read_at", "created_at"], name="jobs_notice_user")],
            },
        ),
        migrations.CreateModel(
            name="InboxEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("purpose", models.CharField(max_length=80)),
                ("actor_key", models.CharField(max_length=60)),
                ("body_digest", models.CharField(max_length=64)),
                ("result", models.TextField(default="")),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["received_at"], name="jobs_inbox_received")],
            },
        ),
    ]
