"""The round of one team on one day: in which order, and when each visit begins."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from songnuan.visits.scheduling.problem import GRID, Problem, Slot, Spot, Window, windows


@dataclass(frozen=True, slots=True)
class Call:
    """A visit on a round: how long it takes, where, and when it may begin."""

    visit_id: int
    district: str
    minutes: int
    windows: tuple[Window, ...]


def begins(round_: Sequence[Call], problem: Problem) -> list[int] | None:
    """Return when each visit begins, as early as can be in this order; None when they do not fit."""
    found: list[int] = []
    free, before = 0, None
    for call in round_:
        if before is not None:
            free += problem.way(before.district, call.district)
        start = next((max(low, _grid(free)) for low, high in call.windows if high >= _grid(free)), None)
        if start is None:
            # A time that is fixed may lie off the grid.
            start = next((low for low, high in call.windows if low == high and low >= free), None)
        if start is None:
            return None
        found.append(start)
        free, before = start + call.minutes, call
    return found


def _grid(minute: int) -> int:
    return -(-minute // GRID) * GRID


def earliest(problem: Problem, spots: Mapping[int, Spot]) -> dict[int, Spot]:
    """Return the spots with each visit as early as its round lets it be, in the order it has."""
    teams = {team.key: team for team in problem.teams}
    rounds: dict[Slot, list[tuple[int, Call]]] = defaultdict(list)
    for stop in problem.stops:
        if spot := spots.get(stop.visit_id):
            may = windows(stop, teams[spot.team], spot.day, problem)
            call = Call(stop.visit_id, stop.district, stop.minutes, may)
            rounds[spot.team, spot.day].append((spot.start, call))
    for row in problem.standing:
        if row.start is not None and (row.team, row.day) in rounds:
            call = Call(row.visit_id, row.district, row.minutes, ((row.start, row.start),))
            rounds[row.team, row.day].append((row.start, call))
    found = dict(spots)
    for (team, day), timed in rounds.items():
        calls = [call for _start, call in sorted(timed, key=lambda pair: (pair[0], pair[1].visit_id))]
        for call, start in zip(calls, begins(calls, problem) or (), strict=False):
            if call.visit_id in found:
                found[call.visit_id] = Spot(day, start, team)
    return found


def insert(round_: Sequence[Call], call: Call, problem: Problem) -> list[Call] | None:
    """Return the round with the visit where it ends earliest; None when it fits nowhere."""
    best: list[Call] | None = None
    best_end = 0
    for place in range(len(round_) + 1):
        tried = [*round_[:place], call, *round_[place:]]
        starts = begins(tried, problem)
        if starts is None:
            continue
        end = starts[-1] + tried[-1].minutes
        if best is None or end < best_end:
            best, best_end = tried, end
    return best
