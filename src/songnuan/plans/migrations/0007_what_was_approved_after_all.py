"""Mends what the step before marked too widely.

An answer that stands in the text in force was approved with it, whenever it was given. And who had decided
about a request before it knew who wrote its text did so by the rules of that time.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, OuterRef, Q

from songnuan.kernel.append_only import append_only
from songnuan.plans.faults import PlanRefused
from songnuan.plans.yamltext import outline

_CLOSED = append_only("approvals_requestauthor")


def approved_with_the_text(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Take the mark from answers that stand in the version in force."""
    questions = apps.get_model("plans", "Question").objects
    versions = apps.get_model("plans", "PlanVersion").objects
    for plan in apps.get_model("plans", "Plan").objects.filter(
        pk__in=questions.filter(after_approval=True).values("plan")
    ):
        source = versions.filter(plan=plan, number=plan.version).values_list("source", flat=True).first()
        told = questions.filter(plan=plan, after_approval=True, key__in=_answered(source or ""))
        told.update(after_approval=False)


def _answered(source: str) -> list[str]:
    """Return the keys of the questions that the text answers."""
    try:
        data = outline(source).data
    except PlanRefused:
        return []
    asked = data.get("questions") if isinstance(data, dict) else None
    rows = [entry for entry in asked or [] if isinstance(entry, dict)]
    return [str(entry["key"]) for entry in rows if "key" in entry and entry.get("answer")]


def decided_before(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Leave out of the authors of a request who had decided about it: since then no author can."""
    decided = apps.get_model("approvals", "Act").objects.exclude(verb="request")
    same = decided.filter(
        Q(person=OuterRef("person")) | Q(holder=OuterRef("person")), request=OuterRef("request")
    )
    apps.get_model("approvals", "RequestAuthor").objects.filter(Exists(same)).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0007_taken_back_says_by_whom'),
        ('plans', '0006_what_was_so_before'),
    ]

    operations = [
        migrations.RunPython(approved_with_the_text, migrations.RunPython.noop),
        migrations.RunPython(_CLOSED.reverse_code, _CLOSED.code),
        migrations.RunPython(decided_before, migrations.RunPython.noop),
        _CLOSED,
    ]
