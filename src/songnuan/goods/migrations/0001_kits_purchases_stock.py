"""Kits, purchases and stock; purchase lines and movements are only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('funds', '0001_earmarked_funds'),
        ('organisation', '0001_units_people_posts_pairs'),
        ('plans', '0001_written_plan'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('packing', models.CharField(max_length=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'packing'), name='goods_item_once')],
            },
        ),
        migrations.CreateModel(
            name='Kit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('standard_minor', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=0)),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.fund')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
            ],
        ),
        migrations.CreateModel(
            name='KitLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item')),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.kit')),
            ],
        ),
        migrations.CreateModel(
            name='Movement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('receive', 'received'), ('send_back', 'sent back'), ('hand_over', 'handed over')], max_length=10)),
                ('happened_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('subject', models.CharField(default='', max_length=120)),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='goods.kit')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
        ),
        migrations.CreateModel(
            name='MovementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=40)),
                ('quantity', models.BigIntegerField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item')),
                ('movement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.movement')),
            ],
        ),
        migrations.CreateModel(
            name='Purchase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('supplier', models.CharField(max_length=120)),
                ('invoice_number', models.CharField(max_length=60)),
                ('bought_on', models.DateField()),
                ('total_minor', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('reason_late', models.CharField(default='', max_length=400)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancel_reason', models.CharField(default='', max_length=400)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.entry')),
                ('disbursement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.entry')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.fund')),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='goods.kit')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='movement',
            name='purchase',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='goods.purchase'),
        ),
        migrations.CreateModel(
            name='PurchaseLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('unit_price_minor', models.BigIntegerField()),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item')),
                ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.purchase')),
            ],
        ),
        migrations.CreateModel(
            name='StockLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=40)),
                ('quantity', models.BigIntegerField(default=0)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item')),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='goods.kit')),
            ],
        ),
        migrations.AddConstraint(
            model_name='kit',
            constraint=models.UniqueConstraint(fields=('measure',), name='goods_kit_once'),
        ),
        migrations.AddConstraint(
            model_name='kit',
            constraint=models.CheckConstraint(condition=models.Q(('standard_minor__gt', 0)), name='goods_kit_standard_positive'),
        ),
        migrations.AddConstraint(
            model_name='kitline',
            constraint=models.UniqueConstraint(fields=('kit', 'item'), name='goods_kit_line_once'),
        ),
        migrations.AddConstraint(
            model_name='kitline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='goods_kit_line_quantity'),
        ),
        migrations.AddConstraint(
            model_name='movementline',
            constraint=models.UniqueConstraint(fields=('movement', 'item', 'place'), name='goods_movement_line_once'),
        ),
        migrations.AddConstraint(
            model_name='movementline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity', 0), _negated=True), name='goods_movement_line_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(fields=('fund', 'number'), name='goods_purchase_number_once'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True)), fields=('fund', 'supplier', 'invoice_number'), name='goods_purchase_invoice_once'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(fields=('commitment',), name='goods_purchase_commitment_once'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(fields=('disbursement',), name='goods_purchase_disbursement_once'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor__gt', 0)), name='goods_purchase_total_positive'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('supplier', ''), _negated=True), models.Q(('invoice_number', ''), _negated=True)), name='goods_purchase_invoice_named'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at__isnull', True)), models.Q(('cancelled_at__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='goods_purchase_cancelled_why'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'hand_over')), fields=('kit', 'unit'), name='goods_movement_one_kit_per_unit'),
        ),
        migrations.AddConstraint(
            model_name='movement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'hand_over'), ('purchase__isnull', True), ('unit__isnull', False)), models.Q(('kind__in', ('receive', 'send_back')), ('purchase__isnull', False), ('unit__isnull', True)), _connector='OR'), name='goods_movement_kind'),
        ),
        migrations.AddConstraint(
            model_name='purchaseline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_price_minor__gt', 0)), name='goods_purchase_line_positive'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.UniqueConstraint(fields=('kit', 'item', 'place'), name='goods_level_once'),
        ),
        migrations.AddConstraint(
            model_name='stocklevel',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='goods_level_not_negative'),
        ),
        append_only('goods_purchaseline'),
        append_only('goods_movement'),
        append_only('goods_movementline'),
    ]
