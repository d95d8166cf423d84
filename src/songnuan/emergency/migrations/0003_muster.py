import django.db.models.deletion
import songnuan.kernel.sealed
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only
from songnuan.kernel.refusing import refusing

# Who came first came: a check-in is never taken back nor made another.
_ARRIVED = """
OLD.arrived_at IS NOT NULL AND (
  NEW.arrived_at IS NULL OR NEW.arrived_at <> OLD.arrived_at OR NEW.way <> OLD.way
  OR COALESCE(NEW.checked_in_by_id, 0) <> COALESCE(OLD.checked_in_by_id, 0)
  OR NEW.line_id <> OLD.line_id OR NEW.muster_id <> OLD.muster_id)
"""
_CLOSED = """
EXISTS (SELECT 1 FROM emergency_muster m WHERE m.id = NEW.muster_id AND m.closed_at IS NOT NULL)
"""
_STRAY = """
NOT EXISTS (
  SELECT 1 FROM emergency_muster m JOIN emergency_callline l ON l.tree_id = m.tree_id
  WHERE m.id = NEW.muster_id AND l.id = NEW.line_id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0002_after_action'),
        ('plans', '0002_questions_with_choices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CallTree',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('lines', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
            ],
        ),
        migrations.CreateModel(
            name='CallLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('name', songnuan.kernel.sealed.SealedField()),
                ('phone', songnuan.kernel.sealed.SealedField(null=True)),
                ('phone_index', models.CharField(default='', max_length=64)),
                ('section', models.CharField(default='', max_length=120)),
                ('caller', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='emergency.callline')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tree', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='emergency.calltree')),
            ],
        ),
        migrations.CreateModel(
            name='Muster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('place', models.CharField(max_length=200)),
                ('due_at', models.DateTimeField()),
                ('escalate_minutes', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=40, unique=True)),
                ('called_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('activation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.activation')),
                ('called_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tree', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.calltree')),
            ],
        ),
        migrations.CreateModel(
            name='MusterEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('arrived_at', models.DateTimeField(null=True)),
                ('way', models.CharField(blank=True, choices=[('code', 'by the code at the place'), ('account', 'with their account'), ('deputy', 'by somebody else')], default='', max_length=8)),
                ('device_at', models.DateTimeField(null=True)),
                ('position', songnuan.kernel.sealed.SealedField(null=True)),
                ('excused_at', models.DateTimeField(null=True)),
                ('absent_at', models.DateTimeField(null=True)),
                ('checked_in_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.callline')),
                ('muster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='emergency.muster')),
            ],
        ),
        migrations.CreateModel(
            name='CallNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('coming', 'reached, is coming'), ('not_reached', 'not reached'), ('excused', 'is excused'), ('absent', 'reached, does not come')], max_length=12)),
                ('words', models.CharField(default='', max_length=400)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='emergency.musterentry')),
            ],
        ),
        migrations.AddConstraint(
            model_name='calltree',
            constraint=models.UniqueConstraint(fields=('measure', 'number'), name='emergency_calltree_once'),
        ),
        migrations.AddConstraint(
            model_name='calltree',
            constraint=models.CheckConstraint(condition=models.Q(('lines__gt', 0), ('number__gt', 0)), name='emergency_calltree_whole'),
        ),
        migrations.AddConstraint(
            model_name='callline',
            constraint=models.UniqueConstraint(fields=('tree', 'position'), name='emergency_callline_place'),
        ),
        migrations.AddConstraint(
            model_name='callline',
            constraint=models.UniqueConstraint(condition=models.Q(('phone_index', ''), _negated=True), fields=('tree', 'phone_index'), name='emergency_callline_phone'),
        ),
        migrations.AddConstraint(
            model_name='callline',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('tree', 'user'), name='emergency_callline_user'),
        ),
        migrations.AddConstraint(
            model_name='callline',
            constraint=models.CheckConstraint(condition=models.Q(('caller__isnull', True), models.Q(('caller', models.F('id')), _negated=True), _connector='OR'), name='emergency_callline_other'),
        ),
        migrations.AddConstraint(
            model_name='callline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('phone__isnull', True), ('phone_index', '')), models.Q(('phone__isnull', False), models.Q(('phone_index', ''), _negated=True)), _connector='OR'), name='emergency_callline_indexed'),
        ),
        migrations.AddConstraint(
            model_name='muster',
            constraint=models.UniqueConstraint(fields=('activation', 'number'), name='emergency_muster_number'),
        ),
        migrations.AddConstraint(
            model_name='muster',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('activation',), name='emergency_muster_one'),
        ),
        migrations.AddConstraint(
            model_name='muster',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('called_at')), models.Q(('place', ''), _negated=True), ('escalate_minutes__gt', 0)), name='emergency_muster_whole'),
        ),
        migrations.AddConstraint(
            model_name='muster',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='emergency_muster_closed'),
        ),
        migrations.AddConstraint(
            model_name='musterentry',
            constraint=models.UniqueConstraint(fields=('muster', 'line'), name='emergency_musterentry_once'),
        ),
        migrations.AddConstraint(
            model_name='musterentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('arrived_at__isnull', True), ('checked_in_by__isnull', True), ('device_at__isnull', True), ('position__isnull', True), ('way', '')), models.Q(('arrived_at__isnull', False), ('checked_in_by__isnull', False), ('way', 'deputy')), models.Q(('arrived_at__isnull', False), ('checked_in_by__isnull', True), ('way__in', ['code', 'account'])), _connector='OR'), name='emergency_musterentry_arrived'),
        ),
        migrations.AddIndex(
            model_name='callnote',
            index=models.Index(fields=['entry', 'id'], name='emergency_callnote_entry'),
        ),
        migrations.AddConstraint(
            model_name='callnote',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['coming', 'not_reached']), models.Q(('outcome__in', ['excused', 'absent']), models.Q(('words', ''), _negated=True)), _connector='OR'), name='emergency_callnote_reason'),
        ),
        append_only("emergency_calltree"),
        append_only("emergency_callnote"),
        refusing("emergency_musterentry", "emergency_musterentry_kept", _ARRIVED, verb="UPDATE"),
        refusing("emergency_musterentry", "emergency_musterentry_of_open", _CLOSED, verb="UPDATE"),
        refusing("emergency_musterentry", "emergency_musterentry_stray", _STRAY),
    ]
