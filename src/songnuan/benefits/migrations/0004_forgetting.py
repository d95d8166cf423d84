from django.db import migrations

from songnuan.kernel.append_only import append_only
from songnuan.kernel.triggers import Triggers

_REASONS = append_only(
    "benefits_findingdecision",
    is_again=True,
    kept=(
        *("id", "measure_id", "payee_id", "qualifier_id", "kind", "other", "facts", "verb"),
        *("decided_by_id", "decided_at"),
    ),
    erased={"reason": "'—'"},
)


class Migration(migrations.Migration):

    dependencies = [
        ('benefits', '0003_dropped_reckonings'),
    ]

    operations = [
        # A decision says why: what is erased with the person leaves a dash.
        Triggers(_REASONS.forward, append_only("benefits_findingdecision", is_again=True).forward),
    ]
