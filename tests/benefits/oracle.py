"""What the program has to compute of a standard, reckoned slowly and plainly, as docs/benefits.md tells it.

It knows no database and takes no shortcut: it walks through every day of every service.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

By = Literal["once", "day", "half_day", "month"]
HALF_AT_MOST = 240  # minutes


@dataclass(frozen=True)
class Served:
    """One service of the qualifier; what nobody told is None or empty."""

    starts_on: date
    ends_on: date | None
    place: str = ""
    post: str = ""
    category: str = ""
    direct_contact: bool | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Row:
    """A line of a part; an empty condition holds for everybody. `amount` in fen, None while it is open."""

    key: str
    amount: int | None
    factor: int = 1
    places: Collection[str] = ()
    posts: Collection[str] = ()
    categories: Collection[str] = ()
    relations: Collection[str] = ()
    direct_contact: bool | None = None
    days_least: int = 0

    @property
    def worth(self) -> int:
        """What one day, month or time is worth; an open amount is worth nothing yet."""
        return (self.amount or 0) * self.factor

    def holds(self, served: Served, relation: str, days: int) -> bool:
        """Return whether every condition holds."""
        return (
            (not self.places or served.place in self.places)
            and (not self.posts or served.post in self.posts)
            and (not self.categories or served.category in self.categories)
            and (not self.relations or relation in self.relations)
            and (self.direct_contact is None or served.direct_contact is self.direct_contact)
            and days >= self.days_least
        )


@dataclass(frozen=True)
class Part:
    """Rows that are counted by the same."""

    by: By
    rows: Sequence[Row]


@dataclass(frozen=True)
class Standard:
    """Parts, the days between which a service counts, and the caps, in fen."""

    parts: Sequence[Part]
    first: date
    last: date | None = None
    cap_time: int | None = None
    cap_year: int | None = None


@dataclass(frozen=True)
class Reckoned:
    """What came of it. `counted`: of each part how often each row; `took`: what each step cut."""

    minor: int
    counted: Sequence[Mapping[str, int]]
    took: Mapping[str, int] = field(default_factory=dict)
    is_blocked: bool = False


def reckon(
    standard: Standard,
    services: Sequence[Served],
    as_of: date,
    *,
    relation: str = "",
    out: Collection[date] = (),
    settled: int = 0,
    this_year: int = 0,
) -> Reckoned:
    """Return what the payee gets for the qualifier."""
    days = {
        day: [one for one in services if one.starts_on <= day <= (one.ends_on or as_of)]
        for day in _days(standard, services, as_of)
        if day not in out
    }
    counted = [_count(part, days, relation) for part in standard.parts]
    rows = {row.key: row for part in standard.parts for row in part.rows}
    whole = sum(
        (
            Fraction(rows[key].worth * number, 2 if part.by == "half_day" else 1)
            for part, found in zip(standard.parts, counted, strict=True)
            for key, number in found.items()
        ),
        Fraction(0),
    )
    minor, took = _limit(round(whole), standard, settled, this_year)
    is_blocked = any(rows[key].amount is None for found in counted for key in found)
    return Reckoned(0 if is_blocked else minor, counted, took, is_blocked)


def _days(standard: Standard, services: Sequence[Served], as_of: date) -> Iterator[date]:
    """Yield each day on which some service stood, within the standard."""
    last = min(standard.last or as_of, as_of)
    found = set()
    for one in services:
        day = max(one.starts_on, standard.first)
        while day <= min(one.ends_on or as_of, last):
            found.add(day)
            day += timedelta(days=1)
    yield from sorted(found)


def _count(part: Part, days: Mapping[date, Sequence[Served]], relation: str) -> dict[str, int]:
    """Return how often each row of a part counts: halves by the half day, else days, months or times."""
    best: dict[date, tuple[Row, int]] = {}
    for day, services in days.items():
        held = [(row, one) for one in services if (row := _row(part, one, relation, len(days))) is not None]
        if held:
            best[day] = _best(part, held)
    counted: dict[str, int] = {}
    match part.by:
        case "once":
            chosen = [_largest(part, [row for row, _halves in best.values()])] if best else []
        case "month":
            months = {(day.year, day.month) for day in best}
            chosen = [
                _largest(
                    part, [row for day, (row, _halves) in best.items() if (day.year, day.month) == month]
                )
                for month in sorted(months)
            ]
        case _:
            halves = part.by == "half_day"
            chosen = [row for row, number in best.values() for _each in range(number if halves else 1)]
    for row in chosen:
        counted[row.key] = counted.get(row.key, 0) + 1
    return counted


def _row(part: Part, served: Served, relation: str, days: int) -> Row | None:
    return next((row for row in part.rows if row.holds(served, relation, days)), None)


def _best(part: Part, held: Sequence[tuple[Row, Served]]) -> tuple[Row, int]:
    """Return the row of a day, and its halves: two at most, of all services whose row it is."""
    row = _largest(part, [row for row, _one in held])
    halves = sum(_halves(one) for found, one in held if found == row)
    return row, min(halves, 2)


def _largest(part: Part, rows: Collection[Row]) -> Row:
    """Return the row that is worth most; of equals the upper one."""
    return max(rows, key=lambda row: (row.worth, -part.rows.index(row)))


def _halves(served: Served) -> int:
    is_one_day = served.ends_on == served.starts_on
    is_short = served.minutes is not None and served.minutes <= HALF_AT_MOST
    return 1 if is_one_day and is_short else 2


def _limit(minor: int, standard: Standard, settled: int, this_year: int) -> tuple[int, dict[str, int]]:
    took: dict[str, int] = {}
    room = None if standard.cap_year is None else max(standard.cap_year - this_year, 0)
    for step, most in (("settled", max(minor - settled, 0)), ("time", standard.cap_time), ("year", room)):
        if most is not None and most < minor:
            took[step], minor = minor - most, most
    return minor, took


@dataclass(frozen=True)
class Family:
    """Who is whose relative: spouses as pairs, children by parent; `employees` by staff number."""

    employees: Sequence[str]
    spouses: Collection[tuple[str, str]] = ()
    children: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def relatives(self, person: str) -> list[str]:
        """Return the employees who are a person's spouse, parent or child."""
        found = {other for pair in self.spouses if person in pair for other in pair if other != person}
        found |= set(self.children.get(person, ()))
        found |= {parent for parent, theirs in self.children.items() if person in theirs}
        return [one for one in self.employees if one in found]


def share(
    family: Family, serving: Sequence[str], minor: int, answers: Mapping[str, str]
) -> dict[str, int] | None:
    """Return what each employee is paid for qualifiers worth `minor` each; None while a question blocks."""
    paid: dict[str, int] = {}
    settled: set[str] = set()
    for qualifier in serving:
        if qualifier in settled:
            continue
        payees = family.relatives(qualifier)
        spouse = next((one for one in payees if one in serving and qualifier in family.relatives(one)), None)
        question = "couple" if spouse is not None else "two_children" if len(payees) > 1 else ""
        answer = answers.get(question, "") if question else "each"
        if not answer:
            return None
        if spouse is not None:
            settled |= {qualifier, spouse}
            couple = [one for one in family.employees if one in {qualifier, spouse}]
            shares = dict.fromkeys(couple, minor) if answer == "each" else {couple[0]: minor}
        elif answer == "split":
            each, odd = divmod(minor, len(payees))
            shares = {one: each + (odd if place == 0 else 0) for place, one in enumerate(payees)}
        else:
            shares = dict.fromkeys(payees if answer == "each" else payees[:1], minor)
        for one, sum_ in shares.items():
            paid[one] = paid.get(one, 0) + sum_
    return paid
