import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    replaces = [
        ("tasks", "0001_obligations"),
        ("tasks", "0002_instructions"),
        ("tasks", "0003_an_item_goes_to_another_unit"),
        ("tasks", "0004_a_problem_is_corrected"),
        ("tasks", "0005_a_problem_is_chased"),
    ]

    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
        ("organisation", "__first__"),
        ("records", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Instruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("superior", "a superior's document"), ("leader", "a leader's written instruction")],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("issuer", models.CharField(max_length=120)),
                ("number", models.CharField(default="", max_length=60)),
                ("dated_on", models.DateField()),
                ("text", models.TextField()),
                ("plan_slug", models.CharField(default="", max_length=60)),
                ("basis", models.CharField(default="", max_length=200)),
                ("received_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedfile",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "superior"), models.Q(("number", ""), _negated=True)),
                            models.Q(("kind", "leader"), ("number", "")),
                            _connector="OR",
                        ),
                        name="tasks_instruction_numbered",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("unit", "issuer", "number"),
                        name="tasks_instruction_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("received_at__lte", models.F("recorded_at"))),
                        name="tasks_instruction_received_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("issuer", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                        ),
                        name="tasks_instruction_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan_slug", models.CharField(max_length=60)),
                ("source", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=120)),
                ("detail", models.TextField(default="")),
                ("raised_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("original_due_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("assigned", "assigned, not yet accepted"),
                            ("accepted", "accepted, under way"),
                            ("asked", "asked to be closed"),
                            ("done", "closed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("feedback", models.TextField(default="")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("asked_due_on", models.DateField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "instruction",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="tasks.instruction",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["plan_slug", "status", "due_on"], name="tasks_task_plan"),
                    models.Index(fields=["owner", "status", "due_on"], name="tasks_task_owner"),
                    models.Index(fields=["source"], name="tasks_task_source"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("status", "done"), _negated=True),
                                ("done_at__isnull", True),
                                ("done_by__isnull", True),
                                ("feedback", ""),
                            ),
                            models.Q(
                                ("done_at__isnull", False),
                                ("status", "done"),
                                models.Q(("feedback", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tasks_task_closed_with_feedback",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("asked_by__isnull", True),
                                ("asked_due_on__isnull", True),
                                ("instruction__isnull", True),
                                ("status__in", ["open", "done"]),
                            ),
                            models.Q(
                                ("instruction__isnull", False),
                                ("status__in", ["open", "assigned", "accepted", "asked", "done"]),
                                models.Q(("status", "open"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tasks_task_states",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("instruction__isnull", True),
                            models.Q(("asked_by__isnull", True), ("status__in", ["assigned", "accepted"])),
                            models.Q(("asked_by__isnull", False), ("status", "asked")),
                            models.Q(
                                ("asked_by__isnull", False),
                                ("done_by__isnull", False),
                                ("status", "done"),
                                models.Q(("done_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tasks_task_closed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_due_on__isnull", True), ("asked_due_on__gt", models.F("due_on")), _connector="OR"
                        ),
                        name="tasks_task_extension_is_later",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("instruction__isnull", False)),
                        fields=("instruction", "position"),
                        name="tasks_task_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CoOwner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="co_owners", to="tasks.task"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("task", "unit"), name="tasks_co_owner_once")],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("accept", "accepted"),
                            ("report", "progress"),
                            ("ask_closing", "asked for closing"),
                            ("close", "closed by the office"),
                            ("send_back", "sent back"),
                            ("ask_extension", "asked for a later date"),
                            ("allow_extension", "later date allowed"),
                            ("refuse_extension", "later date not allowed"),
                            ("reassign", "given to another unit"),
                            ("amend", "corrected"),
                            ("chase", "reminded its owner"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(default="")),
                ("due_on", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="said", to="tasks.task"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["task", "id"], name="tasks_feedback_task")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "verb__in",
                                [
                                    "accept",
                                    "report",
                                    "ask_closing",
                                    "close",
                                    "send_back",
                                    "ask_extension",
                                    "allow_extension",
                                    "refuse_extension",
                                    "reassign",
                                    "amend",
                                    "chase",
                                ],
                            )
                        ),
                        name="tasks_feedback_verb",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verb__in", ("accept", "close", "allow_extension", "chase")),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="tasks_feedback_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_on__isnull", False),
                                ("verb__in", ("ask_extension", "allow_extension", "refuse_extension")),
                            ),
                            models.Q(
                                models.Q(
                                    ("verb__in", ("ask_extension", "allow_extension", "refuse_extension")),
                                    _negated=True,
                                ),
                                ("due_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="tasks_feedback_names_the_day",
                    ),
                ],
            },
        ),
        append_only("tasks_feedback"),
    ]
