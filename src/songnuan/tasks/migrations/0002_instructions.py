"""Instructions, their items as tasks with states of their own, and what is said about items."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0003_passwords_to_be_changed'),
        ('records', '0001_documents_numbers_files'),
        ('tasks', '0001_obligations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CoOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('accept', 'accepted'), ('report', 'progress'), ('ask_closing', 'asked for closing'), ('close', 'closed by the office'), ('send_back', 'sent back'), ('ask_extension', 'asked for a later date'), ('allow_extension', 'later date allowed'), ('refuse_extension', 'later date not allowed')], max_length=20)),
                ('text', models.TextField(default='')),
                ('due_on', models.DateField(null=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Instruction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('superior', "a superior's document"), ('leader', "a leader's written instruction")], max_length=10)),
                ('title', models.CharField(max_length=200)),
                ('issuer', models.CharField(max_length=120)),
                ('number', models.CharField(default='', max_length=60)),
                ('dated_on', models.DateField()),
                ('text', models.TextField()),
                ('plan_slug', models.CharField(default='', max_length=60)),
                ('basis', models.CharField(default='', max_length=200)),
                ('received_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='task',
            name='tasks_task_closed_with_feedback',
        ),
        migrations.AddField(
            model_name='task',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='task',
            name='asked_due_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='position',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='task',
            name='status',
            field=models.CharField(choices=[('open', 'open'), ('assigned', 'assigned, not yet accepted'), ('accepted', 'accepted, under way'), ('asked', 'asked to be closed'), ('done', 'closed')], default='open', max_length=10),
        ),
        migrations.AddField(
            model_name='coowner',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='co_owners', to='tasks.task'),
        ),
        migrations.AddField(
            model_name='coowner',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='feedback',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='feedback',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='said', to='tasks.task'),
        ),
        migrations.AddField(
            model_name='instruction',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='instruction',
            name='scan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='instruction',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='task',
            name='instruction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='tasks.instruction'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'done'), _negated=True), ('done_at__isnull', True), ('done_by__isnull', True), ('feedback', '')), models.Q(('done_at__isnull', False), ('status', 'done'), models.Q(('feedback', ''), _negated=True)), _connector='OR'), name='tasks_task_closed_with_feedback'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('asked_by__isnull', True), ('asked_due_on__isnull', True), ('instruction__isnull', True), ('status__in', ['open', 'done'])), models.Q(('instruction__isnull', False), ('status__in', ['open', 'assigned', 'accepted', 'asked', 'done']), models.Q(('status', 'open'), _negated=True)), _connector='OR'), name='tasks_task_states'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('instruction__isnull', True), models.Q(('asked_by__isnull', True), ('status__in', ['assigned', 'accepted'])), models.Q(('asked_by__isnull', False), ('status', 'asked')), models.Q(('asked_by__isnull', False), ('done_by__isnull', False), ('status', 'done'), models.Q(('done_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='tasks_task_closed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('asked_due_on__isnull', True), ('asked_due_on__gt', models.F('due_on')), _connector='OR'), name='tasks_task_extension_is_later'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('instruction__isnull', False)), fields=('instruction', 'position'), name='tasks_task_place'),
        ),
        migrations.AddConstraint(
            model_name='coowner',
            constraint=models.UniqueConstraint(fields=('task', 'unit'), name='tasks_co_owner_once'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['task', 'id'], name='tasks_feedback_task'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['accept', 'report', 'ask_closing', 'close', 'send_back', 'ask_extension', 'allow_extension', 'refuse_extension'])), name='tasks_feedback_verb'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ('accept', 'close', 'allow_extension')), models.Q(('text', ''), _negated=True), _connector='OR'), name='tasks_feedback_says_something'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on__isnull', False), ('verb__in', ('ask_extension', 'allow_extension', 'refuse_extension'))), models.Q(models.Q(('verb__in', ('ask_extension', 'allow_extension', 'refuse_extension')), _negated=True), ('due_on__isnull', True)), _connector='OR'), name='tasks_feedback_names_the_day'),
        ),
        migrations.AddConstraint(
            model_name='instruction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'superior'), models.Q(('number', ''), _negated=True)), models.Q(('kind', 'leader'), ('number', '')), _connector='OR'), name='tasks_instruction_numbered'),
        ),
        migrations.AddConstraint(
            model_name='instruction',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('unit', 'issuer', 'number'), name='tasks_instruction_once'),
        ),
        migrations.AddConstraint(
            model_name='instruction',
            constraint=models.CheckConstraint(condition=models.Q(('received_at__lte', models.F('recorded_at'))), name='tasks_instruction_received_first'),
        ),
        migrations.AddConstraint(
            model_name='instruction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('issuer', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='tasks_instruction_whole'),
        ),
        append_only('tasks_feedback'),
    ]
