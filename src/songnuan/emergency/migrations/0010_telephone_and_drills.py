from collections.abc import Callable

import songnuan.kernel.sealed
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from songnuan.kernel.append_only import append_only
from songnuan.kernel.refusing import refusing
from songnuan.kernel.triggers import Triggers

# What holds the tables, before and after: SQLite makes a changed table anew, without its triggers.
_KEPT = (
    *("id", "slot_id", "version", "kind", "category", "happened_at", "figures", "reason", "by_id"),
    *("device_at", "clock_skew_seconds", "received_at", "key", "digest"),
)
_BOTH = (
    append_only("emergency_reportperiod"),
    refusing(
        "emergency_situationreport",
        "emergency_report_of_slot",
        """
NOT EXISTS (SELECT 1 FROM emergency_reportslot s
  WHERE s.id = NEW.slot_id AND s.version = NEW.version AND s.status = NEW.kind)
""",
    ),
)
_BEFORE = (*_BOTH, append_only("emergency_situationreport", kept=_KEPT, erased={"words": "NEW.words"}))
# The words and the name may be sealed anew under another key; the digest tells whether they are the same.
_AFTER = (
    *_BOTH,
    append_only(
        "emergency_situationreport",
        kept=(*_KEPT, "told_at"),
        erased={"words": "NEW.words", "told_by": "NEW.told_by"},
    ),
)


def _nothing(editor: BaseDatabaseSchemaEditor) -> None:
    """Leave the triggers as they are."""


def _set(held: tuple[Triggers, ...]) -> Callable[[BaseDatabaseSchemaEditor], None]:
    def again(editor: BaseDatabaseSchemaEditor) -> None:
        for one in held:
            one.backward(editor)
            one.forward(editor)

    return again


def _drop(editor: BaseDatabaseSchemaEditor) -> None:
    for one in _AFTER:
        one.backward(editor)


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0009_order_tasks'),
    ]

    operations = [
        Triggers(_nothing, _set(_BEFORE)),
        migrations.RemoveConstraint(
            model_name='reportperiod',
            name='emergency_period_once',
        ),
        migrations.AddField(
            model_name='reportperiod',
            name='is_drill',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='situationreport',
            name='told_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='situationreport',
            name='told_by',
            field=songnuan.kernel.sealed.SealedField(null=True),
        ),
        migrations.AddConstraint(
            model_name='reportperiod',
            constraint=models.UniqueConstraint(fields=('measure', 'starts_at', 'is_drill'), name='emergency_period_once'),
        ),
        migrations.AddConstraint(
            model_name='situationreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('told_at__isnull', True), ('told_by__isnull', True)), models.Q(('told_at__isnull', False), ('told_by__isnull', False), ('version', 1)), _connector='OR'), name='emergency_report_told'),
        ),
        Triggers(_set(_AFTER), _drop),
    ]
