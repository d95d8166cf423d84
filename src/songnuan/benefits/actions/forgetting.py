"""The one who empties what benefits keep in words about people who were erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from songnuan.audit.record import record
from songnuan.benefits.double_models import FindingDecision
from songnuan.benefits.models import Settlement
from songnuan.kernel.actor import Actor
from songnuan.kernel.blotting import GONE
from songnuan.people.models import PersonStatus


@transaction.atomic(savepoint=False)
def forget_reasons(*, actor: Actor, at: datetime) -> int:
    """Empty why somebody decided something about a payment to, or for, people who were erased.

    What was decided, by whom and when stays, and so do sums, days and the papers that they rest on. Who
    erases people was asked for the right to do so.

    Returns:
        How many reasons were emptied.

    """
    about = Q(payee__status=PersonStatus.ERASED) | Q(qualifier__status=PersonStatus.ERASED)
    decided = FindingDecision.objects.filter(about).exclude(reason=GONE).values("pk")
    withdrawn = Settlement.objects.filter(about).exclude(withdrawn_why__in=("", GONE)).values("pk")
    count = FindingDecision.objects.filter(pk__in=decided).update(reason=GONE)
    count += Settlement.objects.filter(pk__in=withdrawn).update(withdrawn_why=GONE)
    if count:
        record(
            stream="people",
            action="benefits.forget_reasons",
            subject="benefits.reasons",
            actor=actor,
            at=at,
            facts={"texts": count},
        )
    return count
