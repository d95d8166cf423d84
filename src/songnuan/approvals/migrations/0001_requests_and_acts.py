"""Requests and the acts on them; acts are only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '__first__'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=120)),
                ('stream', models.CharField(max_length=120)),
                ('title', models.CharField(max_length=200)),
                ('digest', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('pending', 'waiting for approval'), ('approved', 'approved'), ('returned', 'returned')], default='pending', max_length=10)),
                ('requested_at', models.DateTimeField()),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('request', 'asked for approval'), ('approve', 'approved'), ('return', 'returned')], max_length=10)),
                ('at', models.DateTimeField()),
                ('remark', models.TextField(default='')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='approvals.request')),
            ],
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['subject', 'id'], name='approvals_request_subject'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['status', 'kind', 'unit'], name='approvals_request_pending'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'pending')), fields=('subject',), name='approvals_request_one_pending'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'returned'])), name='approvals_request_status'),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.UniqueConstraint(fields=('request', 'person'), name='approvals_act_one_per_person'),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['request', 'approve', 'return'])), name='approvals_act_verb'),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verb', 'return'), _negated=True), models.Q(('remark', ''), _negated=True), _connector='OR'), name='approvals_act_return_says_why'),
        ),
        append_only("approvals_act"),
    ]
