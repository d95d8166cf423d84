"""Samples of receipts, what calling back came to, and signs that were looked at."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('goods', '0001_kits_purchases_stock'),
        ('organisation', '0004_calendar_addresses'),
        ('plans', '0007_what_was_approved_after_all'),
        ('visits', '0006_schedules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('compound', models.CharField(default='', max_length=200)),
                ('seed', models.CharField(max_length=64)),
                ('by_lead', models.BooleanField()),
                ('drawn_from', models.TextField()),
                ('population', models.PositiveIntegerField()),
                ('size', models.PositiveIntegerField()),
                ('confidence', models.PositiveSmallIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('drawn_at', models.DateTimeField()),
                ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
        ),
        migrations.CreateModel(
            name='SampleReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('handed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('movement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='goods.movement')),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='visits.sample')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.visit')),
            ],
        ),
        migrations.CreateModel(
            name='ReceiptCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('ok', 'received whole and kept'), ('short', 'something was missing'), ('not_received', 'not received'), ('taken_back', 'taken back or asked for money'), ('not_reached', 'not reached')], max_length=12)),
                ('words', models.TextField(default='')),
                ('happened_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('receipt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='visits.samplereceipt')),
            ],
        ),
        migrations.CreateModel(
            name='FlagNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('remark', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
            options={
                'indexes': [models.Index(fields=['plan', 'key'], name='visits_flag_note_key')],
                'constraints': [models.CheckConstraint(condition=models.Q(('remark', ''), _negated=True), name='visits_flag_note_says')],
            },
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='visits_sample_number_once'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0), ('size__lte', models.F('population'))), name='visits_sample_size'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__in', (80, 90, 95, 99))), name='visits_sample_confidence'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.CheckConstraint(condition=models.Q(('seed', ''), _negated=True), name='visits_sample_seeded'),
        ),
        migrations.AddConstraint(
            model_name='samplereceipt',
            constraint=models.UniqueConstraint(fields=('sample', 'position'), name='visits_sample_place_once'),
        ),
        migrations.AddConstraint(
            model_name='samplereceipt',
            constraint=models.UniqueConstraint(fields=('sample', 'movement'), name='visits_sample_movement_once'),
        ),
        migrations.AddConstraint(
            model_name='receiptcheck',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['ok', 'short', 'not_received', 'taken_back', 'not_reached'])), name='visits_receipt_outcome'),
        ),
        migrations.AddConstraint(
            model_name='receiptcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ('short', 'not_received', 'taken_back')), _negated=True), models.Q(('words', ''), _negated=True), _connector='OR'), name='visits_receipt_amiss_says_what'),
        ),
        migrations.AddConstraint(
            model_name='receiptcheck',
            constraint=models.CheckConstraint(condition=models.Q(('handed_by__isnull', True), models.Q(('by', models.F('handed_by')), _negated=True), _connector='OR'), name='visits_receipt_checked_by_another'),
        ),
        append_only("visits_sample"),
        append_only("visits_samplereceipt"),
        append_only("visits_receiptcheck"),
        append_only("visits_flagnote"),
    ]
