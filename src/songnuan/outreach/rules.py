"""What goes out now, alone or together, and what waits: decided without a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.outreach.models import DIGEST_AT, QUIET_FROM, QUIET_UNTIL

ALONE_A_DAY = 6
"""Letters beside the digest that somebody gets on one day; what is beyond them joins it."""
EACH_ALONE = 3
"""Notices of one moment that go out each in a letter of its own; more of them go as one letter."""
NEARLY = timedelta(minutes=30)
"""How long before the digest of the day what is urgent waits for it, instead of coming just before it."""
CODE_DIGITS = 6
CODE_TRIES = 3
CODE_VALID = timedelta(minutes=15)
CODES_A_DAY = 5


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody wants to be told, in China's time; equal ends of the quiet hours mean none."""

    at_once: bool = False
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    digest_at: time = DIGEST_AT


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel can do, as `jobs.channels.Channel` says it."""

    urgent_only: bool = False
    is_batchable: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that has not gone out yet; one that `presses` was promised at once."""

    message_id: int
    topic: str
    is_urgent: bool
    created_at: datetime
    presses: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """What went by a way before: letters beside the digest on the day, and the day of the last digest."""

    alone_today: int = 0
    digest_on: date | None = None


@dataclass(frozen=True, slots=True)
class Going:
    """What goes out now: letters with their notices, and, where it `is_digest_due`, those of the digest."""

    letters: tuple[tuple[Waiting, ...], ...] = ()
    digest: tuple[Waiting, ...] = ()
    is_digest_due: bool = False


def is_quiet(moment: datetime, hours: Hours) -> bool:
    """Return whether a moment lies in the quiet hours, which may go over midnight."""
    clock = moment.astimezone(CHINA).time()
    if hours.quiet_from <= hours.quiet_until:
        return hours.quiet_from <= clock < hours.quiet_until
    return clock >= hours.quiet_from or clock < hours.quiet_until


def released_on(created_at: datetime, hours: Hours) -> date:
    """Return the day from which a notice may go out: its own, or that on which the quiet hours end."""
    there = created_at.astimezone(CHINA)
    over_midnight = hours.quiet_from > hours.quiet_until and there.time() >= hours.quiet_from
    return there.date() + timedelta(days=1) if over_midnight else there.date()


def going(
    waiting: Iterable[Waiting], gone: Gone, *, hours: Hours, abilities: Abilities, at: datetime
) -> Going:
    """Return what goes out at `at`; what is in neither part waits.

    What is urgent goes alone on the day it may go out, in at most `ALONE_A_DAY` letters; later, and beyond
    these, it joins the digest, and also where that goes out now or `NEARLY` so: who was away for days, or
    looks in the morning, finds one letter and not twenty. What presses goes alone all the same, beyond the
    limit of a day and just before a digest too: who asked was told that it goes at once. More than
    `EACH_ALONE` at once go as one letter, and in the digest where that goes out now.

    Args:
        waiting: What has not gone out, oldest first.
        gone: What went out before.
        hours: What the reader wishes.
        abilities: What the channel can do.
        at: Now.

    """
    if is_quiet(at, hours):
        return Going()
    day = at.astimezone(CHINA).date()
    left = datetime.combine(day, hours.digest_at, tzinfo=CHINA) - at
    has_digest = abilities.is_batchable and not abilities.urgent_only
    is_open = has_digest and (gone.digest_on is None or gone.digest_on < day)
    is_due = is_open and left <= timedelta(0)
    waits = is_open and left <= NEARLY and not hours.at_once
    rows = [row for row in waiting if row.is_urgent or not abilities.urgent_only]
    now = [
        row
        for row in rows
        if (row.is_urgent or hours.at_once or not abilities.is_batchable)
        and (row.presses or not waits)
        and released_on(row.created_at, hours) == day
    ]
    letters = _letters(now, ALONE_A_DAY - gone.alone_today, abilities, is_due=is_due)
    told = {row.message_id for letter in letters for row in letter}
    digest = tuple(row for row in rows if row.message_id not in told)
    return Going(letters, digest if is_due else (), is_due)


def _letters(
    now: Sequence[Waiting], free: int, abilities: Abilities, *, is_due: bool
) -> tuple[tuple[Waiting, ...], ...]:
    """Return the letters of what goes out at once, of which `free` may still be written today."""
    if abilities.is_batchable and len(now) > EACH_ALONE:
        may_go = not is_due and (free > 0 or any(row.presses for row in now))
        return (tuple(now),) if may_go else ()
    others = [row for row in now if not row.presses][: max(free, 0)]
    return tuple((row,) for row in now if row.presses or row in others)


def digest_now(waiting: Iterable[Waiting], gone: Gone, *, hours: Hours, at: datetime) -> tuple[Waiting, ...]:
    """Return what a digest at `at` would hold, also on a day that had one, or in quiet hours."""
    as_if = replace(hours, digest_at=time.min)
    if is_quiet(at, as_if):
        as_if = replace(as_if, quiet_from=time.min, quiet_until=time.min)
    return going(waiting, Gone(gone.alone_today), hours=as_if, abilities=Abilities(), at=at).digest


def check_hours(hours: Hours) -> None:
    """Let pass a digest that comes outside the quiet hours.

    Raises:
        Refusal: `digest_in_quiet`.

    """
    moment = datetime.combine(date(2020, 1, 1), hours.digest_at, tzinfo=CHINA)
    if is_quiet(moment, hours):
        sentence = _("The digest would come in the quiet hours. Choose a time outside them.")
        raise Refusal("digest_in_quiet", sentence, field="digest_at")
