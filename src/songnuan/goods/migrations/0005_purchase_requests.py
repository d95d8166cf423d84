"""Requests for purchases, quotations, and the picture of an invoice."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('funds', '0001_earmarked_funds'),
        ('goods', '0004_every_packet_has_its_lot'),
        ('records', '0003_longer_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Quotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.CharField(max_length=120)),
                ('quoted_on', models.DateField()),
                ('note', models.CharField(default='', max_length=400)),
                ('recorded_at', models.DateTimeField()),
                ('set_aside_at', models.DateTimeField(null=True)),
                ('set_aside_why', models.CharField(default='', max_length=400)),
            ],
        ),
        migrations.CreateModel(
            name='QuotationLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_price_minor', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='RequestLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('most_minor', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='purchase',
            name='invoice_added_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='purchase',
            name='invoice_added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='purchase',
            name='invoice_file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.CreateModel(
            name='PurchaseRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=400)),
                ('total_minor', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('status', models.CharField(choices=[('pending', 'waits for approval'), ('approved', 'approved'), ('returned', 'returned'), ('withdrawn', 'withdrawn'), ('bought', 'bought')], default='pending', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('chosen_at', models.DateTimeField(null=True)),
                ('chosen_why', models.CharField(default='', max_length=400)),
                ('is_compared', models.BooleanField(default=False)),
                ('withdrawn_why', models.CharField(default='', max_length=400)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('chosen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('commitment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.entry')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funds.fund')),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='goods.kit')),
            ],
        ),
        migrations.AddField(
            model_name='purchase',
            name='request',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='goods.purchaserequest'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True)), fields=('invoice_file',), name='goods_purchase_invoice_file_once'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True)), fields=('request',), name='goods_purchase_request_once'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='quotation',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotations', to='goods.purchaserequest'),
        ),
        migrations.AddField(
            model_name='quotation',
            name='set_aside_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='purchaserequest',
            name='chosen',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.quotation'),
        ),
        migrations.AddField(
            model_name='quotationline',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item'),
        ),
        migrations.AddField(
            model_name='quotationline',
            name='quotation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.quotation'),
        ),
        migrations.AddField(
            model_name='requestline',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.item'),
        ),
        migrations.AddField(
            model_name='requestline',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='goods.purchaserequest'),
        ),
        migrations.AddConstraint(
            model_name='quotation',
            constraint=models.UniqueConstraint(condition=models.Q(('set_aside_at__isnull', True)), fields=('request', 'supplier'), name='goods_quotation_supplier_once'),
        ),
        migrations.AddConstraint(
            model_name='quotation',
            constraint=models.CheckConstraint(condition=models.Q(('supplier', ''), _negated=True), name='goods_quotation_supplier_named'),
        ),
        migrations.AddConstraint(
            model_name='quotation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('set_aside_at__isnull', True), ('set_aside_by__isnull', True), ('set_aside_why', '')), models.Q(('set_aside_at__isnull', False), ('set_aside_by__isnull', False), models.Q(('set_aside_why', ''), _negated=True)), _connector='OR'), name='goods_quotation_set_aside_why'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.UniqueConstraint(fields=('fund', 'number'), name='goods_request_number_once'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.UniqueConstraint(fields=('commitment',), name='goods_request_commitment_once'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor__gt', 0)), name='goods_request_total_positive'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='goods_request_says_why'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'withdrawn'), models.Q(('commitment__isnull', True), ('status__in', ('pending', 'returned'))), models.Q(('commitment__isnull', False), ('status__in', ('approved', 'bought'))), _connector='OR'), name='goods_request_funded'),
        ),
        migrations.AddConstraint(
            model_name='purchaserequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('chosen__isnull', True), ('chosen_at__isnull', True), ('chosen_by__isnull', True)), models.Q(('chosen__isnull', False), ('chosen_at__isnull', False), ('chosen_by__isnull', False)), _connector='OR'), name='goods_request_chosen_by'),
        ),
        migrations.AddConstraint(
            model_name='quotationline',
            constraint=models.UniqueConstraint(fields=('quotation', 'item'), name='goods_quotation_line_once'),
        ),
        migrations.AddConstraint(
            model_name='quotationline',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price_minor__gt', 0)), name='goods_quotation_line_positive'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.UniqueConstraint(fields=('request', 'item'), name='goods_request_line_once'),
        ),
        migrations.AddConstraint(
            model_name='requestline',
            constraint=models.CheckConstraint(condition=models.Q(('most_minor__gt', 0), ('quantity__gt', 0)), name='goods_request_line_positive'),
        ),
        append_only('goods_requestline'),
        append_only('goods_quotationline'),
    ]
