"""Days after the deadline are asked for; what waited in the visits themselves until now is put up as such."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

from songnuan.kernel.clock import wall


def put_up(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Turn a day after the deadline that nobody allowed into one that waits; which day stood is not known."""
    visits = apps.get_model("visits", "Visit").objects.filter(
        status="planned", planned_on__gt=F("due_on"), late_approved=False
    )
    later_days = apps.get_model("visits", "LaterDay").objects
    for visit in visits.iterator():
        later_days.create(
            visit=visit,
            day=visit.planned_on,
            reason=visit.late_reason,
            asked_by_id=visit.planned_by_id,
            asked_at=wall(),
        )
    visits.update(planned_on=None, planned_by=None, late_reason="")


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0001_units_people_posts_pairs'),
        ('visits', '0001_visits_and_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LaterDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('waiting', 'waiting for approval'), ('allowed', 'allowed'), ('returned', 'returned'), ('withdrawn', 'withdrawn')], default='waiting', max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('remark', models.TextField(default='')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='later_days', to='visits.visit')),
            ],
            options={
                'indexes': [models.Index(fields=['status', 'asked_at', 'id'], name='visits_later_day_status')],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('visit',), name='visits_later_day_one_waiting'),
                    models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('status', 'waiting')), models.Q(('decided_at__isnull', False), ('status__in', ('allowed', 'returned', 'withdrawn'))), _connector='OR'), name='visits_later_day_decided'),
                    models.CheckConstraint(condition=models.Q(('status__in', ('waiting', 'withdrawn')), ('asked_by__isnull', True), ('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='visits_later_day_not_by_oneself'),
                    models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(models.Q(('status', 'returned'), _negated=True), models.Q(('remark', ''), _negated=True), _connector='OR')), name='visits_later_day_says_why'),
                ],
            },
        ),
        migrations.RunPython(put_up, migrations.RunPython.noop),
    ]
