"""The table of obligations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '__first__'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan_slug', models.CharField(max_length=60)),
                ('source', models.CharField(max_length=80)),
                ('title', models.CharField(max_length=120)),
                ('detail', models.TextField(default='')),
                ('raised_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('original_due_on', models.DateField()),
                ('status', models.CharField(choices=[('open', 'open'), ('done', 'closed')], default='open', max_length=10)),
                ('done_at', models.DateTimeField(null=True)),
                ('feedback', models.TextField(default='')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['plan_slug', 'status', 'due_on'], name='tasks_task_plan'), models.Index(fields=['owner', 'status', 'due_on'], name='tasks_task_owner'), models.Index(fields=['source'], name='tasks_task_source')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True), ('feedback', ''), ('status', 'open')), models.Q(('done_at__isnull', False), ('status', 'done'), models.Q(('feedback', ''), _negated=True)), _connector='OR'), name='tasks_task_closed_with_feedback')],
            },
        ),
    ]
