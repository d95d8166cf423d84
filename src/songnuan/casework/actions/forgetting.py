"""The one who empties what casework keeps sealed of people who were erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from songnuan.audit.record import record
from songnuan.casework.flexible_freezing import SEALED
from songnuan.casework.flexible_models import FlexibleAct, FlexibleRequest
from songnuan.kernel.actor import Actor
from songnuan.people.models import PersonStatus


@transaction.atomic(savepoint=False)
def forget_flexible(*, actor: Actor, at: datetime) -> int:
    """Empty what was written for employees who were erased, or for children and elders of theirs who were.

    Their digests stay, and prove what stood there. Who erases people was asked for the right to do so.

    Returns:
        Of how many requests something was emptied.

    """
    gone = Q(person__status=PersonStatus.ERASED) | Q(dependants__person__status=PersonStatus.ERASED)
    rows = FlexibleRequest.objects.filter(gone).select_related("measure__plan").distinct()
    found = [row for row in rows.order_by("pk") if any(getattr(row, name) for name in SEALED)]
    FlexibleAct.objects.filter(request__in=found).update(words="")
    for row in found:
        FlexibleRequest.objects.filter(pk=row.pk).update(**dict.fromkeys(SEALED, ""))
        record(
            stream=f"plan:{row.measure.plan.slug}",
            action="casework.forget_flexible",
            subject=f"casework.flexible:{row.pk}",
            actor=actor,
            at=at,
            facts={},
        )
    return len(found)
