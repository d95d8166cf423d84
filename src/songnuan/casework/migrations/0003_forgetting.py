from django.db import migrations

from songnuan.kernel.append_only import append_only
from songnuan.kernel.triggers import Triggers

_REASONS = append_only(
    "casework_helperact",
    is_again=True,
    kept=("id", "case_id", "helper_id", "verb", "by_id", "at"),
    erased={"reason": "CASE WHEN OLD.reason = '' THEN '' ELSE '—' END"},
)


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0002_cases'),
    ]

    operations = [
        # Who declines says why: what is erased with the family's employee leaves a dash.
        Triggers(_REASONS.forward, append_only("casework_helperact", is_again=True).forward),
    ]
