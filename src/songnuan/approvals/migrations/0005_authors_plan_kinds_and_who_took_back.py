"""Who wrote what is asked about, chains for one kind of plan, and who took a request back, and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0004_one_act_for_one_office'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RequestAuthor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authors', to='approvals.request')),
            ],
        ),
        migrations.AddConstraint(
            model_name='requestauthor',
            constraint=models.UniqueConstraint(fields=('request', 'person'), name='approvals_request_author_once'),
        ),
        append_only("approvals_requestauthor"),
        migrations.AddField(
            model_name='chain',
            name='plan_kind',
            field=models.CharField(default='', max_length=20),
        ),
        migrations.RemoveConstraint(
            model_name='chain',
            name='approvals_chain_one_open',
        ),
        migrations.AddConstraint(
            model_name='chain',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('kind', 'unit', 'plan_kind'), name='approvals_chain_one_open'),
        ),
        migrations.AddField(
            model_name='request',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='request',
            name='withdrawn_why',
            field=models.TextField(default=''),
        ),
    ]
