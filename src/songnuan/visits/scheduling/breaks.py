"""Which rules one visit would break at one time: asked before it is moved by hand, and before it is taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from songnuan.kernel.workdays import LAST_YEAR, CalendarEnds, is_workday, next_workday
from songnuan.visits.scheduling.problem import (
    Car,
    DaySpot,
    Problem,
    Spot,
    Standing,
    Stop,
    Team,
    is_shared_out,
)


class Rule(StrEnum):
    """A rule that a visit may break. The last one only makes a day worse, and needs no reason."""

    DAY_OFF = "day_off"
    AFTER_DEADLINE = "after_deadline"
    UNIT_CLOSED = "unit_closed"
    OUTSIDE_HOURS = "outside_hours"
    AT_REST = "at_rest"
    TEAM_HOURS = "team_hours"
    OTHER_LEAD = "other_lead"
    TOO_MANY = "too_many"
    TWO_AT_ONCE = "two_at_once"
    ON_THE_WAY = "on_the_way"
    NO_CAR = "no_car"
    CAR_OUT = "car_out"
    OTHER_DISTRICT = "other_district"

    @property
    def is_hard(self) -> bool:
        """Whether a proposal never breaks it, and a person only with a reason."""
        return self is not Rule.OTHER_DISTRICT


@dataclass(frozen=True, slots=True)
class Break:
    """A rule that is broken, with the facts that its sentence names.

    `other` is the unit of the visit it is broken with, `minutes` what lacks. `hours` are those that would
    do, `weekdays` those on which the unit is open, `day` the next working day or the last day allowed.
    """

    rule: Rule
    other: int | None = None
    minutes: int = 0
    hours: tuple[int, int] = (0, 0)
    weekdays: tuple[int, ...] = ()
    day: date | None = None


def breaks(stop: Stop, spot: Spot | DaySpot, world: Sequence[Standing], problem: Problem) -> list[Break]:
    """Return the rules that the visit breaks at `spot`, the gravest first; without a time, those of the day.

    Args:
        stop: The visit; what is fixed of it does not matter.
        spot: Where it would go.
        world: The other visits, where they are.
        problem: The teams and the ways. Its days do not matter: the calendar is asked.

    """
    team = next((team for team in problem.teams if team.key == spot.team), None)
    same = [row for row in world if row.visit_id != stop.visit_id]
    found = list(_day(stop, spot))
    if isinstance(spot, Spot):
        found += _hours(stop, spot, problem)
    if team is None or team.lead_id != stop.lead_id:
        return [*found, Break(Rule.OTHER_LEAD)]
    beside = [row for row in same if (row.team, row.day) == (team.key, spot.day)]
    found += _team(stop, spot, team, problem, same)
    if len(beside) >= team.most:
        found.append(Break(Rule.TOO_MANY))
    if isinstance(spot, Spot):
        found += _beside(stop, spot, beside, problem)
    districts = {row.district for row in beside} - {"", stop.district}
    if districts and stop.district:
        found.append(Break(Rule.OTHER_DISTRICT))
    return found


def day_breaks(stop: Stop, day: date) -> list[Break]:
    """Return the rules that the day alone breaks, whoever goes."""
    return list(_day(stop, DaySpot(day, "")))


def _day(stop: Stop, spot: Spot | DaySpot) -> Iterator[Break]:
    # Beyond the table of working days nobody knows, and a person who moves a visit there has to.
    if spot.day.year <= LAST_YEAR and not is_workday(spot.day):
        yield Break(Rule.DAY_OFF, day=_working(spot.day))
    elif not stop.hours.on(spot.day):
        yield Break(Rule.UNIT_CLOSED, weekdays=tuple(sorted(stop.hours.weekdays)))
    if spot.day > stop.due_on:
        yield Break(Rule.AFTER_DEADLINE, day=stop.due_on)


def _working(day: date) -> date | None:
    """Return the next day on which people work; None where the table of them ends before."""
    try:
        return next_workday(day)
    except CalendarEnds:
        return None


def _hours(stop: Stop, spot: Spot, problem: Problem) -> Iterator[Break]:
    ends = spot.start + stop.minutes
    if spot.start < stop.hours.opens or ends > stop.hours.closes:
        yield Break(Rule.OUTSIDE_HOURS, hours=(stop.hours.opens, stop.hours.closes))
    if problem.rest is not None and spot.start < problem.rest[1] and ends > problem.rest[0]:
        yield Break(Rule.AT_REST, hours=problem.rest)


def _team(
    stop: Stop, spot: Spot | DaySpot, team: Team, problem: Problem, world: Sequence[Standing]
) -> Iterator[Break]:
    if spot.start is not None and (spot.start < team.starts or spot.start + stop.minutes > team.ends):
        yield Break(Rule.TEAM_HOURS, hours=(team.starts, team.ends))
    if team.car == Car.NONE and (not stop.district or stop.district != team.district):
        yield Break(Rule.NO_CAR)
    if is_shared_out(team, spot.day, problem.teams, ((row.team, row.day) for row in world)):
        yield Break(Rule.CAR_OUT)


def _beside(stop: Stop, spot: Spot, beside: Sequence[Standing], problem: Problem) -> Iterator[Break]:
    """Yield the visits of the same team and day that leave too little time before or after."""
    ends = spot.start + stop.minutes
    for row in sorted(beside, key=lambda row: (row.start or 0, row.visit_id)):
        if row.start is None:
            continue
        between = spot.start - row.start - row.minutes if row.start <= spot.start else row.start - ends
        way = problem.way(stop.district, row.district)
        if between < 0:
            yield Break(Rule.TWO_AT_ONCE, row.unit_id)
        elif between < way:
            yield Break(Rule.ON_THE_WAY, row.unit_id, way - between)
