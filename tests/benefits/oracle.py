"""What the program has to compute of a standard, reckoned slowly and plainly, as docs/benefits.md tells it.

It knows no database and takes no shortcut: it walks through every day of every service.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
    days: int = 0


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
    return Reckoned(0 if is_blocked else minor, counted, took, is_blocked, len(days))


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


@dataclass(frozen=True)
class Line:
    """What one payee could have for one qualifier. `minor` is what it comes to before any list and any cap.

    `is_open`: an amount is still to be decided; `counts`: some day counts; `year`: paid to the payee in the
    year already; `listed`: paid for this line by a list of the house before, which cut off `cut`; `lacks`:
    a list cut something off for the qualifier and had no line of this payee; `shared`: what the list left of
    it within its cap and paid to others.
    """

    payee: str
    qualifier: str
    minor: int
    staff: str = ""
    relation: str = ""
    is_open: bool = False
    counts: bool = True
    year: int = 0
    listed: int = 0
    cut: int = 0
    lacks: bool = False
    shared: int = 0


@dataclass
class Given:
    """What becomes of a line: its share of the family's, what is paid, and why it waits."""

    minor: int
    amount: int = 0
    waits: str = ""


def share(
    lines: Sequence[Line],
    answers: Mapping[str, str],
    cap_year: int | None = None,
    cap_time: int | None = None,
) -> list[Given]:
    """Return what each line is paid, by the plan's answers; a line that hangs on an open one waits."""
    answer = answers.get("two_children", "")
    whole = [_within_time(line, lines, answer, cap_time) for line in lines]
    given = [Given(whole[at], waits="amount" if line.is_open else "") for at, line in enumerate(lines)]
    lives = {at for at, line in enumerate(lines) if whole[at] or (line.is_open and line.counts)}
    several = _groups(lives, lambda at: lines[at].qualifier)
    for group in several:
        group.sort(key=lambda at: _turn(lines[at]))
        _of_one_qualifier(group, lines, given, lives, answer)
    spouses = {
        (one.payee, one.qualifier)
        for one in lines
        for other in lines
        if one.relation == other.relation == "spouse"
        and (one.payee, one.qualifier) == (other.qualifier, other.payee)
    }
    household = {one: min(one, other) for one, other in spouses}
    for group in _groups(lives, lambda at: household.get(lines[at].payee, lines[at].payee)):
        group.sort(key=lambda at: (*_turn(lines[at]), -given[at].minor, at))
        _of_one_household(group, given, answers.get("couple", ""))
    shares = [one.minor for one in given]
    for at, line in enumerate(lines):
        given[at].minor = max(given[at].minor - line.listed, 0)
    everybody = range(len(lines))
    if answer in {"one", "split"}:
        _less_lists(_groups(everybody, lambda at: lines[at].qualifier), lines, given, shares)
    if answers.get("couple") == "one":
        homes = _groups(everybody, lambda at: household.get(lines[at].payee, lines[at].payee))
        _less_lists(homes, lines, given, shares)
    for payee in {line.payee for line in lines}:
        own = [at for at, line in enumerate(lines) if line.payee == payee]
        left = None
        for at in sorted(own, key=lambda at: (-given[at].minor, at)):
            due = 0 if given[at].waits else given[at].minor
            if cap_year is not None:
                left = max(cap_year - lines[at].year, 0) if left is None else left
                due = min(due, left)
                left -= due
            given[at].amount = due
    return given


def _within_time(line: Line, lines: Sequence[Line], two_children: str, cap_time: int | None) -> int:
    """Return what a line comes to with what lists paid of it: each list added no more than the cap.

    Who shares a relative with others shares what lists paid of it.
    """
    theirs = [one for one in lines if one.qualifier == line.qualifier]
    with_it = theirs if two_children == "one" else [line]
    cut = max(one.cut for one in theirs) if two_children == "one" and line.lacks else line.cut
    left = max(line.minor - cut, 0)
    came = sum(one.listed for one in with_it) + (
        line.shared if two_children == "split" and len(theirs) > 1 else 0
    )
    return left if cap_time is None else min(left, came + cap_time)


def _groups(lives: Collection[int], key: Callable[[int], str]) -> list[list[int]]:
    """Return the lines that share something with others, together."""
    found: dict[str, list[int]] = {}
    for at in sorted(lives):
        found.setdefault(key(at), []).append(at)
    return [group for group in found.values() if len(group) > 1]


def _less_lists(
    groups: Sequence[Sequence[int]], lines: Sequence[Line], given: Sequence[Given], shares: Sequence[int]
) -> None:
    """Leave each group no more than its shares come to less all that lists paid to any of it, in turn."""
    for group in groups:
        left = max(sum(shares[at] for at in group) - sum(lines[at].listed for at in group), 0)
        for at in sorted(group, key=lambda at: (*_turn(lines[at]), at)):
            given[at].minor = min(given[at].minor, left)
            left -= given[at].minor


def _turn(line: Line) -> tuple[int, str, str]:
    return (len(line.staff), line.staff, line.payee)


def _of_one_qualifier(
    group: Sequence[int],
    lines: Sequence[Line],
    given: Sequence[Given],
    lives: set[int],
    answer: str,
) -> None:
    for place, at in enumerate(group):
        if answer == "one" and place:
            given[at].minor = 0
            lives.discard(at)
        elif answer == "split":
            if any(lines[one].lacks for one in group):
                given[at].waits = given[at].waits or "settled"
            each, odd = divmod(given[at].minor, len(group))
            given[at].minor = each + (0 if place else odd)
            if not given[at].minor and not lines[at].is_open:
                lives.discard(at)
        elif not answer:
            given[at].waits = given[at].waits or "two_children"


def _of_one_household(group: Sequence[int], given: Sequence[Given], answer: str) -> None:
    if answer == "one":
        waits = max(given[at].waits for at in group)
        for at in group:
            given[at].waits = waits
        for at in group[1:]:
            given[at].minor = 0
    elif not answer:
        for at in group:
            given[at].waits = given[at].waits or "couple"
