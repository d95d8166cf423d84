"""The one who empties what outreach keeps sealed of people who were erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.outreach.course_models import Attendance
from songnuan.outreach.event_models import Invitation
from songnuan.people.models import PersonStatus


@transaction.atomic(savepoint=False)
def forget_words(*, actor: Actor, at: datetime) -> int:
    """Empty why somebody's learning was entered or taken back, and whom they sent, where they were erased.

    Who erases people was asked for the right to do so. That somebody was expected, learnt and passed stays
    counted, of nobody.

    Returns:
        How many texts were emptied.

    """
    reasons = Attendance.objects.filter(_erased("learner__person"))
    count = reasons.filter(reason__isnull=False).update(reason=None)
    count += reasons.filter(void_reason__isnull=False).update(void_reason=None)
    sent = Invitation.objects.filter(_erased("person"), deputy__isnull=False)
    count += sent.update(deputy=None)
    if count:
        record(
            stream="people",
            action="outreach.forget_words",
            subject="outreach.words",
            actor=actor,
            at=at,
            facts={"texts": count},
        )
    return count


def _erased(person: str) -> Q:
    gone = PersonStatus.ERASED
    return Q(**{f"{person}__status": gone}) | Q(**{f"{person}__merged_into__status": gone})
