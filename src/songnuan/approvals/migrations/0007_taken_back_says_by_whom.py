"""What was taken back says when and by whom, and nothing else does."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0006_who_took_requests_back'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='request',
            name='approvals_request_withdrawn',
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True), ('withdrawn_why', '')), _connector='OR'), name='approvals_request_withdrawn'),
        ),
    ]
