"""What people were looked at for stands in a table of its own, sealed, which is erased with the person."""

import django.db.models.deletion
from django.db import migrations, models

import songnuan.kernel.sealed


class Migration(migrations.Migration):
    dependencies = [("people", "0004_erasure")]

    operations = [
        migrations.CreateModel(
            name="LookPurpose",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
    ]
