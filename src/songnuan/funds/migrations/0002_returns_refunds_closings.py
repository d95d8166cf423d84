"""Money that goes back, and funds that are closed by two people."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('funds', '0001_earmarked_funds'),
        ('plans', '0007_what_was_approved_after_all'),
        ('records', '0003_longer_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        append_only("funds_entry", is_again=True),
        append_only("funds_posting", is_again=True),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('close', 'closing'), ('reopen', 'reopening')], max_length=8)),
                ('status', models.CharField(choices=[('proposed', 'waits to be confirmed'), ('confirmed', 'confirmed'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], default='proposed', max_length=10)),
                ('left_minor', models.BigIntegerField()),
                ('voucher', models.CharField(default='', max_length=200)),
                ('reason', models.CharField(max_length=400)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('remark', models.CharField(default='', max_length=400)),
                ('entries', models.PositiveIntegerField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='funds_entry_kind',
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='funds_entry_voucher',
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='funds_entry_draws_on',
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='funds_entry_voucher_once',
        ),
        migrations.RemoveConstraint(
            model_name='fund',
            name='funds_fund_not_overdrawn',
        ),
        migrations.RemoveConstraint(
            model_name='fund',
            name='funds_fund_counters_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='posting',
            name='funds_posting_account',
        ),
        migrations.AddField(
            model_name='commitment',
            name='refunded_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='fund',
            name='closed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='fund',
            name='returned_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('appropriate', 'appropriation'), ('commit', 'commitment'), ('release', 'release'), ('disburse', 'disbursement'), ('refund', 'refund'), ('return', 'return'), ('reverse', 'reversal')], max_length=12),
        ),
        migrations.AlterField(
            model_name='posting',
            name='account',
            field=models.CharField(choices=[('source', 'source'), ('available', 'available'), ('committed', 'committed'), ('disbursed', 'disbursed'), ('returned', 'returned')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('disbursed_minor'))), name='funds_commitment_refunded_within_paid'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['appropriate', 'commit', 'release', 'disburse', 'refund', 'return', 'reverse'])), name='funds_entry_kind'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('appropriate', 'disburse', 'refund', 'return')), _negated=True), models.Q(('voucher', ''), _negated=True), _connector='OR'), name='funds_entry_voucher'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('release', 'disburse', 'refund')), _negated=True), ('commitment__isnull', False), _connector='OR'), name='funds_entry_draws_on'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ('appropriate', 'disburse', 'refund', 'return'))), fields=('fund', 'voucher'), name='funds_entry_voucher_once'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('appropriated_minor__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('committed_minor'), '+', models.F('disbursed_minor')), '+', models.F('returned_minor')))), name='funds_fund_not_overdrawn'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('appropriated_minor__gte', 0), ('committed_minor__gte', 0), ('disbursed_minor__gte', 0), ('returned_minor__gte', 0)), name='funds_fund_counters_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='fund',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('appropriated_minor', django.db.models.expressions.CombinedExpression(models.F('disbursed_minor'), '+', models.F('returned_minor'))), ('committed_minor', 0)), _connector='OR'), name='funds_fund_closed_empty'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('account__in', ['source', 'available', 'committed', 'disbursed', 'returned'])), name='funds_posting_account'),
        ),
        migrations.AddField(
            model_name='closing',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='closing',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='closing', to='funds.entry'),
        ),
        migrations.AddField(
            model_name='closing',
            name='fund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='funds.fund'),
        ),
        migrations.AddField(
            model_name='closing',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['close', 'reopen'])), name='funds_closing_step'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='funds_closing_reason'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status', 'proposed')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('status__in', ('confirmed', 'declined')), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), models.Q(('decided_at__isnull', False), ('decided_by', models.F('proposed_by')), ('status', 'withdrawn')), _connector='OR'), name='funds_closing_two_people'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entries__isnull', False), ('status', 'confirmed')), models.Q(models.Q(('status', 'confirmed'), _negated=True), ('entries__isnull', True), ('entry__isnull', True)), _connector='OR'), name='funds_closing_confirmed_whole'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'proposed')), fields=('fund',), name='funds_closing_one_waits'),
        ),
        append_only("funds_entry", is_again=True),
        append_only("funds_posting", is_again=True),
    ]
