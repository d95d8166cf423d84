"""A roster that is being erased says so, and one that is erased says since when."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_privacy")]

    operations = [
        migrations.RemoveConstraint(model_name="roster", name="people_roster_status"),
        migrations.AddField(model_name="roster", name="erased_on", field=models.DateField(null=True)),
        migrations.AlterField(
            model_name="roster",
            name="status",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="roster",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "closed", "erasing", "erased"])),
                name="people_roster_status",
            ),
        ),
    ]
