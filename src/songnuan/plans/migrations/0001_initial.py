import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    replaces = [
        ("plans", "0001_written_plan"),
        ("plans", "0002_amendments"),
        ("plans", "0003_questions_know_since_when"),
        ("plans", "0004_every_question_has_its_day"),
        ("plans", "0005_kinds_of_plan_answers_after_approval"),
        ("plans", "0006_what_was_so_before"),
        ("plans", "0007_what_was_approved_after_all"),
    ]

    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
        ("organisation", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("care", "care and condolence"),
                            ("emergency", "emergency response"),
                            ("resumption", "return to work and school"),
                            ("relief", "relief of hardship"),
                            ("recognition", "recognition"),
                            ("other", "other"),
                        ],
                        default="other",
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "awaiting approval"),
                            ("approved", "approved"),
                            ("open", "under way"),
                            ("closed", "closed"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("starts_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                (
                    "office",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
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
                        condition=models.Q(("status__in", ["draft", "submitted", "approved", "open", "closed"])),
                        name="plans_plan_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["care", "emergency", "resumption", "relief", "recognition", "other"])
                        ),
                        name="plans_plan_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("source", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="plans.plan"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("plan", "number"), name="plans_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Basis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("number", models.CharField(default="", max_length=60)),
                ("issuer", models.CharField(default="", max_length=100)),
                ("dated_on", models.DateField(null=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bases", to="plans.planversion"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("version", "position"), name="plans_basis_position")],
            },
        ),
        migrations.CreateModel(
            name="Clause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=12)),
                ("level", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(default="")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clauses", to="plans.planversion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "key"), name="plans_clause_key"),
                    models.UniqueConstraint(fields=("version", "position"), name="plans_clause_position"),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 4)), name="plans_clause_level"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("base", models.PositiveIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "being written"),
                            ("submitted", "awaiting approval"),
                            ("approved", "approved, not yet in force"),
                            ("in_force", "in force"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("sent_back_at", models.DateTimeField(null=True)),
                ("sent_back_why", models.TextField(default="")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="plans.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["draft", "submitted", "approved"])),
                        fields=("plan",),
                        name="plans_amendment_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "submitted", "approved", "in_force", "withdrawn"])),
                        name="plans_amendment_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("status__in", ["draft", "submitted", "approved"])),
                            models.Q(("ended_at__isnull", False), ("status__in", ["in_force", "withdrawn"])),
                            _connector="OR",
                        ),
                        name="plans_amendment_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", models.F("base")), models.Q(("reason", ""), _negated=True)),
                        name="plans_amendment_goes_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("sent_back_at__isnull", True), ("sent_back_by__isnull", True), ("sent_back_why", "")
                            ),
                            models.Q(("sent_back_at__isnull", False), models.Q(("sent_back_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="plans_amendment_sent_back",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=60)),
                ("clause_key", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=60)),
                ("settings", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "not yet opened"), ("open", "under way"), ("closed", "closed")],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("close_reason", models.TextField(default="")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="plans.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "key"), name="plans_measure_key"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["planned", "open", "closed"])), name="plans_measure_status"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opened_at__isnull", True), ("status", "planned")),
                            models.Q(models.Q(("status", "planned"), _negated=True), ("opened_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="plans_measure_opened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("close_reason", ""), ("closed_at__isnull", True)),
                            models.Q(("closed_at__isnull", False), ("status", "closed")),
                            _connector="OR",
                        ),
                        name="plans_measure_closed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=60)),
                ("text", models.TextField()),
                ("clause_key", models.CharField(default="", max_length=60)),
                (
                    "blocks",
                    models.CharField(
                        choices=[
                            ("issue", "issuing the plan"),
                            ("open", "opening its measures"),
                            ("payment", "payment"),
                            ("nothing", "nothing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(default="")),
                ("ground", models.TextField(default="")),
                ("answered_at", models.DateTimeField(null=True)),
                ("after_approval", models.BooleanField(default=False)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="plans.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "key"), name="plans_question_key"),
                    models.CheckConstraint(
                        condition=models.Q(("blocks__in", ["issue", "open", "payment", "nothing"])),
                        name="plans_question_blocks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True), ("ground", "")),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                models.Q(("ground", ""), _negated=True),
                                ("answered_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="plans_question_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("after_approval", False), ("answered_at__isnull", False), _connector="OR"),
                        name="plans_question_after_approval",
                    ),
                ],
            },
        ),
        append_only("plans_basis"),
        append_only("plans_clause"),
        append_only("plans_planversion"),
    ]
