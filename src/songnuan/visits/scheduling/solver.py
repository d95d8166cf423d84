"""Arranges visits with OR-Tools' CP-SAT solver, which the extra `songnuan[schedule]` brings.

One lead after another, for they share nothing; a lead's visits all at once, or, where they are many, some
days anew while the others stand. One worker, one seed and limits counted in the solver's own steps make the
same proposal of the same problem every time. It begins with the greedy proposal, and is never worse.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from random import Random
from time import monotonic
from typing import Any

from songnuan.visits.scheduling.problem import (
    DAY_OUT,
    DISTRICT,
    LAST_DAY,
    UNEVEN,
    UNPLACED,
    Car,
    Problem,
    Slot,
    Spot,
    Standing,
    Stop,
    cost,
    options,
)
from songnuan.visits.scheduling.tours import earliest

WHOLE = 60
"""Up to so many places to choose from, a lead's visits are arranged at once; beyond that, part by part."""
ROUNDS = 60
"""How many parts are arranged anew, for all leads together."""
STEPS = 0.05
"""The solver's own measure of work for one part; about as many seconds."""
BOX = 4.0
"""Seconds after which it stops all the same: whoever waits on a page waits no longer. Only where this comes
first, on a machine slower or busier than expected, may two proposals of one problem differ."""
_SLOTS = 5


def is_installed() -> bool:
    """Return whether the solver is there; nothing is loaded."""
    return find_spec("ortools") is not None


def arrange(problem: Problem, hint: Mapping[int, Spot]) -> tuple[dict[int, Spot], bool]:
    """Return where each visit goes, and whether nothing better is possible.

    Args:
        problem: What is to be arranged.
        hint: A proposal that breaks no rule.

    """
    spots: dict[int, Spot] = {}
    is_best = True
    ends = monotonic() + BOX
    for part in problem.parts():
        known = {stop.visit_id: hint[stop.visit_id] for stop in part.stops if stop.visit_id in hint}
        if sum(len(slots) for slots in options(part).values()) <= WHOLE:
            found, proved = _Model(part).solve(known, ends)
            if cost(part, found) > cost(part, known):
                found = known
        else:
            rounds = math.ceil(ROUNDS * len(part.stops) / len(problem.stops))
            found, proved = _improved(part, known, rounds, ends), False
        spots |= earliest(part, found)
        is_best &= proved
    return spots, is_best


def _improved(part: Problem, spots: dict[int, Spot], rounds: int, ends: float) -> dict[int, Spot]:
    """Return the proposal after some days were arranged anew, again and again, while the others stand."""
    chance = Random(1)  # noqa: S311 - which days come next is no secret, and is the same every time
    stops = {stop.visit_id: stop for stop in part.stops}
    spent = cost(part, spots)
    for number in range(rounds):
        if monotonic() > ends:
            break
        slots = _neighbours(part, spots, chance, number)
        free = [
            stop for stop in part.stops if stop.visit_id not in spots or _slot(spots[stop.visit_id]) in slots
        ]
        stay = {visit_id: spot for visit_id, spot in spots.items() if _slot(spot) not in slots}
        standing = [_standing(stops[visit_id], spot) for visit_id, spot in stay.items()]
        some = replace(part, stops=free, standing=[*part.standing, *standing])
        known = {stop.visit_id: spots[stop.visit_id] for stop in free if stop.visit_id in spots}
        found, _proved = _Model(some, slots).solve(known, ends)
        tried = cost(part, stay | found)
        if tried < spent:
            spots, spent = stay | found, tried
    return spots


def _slot(spot: Spot) -> Slot:
    return spot.team, spot.day


def _standing(stop: Stop, spot: Spot) -> Standing:
    return Standing(stop.visit_id, stop.unit_id, stop.district, spot.team, spot.day, spot.start, stop.minutes)


def _neighbours(part: Problem, spots: Mapping[int, Spot], chance: Random, number: int) -> frozenset[Slot]:
    """Return some days of some teams: those that share a district, one team's, or all teams' of few days."""
    slots = [(team.key, day) for team in part.teams for day in part.days]
    first = chance.choice(slots)
    if number % 3 == 0 and spots:
        district = chance.choice(sorted(stop.district for stop in part.stops))
        there = {
            _slot(spots[stop.visit_id])
            for stop in part.stops
            if stop.district == district and stop.visit_id in spots
        }
        near = sorted(there)
    elif number % 3 == 1:
        near = [slot for slot in slots if slot[0] == first[0]]
    else:
        near = [slot for slot in slots if slot[1] == first[1]]
    chosen = chance.sample(near, min(_SLOTS - 1, len(near)))
    return frozenset([*chosen, chance.choice(slots)])


