from collections.abc import Callable

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.append_only import append_only
from songnuan.kernel.refusing import refusing
from songnuan.kernel.triggers import Triggers

# What holds the table, before and after: SQLite makes a changed table anew, without its triggers.
_KEPT = (
    *("id", "slot_id", "version", "kind", "category", "happened_at", "figures", "reason", "by_id"),
    *("told_at", "device_at", "clock_skew_seconds", "received_at", "key", "digest"),
)
_OF_SLOT = refusing(
    "emergency_situationreport",
    "emergency_report_of_slot",
    """
NOT EXISTS (SELECT 1 FROM emergency_reportslot s
  WHERE s.id = NEW.slot_id AND s.version = NEW.version AND s.status = NEW.kind)
""",
)


def _held(kept: tuple[str, ...]) -> tuple[Triggers, ...]:
    erased = {"words": "NEW.words", "told_by": "NEW.told_by"}
    return _OF_SLOT, append_only("emergency_situationreport", kept=kept, erased=erased)


def _nothing(editor: BaseDatabaseSchemaEditor) -> None:
    """Leave the triggers as they are."""


def _set(kept: tuple[str, ...]) -> Callable[[BaseDatabaseSchemaEditor], None]:
    def again(editor: BaseDatabaseSchemaEditor) -> None:
        for one in _held(kept):
            one.backward(editor)
            one.forward(editor)

    return again


def _drop(editor: BaseDatabaseSchemaEditor) -> None:
    for one in _held(_KEPT):
        one.backward(editor)


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0011_corrected_by_telephone'),
    ]

    operations = [
        Triggers(_nothing, _set(_KEPT)),
        migrations.AddField(
            model_name='situationreport',
            name='checked',
            field=models.JSONField(default=list),
        ),
        Triggers(_set((*_KEPT, 'checked')), _drop),
    ]
