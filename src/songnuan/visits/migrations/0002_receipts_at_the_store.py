import django.db.models.deletion
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    """A receipt that is drawn may be one at the store, which no visit goes with; once one was, there is no way back."""

    dependencies = [("visits", "0001_initial")]

    operations = [
        append_only("visits_samplereceipt", is_again=True),
        migrations.AlterField(
            model_name="samplereceipt",
            name="visit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="visits.visit"
            ),
        ),
        append_only("visits_samplereceipt", is_again=True),
    ]
