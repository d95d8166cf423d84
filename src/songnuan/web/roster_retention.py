"""Until when a roster is kept, and what is erased with it: as its page says it."""

from dataclasses import dataclass
from datetime import date, timedelta

from songnuan.journeys.forgetting import Waiting, waiting_of
from songnuan.payments.models import PaymentList
from songnuan.people.models import LIVING, Roster, RosterStatus
from songnuan.people.queries import Outlook, outlook
from songnuan.web.erased import books_sentence

SOON = 30
"""Days before the end from which the page warns, as the notice does."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a roster is kept.

    `until` is its last day and `on` the day whose night erases it, both None when no day is set or it is
    erased already. `left` are the days that are left, 0 when they are over. `outlook` is what becomes of the
    people, None where it was not asked for. `books` says what stays of payments, empty where it pays
    nobody; `waiting` who is not erased yet though its time is over.
    """

    living: bool
    until: date | None
    on: date | None
    left: int
    soon: bool
    outlook: Outlook | None
    books: str = ""
    waiting: Waiting | None = None


def retention_of(roster: Roster, today: date, *, counted: bool) -> Retention:
    """Return how long a roster is kept; with `counted`, what becomes of its people, which takes a while."""
    until = roster.retain_until if roster.status in LIVING else None
    if until is None:
        waiting = waiting_of(roster.pk) if roster.status == RosterStatus.ERASING else None
        is_living = roster.status in LIVING
        return Retention(is_living, None, None, 0, soon=False, outlook=None, waiting=waiting)
    last = max(until, today - timedelta(days=1))
    left = (last - today).days + 1
    return Retention(
        living=True,
        until=until,
        on=last + timedelta(days=1),
        left=left,
        soon=left <= SOON,
        outlook=outlook(roster.pk, last) if counted else None,
        books=books_sentence() if PaymentList.objects.filter(reckoning__roster=roster).exists() else "",
    )
