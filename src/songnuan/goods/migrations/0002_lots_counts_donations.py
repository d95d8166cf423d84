"""Lots, stock counts, disposals and donations."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songnuan.kernel.sealed
from songnuan.kernel.append_only import append_only

HELD = [append_only("goods_movement"), append_only("goods_movementline")]
# Nothing is refused until every packet has its lot.
LIFTED = [migrations.RunPython(held.reverse_code, held.code) for held in HELD]


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0001_kits_purchases_stock'),
        ('organisation', '0004_calendar_addresses'),
        ('plans', '0007_what_was_approved_after_all'),
        ('records', '0003_longer_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *LIFTED,
        migrations.CreateModel(
            name='Count',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('counting', 'being counted'), ('waiting', 'differences wait for a decision'), ('agreed', 'agrees with the books'), ('accepted', 'differences accepted'), ('recount', 'to be counted again')], default='counting', max_length=10)),
                ('counted_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(default='', max_length=400)),
            ],
        ),
        migrations.CreateModel(
            name='CountLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('booked', models.BigIntegerField()),
                ('counted', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Disposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('waiting', 'waits for a decision'), ('accepted', 'disposed of'), ('returned', 'not allowed')], default='waiting', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(default='', max_length=400)),
            ],
        ),
        migrations.CreateModel(
            name='Donation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('donor', models.CharField(max_length=120)),
                ('donor_kind', models.CharField(choices=[('organisation', 'organisation'), ('person', 'person')], max_length=12)),
                ('donated_on', models.DateField()),
                ('valuation', models.CharField(choices=[('invoiced', 'by invoice'), ('estimated', 'estimated')], max_length=10)),
                ('total_minor', models.BigIntegerField()),
                ('receiver_name', songnuan.kernel.sealed.SealedField(default='')),
                ('recorded_at', models.DateTimeField()),
                ('late_entry', models.BooleanField(default=False)),
                ('before_plan', models.BooleanField(default=False)),
                ('reason_late', models.CharField(default='', max_length=400)),
            ],
        ),
        migrations.CreateModel(
            name='DonationLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('unit_value_minor', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('happened_on', models.DateField()),
                ('receiver_name', songnuan.kernel.sealed.SealedField(default='')),
                ('confirmed_by_name', models.BooleanField(default=False)),
                ('recorded_at', models.DateTimeField()),
                ('late_entry', models.BooleanField(default=False)),
                ('reason_late', models.CharField(default='', max_length=400)),
            ],
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(default='', max_length=60)),
                ('expires_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Store',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='movement',
            name='goods_movement_kind',
        ),
        migrations.RemoveConstraint(
            model_name='movementline',
            name='goods_movement_line_once',
        ),
        migrations.RemoveConstraint(
            model_name='stocklevel',
            name='goods_level_once',
        ),
        migrations.AddField(
            model_name='kitline',
            name='expires',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='movement',
            name='reason',
            field=models.CharField(default='', max_length=400),
        ),
        migrations.AddField(
            model_name='movement',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='movement',
            name='kind',
            field=models.CharField(choices=[('receive', 'received'), ('send_back', 'sent back'), ('hand_over', 'handed over'), ('donate', 'donated'), ('issue', 'distributed'), ('count', 'corrected by a stock count'), ('dispose', 'disposed of')], max_length=10),
        ),
        migrations.AlterField(
            model_name='movement',
            name='kit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='goods.kit'),
        ),
        migrations.AddIndex(
            model_name='movement',
            index=models.Index(fields=['subject'], name='goods_movement_subject'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'hand_over'), ('kit__isnull', False), ('purchase__isnull', True), ('unit__isnull', False)), models.Q(('kind__in', ('receive', 'send_back')), ('kit__isnull', False), ('purchase__isnull', False), ('unit__isnull', True)), models.Q(('kind', 'issue'), ('kit__isnull', True), ('purchase__isnull', True), ('unit__isnull', False)), models.Q(('kind__in', ('donate', 'count', 'dispose')), ('kit__isnull', True), ('purchase__isnull', True), ('unit__isnull', True)), _connector='OR'), name='goods_movement_kind'),
        ),
        migrations.AddField(
            model_name='count',
            name='counted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='count',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='count',
            name='started_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='countline',
            name='count',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.count'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='donation',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='donation',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='donationline',
            name='donation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.donation'),
        ),
        migrations.AddField(
            model_name='donationline',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item'),
        ),
        migrations.AddField(
            model_name='issue',
            name='donation',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issue', to='goods.donation'),
        ),
        migrations.AddField(
            model_name='issue',
            name='movement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='issue', to='goods.movement'),
        ),
        migrations.AddField(
            model_name='issue',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='issue',
            name='signature',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='issue',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='lot',
            name='gift',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='goods.donationline'),
        ),
        migrations.AddField(
            model_name='lot',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item'),
        ),
        migrations.AddField(
            model_name='lot',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='goods.purchaseline'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='lot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disposals', to='goods.lot'),
        ),
        migrations.AddField(
            model_name='countline',
            name='lot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.lot'),
        ),
        migrations.AddField(
            model_name='movementline',
            name='lot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.lot'),
        ),
        migrations.AddField(
            model_name='stocklevel',
            name='lot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='goods.lot'),
        ),
        migrations.AddField(
            model_name='store',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan'),
        ),
        migrations.AddField(
            model_name='lot',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='goods.store'),
        ),
        migrations.AddField(
            model_name='issue',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='goods.store'),
        ),
        migrations.AddField(
            model_name='donation',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='donations', to='goods.store'),
        ),
        migrations.AddField(
            model_name='count',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='goods.store'),
        ),
        migrations.AddConstraint(
            model_name='donationline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_value_minor__gt', 0)), name='goods_donation_line_positive'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('lot',), name='goods_disposal_one_waits'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), models.Q(('reason', ''), _negated=True)), name='goods_disposal_of_something'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status', 'waiting')), models.Q(models.Q(('status', 'waiting'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='goods_disposal_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='countline',
            constraint=models.UniqueConstraint(fields=('count', 'lot'), name='goods_count_line_once'),
        ),
        migrations.AddConstraint(
            model_name='countline',
            constraint=models.CheckConstraint(condition=models.Q(('booked__gte', 0), models.Q(('counted__isnull', True), ('counted__gte', 0), _connector='OR')), name='goods_count_line_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.UniqueConstraint(fields=('plan',), name='goods_store_once'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.UniqueConstraint(condition=models.Q(('expires_on__isnull', False)), fields=('line', 'number', 'expires_on'), name='goods_lot_once'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.UniqueConstraint(condition=models.Q(('expires_on__isnull', True)), fields=('line', 'number'), name='goods_lot_undated_once'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.UniqueConstraint(fields=('gift',), name='goods_lot_of_gift_once'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gift__isnull', True), ('line__isnull', False)), models.Q(('gift__isnull', False), ('line__isnull', True)), _connector='OR'), name='goods_lot_origin'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('signature__isnull', False), ('confirmed_by_name', True), _connector='OR'), name='goods_issue_signed'),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('late_entry', False), models.Q(('reason_late', ''), _negated=True), _connector='OR'), name='goods_issue_late_entry_says_why'),
        ),
        migrations.AddConstraint(
            model_name='donation',
            constraint=models.UniqueConstraint(fields=('store', 'number'), name='goods_donation_number_once'),
        ),
        migrations.AddConstraint(
            model_name='donation',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 0), ('total_minor__gt', 0), models.Q(('donor', ''), _negated=True)), name='goods_donation_named'),
        ),
        migrations.AddConstraint(
            model_name='donation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('before_plan', False), ('late_entry', False)), models.Q(('reason_late', ''), _negated=True), _connector='OR'), name='goods_donation_late_entry_says_why'),
        ),
        migrations.AddConstraint(
            model_name='count',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('counting', 'waiting'))), fields=('store',), name='goods_count_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='count',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counted_at__isnull', True), ('counted_by__isnull', True), ('status', 'counting')), models.Q(models.Q(('status', 'counting'), _negated=True), ('counted_at__isnull', False), ('counted_by__isnull', False)), _connector='OR'), name='goods_count_counted_whole'),
        ),
        migrations.AddConstraint(
            model_name='count',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ('accepted', 'recount')), models.Q(('reason', ''), _negated=True), models.Q(('decided_by', models.F('started_by')), _negated=True), models.Q(('decided_by', models.F('counted_by')), _negated=True)), models.Q(models.Q(('status__in', ('accepted', 'recount')), _negated=True), ('decided_at__isnull', True), ('decided_by__isnull', True), ('reason', '')), _connector='OR'), name='goods_count_decided_by_another'),
        ),
        migrations.AlterField(
            model_name='movementline',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item'),
        ),
        migrations.AlterField(
            model_name='stocklevel',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item'),
        ),
        migrations.AlterField(
            model_name='stocklevel',
            name='kit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='goods.kit'),
        ),
    ]
