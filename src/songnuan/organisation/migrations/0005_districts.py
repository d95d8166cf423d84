"""The district in which a unit lies."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0004_calendar_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='unitrecord',
            name='district',
            field=models.CharField(default='', max_length=60),
        ),
    ]
