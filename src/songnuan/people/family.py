"""Pure decisions about families and their service: who is a minor, which days two of them share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from songnuan.people.rules import is_minor


class Age(IntEnum):
    """Whether a child is a minor, in the order in which children are listed."""

    MINOR = 0
    UNTOLD = 1
    ADULT = 2


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row, both ends included; without a last one they go on."""

    first: date
    last: date | None

    @property
    def end(self) -> date:
        """Return the last day; the last there is where none is told."""
        return self.last or date.max

    def covers(self, other: "Days") -> bool:
        """Return whether the other's days are all among these."""
        return self.first <= other.first and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Spell:
    """One service: its row, what tells it from others of the same person, and its days.

    `until` is the day on which it was told otherwise or not at all any more; None while it stands.
    """

    pk: int
    place: str
    post: str
    days: Days
    until: date | None = None

    def is_same(self, other: "Spell") -> bool:
        """Return whether the other row tells of the same service."""
        mine = (self.place, self.post, self.days.first)
        return mine == (other.place, other.post, other.days.first)


def age_of(birth_on: date | None, *, restricted: bool, on: date) -> Age:
    """Return whether somebody is a minor on a day, as far as it is told."""
    if is_minor(birth_on, on) or (birth_on is None and restricted):
        return Age.MINOR
    return Age.UNTOLD if birth_on is None else Age.ADULT


def shared(one: Days, other: Days) -> Days | None:
    """Return the days that both have."""
    first, end = max(one.first, other.first), min(one.end, other.end)
    if first > end:
        return None
    return Days(first, None if one.last is None and other.last is None else end)


def overlaps(first: Iterable[Spell], second: Sequence[Spell], on: date) -> list[tuple[Spell, Spell, Days]]:
    """Return which service of the one shares days with which of the other, today or later.

    The days are all that the two share, those before `on` too.
    """
    found = []
    for one in first:
        for other in second:
            days = shared(one.days, other.days)
            if one.until is None and other.until is None and days is not None and days.end >= on:
                found.append((one, other, days))
    return found


def together(some: Iterable[Days]) -> list[Days]:
    """Return the same days with those that touch put together, in order."""
    found: list[Days] = []
    for days in sorted(some, key=lambda one: (one.first, one.end)):
        if found and found[-1].last is None:
            break
        if found and days.first <= found[-1].end + timedelta(days=1):
            last = None if days.last is None else max(found[-1].end, days.last)
            found[-1] = Days(found[-1].first, last)
        else:
            found.append(days)
    return found


def is_settled(
    first: Sequence[Spell], second: Sequence[Spell], *, through: int, noted_on: date, on: date
) -> bool:
    """Return whether all that two share from `on` was known when it was noted.

    Known were the rows up to `through` that stood then. What is told anew of a known service, with no more
    days in common, asks for nothing.

    Args:
        first: All rows of the one's service, those told otherwise since too.
        second: All rows of the other's.
        through: The newest row at that time.
        noted_on: The day of the note.
        on: From which day on it matters.

    """

    def known(spell: Spell, rows: Sequence[Spell]) -> list[Spell]:
        stood = (row for row in rows if row.pk <= through and (row.until is None or row.until >= noted_on))
        return [row for row in stood if row.is_same(spell)]

    for one, other, days in overlaps(first, second, on):
        before = (shared(was.days, also.days) for was in known(one, first) for also in known(other, second))
        if not any(was is not None and was.covers(days) for was in before):
            return False
    return True
