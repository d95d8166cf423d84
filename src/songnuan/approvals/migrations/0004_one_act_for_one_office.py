"""One act for one office and one for each step; acts and steps are only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0003_acts_have_their_office'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='act',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.UniqueConstraint(fields=('request', 'holder'), name='approvals_act_one_per_office'),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.UniqueConstraint(condition=models.Q(('step__isnull', False)), fields=('request', 'step'), name='approvals_act_one_per_step'),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('step__isnull', True), ('verb', 'request')), models.Q(models.Q(('verb', 'request'), _negated=True), ('step__isnull', False)), _connector='OR'), name='approvals_act_has_step'),
        ),
        migrations.AddConstraint(
            model_name='act',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delegation__isnull', True), ('holder', models.F('person'))), models.Q(('delegation__isnull', False), models.Q(('holder', models.F('person')), _negated=True)), _connector='OR'), name='approvals_act_office'),
        ),
        append_only("approvals_act"),
        append_only("approvals_requeststep"),
        append_only("approvals_chainstep"),
    ]
