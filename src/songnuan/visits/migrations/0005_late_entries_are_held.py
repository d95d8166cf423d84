"""The table holds that a late entry says why, and that nothing else does."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0004_late_entries_say_why'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('late_entry', True), models.Q(('entry_reason', ''), _negated=True)), models.Q(('before_plan', False), ('entry_reason', ''), ('late_entry', False)), _connector='OR'), name='visits_visit_late_entry_says_why'),
        ),
    ]
