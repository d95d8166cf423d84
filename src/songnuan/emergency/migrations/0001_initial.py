import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only
from songnuan.kernel.frozen import Moves, frozen
from songnuan.kernel.refusing import refusing

# Who ends is who holds the authority, and it passes by an accepted handover alone.
_ENDS_OTHERS = """
NEW.status = 'ended' AND OLD.status = 'active' AND NOT EXISTS (
  SELECT 1 FROM emergency_member m WHERE m.id = OLD.holder_id AND m.user_id = NEW.ended_by_id)
"""
_TAKES_IT = """
NEW.holder_id <> OLD.holder_id AND NOT EXISTS (
  SELECT 1 FROM emergency_handover h
  WHERE h.activation_id = NEW.id AND h.successor_id = NEW.holder_id AND h.giver_id = OLD.holder_id
    AND h.status = 'accepted')
"""
_ANOTHER = """
NEW.user_id <> OLD.user_id OR NEW.measure_id <> OLD.measure_id OR NEW.position <> OLD.position
  OR NEW.starts_on <> OLD.starts_on
"""
_OTHER_ORDER = """
NEW.measure_id <> OLD.measure_id OR NEW.asks <> OLD.asks OR NEW.issuer <> OLD.issuer
  OR NEW.number <> OLD.number OR NEW.text <> OLD.text OR NEW.received_at <> OLD.received_at
  OR COALESCE(NEW.activation_id, 0) <> COALESCE(OLD.activation_id, 0)
  OR COALESCE(NEW.successor_id, 0) <> COALESCE(OLD.successor_id, 0)
  OR OLD.answered_at IS NOT NULL
"""
_OTHER_STAND_IN = """
NEW.absent_id <> OLD.absent_id OR NEW.member_id <> OLD.member_id OR NEW.starts_at <> OLD.starts_at
  OR NEW.ends_at <> OLD.ends_at OR NEW.reason <> OLD.reason OR OLD.ended_at IS NOT NULL
"""
_STARTS_OTHERS = """
NEW.status <> 'active' OR NEW.holder_id <> NEW.issued_as_id OR NOT EXISTS (
  SELECT 1 FROM emergency_member m
  WHERE m.id = NEW.issued_as_id AND m.user_id = NEW.issued_by_id AND m.measure_id = NEW.measure_id)
"""
_AFTER_THE_END = """
EXISTS (SELECT 1 FROM emergency_activation a WHERE a.id = NEW.activation_id AND a.status <> 'active')
  AND NEW.verb NOT IN ('stand_down', 'note')
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('plans', '0002_questions_with_choices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.CharField(choices=[('leader', 'leader'), ('deputy', 'deputy leader'), ('member', 'member')], max_length=8)),
                ('turn', models.PositiveSmallIntegerField()),
                ('duty', models.CharField(default='', max_length=120)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('appointed_at', models.DateTimeField()),
                ('appointed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Activation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_drill', models.BooleanField()),
                ('year', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveIntegerField()),
                ('code', models.CharField(max_length=20)),
                ('level', models.CharField(max_length=40)),
                ('level_label', models.CharField(max_length=60)),
                ('scope', models.CharField(max_length=400)),
                ('reason', models.TextField()),
                ('issued_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('active', 'in force'), ('ended', 'stood down')], db_default='active', default='active', max_length=8)),
                ('end_serial', models.PositiveIntegerField(null=True)),
                ('end_year', models.PositiveSmallIntegerField(null=True)),
                ('end_reason', models.TextField(default='')),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('issued_as', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('stands_for', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asks', models.CharField(choices=[('activate', 'to activate the plan'), ('end', 'to end the response'), ('successor', 'that somebody else may end it'), ('other', 'something else')], max_length=10)),
                ('way', models.CharField(choices=[('document', 'as a document'), ('phone', 'by telephone'), ('meeting', 'at a meeting')], max_length=10)),
                ('issuer', models.CharField(max_length=120)),
                ('number', models.CharField(default='', max_length=60)),
                ('text', models.TextField()),
                ('received_at', models.DateTimeField()),
                ('received_where', models.CharField(default='', max_length=120)),
                ('due_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(default='')),
                ('activation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.activation')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('successor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
            ],
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('offered', 'offered, not answered yet'), ('accepted', 'accepted'), ('declined', 'declined'), ('taken_back', 'taken back')], db_default='offered', default='offered', max_length=10)),
                ('reason', models.TextField()),
                ('offered_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('activation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.activation')),
                ('offered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.order')),
            ],
        ),
        migrations.CreateModel(
            name='ActivationAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('activate', 'set in motion'), ('level', 'changed the level'), ('go_on', 'assessed: it goes on'), ('end_it', 'assessed: it should end'), ('offer', 'offered the authority to end it'), ('accept', 'accepted the authority to end it'), ('decline', 'declined the authority to end it'), ('take_back', 'took the offer back'), ('ordered_end', 'took in an order to end it'), ('ordered_successor', 'took in an order that names a successor'), ('stand_down', 'stood it down'), ('note', 'noted')], max_length=20)),
                ('level', models.CharField(default='', max_length=40)),
                ('level_label', models.CharField(default='', max_length=60)),
                ('words', models.TextField(default='')),
                ('happened_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('activation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='emergency.activation')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('as_member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('other', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.order')),
            ],
        ),
        migrations.AddField(
            model_name='activation',
            name='end_order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.order'),
        ),
        migrations.AddField(
            model_name='activation',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.order'),
        ),
        migrations.CreateModel(
            name='StandIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=400)),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('absent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.member')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('measure', 'user'), name='emergency_member_once'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True), ('position', 'leader')), fields=('measure',), name='emergency_member_one_leader'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('position__in', ['leader', 'deputy', 'member'])), name='emergency_member_position'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='emergency_member_period'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['measure', 'due_at'], name='emergency_order_open'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('measure', 'issuer', 'number'), name='emergency_order_once'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issuer', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='emergency_order_whole'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('received_at__lte', models.F('recorded_at'))), name='emergency_order_times'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('activation__isnull', False), ('asks', 'successor'), ('successor__isnull', False)), models.Q(('activation__isnull', False), ('asks', 'end'), ('successor__isnull', True)), models.Q(('asks__in', ['activate', 'other']), ('successor__isnull', True)), _connector='OR'), name='emergency_order_asks'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='emergency_order_answer'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'offered')), fields=('activation',), name='emergency_handover_one'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('giver', models.F('successor')), _negated=True), name='emergency_handover_other'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='emergency_handover_reason'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('status', 'offered')), models.Q(models.Q(('status', 'offered'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='emergency_handover_answered'),
        ),
        migrations.AddIndex(
            model_name='activationact',
            index=models.Index(fields=['activation', 'id'], name='emergency_act_activation'),
        ),
        migrations.AddConstraint(
            model_name='activationact',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['activate', 'level', 'go_on', 'end_it', 'offer', 'accept', 'decline', 'take_back', 'ordered_end', 'ordered_successor', 'stand_down', 'note'])), name='emergency_act_verb'),
        ),
        migrations.AddConstraint(
            model_name='activationact',
            constraint=models.CheckConstraint(condition=models.Q(('happened_at__lte', models.F('at'))), name='emergency_act_times'),
        ),
        migrations.AddConstraint(
            model_name='activationact',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['accept', 'take_back']), models.Q(('words', ''), _negated=True), _connector='OR'), name='emergency_act_words'),
        ),
        migrations.AddConstraint(
            model_name='activation',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'active')), fields=('measure', 'is_drill'), name='emergency_activation_one'),
        ),
        migrations.AddConstraint(
            model_name='activation',
            constraint=models.UniqueConstraint(fields=('measure', 'is_drill', 'year', 'serial'), name='emergency_activation_number'),
        ),
        migrations.AddConstraint(
            model_name='activation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_order__isnull', True), ('end_reason', ''), ('end_serial__isnull', True), ('end_year__isnull', True), ('ended_at__isnull', True), ('ended_by__isnull', True), ('status', 'active')), models.Q(('end_serial__isnull', False), ('end_year__isnull', False), ('ended_at__gte', models.F('issued_at')), ('ended_by__isnull', False), ('status', 'ended'), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='emergency_activation_end'),
        ),
        migrations.AddConstraint(
            model_name='activation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('scope', ''), _negated=True), models.Q(('level', ''), _negated=True), ('serial__gt', 0)), name='emergency_activation_whole'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('absent', models.F('member')), _negated=True), name='emergency_standin_other'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='emergency_standin_period'),
        ),
        migrations.AddConstraint(
            model_name='standin',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='emergency_standin_reason'),
        ),
        append_only("emergency_activationact"),
        frozen(
            "emergency_activation",
            kept=(
                *("id", "measure_id", "is_drill", "year", "serial", "code", "scope", "reason", "order_id"),
                *("issued_by_id", "issued_as_id", "stands_for_id", "issued_at"),
            ),
            emptied={},
            moves=Moves(
                {"active": ("ended",)},
                columns=(
                    *("level", "level_label", "holder_id", "end_serial", "end_year", "end_order_id"),
                    *("end_reason", "ended_by_id", "ended_at"),
                ),
                until="active",
            ),
        ),
        frozen(
            "emergency_handover",
            kept=(
                *("id", "activation_id", "giver_id", "successor_id", "order_id", "reason"),
                *("offered_by_id", "offered_at"),
            ),
            emptied={},
            moves=Moves({"offered": ("accepted", "declined", "taken_back")}, columns=("answered_at",)),
        ),
        refusing("emergency_member", "emergency_member_kept", _ANOTHER, verb="UPDATE"),
        refusing("emergency_member", "emergency_member_stays", "1 = 1", verb="DELETE"),
        refusing("emergency_order", "emergency_order_kept", _OTHER_ORDER, verb="UPDATE"),
        refusing("emergency_order", "emergency_order_stays", "1 = 1", verb="DELETE"),
        refusing("emergency_standin", "emergency_standin_kept", _OTHER_STAND_IN, verb="UPDATE"),
        refusing("emergency_standin", "emergency_standin_stays", "1 = 1", verb="DELETE"),
        refusing("emergency_activation", "emergency_activation_signed", _STARTS_OTHERS),
        refusing("emergency_activation", "emergency_activation_ended", _ENDS_OTHERS, verb="UPDATE"),
        refusing("emergency_activation", "emergency_activation_held", _TAKES_IT, verb="UPDATE"),
        refusing("emergency_activationact", "emergency_act_of_active", _AFTER_THE_END),
    ]
