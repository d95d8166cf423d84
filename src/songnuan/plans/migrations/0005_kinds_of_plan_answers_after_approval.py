"""Kinds of plan, answers given after the approval, amendments sent back to be changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0004_calendar_addresses'),
        ('plans', '0004_every_question_has_its_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='amendment',
            name='sent_back_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='amendment',
            name='sent_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='amendment',
            name='sent_back_why',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='plan',
            name='kind',
            field=models.CharField(choices=[('care', 'care and condolence'), ('emergency', 'emergency response'), ('resumption', 'return to work and school'), ('relief', 'relief of hardship'), ('recognition', 'recognition'), ('other', 'other')], default='other', max_length=20),
        ),
        migrations.AddField(
            model_name='question',
            name='after_approval',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_back_at__isnull', True), ('sent_back_by__isnull', True), ('sent_back_why', '')), models.Q(('sent_back_at__isnull', False), models.Q(('sent_back_why', ''), _negated=True)), _connector='OR'), name='plans_amendment_sent_back'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['care', 'emergency', 'resumption', 'relief', 'recognition', 'other'])), name='plans_plan_kind'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('after_approval', False), ('answered_at__isnull', False), _connector='OR'), name='plans_question_after_approval'),
        ),
    ]
