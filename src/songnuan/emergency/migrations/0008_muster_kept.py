from django.db import migrations, models

from songnuan.kernel.append_only import append_only
from songnuan.kernel.refusing import refusing
from songnuan.kernel.triggers import Triggers

_CLOSED = "EXISTS (SELECT 1 FROM emergency_muster m WHERE m.id = NEW.muster_id AND m.closed_at IS NOT NULL)"


def _changed(*columns: str) -> str:
    """Return that one of the columns changes, with NULL as a value like another."""
    return " OR ".join(
        f"NEW.{one} <> OLD.{one} OR (NEW.{one} IS NULL) <> (OLD.{one} IS NULL)" for one in columns
    )


# What is sealed may be sealed anew under another key, and be emptied when its time is over.
_TOLD = _changed("arrived_at", "way", "device_at", "checked_in_by_id", "excused_at", "absent_at")
_KEPT = f"({_CLOSED}) AND ({_TOLD})"
_LINE = f"""
{_changed("tree_id", "position", "section", "user_id", "caller_id")}
OR (NEW.phone_index <> OLD.phone_index AND NEW.phone_index <> '')
OR (OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NULL OR NEW.erased_at <> OLD.erased_at))
"""
_MUSTER = f"""
{_changed("activation_id", "tree_id", "number", "place", "due_at", "escalate_minutes", "code")}
OR {_changed("called_by_id", "called_at")}
OR (OLD.closed_at IS NOT NULL AND ({_changed("closed_at", "closed_by_id")}))
"""
_entries = ("emergency_musterentry", "emergency_musterentry_of_open")
_before, _after = (refusing(*_entries, one, verb="UPDATE") for one in (_CLOSED, _KEPT))


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
        ('emergency', '0007_screening'),
    ]

    operations = [
        migrations.AddField(
            model_name='callline',
            name='erased_at',
            field=models.DateTimeField(null=True),
        ),
        _instead(_before, _after),
        refusing("emergency_callline", "emergency_callline_kept", _LINE, verb="UPDATE"),
        refusing("emergency_muster", "emergency_muster_kept", _MUSTER, verb="UPDATE"),
        append_only(
            "emergency_callnote",
            is_again=True,
            kept=("id", "entry_id", "outcome", "by_id", "at"),
            erased={"words": "'—'"},
        ),
    ]
