"""Makes a proposal, with the solver where it is installed, and says why a visit found no place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from songnuan.visits.scheduling import greedy, solver
from songnuan.visits.scheduling.problem import Problem, Spot, Stop, Team, cost, may_go, options


class Method(StrEnum):
    """How a proposal was made."""

    SOLVER = "solver"
    GREEDY = "greedy"


class Why(StrEnum):
    """Why a visit has no place in a proposal."""

    DEADLINE_OVER = "deadline_over"
    FIXED_DAY = "fixed_day"
    NO_CAR = "no_car"
    TEAM_DISTRICT = "team_district"
    UNIT_DISTRICT = "unit_district"
    CLOSED = "closed"
    TOO_SHORT = "too_short"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where each visit goes and why the others do not. `is_best`: proved that nothing is better."""

    method: Method
    spots: Mapping[int, Spot]
    unplaced: Mapping[int, Why]
    cost: int
    is_best: bool = False


def propose(problem: Problem, *, only_greedy: bool = False) -> Proposal:
    """Return a proposal that breaks no hard rule; the same for the same problem."""
    spots, is_best, method = greedy.arrange(problem), False, Method.GREEDY
    if problem.stops and not only_greedy and solver.is_installed():
        method = Method.SOLVER
        spots, is_best = solver.arrange(problem, spots)
    left = [stop for stop in problem.stops if stop.visit_id not in spots]
    may = options(problem) if left else {}
    unplaced = {stop.visit_id: _why(stop, problem, is_placeable=bool(may[stop.visit_id])) for stop in left}
    return Proposal(method, spots, unplaced, cost(problem, spots), is_best)


def _why(stop: Stop, problem: Problem, *, is_placeable: bool) -> Why:
    """Return the first reason that holds, from the one that nobody can help to the one of want of room."""
    days = [day for day in problem.days if day <= stop.due_on]
    teams = [team for team in problem.teams if team.lead_id == stop.lead_id]
    if not days:
        return Why.DEADLINE_OVER
    if is_placeable:
        return Why.NO_ROOM
    if stop.day is not None and (stop.day not in days or not stop.hours.on(stop.day)):
        return Why.FIXED_DAY
    if not any(may_go(stop, team) for team in teams):
        return _why_nobody_gets_there(stop, teams)
    if not any(stop.hours.on(day) for day in days):
        return Why.CLOSED
    return Why.FIXED_DAY if stop.start is not None else Why.TOO_SHORT


def _why_nobody_gets_there(stop: Stop, teams: Sequence[Team]) -> Why:
    """Return what is lacking where no team has a car."""
    if not stop.district:
        return Why.UNIT_DISTRICT
    return Why.NO_CAR if any(team.district for team in teams) else Why.TEAM_DISTRICT