def _blocks(
    there: Sequence[Standing], part: Problem
) -> tuple[list[tuple[int, int]], list[tuple[int, int, str]]]:
    """Return what fixed visits take of a day: (start, minutes) and (start, minutes, district).

    Somebody may have put them against the rules, too close or back and forth between districts. No day holds
    such visits as it ought to, so each heap of them is one block that others keep clear of; the rest are as
    any visit.
    """
    rows = sorted((row.start, row.minutes, row.district) for row in there if row.start is not None)
    stays: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
    for number, row in enumerate(rows):
        stays[row[2], 0 if row[2] else number].append(row)
    heaps: list[tuple[int, list[list[tuple[int, int, str]]]]] = []
    for stay in sorted(stays.values()):
        ends = max(row[0] + row[1] for row in stay) + part.far
        if heaps and stay[0][0] < heaps[-1][0]:
            ends, stay_before = max(ends, heaps[-1][0]), heaps.pop()[1]
            heaps.append((ends, [*stay_before, stay]))
        else:
            heaps.append((ends, [stay]))
    blocks, kept = [], []
    for ends, heap in heaps:
        inside = sorted(row for stay in heap for row in stay)
        is_close = any(one[0] + one[1] + part.near > other[0] for one, other in pairwise(inside))
        if is_close or len(heap) > 1:
            blocks.append((inside[0][0], ends - inside[0][0]))
        else:
            kept += inside
    return blocks, kept


