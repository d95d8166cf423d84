"""Corrected reports keep the earlier ones; photos, positions, later receipts, chases, leaders' visits."""

import django.db.models.deletion
import songnuan.kernel.sealed
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0004_calendar_addresses'),
        ('plans', '0007_what_was_approved_after_all'),
        ('records', '0003_longer_titles'),
        ('tasks', '0003_an_item_goes_to_another_unit'),
        ('visits', '0007_samples_of_receipts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LaterReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('receiver_name', songnuan.kernel.sealed.SealedField()),
                ('confirmed_by_name', models.BooleanField(default=False)),
                ('signed_for', models.TextField()),
                ('signed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='LeaderVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leader_name', models.CharField(max_length=60)),
                ('leader_post', models.CharField(max_length=60)),
                ('happened_at', models.DateTimeField(null=True)),
                ('company', models.TextField(default='')),
                ('found', models.TextField(default='')),
                ('goods', models.TextField(default='')),
                ('recorded_at', models.DateTimeField()),
                ('late_entry', models.BooleanField(default=False)),
                ('before_plan', models.BooleanField(default=False)),
                ('entry_reason', models.TextField(default='')),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdraw_reason', models.TextField(default='')),
            ],
        ),
        migrations.CreateModel(
            name='LeaderVisitProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='LeaderVisitUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='ReportVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('report', models.JSONField()),
                ('receiver_name', songnuan.kernel.sealed.SealedField(default='')),
                ('confirmed_by_name', models.BooleanField(default=False)),
                ('signed_for', models.TextField(default='')),
                ('written_at', models.DateTimeField()),
                ('reason', models.TextField(default='')),
            ],
        ),
        migrations.CreateModel(
            name='VisitChase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('chased_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='VisitPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('added_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='VisitPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', songnuan.kernel.sealed.SealedField()),
            ],
        ),
        migrations.AddField(
            model_name='visit',
            name='corrected_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='visit',
            name='corrected_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visit',
            name='correction_reason',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='visit',
            name='short_reason',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='visit',
            name='signed_for',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='visit',
            name='version',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected_at__isnull', True), ('correction_reason', ''), ('version', 1)), models.Q(('corrected_at__isnull', False), ('status', 'recorded'), ('version__gt', 1), models.Q(('correction_reason', ''), _negated=True)), _connector='OR'), name='visits_visit_correction_says_why'),
        ),
        migrations.AddField(
            model_name='laterreceipt',
            name='signature',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='laterreceipt',
            name='visit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='later_receipt', to='visits.visit'),
        ),
        migrations.AddField(
            model_name='leadervisit',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.plan'),
        ),
        migrations.AddField(
            model_name='leadervisit',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='leadervisit',
            name='visit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leader_visits', to='visits.visit'),
        ),
        migrations.AddField(
            model_name='leadervisit',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='leadervisitproblem',
            name='leader_visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='visits.leadervisit'),
        ),
        migrations.AddField(
            model_name='leadervisitproblem',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.task'),
        ),
        migrations.AddField(
            model_name='leadervisitunit',
            name='leader_visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='visits.leadervisit'),
        ),
        migrations.AddField(
            model_name='leadervisitunit',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit'),
        ),
        migrations.AddField(
            model_name='reportversion',
            name='signature',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='reportversion',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='visits.visit'),
        ),
        migrations.AddField(
            model_name='reportversion',
            name='written_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visitchase',
            name='chased_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visitchase',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chases', to='visits.visit'),
        ),
        migrations.AddField(
            model_name='visitphoto',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visitphoto',
            name='picture',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='visitphoto',
            name='thumbnail',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.storedfile'),
        ),
        migrations.AddField(
            model_name='visitphoto',
            name='visit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='visits.visit'),
        ),
        migrations.AddField(
            model_name='visitposition',
            name='visit',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='device_position', to='visits.visit'),
        ),
        migrations.AddConstraint(
            model_name='laterreceipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_by_name', False), ('signature__isnull', False)), models.Q(('confirmed_by_name', True), ('signature__isnull', True)), _connector='OR'), name='visits_later_receipt_signed'),
        ),
        migrations.AddIndex(
            model_name='leadervisit',
            index=models.Index(fields=['plan', 'recorded_at'], name='visits_leader_visit_list'),
        ),
        migrations.AddConstraint(
            model_name='leadervisit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('company', ''), ('found', ''), ('happened_at__isnull', True), ('visit__isnull', False)), models.Q(('happened_at__isnull', False), ('visit__isnull', True), models.Q(('found', ''), _negated=True)), _connector='OR'), name='visits_leader_visit_whole'),
        ),
        migrations.AddConstraint(
            model_name='leadervisit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('late_entry', True), models.Q(('entry_reason', ''), _negated=True)), models.Q(('before_plan', False), ('entry_reason', ''), ('late_entry', False)), _connector='OR'), name='visits_leader_visit_late_entry_says_why'),
        ),
        migrations.AddConstraint(
            model_name='leadervisit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdraw_reason', ''), ('withdrawn_at__isnull', True)), models.Q(('withdrawn_at__isnull', False), models.Q(('withdraw_reason', ''), _negated=True)), _connector='OR'), name='visits_leader_visit_withdrawn_says_why'),
        ),
        migrations.AddConstraint(
            model_name='leadervisit',
            constraint=models.UniqueConstraint(condition=models.Q(('visit__isnull', False), ('withdrawn_at__isnull', True)), fields=('visit', 'leader_name'), name='visits_leader_visit_once'),
        ),
        migrations.AddConstraint(
            model_name='leadervisitproblem',
            constraint=models.UniqueConstraint(fields=('task',), name='visits_leader_problem_task_once'),
        ),
        migrations.AddConstraint(
            model_name='leadervisitunit',
            constraint=models.UniqueConstraint(fields=('leader_visit', 'unit'), name='visits_leader_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='reportversion',
            constraint=models.UniqueConstraint(fields=('visit', 'number'), name='visits_version_once'),
        ),
        migrations.AddConstraint(
            model_name='visitchase',
            constraint=models.UniqueConstraint(fields=('visit', 'day'), name='visits_chase_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='visitphoto',
            constraint=models.UniqueConstraint(fields=('visit', 'position'), name='visits_photo_place_once'),
        ),
        migrations.AddConstraint(
            model_name='visitphoto',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 6)), name='visits_photo_few'),
        ),
        append_only("visits_reportversion"),
    ]
