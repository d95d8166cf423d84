"""Rosters whose time is over are erased, with the people who stand on nothing else, and their files.

Somebody whose payment is not over yet stays until it is; what the books have to keep of a payment stays until
their own day (`payments.retention`), and goes on some later night.
It commits in short steps, so that nobody waits long; an import that is applied meanwhile takes turns with it.
Wherever it stops, run again it comes to the same end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_noop

from songnuan.journeys import uploads
from songnuan.journeys.base import long_journey, step
from songnuan.journeys.forgetting import forget_papers, forget_words
from songnuan.journeys.import_roster import clear
from songnuan.journeys.roster_reading import By, Told, silent
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import drop_overwritten
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.payments.pending import pending_among
from songnuan.people import actions as people
from songnuan.people import queries
from songnuan.people.queries import Due

CHUNK = 10_000  # rows emptied in one transaction
_ERASING = gettext_noop("Erasing")


@dataclass(frozen=True, slots=True)
class Erased:
    """A roster that was erased, and how many people with it."""

    key: str
    title: str
    retain_until: date | None
    people: int


@long_journey
def erase_rosters(*, actor: Actor, at: datetime, told: Told = silent) -> list[Erased]:
    """Erase every roster that was kept until a day before that of `at`; return which.

    All of them are begun first: who stands on two of them goes with both. One that somebody else erases at
    the same time, or whose day is put off at the last moment, is left to that.

    Args:
        actor: Needs PRIVACY_MANAGE over the units of the rosters.
        at: When.
        told: Called with how many rows are done, how many there are if known, and what goes on.

    Raises:
        Refusal: `not_permitted`.

    """
    by = By(actor=actor, at=at)
    for one in queries.due(day_of(at)):
        if not one.begun:
            with _left_to_others(), step():
                people.begin_erasing(roster_id=one.pk, **by)
    done: list[Erased] = []
    for one in queries.due(day_of(at)):
        if one.begun:
            with _left_to_others():
                done += _erase(one, by, told)
    with step():
        words = forget_words(by)
    if forget_papers(by) or words or done:
        drop_overwritten()
    return done


def _erase(one: Due, by: By, told: Told) -> Iterator[Erased]:
    """Erase a roster that was begun; yield it once it is: not while a payment of somebody on it is open."""
    for source in queries.imports_to_erase(one.pk):
        clear(source.key, by)
        uploads.remove(source.options.get("upload", ""))
    rows = 0
    for table in people.TABLES:
        after: int | None = 0
        while after is not None:
            with step():
                after = people.erase_rows(
                    roster_id=one.pk, table=table, after=after, size=CHUNK, waits=pending_among, **by
                )
            rows += CHUNK if after is not None else 0
            told(rows, None, _ERASING)
    if queries.lingering(one.pk):
        return
    with step():
        number = people.finish_erasing(roster_id=one.pk, **by)
    yield Erased(one.key, one.title, one.retain_until, number)


@contextmanager
def _left_to_others() -> Iterator[None]:
    """Pass over a roster that somebody else has moved on meanwhile."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code not in {"roster_not_due", "wrong_state"}:
            raise
