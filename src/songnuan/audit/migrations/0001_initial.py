import django.db.models.deletion
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    replaces = [("audit", "0001_open_the_trail")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Stream",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("length", models.PositiveIntegerField(default=0)),
                ("head", models.CharField(max_length=64)),
                ("seal", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("entered_at", models.DateTimeField()),
                ("actor_key", models.CharField(max_length=60)),
                ("actor_label", models.CharField(max_length=120)),
                ("action", models.CharField(max_length=80)),
                ("subject", models.CharField(max_length=120)),
                ("facts", models.TextField()),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="audit.stream"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject"], name="audit_entry_subject"),
                    models.Index(fields=["actor_key"], name="audit_entry_actor"),
                ],
                "constraints": [models.UniqueConstraint(fields=("stream", "seq"), name="audit_entry_once")],
            },
        ),
        append_only("audit_entry"),
    ]
