"""The earmarked funds; entries and postings are only ever added to."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('plans', '0001_written_plan'),
        ('records', '0001_documents_numbers_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Fund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('granted_minor', models.BigIntegerField()),
                ('appropriated_minor', models.BigIntegerField(default=0)),
                ('committed_minor', models.BigIntegerField(default=0)),
                ('disbursed_minor', models.BigIntegerField(default=0)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.document')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('appropriate', 'appropriation'), ('commit', 'commitment'), ('release', 'release'), ('disburse', 'disbursement'), ('reverse', 'reversal')], max_length=12)),
                ('amount_minor', models.BigIntegerField()),
                ('happened_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('subject', models.CharField(default='', max_length=120)),
                ('clause_key', models.CharField(default='', max_length=60)),
                ('voucher', models.CharField(default='', max_length=200)),
                ('reason', models.CharField(default='', max_length=400)),
                ('commitment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='funds.entry')),
                ('entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reverses', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='funds.entry')),
                ('fund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='funds.fund')),
            ],
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.CharField(choices=[('source', 'source'), ('available', 'available'), ('committed', 'committed'), ('disbursed', 'disbursed')], max_length=12)),
                ('amount_minor', models.BigIntegerField()),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='funds.entry')),
            ],
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('disbursed_minor', models.BigIntegerField(default=0)),
                ('released_minor', models.BigIntegerField(default=0)),
                ('is_reversed', models.BooleanField(default=False)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='rest', to='funds.entry')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gte', django.db.models.expressions.CombinedExpression(models.F('disbursed_minor'), '+', models.F('released_minor')))), name='funds_commitment_not_overdrawn'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('disbursed_minor__gte', 0), ('released_minor__gte', 0)), name='funds_commitment_not_negative'), models.CheckConstraint(condition=models.Q(('is_reversed', False), models.Q(('disbursed_minor', 0), ('released_minor', 0)), _connector='OR'), name='funds_commitment_reversed_unused')],
            },
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.UniqueConstraint(fields=('plan', 'document'), name='funds_fund_once'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('appropriated_minor__gte', django.db.models.expressions.CombinedExpression(models.F('committed_minor'), '+', models.F('disbursed_minor')))), name='funds_fund_not_overdrawn'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('appropriated_minor__lte', models.F('granted_minor'))), name='funds_fund_within_document'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('appropriated_minor__gte', 0), ('committed_minor__gte', 0), ('disbursed_minor__gte', 0)), name='funds_fund_counters_not_negative'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['subject'], name='funds_entry_subject'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['appropriate', 'commit', 'release', 'disburse', 'reverse'])), name='funds_entry_kind'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='funds_entry_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('appropriate', 'disburse')), _negated=True), models.Q(('voucher', ''), _negated=True), _connector='OR'), name='funds_entry_voucher'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('release', 'disburse')), _negated=True), ('commitment__isnull', False), _connector='OR'), name='funds_entry_draws_on'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reverse'), ('reverses__isnull', False), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('kind', 'reverse'), _negated=True), ('reverses__isnull', True)), _connector='OR'), name='funds_entry_reversal_whole'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(fields=('reverses',), name='funds_entry_reversed_once'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ('appropriate', 'disburse'))), fields=('fund', 'voucher'), name='funds_entry_voucher_once'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('account__in', ['source', 'available', 'committed', 'disbursed'])), name='funds_posting_account'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='funds_posting_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.UniqueConstraint(fields=('entry', 'account'), name='funds_posting_once'),
        ),
        append_only('funds_entry'),
        append_only('funds_posting'),
    ]
