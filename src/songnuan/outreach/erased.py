"""What courses and events still tell of people who were erased, or whose roster was."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from songnuan.outreach.course_models import Attendance, Expected, Learner
from songnuan.outreach.event_models import Invitation
from songnuan.people.models import PersonStatus, RosterStatus


@dataclass(frozen=True, slots=True)
class Told:
    """Rows that tell of people in words, by a code or by their account."""

    learners: QuerySet[Learner]
    periods: QuerySet[Expected]
    attendances: QuerySet[Attendance]
    invitations: QuerySet[Invitation]


def is_gone(person: str = "person") -> Q:
    """Return the condition that somebody was erased, or who they were merged into."""
    gone = PersonStatus.ERASED
    return Q(**{f"{person}__status": gone}) | Q(**{f"{person}__merged_into__status": gone})


def erased_learners() -> QuerySet[Learner]:
    """Return those who were erased, or whose roster was: it was kept for what is over."""
    return Learner.objects.filter(is_gone() | Q(course__roster__status=RosterStatus.ERASED))


def told_of_erased() -> Told:
    """Return what still tells of them."""
    whose = erased_learners().values("pk")
    return Told(
        Learner.objects.filter(Q(code__isnull=False) | Q(user__isnull=False), pk__in=whose),
        Expected.objects.filter(learner__in=whose).exclude(category=""),
        Attendance.objects.filter(Q(reason__isnull=False) | Q(void_reason__isnull=False), learner__in=whose),
        Invitation.objects.filter(is_gone(), Q(code__isnull=False) | Q(deputy__isnull=False)),
    )
