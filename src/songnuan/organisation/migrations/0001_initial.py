import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songnuan.kernel.sealed


class Migration(migrations.Migration):
    replaces = [
        ("organisation", "0001_units_people_posts_pairs"),
        ("organisation", "0002_union_and_privacy_officers"),
        ("organisation", "0003_passwords_to_be_changed"),
        ("organisation", "0004_calendar_addresses"),
        ("organisation", "0005_districts"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("taken", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="organisation_turn_single")],
            },
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("real", "Real work"), ("demo", "Demonstration")], max_length=8)),
                ("clock_offset_seconds", models.BigIntegerField(default=0)),
                ("keys_fingerprint", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="organisation_installation_single"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["real", "demo"])), name="organisation_installation_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("clock_offset_seconds", 0), ("kind", "demo"), _connector="OR"),
                        name="organisation_installation_clock",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80, unique=True)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on__isnull", True), ("closed_on__gte", models.F("opened_on")), _connector="OR"
                        ),
                        name="organisation_unit_closes_after_opening",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bureau", "Bureau"),
                            ("department", "Department"),
                            ("subordinate", "Subordinate unit"),
                            ("front_line", "Front-line unit"),
                        ],
                        max_length=16,
                    ),
                ),
                ("category", models.CharField(default="", max_length=60)),
                ("compound", models.CharField(default="", max_length=120)),
                ("district", models.CharField(default="", max_length=60)),
                ("address", songnuan.kernel.sealed.SealedField(default="")),
                ("contact_name", songnuan.kernel.sealed.SealedField(default="")),
                ("contact_phone", songnuan.kernel.sealed.SealedField(default="")),
                ("contact_phone_index", models.CharField(default="", max_length=64)),
                ("staff_count", models.PositiveIntegerField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="records", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit", "starts_on"], name="organisation_record_dated"),
                    models.Index(fields=["name"], name="organisation_record_name"),
                    models.Index(fields=["contact_phone_index"], name="organisation_record_phone"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("unit",),
                        name="organisation_record_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("parent", "name"),
                        name="organisation_record_sibling_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True), ("parent__isnull", True)),
                        fields=("name",),
                        name="organisation_record_root_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["bureau", "department", "subordinate", "front_line"])),
                        name="organisation_record_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("unit")), _negated=True),
                            _connector="OR",
                        ),
                        name="organisation_record_not_own_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="organisation_record_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("depth", models.PositiveSmallIntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "ancestor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "descendant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ancestor", "starts_on", "descendant"], name="organisation_link_down"),
                    models.Index(fields=["descendant", "starts_on", "ancestor"], name="organisation_link_up"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("ancestor", "descendant"),
                        name="organisation_link_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ancestor", models.F("descendant")), ("depth", 0)),
                            models.Q(("depth__gt", 0), models.Q(("ancestor", models.F("descendant")), _negated=True)),
                            _connector="OR",
                        ),
                        name="organisation_link_depth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="organisation_link_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("phone", songnuan.kernel.sealed.SealedField(default="")),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("is_active", models.BooleanField(default=True)),
                ("must_change_password", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("programme_officer", "programme_officer"),
                            ("approver", "approver"),
                            ("finance", "finance"),
                            ("lead_liaison", "lead_liaison"),
                            ("epidemic_office", "epidemic_office"),
                            ("inspector", "inspector"),
                            ("unit_liaison", "unit_liaison"),
                            ("administrator", "administrator"),
                            ("union_officer", "union_officer"),
                            ("privacy_officer", "privacy_officer"),
                        ],
                        max_length=24,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["role", "starts_on"], name="organisation_post_role_dated")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("user", "unit", "role"),
                        name="organisation_post_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "programme_officer",
                                    "approver",
                                    "finance",
                                    "lead_liaison",
                                    "epidemic_office",
                                    "inspector",
                                    "unit_liaison",
                                    "administrator",
                                    "union_officer",
                                    "privacy_officer",
                                ],
                            )
                        ),
                        name="organisation_post_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="organisation_post_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=80)),
                ("compound", models.CharField(default="", max_length=120)),
                ("planned_on", models.DateField(null=True)),
                ("late_reason", models.TextField(default="")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["holder", "starts_on"], name="organisation_assign_holder")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("purpose", "subject"),
                        name="organisation_assignment_one_lead",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("holder", models.F("subject")), _negated=True),
                        name="organisation_assignment_not_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="organisation_assignment_period",
                    ),
                ],
            },
        ),
    ]
