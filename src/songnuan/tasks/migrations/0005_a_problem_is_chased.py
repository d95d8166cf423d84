"""The owner of a problem is reminded by hand; what was said stays closed to every change."""

from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('tasks', '0004_a_problem_is_corrected'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        append_only('tasks_feedback', is_again=True),
        migrations.RemoveConstraint(
            model_name='feedback',
            name='tasks_feedback_says_something',
        ),
        migrations.RemoveConstraint(
            model_name='feedback',
            name='tasks_feedback_verb',
        ),
        migrations.AlterField(
            model_name='feedback',
            name='verb',
            field=models.CharField(choices=[('accept', 'accepted'), ('report', 'progress'), ('ask_closing', 'asked for closing'), ('close', 'closed by the office'), ('send_back', 'sent back'), ('ask_extension', 'asked for a later date'), ('allow_extension', 'later date allowed'), ('refuse_extension', 'later date not allowed'), ('reassign', 'given to another unit'), ('amend', 'corrected'), ('chase', 'reminded its owner')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['accept', 'report', 'ask_closing', 'close', 'send_back', 'ask_extension', 'allow_extension', 'refuse_extension', 'reassign', 'amend', 'chase'])), name='tasks_feedback_verb'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ('accept', 'close', 'allow_extension', 'chase')), models.Q(('text', ''), _negated=True), _connector='OR'), name='tasks_feedback_says_something'),
        ),
        append_only('tasks_feedback', is_again=True),
    ]
