import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import songnuan.kernel.sealed
from songnuan.kernel.append_only import append_only
from songnuan.kernel.frozen import Moves, frozen
from songnuan.kernel.refusing import refusing

# What a unit reported first stays on time, or late, for ever; versions come one after another.
_ANOTHER_FIRST = """
OLD.version > 0 AND (NEW.received_at <> OLD.received_at OR NEW.is_late <> OLD.is_late)
"""
_SKIPS = "NEW.version NOT IN (OLD.version, OLD.version + 1)"
_BESIDE_ITS_SLOT = """
NOT EXISTS (SELECT 1 FROM emergency_reportslot s
  WHERE s.id = NEW.slot_id AND s.version = NEW.version AND s.status = NEW.kind)
"""
_SENT_OTHERWISE = """
OLD.status <> 'made' AND (NEW.sent_at <> OLD.sent_at OR NEW.sent_by_id <> OLD.sent_by_id
  OR NEW.sent_way <> OLD.sent_way)
"""
_COUNTS_OTHERS = """
NEW.period_id <> OLD.period_id OR NEW.node_id <> OLD.node_id OR NEW.depth <> OLD.depth
  OR NEW.lane <> OLD.lane OR NEW.expected <> OLD.expected OR NEW.changes < OLD.changes
"""
_EXCUSES_OTHERS = """
NEW.measure_id <> OLD.measure_id OR NEW.unit_id <> OLD.unit_id OR NEW.first_on <> OLD.first_on
  OR NEW.last_on <> OLD.last_on OR NEW.reason <> OLD.reason OR NEW.by_id <> OLD.by_id OR NEW.at <> OLD.at
  OR OLD.withdrawn_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0003_muster'),
        ('organisation', '0001_initial'),
        ('plans', '0002_questions_with_choices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField()),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
            ],
        ),
        migrations.CreateModel(
            name='ReportPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('changes', models.PositiveIntegerField()),
                ('missing', models.JSONField(default=list)),
                ('words', models.CharField(max_length=1000)),
                ('is_by_office', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='emergency.reportperiod')),
            ],
        ),
        migrations.CreateModel(
            name='ReportCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('depth', models.PositiveSmallIntegerField()),
                ('lane', models.PositiveSmallIntegerField()),
                ('expected', models.PositiveIntegerField()),
                ('excused', models.PositiveIntegerField(default=0)),
                ('received', models.PositiveIntegerField(default=0)),
                ('on_time', models.PositiveIntegerField(default=0)),
                ('zero', models.PositiveIntegerField(default=0)),
                ('event', models.PositiveIntegerField(default=0)),
                ('corrected', models.PositiveIntegerField(default=0)),
                ('changes', models.PositiveIntegerField(default=0)),
                ('above', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='emergency.reportperiod')),
            ],
        ),
        migrations.CreateModel(
            name='ReportSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=200)),
                ('depth', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('open', 'not reported'), ('zero', 'all safe'), ('event', 'event')], db_default='open', default='open', max_length=6)),
                ('version', models.PositiveIntegerField(db_default=0, default=0)),
                ('received_at', models.DateTimeField(null=True)),
                ('is_late', models.BooleanField(db_default=False, default=False)),
                ('is_excused', models.BooleanField(db_default=False, default=False)),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='emergency.reportperiod')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
        ),
        migrations.CreateModel(
            name='ReportChase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('notice', 'by a notice'), ('phone', 'by telephone')], max_length=6)),
                ('words', models.CharField(default='', max_length=400)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chases', to='emergency.reportslot')),
            ],
        ),
        migrations.CreateModel(
            name='ReportSummary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('number', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=200)),
                ('superior', models.CharField(max_length=120)),
                ('snapshot', songnuan.kernel.sealed.SealedField()),
                ('digest', models.CharField(max_length=64)),
                ('changes', models.PositiveIntegerField()),
                ('due_at', models.DateTimeField()),
                ('made_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('made', 'made, not sent yet'), ('sent', 'sent, receipt not in yet'), ('received', 'received by the superior')], db_default='made', default='made', max_length=8)),
                ('sent_at', models.DateTimeField(null=True)),
                ('sent_way', models.CharField(default='', max_length=60)),
                ('received_at', models.DateTimeField(null=True)),
                ('received_by', models.CharField(default='', max_length=60)),
                ('receipt_number', models.CharField(default='', max_length=60)),
                ('receipt_entered_at', models.DateTimeField(null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='summaries', to='emergency.reportperiod')),
                ('receipt_entered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SituationReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('open', 'not reported'), ('zero', 'all safe'), ('event', 'event')], max_length=6)),
                ('category', models.CharField(choices=[('health', 'somebody is unwell'), ('contact', 'contact with a case'), ('supply', 'supplies run short'), ('safety', 'accident or safety'), ('public', 'public concern'), ('other', 'something else')], default='', max_length=10)),
                ('happened_at', models.DateTimeField(null=True)),
                ('figures', models.JSONField(default=dict)),
                ('words', songnuan.kernel.sealed.SealedField(null=True)),
                ('reason', models.CharField(default='', max_length=400)),
                ('device_at', models.DateTimeField(null=True)),
                ('clock_skew_seconds', models.IntegerField(default=0)),
                ('received_at', models.DateTimeField()),
                ('key', models.UUIDField(unique=True)),
                ('digest', models.CharField(max_length=64)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='emergency.reportslot')),
            ],
        ),
        migrations.CreateModel(
            name='ReportExcuse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('reason', models.CharField(max_length=400)),
                ('at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_why', models.CharField(default='', max_length=400)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['measure', 'unit'], name='emergency_excuse_stands')],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_on__gte', models.F('first_on')), models.Q(('reason', ''), _negated=True)), name='emergency_excuse_whole'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_why', '')), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_why', ''), _negated=True)), _connector='OR'), name='emergency_excuse_withdrawn')],
            },
        ),
        migrations.AddConstraint(
            model_name='reportperiod',
            constraint=models.UniqueConstraint(fields=('measure', 'starts_at'), name='emergency_period_once'),
        ),
        migrations.AddConstraint(
            model_name='reportperiod',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('starts_at')), ('ends_at__gte', models.F('due_at'))), name='emergency_period_order'),
        ),
        migrations.AddConstraint(
            model_name='reportpart',
            constraint=models.UniqueConstraint(fields=('period', 'node', 'version'), name='emergency_part_once'),
        ),
        migrations.AddConstraint(
            model_name='reportpart',
            constraint=models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='emergency_part_words'),
        ),
        migrations.AddIndex(
            model_name='reportcount',
            index=models.Index(fields=['node', 'period'], name='emergency_count_node'),
        ),
        migrations.AddConstraint(
            model_name='reportcount',
            constraint=models.UniqueConstraint(fields=('period', 'node', 'depth', 'lane'), name='emergency_count_once'),
        ),
        migrations.AddConstraint(
            model_name='reportcount',
            constraint=models.CheckConstraint(condition=models.Q(('on_time__lte', models.F('received')), ('received__lte', django.db.models.expressions.CombinedExpression(models.F('expected'), '-', models.F('excused'))), ('excused__lte', models.F('expected')), ('corrected__lte', django.db.models.expressions.CombinedExpression(models.F('zero'), '+', models.F('event'))), ('zero__lte', django.db.models.expressions.CombinedExpression(models.F('expected'), '-', models.F('event')))), name='emergency_count_within'),
        ),
        migrations.AddIndex(
            model_name='reportslot',
            index=models.Index(fields=['unit', 'period'], name='emergency_slot_unit'),
        ),
        migrations.AddIndex(
            model_name='reportslot',
            index=models.Index(fields=['period', 'parent'], name='emergency_slot_parent'),
        ),
        migrations.AddConstraint(
            model_name='reportslot',
            constraint=models.UniqueConstraint(fields=('period', 'unit'), name='emergency_slot_once'),
        ),
        migrations.AddConstraint(
            model_name='reportslot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_late', False), ('received_at__isnull', True), ('status', 'open'), ('version', 0)), models.Q(('received_at__isnull', False), ('status__in', ['zero', 'event']), ('version__gt', 0)), _connector='OR'), name='emergency_slot_whole'),
        ),
        migrations.AddConstraint(
            model_name='reportslot',
            constraint=models.CheckConstraint(condition=models.Q(('depth__gt', 0)), name='emergency_slot_below'),
        ),
        migrations.AddConstraint(
            model_name='reportchase',
            constraint=models.CheckConstraint(condition=models.Q(('way', 'notice'), models.Q(('way', 'phone'), models.Q(('words', ''), _negated=True)), _connector='OR'), name='emergency_chase_words'),
        ),
        migrations.AddConstraint(
            model_name='reportsummary',
            constraint=models.UniqueConstraint(fields=('period', 'version'), name='emergency_summary_once'),
        ),
        migrations.AddConstraint(
            model_name='reportsummary',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('received_at__isnull', True), ('sent_at__isnull', True), ('status', 'made')), models.Q(('received_at__isnull', True), ('sent_at__isnull', False), ('sent_by__isnull', False), ('status', 'sent')), models.Q(('receipt_entered_at__gte', models.F('received_at')), ('receipt_entered_by__isnull', False), ('received_at__gte', models.F('sent_at')), ('sent_at__isnull', False), ('status', 'received'), models.Q(('received_by', ''), _negated=True)), _connector='OR'), name='emergency_summary_whole'),
        ),
        migrations.AddConstraint(
            model_name='situationreport',
            constraint=models.UniqueConstraint(fields=('slot', 'version'), name='emergency_report_once'),
        ),
        migrations.AddConstraint(
            model_name='situationreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', ''), ('happened_at__isnull', True), ('kind', 'zero'), ('words__isnull', True)), models.Q(('category__in', ['health', 'contact', 'supply', 'safety', 'public', 'other']), ('happened_at__isnull', False), ('kind', 'event'), ('words__isnull', False)), _connector='OR'), name='emergency_report_whole'),
        ),
        migrations.AddConstraint(
            model_name='situationreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('version', 1)), models.Q(('version__gt', 1), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='emergency_report_reason'),
        ),
        append_only("emergency_reportperiod"),
        append_only("emergency_reportpart"),
        append_only("emergency_reportchase"),
        # The words may be sealed anew under another key; the digest tells whether they are the same.
        append_only(
            "emergency_situationreport",
            kept=(
                *("id", "slot_id", "version", "kind", "category", "happened_at", "figures", "reason", "by_id"),
                *("device_at", "clock_skew_seconds", "received_at", "key", "digest"),
            ),
            erased={"words": "NEW.words"},
        ),
        frozen(
            "emergency_reportslot",
            kept=("id", "period_id", "unit_id", "parent_id", "path", "depth"),
            emptied={},
            moves=Moves(
                {"open": ("zero", "event"), "zero": ("zero", "event"), "event": ("zero", "event")},
                columns=("version", "received_at", "is_late"),
            ),
        ),
        frozen(
            "emergency_reportsummary",
            kept=(
                *("id", "period_id", "version", "number", "title", "superior", "digest", "changes"),
                *("due_at", "made_by_id", "made_at"),
            ),
            emptied={},
            moves=Moves(
                {"made": ("sent",), "sent": ("received",)},
                columns=(
                    *("sent_at", "sent_way", "sent_by_id", "received_at", "received_by"),
                    *("receipt_number", "receipt_entered_by_id", "receipt_entered_at"),
                ),
            ),
        ),
        refusing("emergency_reportslot", "emergency_slot_first", _ANOTHER_FIRST, verb="UPDATE"),
        refusing("emergency_reportslot", "emergency_slot_next", _SKIPS, verb="UPDATE"),
        refusing("emergency_situationreport", "emergency_report_of_slot", _BESIDE_ITS_SLOT),
        refusing("emergency_reportsummary", "emergency_summary_sent", _SENT_OTHERWISE, verb="UPDATE"),
        refusing("emergency_reportcount", "emergency_count_place", _COUNTS_OTHERS, verb="UPDATE"),
        refusing("emergency_reportexcuse", "emergency_excuse_said", _EXCUSES_OTHERS, verb="UPDATE"),
    ]
