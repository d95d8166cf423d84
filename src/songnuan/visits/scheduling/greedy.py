"""Arranges visits one after another, each where it costs least. Needs no solver, and is never undone."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from songnuan.visits.scheduling.problem import (
    DAY_OUT,
    DISTRICT,
    LAST_DAY,
    UNEVEN,
    Problem,
    Slot,
    Spot,
    Stop,
    Window,
    is_shared_out,
    options,
)
from songnuan.visits.scheduling.tours import Call, begins, insert


@dataclass(slots=True)
class Rounds:
    """The rounds as they grow: the visits of each team and day in order, and how many have no time."""

    problem: Problem
    calls: dict[Slot, list[Call]] = field(default_factory=lambda: defaultdict(list))
    timeless: Counter[Slot] = field(default_factory=Counter)
    load: Counter[str] = field(default_factory=Counter)
    last: int = 0

    def out(self) -> set[Slot]:
        """Return who is out when."""
        return {slot for slot, calls in self.calls.items() if calls} | set(self.timeless)

    def count(self, slot: Slot) -> int:
        """Return how many visits a team makes on a day."""
        return len(self.calls[slot]) + self.timeless[slot]


def standing(problem: Problem) -> Rounds:
    """Return the rounds with what stays where it is."""
    rounds = Rounds(problem)
    timed = [(row, row.start) for row in problem.standing if row.start is not None]
    for row, start in sorted(timed, key=lambda pair: (pair[1], pair[0].visit_id)):
        call = Call(row.visit_id, row.district, row.minutes, ((start, start),))
        rounds.calls[row.team, row.day].append(call)
    rounds.timeless.update((row.team, row.day) for row in problem.standing if row.start is None)
    rounds.load.update(row.team for row in problem.standing)
    return rounds


def arrange(problem: Problem) -> dict[int, Spot]:
    """Return where each visit goes; what fits nowhere is left out. Leads are arranged one by one."""
    spots: dict[int, Spot] = {}
    for part in problem.parts():
        spots |= _arrange(part)
    return spots


def _arrange(part: Problem) -> dict[int, Spot]:
    may, rounds = options(part), standing(part)
    # Who has least choice goes first; neighbours follow each other, so that they share a day.
    sizes = Counter(stop.district for stop in part.stops)
    order = sorted(
        part.stops,
        key=lambda stop: (
            stop.day is None,
            len(may[stop.visit_id]) > len(part.days) // 2,
            -sizes[stop.district],
            stop.district,
            len(may[stop.visit_id]),
            stop.visit_id,
        ),
    )
    left = Counter(stop.district for stop in part.stops)
    for stop in order:
        _place(stop, may[stop.visit_id], rounds, left[stop.district] if stop.district else 1)
        left[stop.district] -= 1
    stays = {row.visit_id for row in part.standing}
    return {
        call.visit_id: Spot(day, start, team)
        for (team, day), calls in rounds.calls.items()
        for call, start in zip(calls, begins(calls, part) or (), strict=False)
        if call.visit_id not in stays
    }


def _place(stop: Stop, may: Mapping[Slot, tuple[Window, ...]], rounds: Rounds, left: int) -> None:
    """Put the visit where it costs least, if there is room anywhere.

    The price of a further day is shared by the visits of its district that are `left`: they will follow.
    """
    part = rounds.problem
    teams = {team.key: team for team in part.teams}
    place = {day: number for number, day in enumerate(part.days)}
    out = rounds.out()

    def price(slot: Slot) -> tuple[int, int, str]:
        team, day = slot
        number = place[day]
        districts = {call.district for call in rounds.calls[slot]} - {"", stop.district}
        found = DAY_OUT * (slot not in out) // min(left, teams[team].most) + DISTRICT * bool(
            districts and stop.district
        )
        found += LAST_DAY * max(number - rounds.last, 0) + number
        return found + UNEVEN * rounds.load[team], number, team

    for slot in sorted(may, key=price):
        team = teams[slot[0]]
        if rounds.count(slot) >= team.most or is_shared_out(team, slot[1], part.teams, out):
            continue
        call = Call(stop.visit_id, stop.district, stop.minutes, may[slot])
        grown = insert(rounds.calls[slot], call, part)
        if grown is not None:
            rounds.calls[slot] = grown
            rounds.load[team.key] += 1
            rounds.last = max(rounds.last, place[slot[1]])
            return
