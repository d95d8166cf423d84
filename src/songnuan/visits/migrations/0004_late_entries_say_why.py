"""Late entries say why; with those made before anybody was asked stands that nobody was."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NOT_ASKED = "（补录时系统尚未要求填写原因）"


def say_so(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("visits", "Visit").objects.filter(late_entry=True).update(entry_reason=NOT_ASKED)


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0003_later_days_are_allowed'),
    ]

    operations = [
        migrations.AddField(
            model_name='visit',
            name='before_plan',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='visit',
            name='entry_reason',
            field=models.TextField(default=''),
        ),
        migrations.RunPython(say_so, migrations.RunPython.noop),
    ]
