from django.db import migrations, models

from songnuan.kernel.refusing import refusing
from songnuan.kernel.triggers import Triggers


def _changed(*columns: str) -> str:
    """Return that one of the columns changes, with NULL as a value like another."""
    return " OR ".join(
        f"NEW.{one} <> OLD.{one} OR (NEW.{one} IS NULL) <> (OLD.{one} IS NULL)" for one in columns
    )


_MUSTER = "SELECT 1 FROM emergency_muster m WHERE m.id = NEW.muster_id"
_CLOSED = f"EXISTS ({_MUSTER} AND m.closed_at IS NOT NULL)"
_OTHER = ("excused_at", "absent_at")
_TOLD = _changed("arrived_at", "way", "device_at", "checked_in_by_id", *_OTHER)
_IN_TIME = f"EXISTS ({_MUSTER} AND NEW.device_at BETWEEN m.called_at AND m.closed_at)"
# What was put down while the muster ran comes in later: somebody was there of whom nothing was known.
_FRESH = "OLD.arrived_at IS NULL AND NEW.arrived_at IS NOT NULL"
_ARRIVES = f"{_FRESH} AND {_IN_TIME} AND NOT ({_changed(*_OTHER)})"
_entries = ("emergency_musterentry", "emergency_musterentry_of_open")
_KEPT = f"({_CLOSED}) AND ({_TOLD})"
_before = refusing(*_entries, _KEPT, verb="UPDATE")
_after = refusing(*_entries, f"{_KEPT} AND NOT ({_ARRIVES})", verb="UPDATE")


def _instead(before: Triggers, after: Triggers) -> Triggers:
    """Return the operation that puts a trigger in the place of one of the same name."""

    def forward(editor):
        before.backward(editor)
        after.forward(editor)

    def backward(editor):
        after.backward(editor)
        before.forward(editor)

    return Triggers(forward, backward)


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0013_returnees_and_screening_chased'),
    ]

    operations = [
        migrations.AddField(
            model_name='reportcount',
            name='staff',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='reportcount',
            name='staffed',
            field=models.PositiveIntegerField(null=True),
        ),
        _instead(_before, _after),
    ]