@dataclass(slots=True)
class _Model:
    """The problem of one lead as the solver takes it; `only` are the slots that visits may go to, if not all.

    `goes[visit, slot]` says that a visit is made there. Beside a block of fixed visits a day is not measured
    to the minute, so that what the solver proves is best need not be.
    """

    part: Problem
    only: frozenset[Slot] | None = None
    cp: Any = field(default_factory=lambda: import_module("ortools.sat.python.cp_model"))
    model: Any = None
    goes: dict[tuple[int, Slot], Any] = field(default_factory=dict)
    start: dict[int, Any] = field(default_factory=dict)
    costs: list[Any] = field(default_factory=list)
    is_exact: bool = True

    def solve(self, hint: Mapping[int, Spot], ends: float) -> tuple[dict[int, Spot], bool]:
        """Return where each visit goes, and whether that is proved to be best; it stops at `ends`."""
        self.model = self.cp.CpModel()
        slots = self._visits()
        out = {slot: self._round(slot, stops) for slot, stops in slots.items()}
        self._cars(out)
        self._price(out)
        self._hint(hint)
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = STEPS
        solver.parameters.max_time_in_seconds = max(ends - monotonic(), 0.01)
        status = solver.solve(self.model)
        if status not in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            return {}, False
        spots = {
            visit_id: Spot(slot[1], solver.value(self.start[visit_id]), slot[0])
            for (visit_id, slot), goes in self.goes.items()
            if solver.boolean_value(goes)
        }
        return spots, self.is_exact and status == self.cp.OPTIMAL

    def _visits(self) -> dict[Slot, list[Stop]]:
        """Let each visit go to one of its slots or to none; return the visits that may go to each slot."""
        slots: dict[Slot, list[Stop]] = {
            (row.team, row.day): []
            for row in self.part.standing
            if self.only is None or (row.team, row.day) in self.only
        }
        may = options(self.part, self.only)
        for stop in self.part.stops:
            found = may[stop.visit_id]
            times = self.cp.Domain.from_intervals([list(one) for two in found.values() for one in two])
            if not found:
                self.costs.append(UNPLACED)
                continue
            start = self.start[stop.visit_id] = self.model.new_int_var_from_domain(times, "")
            choice = []
            for slot, windows in found.items():
                goes = self.goes[stop.visit_id, slot] = self.model.new_bool_var("")
                allowed = self.cp.Domain.from_intervals([list(one) for one in windows])
                self.model.add_linear_expression_in_domain(start, allowed).only_enforce_if(goes)
                slots.setdefault(slot, []).append(stop)
                choice.append(goes)
            self.model.add_at_most_one(choice)
            self.costs.append(UNPLACED * (1 - sum(choice)))
        return slots

    def _round(self, slot: Slot, stops: Sequence[Stop]) -> Any:  # noqa: ANN401 - the solver's own kind
        """Keep one team's day in order; return whether the team is out.

        The time on the way to the next unit is part of a visit, that to another district part of the stay in
        one. A district is thus gone through in one piece.
        """
        part, model = self.part, self.model
        there = [row for row in part.standing if (row.team, row.day) == slot]
        team = next(team for team in part.teams if team.key == slot[0])
        goes = [self.goes[stop.visit_id, slot] for stop in stops]
        model.add(sum(goes) <= max(team.most - len(there), 0))
        visits, stays = [], []
        inside: dict[str, list[tuple[Any, Any, int]]] = defaultdict(list)
        for stop, going in zip(stops, goes, strict=True):
            begins = self.start[stop.visit_id]
            visits.append(
                model.new_optional_fixed_size_interval_var(begins, stop.minutes + part.near, going, "")
            )
            inside[stop.district].append((begins, going, stop.minutes))
        blocks, kept = _blocks(there, part)
        for begins, minutes in blocks:
            block = model.new_fixed_size_interval_var(begins, minutes, "")
            visits.append(block)
            stays.append(block)
            self.is_exact = False
        for begins, minutes, district in kept:
            visits.append(model.new_fixed_size_interval_var(begins, minutes + part.near, ""))
            inside[district].append((begins, True, minutes))
        extra: list[Any] = []
        for district, calls in sorted(inside.items()):
            if not district:
                stays += [
                    model.new_optional_fixed_size_interval_var(begins, minutes + part.far, going, "")
                    for begins, going, minutes in calls
                ]
                continue
            stays.append(self._stay(calls, extra))
        model.add_no_overlap(visits)
        model.add_no_overlap(stays)
        if len(extra) > 1:
            more = model.new_int_var(0, len(extra), "")
            model.add(more >= sum(extra) - 1)
            self.costs.append(DISTRICT * more)
        if there:
            return True
        is_out = model.new_bool_var("")
        model.add_max_equality(is_out, goes)
        self.costs.append(DAY_OUT * is_out)
        return is_out

    def _stay(self, calls: Sequence[tuple[Any, Any, int]], extra: list[Any]) -> Any:  # noqa: ANN401 - as above
        """Return the stay in a district, which holds the visits there and the way out of it."""
        model, far, day = self.model, self.part.far, 24 * 60
        is_there = model.new_bool_var("")
        begins, ends = model.new_int_var(0, day, ""), model.new_int_var(0, 2 * day, "")
        size = model.new_int_var(0, 2 * day, "")
        for start, going, minutes in calls:
            if going is True:
                model.add(is_there == 1)
                model.add(begins <= start)
                model.add(ends >= start + minutes + far)
                continue
            model.add_implication(going, is_there)
            model.add(begins <= start).only_enforce_if(going)
            model.add(ends >= start + minutes + far).only_enforce_if(going)
        extra.append(is_there)
        return model.new_optional_interval_var(begins, size, ends, is_there, "")

    def _cars(self, out: Mapping[Slot, Any]) -> None:
        """Let one team at most have the shared car on a day, beside what stays where it is."""
        sharing = {team.key for team in self.part.teams if team.car == Car.SHARED}
        by_day: dict[date, list[Any]] = defaultdict(list)
        for (team, day), is_out in out.items():
            if team in sharing:
                by_day[day].append(is_out)
        for day, teams in by_day.items():
            given = len({row.team for row in self.part.standing if row.day == day and row.team in sharing})
            self.model.add(sum(is_out for is_out in teams if is_out is not True) <= max(1 - given, 0))

    def _price(self, out: Mapping[Slot, Any]) -> None:
        """Say what is better, as `problem.cost` does."""
        part, model = self.part, self.model
        place = {day: number for number, day in enumerate(part.days)}
        last = model.new_int_var(0, len(part.days), "")
        for (_visit_id, (_team, day)), goes in self.goes.items():
            if place[day]:
                model.add(last >= place[day]).only_enforce_if(goes)
                self.costs.append(place[day] * goes)
        self.costs.append(LAST_DAY * last)
        if len(part.teams) > 1:
            highest = model.new_int_var(0, len(part.stops) + len(part.standing), "")
            lowest = model.new_int_var(0, len(part.stops) + len(part.standing), "")
            for team in part.teams:
                load = sum(goes for (_visit, slot), goes in self.goes.items() if slot[0] == team.key)
                load += sum(row.team == team.key for row in part.standing)
                model.add(highest >= load)
                model.add(lowest <= load)
            self.costs.append(UNEVEN * (highest - lowest))
        model.minimize(sum(self.costs))
        del out

    def _hint(self, hint: Mapping[int, Spot]) -> None:
        for (visit_id, slot), goes in self.goes.items():
            spot = hint.get(visit_id)
            self.model.add_hint(goes, spot is not None and (spot.team, spot.day) == slot)
        for visit_id, start in self.start.items():
            if visit_id in hint:
                self.model.add_hint(start, hint[visit_id].start)
