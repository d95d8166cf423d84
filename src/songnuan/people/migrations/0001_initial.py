import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songnuan.kernel.sealed
from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    replaces = [
        ("people", "0001_register_and_imports"),
        ("people", "0002_duplicates"),
        ("people", "0003_privacy"),
        ("people", "0004_erasure"),
        ("people", "0005_look_purposes"),
    ]

    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
        ("organisation", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisterTurn",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("taken", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="people_turn_single")],
            },
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("people", "People"), ("families", "Families"), ("service", "Service at the front")],
                        max_length=8,
                    ),
                ),
                ("purpose", models.TextField(default="")),
                (
                    "legal_ground",
                    models.CharField(
                        choices=[
                            ("consent", "The person's consent"),
                            ("contract_hr", "A contract, or staff matters under lawful rules"),
                            ("duty", "A duty or task set by law"),
                            ("emergency", "A public health emergency, or to protect life and property"),
                            ("other_law", "Another ground in law"),
                            ("unstated", "Not stated yet"),
                        ],
                        default="unstated",
                        max_length=12,
                    ),
                ),
                ("notice", models.TextField(default="")),
                ("retain_until", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("erasing", "Being erased"),
                            ("erased", "Erased"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("erased_on", models.DateField(null=True)),
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
                        condition=models.Q(("kind__in", ["people", "families", "service"])), name="people_roster_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "legal_ground__in",
                                ["consent", "contract_hr", "duty", "emergency", "other_law", "unstated"],
                            )
                        ),
                        name="people_roster_ground",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "closed", "erasing", "erased"])),
                        name="people_roster_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=32, unique=True)),
                ("name", models.CharField(default="", max_length=60)),
                ("sex", models.CharField(choices=[("male", "male"), ("female", "female")], default="", max_length=6)),
                ("birth_on", models.DateField(null=True)),
                ("id_kind", models.CharField(default="", max_length=20)),
                ("id_number", songnuan.kernel.sealed.SealedField(null=True)),
                ("id_index", models.CharField(default="", max_length=32)),
                ("phone", songnuan.kernel.sealed.SealedField(null=True)),
                ("phone_index", models.CharField(default="", max_length=32)),
                ("account", songnuan.kernel.sealed.SealedField(null=True)),
                ("account_index", models.CharField(default="", max_length=32)),
                ("bank", models.CharField(default="", max_length=80)),
                ("address", songnuan.kernel.sealed.SealedField(null=True)),
                ("address_index", models.CharField(default="", max_length=32)),
                ("restricted", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("merged", "Merged into another"), ("erased", "Erased")],
                        default="active",
                        max_length=6,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name"], name="people_person_name"),
                    models.Index(
                        condition=models.Q(("phone_index__gt", "")), fields=["phone_index"], name="people_person_phone"
                    ),
                    models.Index(
                        condition=models.Q(("id_index", ""), ("phone_index__gt", "")),
                        fields=["phone_index"],
                        name="people_person_phone_alone",
                    ),
                    models.Index(
                        condition=models.Q(("status", "merged")), fields=["id_index"], name="people_person_merged"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("id_index__gt", ""), ("status", "active")),
                        fields=("id_index",),
                        name="people_person_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "merged", "erased"])), name="people_person_status"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ["", "male", "female"])), name="people_person_sex"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__isnull", False), ("status", "merged")),
                            models.Q(models.Q(("status", "merged"), _negated=True), ("merged_into__isnull", True)),
                            _connector="OR",
                        ),
                        name="people_person_merged_into",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "erased"), _negated=True),
                            models.Q(
                                ("account__isnull", True),
                                ("address__isnull", True),
                                ("bank", ""),
                                ("birth_on__isnull", True),
                                ("id_number__isnull", True),
                                ("name", ""),
                                ("phone__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="people_person_erased_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("id_index", ""), ("id_number__isnull", True)),
                            models.Q(("id_index__gt", ""), ("id_number__isnull", False)),
                            _connector="OR",
                        ),
                        name="people_person_id_number_indexed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("phone__isnull", True), ("phone_index", "")),
                            models.Q(("phone__isnull", False), ("phone_index__gt", "")),
                            _connector="OR",
                        ),
                        name="people_person_phone_indexed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account__isnull", True), ("account_index", "")),
                            models.Q(("account__isnull", False), ("account_index__gt", "")),
                            _connector="OR",
                        ),
                        name="people_person_account_indexed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address__isnull", True), ("address_index", "")),
                            models.Q(("address__isnull", False), ("address_index__gt", "")),
                            _connector="OR",
                        ),
                        name="people_person_address_indexed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reasons", models.JSONField()),
                ("score", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "to be decided"),
                            ("merged", "one person, merged"),
                            ("distinct", "two different persons"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("remark", models.CharField(default="", max_length=400)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")), fields=["-score", "-id"], name="people_pair_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="people_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="people_pair_ordered"
                    ),
                    models.CheckConstraint(condition=models.Q(("score__lte", 100)), name="people_pair_score"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "merged", "distinct"])), name="people_pair_status"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "open"), ("decided_at__isnull", False), _connector="OR"),
                        name="people_pair_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=32, unique=True)),
                ("roster_key", models.CharField(max_length=80)),
                ("roster_title", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("people", "People"), ("families", "Families"), ("service", "Service at the front")],
                        max_length=8,
                    ),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("file_digest", models.CharField(max_length=64)),
                ("file_size", models.PositiveBigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("reading", "Being read"),
                            ("asking", "Columns to confirm"),
                            ("staged", "Ready to apply"),
                            ("applying", "Being applied"),
                            ("applied", "Applied"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("options", models.JSONField(default=dict)),
                ("columns", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("day", models.DateField()),
                ("matched_turn", models.PositiveBigIntegerField(null=True)),
                ("matched_units", models.PositiveBigIntegerField(null=True)),
                ("known_through", models.PositiveBigIntegerField(default=0)),
                ("staged_after", models.PositiveBigIntegerField(default=0)),
                ("staged_through", models.PositiveBigIntegerField(default=0)),
                ("applied_through", models.PositiveBigIntegerField(default=0)),
                ("applied_at", models.DateTimeField(null=True)),
                ("note", models.TextField(default="")),
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
                    "roster",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="people.roster",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["people", "families", "service"])), name="people_import_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "received",
                                    "reading",
                                    "asking",
                                    "staged",
                                    "applying",
                                    "applied",
                                    "cancelled",
                                    "failed",
                                ],
                            )
                        ),
                        name="people_import_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ("applying", "applied")), _negated=True),
                            models.Q(("roster__isnull", False), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="people_import_has_roster",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied_at__isnull", False), ("status", "applied")),
                            models.Q(models.Q(("status", "applied"), _negated=True), ("applied_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="people_import_applied_at",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("post", models.CharField(default="", max_length=80)),
                ("rank", models.CharField(default="", max_length=60)),
                ("category", models.CharField(default="", max_length=60)),
                ("employee_number", models.CharField(default="", max_length=40)),
                ("note", models.CharField(default="", max_length=400)),
                ("told_digest", models.CharField(max_length=64)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="enrolments", to="people.person"
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.roster",
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("roster", "person"),
                        name="people_enrolment_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="people_enrolment_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilyLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("spouse", "spouse"),
                            ("parent", "parent"),
                            ("child", "child"),
                            ("sibling", "brother or sister"),
                            ("parent_in_law", "parent-in-law"),
                            ("grandparent", "grandparent"),
                            ("grandchild", "grandchild"),
                            ("other", "another relative"),
                        ],
                        max_length=20,
                    ),
                ),
                ("workplace", models.CharField(default="", max_length=120)),
                ("note", models.CharField(default="", max_length=400)),
                ("told_digest", models.CharField(max_length=64)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="relatives", to="people.person"
                    ),
                ),
                (
                    "relative",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="relative_of", to="people.person"
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.roster"
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("person", "relative"),
                        name="people_family_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", models.F("relative")), _negated=True),
                        name="people_family_not_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "relation__in",
                                [
                                    "spouse",
                                    "parent",
                                    "child",
                                    "sibling",
                                    "parent_in_law",
                                    "grandparent",
                                    "grandchild",
                                    "other",
                                ],
                            )
                        ),
                        name="people_family_relation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="people_family_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=120)),
                ("post", models.CharField(default="", max_length=80)),
                ("direct_contact", models.BooleanField(null=True)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("minutes", models.PositiveIntegerField(null=True)),
                ("note", models.CharField(default="", max_length=400)),
                ("told_digest", models.CharField(max_length=64)),
                ("recorded_on", models.DateField()),
                ("withdrawn_on", models.DateField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="services", to="people.person"
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.roster"
                    ),
                ),
                (
                    "told_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
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
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("person", "place", "post", "starts_on"),
                        name="people_service_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="people_service_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_on__isnull", True),
                            ("withdrawn_on__gte", models.F("recorded_on")),
                            _connector="OR",
                        ),
                        name="people_service_recorded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StagedUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("unit_id", models.BigIntegerField(null=True)),
                ("several", models.BooleanField(default=False)),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("source", "name"), name="people_staged_unit_once")],
            },
        ),
        migrations.CreateModel(
            name="StagedPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField()),
                ("state", models.CharField(default="new", max_length=9)),
                ("name", models.CharField(default="", max_length=60)),
                ("id_index", models.CharField(default="", max_length=32)),
                ("id_zeros", models.BooleanField(default=False)),
                ("unit_name", models.CharField(default="", max_length=120)),
                ("note", models.CharField(default="", max_length=400)),
                ("told_digest", models.CharField(default="", max_length=64)),
                ("person_key", models.CharField(default="", max_length=32)),
                ("person_id", models.BigIntegerField(null=True)),
                ("target_id", models.BigIntegerField(null=True)),
                ("apart", models.BooleanField(null=True)),
                ("sex", models.CharField(default="", max_length=6)),
                ("birth_on", models.DateField(null=True)),
                ("id_kind", models.CharField(default="", max_length=20)),
                ("id_number", models.TextField(null=True)),
                ("phone", models.TextField(null=True)),
                ("phone_index", models.CharField(default="", max_length=32)),
                ("account", models.TextField(null=True)),
                ("account_index", models.CharField(default="", max_length=32)),
                ("bank", models.CharField(default="", max_length=80)),
                ("address", models.TextField(null=True)),
                ("address_index", models.CharField(default="", max_length=32)),
                ("post", models.CharField(default="", max_length=80)),
                ("rank", models.CharField(default="", max_length=60)),
                ("category", models.CharField(default="", max_length=60)),
                ("employee_number", models.CharField(default="", max_length=40)),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StagedFamily",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField()),
                ("state", models.CharField(default="new", max_length=9)),
                ("name", models.CharField(default="", max_length=60)),
                ("id_index", models.CharField(default="", max_length=32)),
                ("id_zeros", models.BooleanField(default=False)),
                ("unit_name", models.CharField(default="", max_length=120)),
                ("note", models.CharField(default="", max_length=400)),
                ("told_digest", models.CharField(default="", max_length=64)),
                ("person_key", models.CharField(default="", max_length=32)),
                ("person_id", models.BigIntegerField(null=True)),
                ("target_id", models.BigIntegerField(null=True)),
                ("apart", models.BooleanField(null=True)),
                ("relation", models.CharField(default="", max_length=20)),
                ("relative_name", models.CharField(default="", max_length=60)),
                ("relative_sex", models.CharField(default="", max_length=6)),
                ("relative_birth_on", models.DateField(null=True)),
                ("relative_id_kind", models.CharField(default="", max_length=20)),
                ("relative_id_number", models.TextField(null=True)),
                ("relative_id_index", models.CharField(default="", max_length=32)),
                ("relative_phone", models.TextField(null=True)),
                ("relative_phone_index", models.CharField(default="", max_length=32)),
                ("relative_unit", models.CharField(default="", max_length=120)),
                ("relative_id", models.BigIntegerField(null=True)),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StagedService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField()),
                ("state", models.CharField(default="new", max_length=9)),
                ("name", models.CharField(default="", max_length=60)),
                ("id_index", models.CharField(default="", max_length=32)),
                ("id_zeros", models.BooleanField(default=False)),
                ("unit_name", models.CharField(default="", max_length=120)),
                ("note", models.CharField(default="", max_length=400)),
                ("told_digest", models.CharField(default="", max_length=64)),
                ("person_key", models.CharField(default="", max_length=32)),
                ("person_id", models.BigIntegerField(null=True)),
                ("target_id", models.BigIntegerField(null=True)),
                ("apart", models.BooleanField(null=True)),
                ("sex", models.CharField(default="", max_length=6)),
                ("birth_on", models.DateField(null=True)),
                ("id_kind", models.CharField(default="", max_length=20)),
                ("id_number", models.TextField(null=True)),
                ("phone", models.TextField(null=True)),
                ("phone_index", models.CharField(default="", max_length=32)),
                ("place", models.CharField(default="", max_length=120)),
                ("post", models.CharField(default="", max_length=80)),
                ("direct_contact", models.BooleanField(null=True)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("minutes", models.PositiveIntegerField(null=True)),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ImportProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField()),
                ("column", models.CharField(default="", max_length=200)),
                ("field", models.CharField(default="", max_length=40)),
                ("code", models.CharField(max_length=40)),
                ("facts", songnuan.kernel.sealed.SealedField()),
                ("matched", models.BooleanField(default=False)),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["source", "sheet", "row"], name="people_problem_place")],
            },
        ),
        migrations.CreateModel(
            name="KeptRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField()),
                ("cells", songnuan.kernel.sealed.SealedField()),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "sheet", "row"), name="people_kept_row_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=100)),
                ("row", models.PositiveIntegerField()),
                ("place", models.PositiveIntegerField()),
                ("value", songnuan.kernel.sealed.SealedField()),
                (
                    "source",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.rosterimport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "sheet", "row", "place"), name="people_mend_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ColumnMemory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("people", "People"), ("families", "Families"), ("service", "Service at the front")],
                        max_length=8,
                    ),
                ),
                ("heading", models.CharField(max_length=200)),
                ("field", models.CharField(default="", max_length=40)),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "kind", "heading"), name="people_column_memory_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=32, unique=True)),
                ("guardian", songnuan.kernel.sealed.SealedField(null=True)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("used_count", models.PositiveIntegerField(default=0)),
                ("failed_count", models.PositiveSmallIntegerField(default=0)),
                (
                    "issued_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("issued_at"))), name="people_access_code_expires"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LookPurpose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("purpose", songnuan.kernel.sealed.SealedField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(default="", max_length=40)),
                ("value", songnuan.kernel.sealed.SealedField(null=True)),
                ("reason", songnuan.kernel.sealed.SealedField(null=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[("asked", "asked for"), ("accepted", "corrected"), ("declined", "not corrected")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("answer", songnuan.kernel.sealed.SealedField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "asked")),
                        fields=["asked_at", "id"],
                        name="people_correction_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "asked")),
                        fields=("person", "field"),
                        name="people_correction_one_asked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["asked", "accepted", "declined"])),
                        name="people_correction_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answered_at__isnull", True), ("answered_by__isnull", True), ("status", "asked")),
                            models.Q(
                                models.Q(("status", "asked"), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="people_correction_answered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("facts", models.JSONField()),
                ("judgement", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        append_only("people_assessment"),
    ]
