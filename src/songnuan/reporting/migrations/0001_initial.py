import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("reporting", "0001_inputs_counted")]

    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="InputCount",
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
                ("week", models.DateField()),
                ("form", models.CharField(max_length=60)),
                ("posted", models.PositiveIntegerField(default=0)),
                ("shown", models.PositiveIntegerField(default=0)),
                ("filled", models.PositiveIntegerField(default=0)),
                ("typed", models.PositiveIntegerField(default=0)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["week", "unit"], name="reporting_input_count_week")],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "role", "week", "form"), name="reporting_input_count_once"),
                    models.CheckConstraint(
                        condition=models.Q(("filled__lte", models.F("shown")), ("typed__lte", models.F("filled"))),
                        name="reporting_input_count_nested",
                    ),
                ],
            },
        ),
    ]
