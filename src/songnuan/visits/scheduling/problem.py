"""What is to be arranged: visits still to make, teams that make them, days, and what stays where it is.

Times of a day are minutes after midnight in China; visits begin on a grid of five minutes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

GRID = 5
WEEK = frozenset(range(5))


class Car(StrEnum):
    """How a team gets about."""

    OWN = "own"
    SHARED = "shared"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Hours:
    """When a unit may be visited: its weekdays (Monday is 0), from `opens` to `closes`."""

    weekdays: frozenset[int]
    opens: int
    closes: int

    def on(self, day: date) -> bool:
        """Return whether the unit is open on a working day; a weekend day that is worked counts as one."""
        return day.weekday() in self.weekdays or (day.weekday() not in WEEK and self.weekdays >= WEEK)


@dataclass(frozen=True, slots=True)
class Team:
    """A team of a lead office; it makes visits between `starts` and `ends`, at most `most` a day.

    With a car of its `OWN` it goes anywhere. With the lead's `SHARED` one too, but only one such team of the
    lead is out on a day. With `NONE` it goes to units of its own `district` alone, "" for none known.
    """

    key: str
    lead_id: int
    district: str
    car: Car
    starts: int
    ends: int
    most: int


@dataclass(frozen=True, slots=True)
class Spot:
    """When a visit begins, and by which team it is made."""

    day: date
    start: int
    team: str


@dataclass(frozen=True, slots=True)
class DaySpot:
    """The day of a visit and its team, while it has no time yet: what goes by the time is not asked."""

    day: date
    team: str
    start: None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit to be arranged. `day`, `start` and `team` are what is fixed already of its spot.

    `district` is "" where nobody knows it: then every way there is a long one.
    """

    visit_id: int
    unit_id: int
    lead_id: int
    district: str
    hours: Hours
    minutes: int
    due_on: date
    day: date | None = None
    start: int | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A visit that stays where it is; `start` is None where only its day is known."""

    visit_id: int
    unit_id: int
    district: str
    team: str
    day: date
    start: int | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Problem:
    """All of it. `days` are the working days that may be used, in order.

    `near` and `far` are the minutes on the way between two units of one district, and of two. `rest` is the
    rest at noon, in which nobody is visited.
    """

    days: Sequence[date]
    teams: Sequence[Team]
    stops: Sequence[Stop]
    standing: Sequence[Standing]
    near: int
    far: int
    rest: tuple[int, int] | None = None

    def way(self, one: str, other: str) -> int:
        """Return the minutes between units of two districts."""
        return self.near if one and one == other else self.far

    def parts(self) -> Iterator["Problem"]:
        """Yield the problem of each lead office: a lead's teams visit the lead's units, and no others."""
        for lead_id in sorted({stop.lead_id for stop in self.stops}):
            teams = [team for team in self.teams if team.lead_id == lead_id]
            keys = {team.key for team in teams}
            yield Problem(
                days=self.days,
                teams=teams,
                stops=[stop for stop in self.stops if stop.lead_id == lead_id],
                standing=[row for row in self.standing if row.team in keys],
                near=self.near,
                far=self.far,
                rest=self.rest,
            )


Slot = tuple[str, date]
Window = tuple[int, int]


def windows(stop: Stop, team: Team, day: date, problem: Problem) -> tuple[Window, ...]:
    """Return when the visit may begin on the day, by that team, were it the only one: first and last minute.

    Empty when it may not: another lead's team, a day on which the unit is closed, after the deadline …
    """
    if not may_go(stop, team) or day > stop.due_on or not stop.hours.on(day):
        return ()
    if (stop.day is not None and day != stop.day) or stop.team not in {None, team.key}:
        return ()
    first, last = max(stop.hours.opens, team.starts), min(stop.hours.closes, team.ends) - stop.minutes
    parts = [(first, last)]
    if problem.rest is not None:
        begins, ends = problem.rest
        parts = [(first, min(last, begins - stop.minutes)), (max(first, ends), last)]
    if stop.start is not None:
        return tuple((stop.start, stop.start) for low, high in parts if low <= stop.start <= high)[:1]
    rounded = ((-(-low // GRID) * GRID, high // GRID * GRID) for low, high in parts)
    return tuple((low, high) for low, high in rounded if low <= high)


def may_go(stop: Stop, team: Team) -> bool:
    """Return whether the team gets to the unit at all: its lead's, by car or within its district."""
    if team.lead_id != stop.lead_id:
        return False
    return team.car != Car.NONE or (stop.district != "" and stop.district == team.district)


def options(
    problem: Problem, only: Collection[Slot] | None = None
) -> dict[int, dict[Slot, tuple[Window, ...]]]:
    """Return for each visit where it may go, were it the only one: of all slots, or of some."""
    return {
        stop.visit_id: {
            (team.key, day): found
            for team in problem.teams
            if may_go(stop, team)
            for day in problem.days
            if (only is None or (team.key, day) in only) and (found := windows(stop, team, day, problem))
        }
        for stop in problem.stops
    }


# What is better, once no rule is broken: the smaller sum. A day on which a team goes out costs most, then
# a further district on such a day, then the day on which a lead is done, then the uneven load of its teams.
UNPLACED = 1_000_000
DAY_OUT = 600
DISTRICT = 250
LAST_DAY = 40
UNEVEN = 30


def cost(problem: Problem, spots: Mapping[int, Spot]) -> int:
    """Return what a proposal costs; of two the cheaper is the better one."""
    return sum(_cost(part, spots) for part in problem.parts())


def _cost(part: Problem, spots: Mapping[int, Spot]) -> int:
    place = {day: number for number, day in enumerate(part.days)}
    placed = [(stop, spots[stop.visit_id]) for stop in part.stops if stop.visit_id in spots]
    out = {(row.team, row.day) for row in part.standing} | {(spot.team, spot.day) for _stop, spot in placed}
    districts = {(row.team, row.day, row.district) for row in part.standing if row.district}
    districts |= {(spot.team, spot.day, stop.district) for stop, spot in placed if stop.district}
    load = {team.key: 0 for team in part.teams}
    for team in (*(row.team for row in part.standing), *(spot.team for _stop, spot in placed)):
        load[team] += 1
    days = [place[spot.day] for _stop, spot in placed]
    return (
        UNPLACED * (len(part.stops) - len(placed))
        + DAY_OUT * len(out)
        + DISTRICT * (len(districts) - len({(team, day) for team, day, _district in districts}))
        + LAST_DAY * max(days, default=0)
        + sum(days)
        + UNEVEN * (max(load.values(), default=0) - min(load.values(), default=0))
    )


def is_shared_out(team: Team, day: date, teams: Iterable[Team], out: Iterable[Slot]) -> bool:
    """Return whether the lead's shared car is out on that day with another team."""
    if team.car != Car.SHARED:
        return False
    sharing = {one.key for one in teams if one.car == Car.SHARED and one.lead_id == team.lead_id}
    return any(key != team.key and key in sharing and when == day for key, when in out)
