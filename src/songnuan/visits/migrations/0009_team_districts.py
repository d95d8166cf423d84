"""A team without a car says in which district it goes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0008_reports_corrected_photos_leaders'),
    ]

    operations = [
        migrations.AddField(
            model_name='visitteam',
            name='district',
            field=models.CharField(default='', max_length=60),
        ),
    ]
