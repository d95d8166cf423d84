from django.db import migrations, models

from songnuan.kernel.triggers import set_aside

_ASIDE, _BACK = set_aside("emergency_")


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0010_telephone_and_drills'),
    ]

    operations = [
        _ASIDE,
        migrations.RemoveConstraint(
            model_name='situationreport',
            name='emergency_report_told',
        ),
        migrations.AddConstraint(
            model_name='situationreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('told_at__isnull', True), ('told_by__isnull', True)), models.Q(('told_at__isnull', False), ('told_by__isnull', False)), _connector='OR'), name='emergency_report_told'),
        ),
        _BACK,
    ]
