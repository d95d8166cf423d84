"""Donated goods that were given out wrongly are taken back; the issue stays, and says why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0009_specifications'),
        ('organisation', '0005_districts'),
        ('records', '0003_longer_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        append_only('goods_movement', is_again=True),
        migrations.RemoveConstraint(
            model_name='movement',
            name='goods_movement_kind',
        ),
        migrations.AddField(
            model_name='issue',
            name='withdraw_reason',
            field=models.CharField(default='', max_length=400),
        ),
        migrations.AddField(
            model_name='issue',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='issue',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='movement',
            name='kind',
            field=models.CharField(choices=[('receive', 'received'), ('send_back', 'sent back'), ('hand_over', 'handed over'), ('donate', 'donated'), ('issue', 'distributed'), ('count', 'corrected by a stock count'), ('dispose', 'disposed of'), ('take_back', 'donation cancelled'), ('reclaim', 'taken back from a unit')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdraw_reason', ''), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdraw_reason', ''), _negated=True)), _connector='OR'), name='goods_issue_withdrawn_why'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'hand_over'), ('kit__isnull', False), ('purchase__isnull', True), ('unit__isnull', False)), models.Q(('kind__in', ('receive', 'send_back')), ('kit__isnull', False), ('purchase__isnull', False), ('unit__isnull', True)), models.Q(('kind__in', ('issue', 'reclaim')), ('kit__isnull', True), ('purchase__isnull', True), ('unit__isnull', False)), models.Q(('kind__in', ('donate', 'count', 'dispose', 'take_back')), ('kit__isnull', True), ('purchase__isnull', True), ('unit__isnull', True)), _connector='OR'), name='goods_movement_kind'),
        ),
        append_only('goods_movement', is_again=True),
    ]
