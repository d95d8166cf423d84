"""Teams, hours, times of planned visits, and proposals of who visits whom when."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0005_districts'),
        ('plans', '0007_what_was_approved_after_all'),
        ('records', '0003_longer_titles'),
        ('visits', '0005_late_entries_are_held'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='visit',
            name='break_reason',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='visit',
            name='pinned',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='visit',
            name='planned_minutes',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='planned_start',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='ScheduleProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('solver', 'solver'), ('greedy', 'greedy')], max_length=6)),
                ('is_best', models.BooleanField()),
                ('cost', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
        ),
        migrations.CreateModel(
            name='ScheduleSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visit_minutes', models.PositiveSmallIntegerField(default=45)),
                ('near_minutes', models.PositiveSmallIntegerField(default=20)),
                ('far_minutes', models.PositiveSmallIntegerField(default=60)),
                ('opens', models.PositiveSmallIntegerField(default=540)),
                ('closes', models.PositiveSmallIntegerField(default=1020)),
                ('rest_begins', models.PositiveSmallIntegerField(default=720, null=True)),
                ('rest_ends', models.PositiveSmallIntegerField(default=810, null=True)),
                ('most', models.PositiveSmallIntegerField(default=4)),
                ('plan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
        ),
        migrations.CreateModel(
            name='UnitHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekdays', models.CharField(max_length=7)),
                ('opens', models.PositiveSmallIntegerField()),
                ('closes', models.PositiveSmallIntegerField()),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
            ],
        ),
        migrations.CreateModel(
            name='VisitTeam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('car', models.CharField(choices=[('own', 'a car of its own'), ('shared', "the lead office's car, shared"), ('none', 'no car, own district only')], default='own', max_length=6)),
                ('seats', models.PositiveSmallIntegerField(default=5)),
                ('starts', models.PositiveSmallIntegerField()),
                ('ends', models.PositiveSmallIntegerField()),
                ('most', models.PositiveSmallIntegerField()),
                ('is_active', models.BooleanField(default=True)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
            ],
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='visits.visitteam')),
            ],
        ),
        migrations.CreateModel(
            name='ProposedVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('day', models.DateField(null=True)),
                ('start', models.PositiveSmallIntegerField(null=True)),
                ('minutes', models.PositiveSmallIntegerField()),
                ('why', models.CharField(default='', max_length=20)),
                ('taken_at', models.DateTimeField(null=True)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.visit')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='visits.scheduleproposal')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.visitteam')),
            ],
        ),
        migrations.AddField(
            model_name='visit',
            name='planned_team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.visitteam'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('planned_minutes__isnull', True), ('planned_start__isnull', True)), models.Q(('planned_minutes__isnull', False), ('planned_on__isnull', False), ('planned_start__isnull', False)), _connector='OR'), name='visits_visit_time_has_day'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('pinned', False), ('planned_on__isnull', False), _connector='OR'), name='visits_visit_pinned_to_day'),
        ),
        migrations.AddConstraint(
            model_name='schedulesettings',
            constraint=models.CheckConstraint(condition=models.Q(('closes__lte', 1440), ('opens__lt', models.F('closes'))), name='visits_schedule_day'),
        ),
        migrations.AddConstraint(
            model_name='schedulesettings',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rest_begins__isnull', True), ('rest_ends__isnull', True)), ('rest_begins__lt', models.F('rest_ends')), _connector='OR'), name='visits_schedule_rest'),
        ),
        migrations.AddConstraint(
            model_name='schedulesettings',
            constraint=models.CheckConstraint(condition=models.Q(('most__gt', 0), ('visit_minutes__gt', 0)), name='visits_schedule_some_visits'),
        ),
        migrations.AddConstraint(
            model_name='unithours',
            constraint=models.CheckConstraint(condition=models.Q(('closes__lte', 1440), ('opens__lt', models.F('closes')), models.Q(('weekdays', ''), _negated=True)), name='visits_unit_hours'),
        ),
        migrations.AddConstraint(
            model_name='visitteam',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('plan', 'lead', 'name'), name='visits_team_name'),
        ),
        migrations.AddConstraint(
            model_name='visitteam',
            constraint=models.CheckConstraint(condition=models.Q(('ends__lte', 1440), ('most__gt', 0), ('seats__gt', 0), ('starts__lt', models.F('ends'))), name='visits_team_day'),
        ),
        migrations.AddConstraint(
            model_name='visitteam',
            constraint=models.CheckConstraint(condition=models.Q(('car__in', ['own', 'shared', 'none'])), name='visits_team_car'),
        ),
        migrations.AddConstraint(
            model_name='teammember',
            constraint=models.UniqueConstraint(fields=('plan', 'user'), name='visits_team_member_once'),
        ),
        migrations.AddConstraint(
            model_name='proposedvisit',
            constraint=models.UniqueConstraint(fields=('proposal', 'visit'), name='visits_proposed_once'),
        ),
        migrations.AddConstraint(
            model_name='proposedvisit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('day__isnull', False), ('start__isnull', False), ('why', '')), models.Q(('day__isnull', True), ('start__isnull', True), ('taken_at__isnull', True), models.Q(('why', ''), _negated=True)), _connector='OR'), name='visits_proposed_or_why'),
        ),
    ]
