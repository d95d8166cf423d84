"""Visits, who took part, inspections made on the way and problems raised."""

import django.db.models.deletion
import songnuan.kernel.sealed
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '__first__'),
        ('plans', '__first__'),
        ('records', '__first__'),
        ('tasks', '0001_obligations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_on', models.DateField(null=True)),
                ('due_on', models.DateField()),
                ('status', models.CharField(choices=[('planned', 'to do'), ('recorded', 'done')], default='planned', max_length=10)),
                ('form', models.CharField(choices=[('on_site', 'visit on site'), ('delivery', 'goods left at the gate'), ('call', 'telephone or video call')], default='', max_length=10)),
                ('form_reason', models.TextField(default='')),
                ('happened_at', models.DateTimeField(null=True)),
                ('device_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('clock_skew_seconds', models.IntegerField(default=0)),
                ('prevention', models.CharField(choices=[('good', 'carried out well'), ('partial', 'partly carried out'), ('weak', 'weak')], default='', max_length=10)),
                ('prevention_note', models.TextField(default='')),
                ('conditions', models.TextField(default='')),
                ('receiver_name', songnuan.kernel.sealed.SealedField(default='')),
                ('confirmed_by_name', models.BooleanField(default=False)),
                ('late', models.BooleanField(default=False)),
                ('late_entry', models.BooleanField(default=False)),
                ('late_reason', models.TextField(default='')),
                ('late_approved', models.BooleanField(default=False)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.measure')),
                ('planned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
        ),
        migrations.CreateModel(
            name='InspectionResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item_key', models.CharField(max_length=60)),
                ('result', models.CharField(choices=[('pass', 'in order'), ('fail', 'not in order'), ('na', 'does not apply')], max_length=4)),
                ('note', models.TextField(default='')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspection', to='visits.visit')),
            ],
        ),
        migrations.CreateModel(
            name='VisitMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='visits.visit')),
            ],
        ),
        migrations.CreateModel(
            name='VisitProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.TextField(default='')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.task')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='visits.visit')),
            ],
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['measure', 'status', 'planned_on'], name='visits_visit_progress'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['lead', 'status', 'planned_on'], name='visits_visit_lead'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['received_at', 'id'], name='visits_visit_feed'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('measure', 'unit'), name='visits_visit_one_per_unit'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('happened_at__isnull', True), ('late', False), ('late_entry', False), ('received_at__isnull', True), ('status', 'planned')), models.Q(('form__in', ['on_site', 'delivery', 'call']), ('happened_at__isnull', False), ('prevention__in', ['good', 'partial', 'weak']), ('received_at__isnull', False), ('status', 'recorded')), _connector='OR'), name='visits_visit_recorded_whole'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['', 'on_site']), models.Q(('form_reason', ''), _negated=True), _connector='OR'), name='visits_visit_other_form_says_why'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('planned_on__isnull', True), ('planned_on__lte', models.F('due_on')), models.Q(('late_reason', ''), _negated=True), _connector='OR'), name='visits_visit_late_plan_says_why'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('late_approved', False), ('planned_on__gt', models.F('due_on')), _connector='OR'), name='visits_visit_approved_late_plan'),
        ),
        migrations.AddConstraint(
            model_name='inspectionresult',
            constraint=models.UniqueConstraint(fields=('visit', 'item_key'), name='visits_inspection_item_once'),
        ),
        migrations.AddConstraint(
            model_name='inspectionresult',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ['pass', 'fail', 'na'])), name='visits_inspection_result'),
        ),
        migrations.AddConstraint(
            model_name='visitmember',
            constraint=models.UniqueConstraint(fields=('visit', 'position'), name='visits_member_place_once'),
        ),
        migrations.AddConstraint(
            model_name='visitproblem',
            constraint=models.UniqueConstraint(fields=('task',), name='visits_problem_task_once'),
        ),
    ]
