"""Requests go through the steps of a chain, and offices are handed over for a time."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only

_CLOSED = append_only("approvals_act")


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0001_requests_and_acts'),
        ('organisation', '0003_passwords_to_be_changed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Acts are closed again once each has its office.
        migrations.RunPython(_CLOSED.reverse_code, _CLOSED.code),
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ChainStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('review', 'review'), ('countersign', 'countersign'), ('sign', 'sign')], max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('permission', models.CharField(max_length=40)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('status', models.CharField(choices=[('offered', 'waits to be accepted'), ('accepted', 'accepted'), ('declined', 'declined'), ('ended', 'ended early')], default='offered', max_length=10)),
                ('offered_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RequestStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('review', 'review'), ('countersign', 'countersign'), ('sign', 'sign')], max_length=12)),
                ('permission', models.CharField(max_length=40)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='request',
            name='approvals_request_status',
        ),
        migrations.AddField(
            model_name='act',
            name='holder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='act',
            name='step',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='request',
            name='step',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='request',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='request',
            name='status',
            field=models.CharField(choices=[('pending', 'waiting for approval'), ('approved', 'approved'), ('returned', 'returned'), ('withdrawn', 'withdrawn')], default='pending', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'returned', 'withdrawn'])), name='approvals_request_status'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('withdrawn_at__isnull', False)), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', True)), _connector='OR'), name='approvals_request_withdrawn'),
        ),
        migrations.AddField(
            model_name='chain',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='chainstep',
            name='chain',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='approvals.chain'),
        ),
        migrations.AddField(
            model_name='chainstep',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='delegation',
            name='delegate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delegation',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delegation',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delegation',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='act',
            name='delegation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.delegation'),
        ),
        migrations.AddField(
            model_name='requeststep',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='approvals.request'),
        ),
        migrations.AddField(
            model_name='requeststep',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddConstraint(
            model_name='chain',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('kind', 'unit'), name='approvals_chain_one_open'),
        ),
        migrations.AddConstraint(
            model_name='chain',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='approvals_chain_period'),
        ),
        migrations.AddConstraint(
            model_name='chainstep',
            constraint=models.UniqueConstraint(fields=('chain', 'position'), name='approvals_chain_step_place'),
        ),
        migrations.AddConstraint(
            model_name='chainstep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['review', 'countersign', 'sign'])), name='approvals_chain_step_kind'),
        ),
        migrations.AddIndex(
            model_name='delegation',
            index=models.Index(fields=['delegate', 'status'], name='approvals_delegation_delegate'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('delegate')), _negated=True), name='approvals_delegation_to_another'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='approvals_delegation_period'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['offered', 'accepted', 'declined', 'ended'])), name='approvals_delegation_status'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('status', 'ended')), models.Q(models.Q(('status', 'ended'), _negated=True), ('ended_at__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='approvals_delegation_ended'),
        ),
        migrations.AddConstraint(
            model_name='requeststep',
            constraint=models.UniqueConstraint(fields=('request', 'position'), name='approvals_request_step_place'),
        ),
        migrations.AddConstraint(
            model_name='requeststep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['review', 'countersign', 'sign'])), name='approvals_request_step_kind'),
        ),
    ]
