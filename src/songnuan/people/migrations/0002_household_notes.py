import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import songnuan.kernel.sealed


class Migration(migrations.Migration):
    """What was decided about a child whose two parents serve at the front on the same days."""

    dependencies = [("organisation", "0001_initial"), ("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="HouseholdNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", songnuan.kernel.sealed.SealedField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("through", models.PositiveBigIntegerField()),
                ("noted_at", models.DateTimeField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(first__lt=F("second")) & ~Q(child=F("first")) & ~Q(child=F("second")),
                        name="people_household_note_three",
                    )
                ],
            },
        ),
    ]
