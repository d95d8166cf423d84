"""Holds of the inspector, and what is said about them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0007_taken_back_says_by_whom'),
        ('organisation', '0004_calendar_addresses'),
        ('records', '0003_longer_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=120)),
                ('plan_slug', models.CharField(max_length=60)),
                ('stream', models.CharField(max_length=120)),
                ('reason', models.TextField()),
                ('placed_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('findings', models.TextField(default='')),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('maker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
        ),
        migrations.CreateModel(
            name='HoldStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_answer', models.BooleanField()),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='approvals.hold')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['plan_slug', 'id'], name='approvals_hold_plan'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('subject',), name='approvals_hold_one_active'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='approvals_hold_says_why'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('findings', ''), ('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False), models.Q(('findings', ''), _negated=True)), _connector='OR'), name='approvals_hold_lifted_whole'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('maker__isnull', True), models.Q(models.Q(('placed_by', models.F('maker')), _negated=True), models.Q(('lifted_by__isnull', True), models.Q(('lifted_by', models.F('maker')), _negated=True), _connector='OR')), _connector='OR'), name='approvals_hold_not_by_maker'),
        ),
        migrations.AddConstraint(
            model_name='holdstatement',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='approvals_hold_statement_says'),
        ),
        migrations.AddConstraint(
            model_name='holdstatement',
            constraint=models.CheckConstraint(condition=models.Q(('is_answer', False), models.Q(('by', models.F('placed_by')), _negated=True), _connector='OR'), name='approvals_hold_answer_by_another'),
        ),
        append_only("approvals_holdstatement"),
    ]
