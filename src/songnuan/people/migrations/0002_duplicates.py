"""Pairs of entries that may be one person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_register_and_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                        condition=models.Q(("status", "open")),
                        fields=["-score", "-id"],
                        name="people_pair_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="people_pair_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="people_pair_ordered"
                    ),
                    models.CheckConstraint(condition=models.Q(("score__lte", 100)), name="people_pair_score"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "merged", "distinct"])),
                        name="people_pair_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "open"), ("decided_at__isnull", False), _connector="OR"
                        ),
                        name="people_pair_decided",
                    ),
                ],
            },
        ),
    ]
