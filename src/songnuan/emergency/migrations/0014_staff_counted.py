from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0013_returnees_and_screening_chased'),
    ]

    operations = [
        migrations.AddField(
            model_name='reportcount',
            name='staff',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='reportcount',
            name='staffed',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
