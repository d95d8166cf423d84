"""No question is without the moment since when it is asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0003_questions_know_since_when'),
    ]

    operations = [
        migrations.AlterField(
            model_name='question',
            name='asked_at',
            field=models.DateTimeField(),
        ),
    ]
