import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songnuan.kernel.sealed
from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    replaces = [
        ("visits", "0001_visits_and_reports"),
        ("visits", "0002_later_days"),
        ("visits", "0003_later_days_are_allowed"),
        ("visits", "0004_late_entries_say_why"),
        ("visits", "0005_late_entries_are_held"),
        ("visits", "0006_schedules"),
        ("visits", "0007_samples_of_receipts"),
        ("visits", "0008_reports_corrected_photos_leaders"),
        ("visits", "0009_team_districts"),
    ]

    initial = True

    dependencies = [
        ("goods", "0001_initial"),
        ("organisation", "0001_initial"),
        ("organisation", "__first__"),
        ("plans", "0001_initial"),
        ("records", "0001_initial"),
        ("tasks", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("compound", models.CharField(default="", max_length=200)),
                ("seed", models.CharField(max_length=64)),
                ("by_lead", models.BooleanField()),
                ("drawn_from", models.TextField()),
                ("population", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("confidence", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("drawn_at", models.DateTimeField()),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="visits_sample_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0), ("size__lte", models.F("population"))),
                        name="visits_sample_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", (80, 90, 95, 99))), name="visits_sample_confidence"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seed", ""), _negated=True), name="visits_sample_seeded"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FlagNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80)),
                ("remark", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["plan", "key"], name="visits_flag_note_key")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("remark", ""), _negated=True), name="visits_flag_note_says"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("visit_minutes", models.PositiveSmallIntegerField(default=45)),
                ("near_minutes", models.PositiveSmallIntegerField(default=20)),
                ("far_minutes", models.PositiveSmallIntegerField(default=60)),
                ("opens", models.PositiveSmallIntegerField(default=540)),
                ("closes", models.PositiveSmallIntegerField(default=1020)),
                ("rest_begins", models.PositiveSmallIntegerField(default=720, null=True)),
                ("rest_ends", models.PositiveSmallIntegerField(default=810, null=True)),
                ("most", models.PositiveSmallIntegerField(default=4)),
                (
                    "plan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes__lte", 1440), ("opens__lt", models.F("closes"))),
                        name="visits_schedule_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rest_begins__isnull", True), ("rest_ends__isnull", True)),
                            ("rest_begins__lt", models.F("rest_ends")),
                            _connector="OR",
                        ),
                        name="visits_schedule_rest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most__gt", 0), ("visit_minutes__gt", 0)),
                        name="visits_schedule_some_visits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitTeam",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "car",
                    models.CharField(
                        choices=[
                            ("own", "a car of its own"),
                            ("shared", "the lead office's car, shared"),
                            ("none", "no car, own district only"),
                        ],
                        default="own",
                        max_length=6,
                    ),
                ),
                ("district", models.CharField(default="", max_length=60)),
                ("seats", models.PositiveSmallIntegerField(default=5)),
                ("starts", models.PositiveSmallIntegerField()),
                ("ends", models.PositiveSmallIntegerField()),
                ("most", models.PositiveSmallIntegerField()),
                ("is_active", models.BooleanField(default=True)),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("plan", "lead", "name"),
                        name="visits_team_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends__lte", 1440), ("most__gt", 0), ("seats__gt", 0), ("starts__lt", models.F("ends"))
                        ),
                        name="visits_team_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("car__in", ["own", "shared", "none"])), name="visits_team_car"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="visits.visitteam"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("plan", "user"), name="visits_team_member_once")],
            },
        ),
        migrations.CreateModel(
            name="UnitHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekdays", models.CharField(max_length=7)),
                ("opens", models.PositiveSmallIntegerField()),
                ("closes", models.PositiveSmallIntegerField()),
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__lte", 1440),
                            ("opens__lt", models.F("closes")),
                            models.Q(("weekdays", ""), _negated=True),
                        ),
                        name="visits_unit_hours",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("method", models.CharField(choices=[("solver", "solver"), ("greedy", "greedy")], max_length=6)),
                ("is_best", models.BooleanField()),
                ("cost", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("planned_on", models.DateField(null=True)),
                ("due_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[("planned", "to do"), ("recorded", "done")], default="planned", max_length=10
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("on_site", "visit on site"),
                            ("delivery", "goods left at the gate"),
                            ("call", "telephone or video call"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("form_reason", models.TextField(default="")),
                ("happened_at", models.DateTimeField(null=True)),
                ("device_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("clock_skew_seconds", models.IntegerField(default=0)),
                (
                    "prevention",
                    models.CharField(
                        choices=[("good", "carried out well"), ("partial", "partly carried out"), ("weak", "weak")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("prevention_note", models.TextField(default="")),
                ("conditions", models.TextField(default="")),
                ("receiver_name", songnuan.kernel.sealed.SealedField(default="")),
                ("confirmed_by_name", models.BooleanField(default=False)),
                ("late", models.BooleanField(default=False)),
                ("late_entry", models.BooleanField(default=False)),
                ("before_plan", models.BooleanField(default=False)),
                ("entry_reason", models.TextField(default="")),
                ("late_reason", models.TextField(default="")),
                ("late_approved", models.BooleanField(default=False)),
                ("planned_start", models.PositiveSmallIntegerField(null=True)),
                ("planned_minutes", models.PositiveSmallIntegerField(null=True)),
                ("pinned", models.BooleanField(default=False)),
                ("break_reason", models.TextField(default="")),
                ("revision", models.PositiveIntegerField(default=0)),
                ("signed_for", models.TextField(default="")),
                ("short_reason", models.TextField(default="")),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("corrected_at", models.DateTimeField(null=True)),
                ("correction_reason", models.TextField(default="")),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.measure"
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                    "signature",
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
                (
                    "planned_team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="visits.visitteam"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["measure", "status", "planned_on"], name="visits_visit_progress"),
                    models.Index(fields=["lead", "status", "planned_on"], name="visits_visit_lead"),
                    models.Index(fields=["received_at", "id"], name="visits_visit_feed"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("measure", "unit"), name="visits_visit_one_per_unit"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("happened_at__isnull", True),
                                ("late", False),
                                ("late_entry", False),
                                ("received_at__isnull", True),
                                ("status", "planned"),
                            ),
                            models.Q(
                                ("form__in", ["on_site", "delivery", "call"]),
                                ("happened_at__isnull", False),
                                ("prevention__in", ["good", "partial", "weak"]),
                                ("received_at__isnull", False),
                                ("status", "recorded"),
                            ),
                            _connector="OR",
                        ),
                        name="visits_visit_recorded_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("form__in", ["", "on_site"]), models.Q(("form_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="visits_visit_other_form_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_on__isnull", True),
                            ("planned_on__lte", models.F("due_on")),
                            models.Q(("late_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="visits_visit_late_plan_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("late_approved", False), ("planned_on__gt", models.F("due_on")), _connector="OR"
                        ),
                        name="visits_visit_approved_late_plan",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "recorded"),
                            ("planned_on__isnull", True),
                            ("planned_on__lte", models.F("due_on")),
                            ("late_approved", True),
                            _connector="OR",
                        ),
                        name="visits_visit_late_day_allowed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("late_entry", True), models.Q(("entry_reason", ""), _negated=True)),
                            models.Q(("before_plan", False), ("entry_reason", ""), ("late_entry", False)),
                            _connector="OR",
                        ),
                        name="visits_visit_late_entry_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("planned_minutes__isnull", True), ("planned_start__isnull", True)),
                            models.Q(
                                ("planned_minutes__isnull", False),
                                ("planned_on__isnull", False),
                                ("planned_start__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="visits_visit_time_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pinned", False), ("planned_on__isnull", False), _connector="OR"),
                        name="visits_visit_pinned_to_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("corrected_at__isnull", True), ("correction_reason", ""), ("version", 1)),
                            models.Q(
                                ("corrected_at__isnull", False),
                                ("status", "recorded"),
                                ("version__gt", 1),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="visits_visit_correction_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                (
                    "handed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "movement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.movement"
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="receipts", to="visits.sample"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="visits.visit"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("sample", "position"), name="visits_sample_place_once"),
                    models.UniqueConstraint(fields=("sample", "movement"), name="visits_sample_movement_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("ok", "received whole and kept"),
                            ("short", "something was missing"),
                            ("not_received", "not received"),
                            ("taken_back", "taken back or asked for money"),
                            ("not_reached", "not reached"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", models.TextField(default="")),
                ("happened_on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "handed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="visits.samplereceipt"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["ok", "short", "not_received", "taken_back", "not_reached"])
                        ),
                        name="visits_receipt_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ("short", "not_received", "taken_back")), _negated=True),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="visits_receipt_amiss_says_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handed_by__isnull", True),
                            models.Q(("by", models.F("handed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="visits_receipt_checked_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposedVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("day", models.DateField(null=True)),
                ("start", models.PositiveSmallIntegerField(null=True)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("why", models.CharField(default="", max_length=20)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="visits.scheduleproposal"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="visits.visit"),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="visits.visitteam"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "visit"), name="visits_proposed_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("day__isnull", False), ("start__isnull", False), ("why", "")),
                            models.Q(
                                ("day__isnull", True),
                                ("start__isnull", True),
                                ("taken_at__isnull", True),
                                models.Q(("why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="visits_proposed_or_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LaterDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for approval"),
                            ("allowed", "allowed"),
                            ("returned", "returned"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("remark", models.TextField(default="")),
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
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="later_days", to="visits.visit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["status", "asked_at", "id"], name="visits_later_day_status")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "waiting")),
                        fields=("visit",),
                        name="visits_later_day_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("status", "waiting")),
                            models.Q(
                                ("decided_at__isnull", False), ("status__in", ("allowed", "returned", "withdrawn"))
                            ),
                            _connector="OR",
                        ),
                        name="visits_later_day_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("waiting", "withdrawn")),
                            ("asked_by__isnull", True),
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="visits_later_day_not_by_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(
                                models.Q(("status", "returned"), _negated=True),
                                models.Q(("remark", ""), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="visits_later_day_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=60)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="visits.visit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("visit", "position"), name="visits_member_place_once")],
            },
        ),
        migrations.CreateModel(
            name="InspectionResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item_key", models.CharField(max_length=60)),
                (
                    "result",
                    models.CharField(
                        choices=[("pass", "in order"), ("fail", "not in order"), ("na", "does not apply")], max_length=4
                    ),
                ),
                ("note", models.TextField(default="")),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="inspection", to="visits.visit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("visit", "item_key"), name="visits_inspection_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["pass", "fail", "na"])), name="visits_inspection_result"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answer", models.TextField(default="")),
                (
                    "task",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasks.task"),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="problems", to="visits.visit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("task",), name="visits_problem_task_once")],
            },
        ),
        migrations.CreateModel(
            name="VisitPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "picture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.storedfile"
                    ),
                ),
                (
                    "thumbnail",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.storedfile"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="visits.visit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("visit", "position"), name="visits_photo_place_once"),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1), ("position__lte", 6)), name="visits_photo_few"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitPosition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", songnuan.kernel.sealed.SealedField()),
                (
                    "visit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="device_position", to="visits.visit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("report", models.JSONField()),
                ("receiver_name", songnuan.kernel.sealed.SealedField(default="")),
                ("confirmed_by_name", models.BooleanField(default=False)),
                ("signed_for", models.TextField(default="")),
                ("written_at", models.DateTimeField()),
                ("reason", models.TextField(default="")),
                (
                    "signature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedfile",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="visits.visit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("visit", "number"), name="visits_version_once")],
            },
        ),
        migrations.CreateModel(
            name="LaterReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("receiver_name", songnuan.kernel.sealed.SealedField()),
                ("confirmed_by_name", models.BooleanField(default=False)),
                ("signed_for", models.TextField()),
                ("signed_at", models.DateTimeField()),
                (
                    "signature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedfile",
                    ),
                ),
                (
                    "visit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="later_receipt", to="visits.visit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_by_name", False), ("signature__isnull", False)),
                            models.Q(("confirmed_by_name", True), ("signature__isnull", True)),
                            _connector="OR",
                        ),
                        name="visits_later_receipt_signed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitChase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("chased_at", models.DateTimeField()),
                (
                    "chased_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="chases", to="visits.visit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("visit", "day"), name="visits_chase_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="LeaderVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("leader_name", models.CharField(max_length=60)),
                ("leader_post", models.CharField(max_length=60)),
                ("happened_at", models.DateTimeField(null=True)),
                ("company", models.TextField(default="")),
                ("found", models.TextField(default="")),
                ("goods", models.TextField(default="")),
                ("recorded_at", models.DateTimeField()),
                ("late_entry", models.BooleanField(default=False)),
                ("before_plan", models.BooleanField(default=False)),
                ("entry_reason", models.TextField(default="")),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdraw_reason", models.TextField(default="")),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
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
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leader_visits",
                        to="visits.visit",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["plan", "recorded_at"], name="visits_leader_visit_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("company", ""), ("found", ""), ("happened_at__isnull", True), ("visit__isnull", False)
                            ),
                            models.Q(
                                ("happened_at__isnull", False),
                                ("visit__isnull", True),
                                models.Q(("found", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="visits_leader_visit_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("late_entry", True), models.Q(("entry_reason", ""), _negated=True)),
                            models.Q(("before_plan", False), ("entry_reason", ""), ("late_entry", False)),
                            _connector="OR",
                        ),
                        name="visits_leader_visit_late_entry_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdraw_reason", ""), ("withdrawn_at__isnull", True)),
                            models.Q(("withdrawn_at__isnull", False), models.Q(("withdraw_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="visits_leader_visit_withdrawn_says_why",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("visit__isnull", False), ("withdrawn_at__isnull", True)),
                        fields=("visit", "leader_name"),
                        name="visits_leader_visit_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LeaderVisitUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "leader_visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="units", to="visits.leadervisit"
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
                    models.UniqueConstraint(fields=("leader_visit", "unit"), name="visits_leader_unit_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LeaderVisitProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "leader_visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="problems", to="visits.leadervisit"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasks.task"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("task",), name="visits_leader_problem_task_once")],
            },
        ),
        append_only("visits_flagnote"),
        append_only("visits_receiptcheck"),
        append_only("visits_reportversion"),
        append_only("visits_sample"),
        append_only("visits_samplereceipt"),
    ]
