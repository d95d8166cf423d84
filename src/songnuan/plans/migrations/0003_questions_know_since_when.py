"""Each question says since when it is asked: since the first version of its plan whose text has its key."""

from datetime import datetime

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.plans.faults import PlanRefused
from songnuan.plans.yamltext import outline


def look_up(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Read the versions of the plans that have questions; where no text has the key, the latest one counts."""
    questions = apps.get_model("plans", "Question").objects
    versions = apps.get_model("plans", "PlanVersion").objects
    for plan_id in questions.order_by("plan_id").values_list("plan_id", flat=True).distinct():
        first: dict[str, datetime] = {}
        latest = None
        of_plan = versions.filter(plan_id=plan_id).order_by("number").values_list("source", "created_at")
        for source, latest in of_plan.iterator(chunk_size=20):
            for key in _keys(source):
                first.setdefault(key, latest)
        for question in questions.filter(plan_id=plan_id):
            question.asked_at = first.get(question.key, latest)
            question.save(update_fields=["asked_at"])


def _keys(source: str) -> list[str]:
    """Return the keys of the questions in the text of a version."""
    try:
        data = outline(source).data
    except PlanRefused:
        return []
    asked = data.get("questions") if isinstance(data, dict) else None
    return [str(entry["key"]) for entry in asked or [] if isinstance(entry, dict) and "key" in entry]


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0002_amendments'),
    ]

    operations = [
        migrations.AddField(
            model_name='question',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(look_up, migrations.RunPython.noop),
    ]
