"""The one who empties what courses and events keep of people who were erased, and of deputies in time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.organisation.queries import day_of
from songnuan.outreach.course_models import Attendance, Expected, Learner
from songnuan.outreach.erased import is_gone, told_of_erased
from songnuan.outreach.event_models import Invitation

DEPUTY_KEPT = timedelta(days=90)
"""How long after an event the names of deputies are kept."""


@transaction.atomic(savepoint=False)
def forget_words(*, actor: Actor, at: datetime) -> int:
    """Empty what still tells of people who were erased, or who were told by a roster that was.

    Their codes and accounts open nothing any more, and who was erased is expected no longer where a course
    runs. Who erases people was asked for the right to do so. That somebody was expected, learnt and passed
    stays counted, of nobody.

    Returns:
        Of how many rows something was emptied.

    """
    left = told_of_erased()
    running = Expected.objects.filter(is_gone("learner__person"), ends_on__isnull=True)
    running.filter(learner__course__closed_at__isnull=True).update(ends_on=day_of(at))
    count = Learner.objects.filter(pk__in=_ids(left.learners)).update(code=None, user=None)
    count += Expected.objects.filter(pk__in=_ids(left.periods)).update(category="")
    count += Attendance.objects.filter(pk__in=_ids(left.attendances)).update(reason=None, void_reason=None)
    count += Invitation.objects.filter(pk__in=_ids(left.invitations)).update(code=None, deputy=None)
    _note("forget_words", count, actor, at)
    return count


@transaction.atomic(savepoint=False)
def forget_deputies(*, actor: Actor, at: datetime) -> int:
    """Empty whom the invited sent to events that have been over for long; return how many."""
    sent = Invitation.objects.filter(deputy__isnull=False, event__ends_at__lt=at - DEPUTY_KEPT)
    count = sent.update(deputy=None)
    _note("forget_deputies", count, actor, at)
    return count


def _ids(rows: "QuerySet[Any]") -> RawSQL:
    """Return which rows are changed, read before they are."""
    return among(rows.values_list("pk", flat=True))


def _note(verb: str, count: int, actor: Actor, at: datetime) -> None:
    if count:
        record(
            stream="people",
            action=f"outreach.{verb}",
            subject="outreach.words",
            actor=actor,
            at=at,
            facts={"texts": count},
        )
