import django.db.models.deletion
import songnuan.kernel.sealed
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only
from songnuan.kernel.frozen import Moves, frozen
from songnuan.kernel.refusing import refusing

# What was said of a step stays as it was once the next one is taken.
_SAID_OTHERWISE = """
(OLD.acknowledged_at IS NOT NULL AND (NEW.acknowledged_at <> OLD.acknowledged_at
  OR NEW.acknowledged_by_id <> OLD.acknowledged_by_id))
OR (OLD.verified_at IS NOT NULL AND (NEW.verified_at <> OLD.verified_at
  OR NEW.verified_by_id <> OLD.verified_by_id OR NEW.is_true <> OLD.is_true))
"""
_LOOKS_BACK = """
NEW.measure_id <> OLD.measure_id OR NEW.period_id <> OLD.period_id OR NEW.changes < OLD.changes
"""

class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0004_situation_reports'),
        ('organisation', '0001_initial'),
        ('plans', '0002_questions_with_choices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_node', models.BooleanField()),
                ('path', models.CharField(max_length=200)),
                ('figure', models.CharField(max_length=40)),
                ('figure_label', models.CharField(max_length=12)),
                ('count', models.PositiveIntegerField()),
                ('expected', models.CharField(max_length=24)),
                ('upper', models.CharField(max_length=24)),
                ('method', models.CharField(choices=[('C1', 'C1'), ('C2', 'C2'), ('C3', 'C3')], max_length=2)),
                ('z', models.CharField(max_length=24)),
                ('least_sd', models.CharField(max_length=24)),
                ('least_complete', models.PositiveSmallIntegerField()),
                ('asked', models.PositiveIntegerField()),
                ('received', models.PositiveIntegerField()),
                ('raised_at', models.DateTimeField()),
                ('now_count', models.PositiveIntegerField(null=True)),
                ('is_over', models.BooleanField(db_default=True, default=True)),
                ('status', models.CharField(choices=[('raised', 'not acknowledged'), ('acknowledged', 'acknowledged'), ('verified', 'verified'), ('closed', 'closed')], db_default='raised', default='raised', max_length=12)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('is_true', models.BooleanField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(choices=[('handled', 'dealt with on the spot'), ('handed_on', 'handed to the superior or disease control'), ('misreported', 'the report was wrong'), ('explained', 'a harmless reason'), ('chance', 'chance')], db_default='', default='', max_length=12)),
                ('closed_at', models.DateTimeField(null=True)),
                ('acknowledged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.reportperiod')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AlertAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('raised', 'raised'), ('reckoned', 'reckoned anew'), ('acknowledged', 'acknowledged it'), ('true', 'verified: a true signal'), ('false', 'verified: a false signal'), ('noted', 'noted'), ('closed', 'closed it')], max_length=12)),
                ('words', songnuan.kernel.sealed.SealedField(null=True)),
                ('count', models.PositiveIntegerField(null=True)),
                ('upper', models.CharField(default='', max_length=24)),
                ('is_over', models.BooleanField(null=True)),
                ('at', models.DateTimeField()),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='emergency.alert')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='WarningLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changes', models.PositiveIntegerField()),
                ('looked_at', models.DateTimeField()),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.reportperiod')),
            ],
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('status', 'closed'), _negated=True), fields=['measure', 'raised_at'], name='emergency_alert_open'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['unit', 'figure', 'period'], name='emergency_alert_series'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('measure', 'period', 'unit', 'is_node', 'figure'), name='emergency_alert_once'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('status', 'raised')), models.Q(('acknowledged_at__gte', models.F('raised_at')), ('acknowledged_by__isnull', False), models.Q(('status', 'raised'), _negated=True)), _connector='OR'), name='emergency_alert_acknowledged'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_true__isnull', True), ('status__in', ['raised', 'acknowledged']), ('verified_at__isnull', True)), models.Q(('is_true__isnull', False), ('status__in', ['verified', 'closed']), ('verified_at__gte', models.F('acknowledged_at')), ('verified_by__isnull', False)), _connector='OR'), name='emergency_alert_verified'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at__isnull', True), ('outcome', '')), models.Q(('closed_at__gte', models.F('verified_at')), ('closed_by__isnull', False), ('is_true', True), ('outcome__in', ['handled', 'handed_on']), ('status', 'closed')), models.Q(('closed_at__gte', models.F('verified_at')), ('closed_by__isnull', False), ('is_true', False), ('outcome__in', ['misreported', 'explained', 'chance']), ('status', 'closed')), _connector='OR'), name='emergency_alert_closed'),
        ),
        migrations.AddConstraint(
            model_name='alertact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', True), ('is_over__isnull', False), ('verb__in', ['raised', 'reckoned'])), models.Q(('by__isnull', False), ('is_over__isnull', True), ('verb', 'acknowledged')), models.Q(('by__isnull', False), ('is_over__isnull', True), ('verb__in', ['true', 'false', 'noted', 'closed']), ('words__isnull', False)), _connector='OR'), name='emergency_alertact_whole'),
        ),
        migrations.AddConstraint(
            model_name='warninglook',
            constraint=models.UniqueConstraint(fields=('measure', 'period'), name='emergency_look_once'),
        ),
        append_only(
            "emergency_alertact",
            kept=("id", "alert_id", "verb", "count", "upper", "is_over", "by_id", "at"),
            erased={"words": "NEW.words"},
        ),
        frozen(
            "emergency_alert",
            kept=(
                *("id", "measure_id", "period_id", "unit_id", "is_node", "path", "figure", "figure_label"),
                *("count", "expected", "upper", "method", "z", "least_sd", "least_complete"),
                *("asked", "received", "raised_at"),
            ),
            emptied={},
            moves=Moves(
                {"raised": ("acknowledged",), "acknowledged": ("verified",), "verified": ("closed",)},
                columns=(
                    *("acknowledged_by_id", "acknowledged_at", "is_true", "verified_by_id", "verified_at"),
                    *("outcome", "closed_by_id", "closed_at"),
                ),
            ),
        ),
        refusing("emergency_alert", "emergency_alert_said", _SAID_OTHERWISE, verb="UPDATE"),
        refusing("emergency_warninglook", "emergency_look_forward", _LOOKS_BACK, verb="UPDATE"),
    ]
