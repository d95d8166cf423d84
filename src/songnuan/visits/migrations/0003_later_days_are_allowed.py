"""The day of a visit still to do lies within the deadline, or was allowed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0002_later_days'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'recorded'), ('planned_on__isnull', True), ('planned_on__lte', models.F('due_on')), ('late_approved', True), _connector='OR'), name='visits_visit_late_day_allowed'),
        ),
    ]
