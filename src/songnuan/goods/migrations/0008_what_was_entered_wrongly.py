"""Donations and counts that are given up, and pictures of invoices that others take the place of."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0007_packs_that_do_not_come'),
        ('organisation', '0005_districts'),
        ('records', '0003_longer_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        append_only('goods_movement', is_again=True),
        migrations.CreateModel(
            name='ReplacedInvoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=400)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='count',
            name='goods_count_counted_whole',
        ),
        migrations.RemoveConstraint(
            model_name='count',
            name='goods_count_decided_by_another',
        ),
        migrations.RemoveConstraint(
            model_name='movement',
            name='goods_movement_kind',
        ),
        migrations.AddField(
            model_name='donation',
            name='cancel_reason',
            field=models.CharField(default='', max_length=400),
        ),
        migrations.AddField(
            model_name='donation',
            name='cancelled_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='donation',
            name='cancelled_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='count',
            name='status',
            field=models.CharField(choices=[('counting', 'being counted'), ('waiting', 'differences wait for a decision'), ('agreed', 'agrees with the books'), ('accepted', 'differences accepted'), ('recount', 'to be counted again'), ('abandoned', 'abandoned')], default='counting', max_length=10),
        ),
        migrations.AlterField(
            model_name='movement',
            name='kind',
            field=models.CharField(choices=[('receive', 'received'), ('send_back', 'sent back'), ('hand_over', 'handed over'), ('donate', 'donated'), ('issue', 'distributed'), ('count', 'corrected by a stock count'), ('dispose', 'disposed of'), ('take_back', 'donation cancelled')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='count',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counted_at__isnull', True), ('counted_by__isnull', True), ('status', 'counting')), models.Q(('counted_at__isnull', True), ('counted_by__isnull', True), ('status', 'abandoned')), models.Q(models.Q(('status__in', ('counting', 'abandoned')), _negated=True), ('counted_at__isnull', False), ('counted_by__isnull', False)), _connector='OR'), name='goods_count_counted_whole'),
        ),
        migrations.AddConstraint(
            model_name='count',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ('accepted', 'recount')), models.Q(('reason', ''), _negated=True), models.Q(('decided_by', models.F('started_by')), _negated=True), models.Q(('decided_by', models.F('counted_by')), _negated=True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status', 'abandoned'), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('status__in', ('accepted', 'recount', 'abandoned')), _negated=True), ('decided_at__isnull', True), ('decided_by__isnull', True), ('reason', '')), _connector='OR'), name='goods_count_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='donation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at__isnull', True), ('cancelled_by__isnull', True)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='goods_donation_cancelled_why'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'hand_over'), ('kit__isnull', False), ('purchase__isnull', True), ('unit__isnull', False)), models.Q(('kind__in', ('receive', 'send_back')), ('kit__isnull', False), ('purchase__isnull', False), ('unit__isnull', True)), models.Q(('kind', 'issue'), ('kit__isnull', True), ('purchase__isnull', True), ('unit__isnull', False)), models.Q(('kind__in', ('donate', 'count', 'dispose', 'take_back')), ('kit__isnull', True), ('purchase__isnull', True), ('unit__isnull', True)), _connector='OR'), name='goods_movement_kind'),
        ),
        migrations.AddField(
            model_name='replacedinvoice',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='replacedinvoice',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='replacedinvoice',
            name='purchase',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replaced_invoices', to='goods.purchase'),
        ),
        migrations.AddField(
            model_name='replacedinvoice',
            name='replaced_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='replacedinvoice',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='goods_replaced_invoice_says_why'),
        ),
        append_only('goods_movement', is_again=True),
        append_only('goods_replacedinvoice'),
    ]
