"""Reads about events: what is planned, who is invited, who answered and came."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import QuerySet

from songnuan.organisation.models import Post, User
from songnuan.organisation.queries import day_of, subtree
from songnuan.organisation.rules import live
from songnuan.outreach.event_models import Event, EventStatus, Invitation
from songnuan.outreach.event_rules import Known
from songnuan.people.models import PersonStatus
from songnuan.plans.models import MeasureStatus

KIND = "event"


def events() -> QuerySet[Event]:
    """Return events with what their pages show of them, the next first."""
    return Event.objects.select_related("measure__plan", "made_by", "ended_by").order_by("begins_at", "pk")


def invitations_of(event_ids: Collection[int]) -> QuerySet[Invitation]:
    """Return who is invited, in the order of what they are invited as, and of their invitation."""
    rows = Invitation.objects.filter(event__in=event_ids)
    return rows.select_related("user", "person__merged_into", "event__measure__plan").order_by("pk")


def is_erased(row: Invitation) -> bool:
    """Return whether who was invited was erased since: the invitation is nobody's then."""
    person = row.person
    return person is not None and (person.merged_into or person).status == PersonStatus.ERASED


def invitation_of_code(code: str) -> Invitation | None:
    """Return the invitation to which a link leads: of who has no account, and was not erased."""
    known = Invitation.objects.filter(code=code, person__isnull=False).values_list("event", flat=True).first()
    found = invitations_of([known]).filter(code=code).first() if known else None
    return None if found is None or is_erased(found) else found


def invited_to(user_id: int) -> QuerySet[Invitation]:
    """Return the invitations of somebody with an account to what is still planned, the next first."""
    open_ones = Event.objects.filter(status=EventStatus.PLANNED, measure__status=MeasureStatus.OPEN)
    rows = invitations_of(open_ones.values("pk"))  # type: ignore[arg-type]  # a subquery
    return rows.filter(user=user_id).order_by("event__begins_at", "pk")


def known_of(rows: Sequence[Event]) -> dict[int, Known]:
    """Return what is known of events that were not cancelled, by id."""
    invited: dict[int, list[tuple[str, datetime]]] = {}
    for event_id, capacity, at in Invitation.objects.filter(event__in=[one.pk for one in rows]).values_list(
        "event", "capacity", "invited_at"
    ):
        invited.setdefault(event_id, []).append((capacity, at))
    return {
        one.pk: Known(
            day_of(one.begins_at),
            one.status == EventStatus.HELD,
            tuple((capacity, day_of(at)) for capacity, at in invited.get(one.pk, [])),
        )
        for one in rows
        if one.status != EventStatus.CANCELLED
    }


def answers(rows: Sequence[Invitation]) -> Counter[str]:
    """Return how many answered what; "" of those who did not yet."""
    return Counter(one.answer for one in rows)


def may_be_invited(unit_id: int, at: datetime) -> QuerySet[User]:
    """Return the accounts with a post in a unit or below it, by name."""
    day = day_of(at)
    posts = Post.objects.filter(live(day), unit__in=subtree(unit_id, day).values("pk"))
    return User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("name", "pk")
