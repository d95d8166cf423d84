"""A problem is corrected, and says why; what was said stays closed to every change."""

from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only

_CLOSED = append_only("tasks_feedback")


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0003_an_item_goes_to_another_unit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # SQLite makes the table anew, and its triggers would be gone.
        migrations.RunPython(_CLOSED.reverse_code, _CLOSED.code),
        migrations.RemoveConstraint(
            model_name='feedback',
            name='tasks_feedback_verb',
        ),
        migrations.AlterField(
            model_name='feedback',
            name='verb',
            field=models.CharField(choices=[('accept', 'accepted'), ('report', 'progress'), ('ask_closing', 'asked for closing'), ('close', 'closed by the office'), ('send_back', 'sent back'), ('ask_extension', 'asked for a later date'), ('allow_extension', 'later date allowed'), ('refuse_extension', 'later date not allowed'), ('reassign', 'given to another unit'), ('amend', 'corrected')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['accept', 'report', 'ask_closing', 'close', 'send_back', 'ask_extension', 'allow_extension', 'refuse_extension', 'reassign', 'amend'])), name='tasks_feedback_verb'),
        ),
        _CLOSED,
    ]
