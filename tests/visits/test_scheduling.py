"""No proposal breaks a rule: asked of each by a slow reading of the rules that shares nothing with ours."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songnuan.visits.scheduling import greedy, solver
from songnuan.visits.scheduling.breaks import Rule, breaks
from songnuan.visits.scheduling.problem import (
    WEEK,
    Car,
    Hours,
    Problem,
    Spot,
    Standing,
    Stop,
    Team,
    cost,
    windows,
)
from songnuan.visits.scheduling.proposing import Method, Why, propose

MONDAY = date(2020, 4, 13)
NINE, FIVE = 9 * 60, 17 * 60
USUAL = Hours(WEEK, NINE, FIVE)


def days_of(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if chinese_calendar.is_workday(day)]


def wrongs(problem: Problem, spots: Mapping[int, Spot]) -> list[str]:
    """Return what is wrong with a proposal, minute by minute and pair by pair."""
    found: list[str] = []
    stops = {stop.visit_id: stop for stop in problem.stops}
    teams = {team.key: team for team in problem.teams}
    rounds: dict[tuple[str, date], list[tuple[int, int, str, int]]] = defaultdict(list)
    standing = {row.visit_id for row in problem.standing}
    for row in problem.standing:
        rounds[row.team, row.day].append(
            (-1 if row.start is None else row.start, row.minutes, row.district, row.visit_id)
        )
    for visit_id, spot in spots.items():
        stop, team = stops[visit_id], teams[spot.team]
        rounds[spot.team, spot.day].append((spot.start, stop.minutes, stop.district, visit_id))
        found += [f"{visit_id} {word}" for word in _alone(stop, spot, team, problem)]
    for (key, day), calls in rounds.items():
        if len(calls) > teams[key].most and any(call[3] not in standing for call in calls):
            found.append(f"{key} {day} too many")
        for one in calls:
            for other in calls:
                if one[3] == other[3] or min(one[0], other[0]) < 0 or {one[3], other[3]} <= standing:
                    continue
                way = problem.near if one[2] and one[2] == other[2] else problem.far
                if one[0] <= other[0] < one[0] + one[1] + way:
                    found.append(f"{one[3]} and {other[3]} {day} too close")
    return [*found, *_shared_cars(rounds, teams, standing)]


def _shared_cars(
    rounds: Mapping[tuple[str, date], list[tuple[int, int, str, int]]],
    teams: Mapping[str, Team],
    standing: set[int],
) -> Iterable[str]:
    for key, day in rounds:
        sharing = [
            other
            for other, when in rounds
            if when == day
            and teams[other].car == Car.SHARED
            and teams[other].lead_id == teams[key].lead_id
            and any(call[3] not in standing for call in rounds[other, when])
        ]
        if teams[key].car == Car.SHARED and set(sharing) - {key}:
            yield f"{key} {day} shares its car"


def _alone(  # noqa: C901 - one rule after another
    stop: Stop, spot: Spot, team: Team, problem: Problem
) -> Iterable[str]:
    if team.lead_id != stop.lead_id:
        yield "another lead's team"
    if spot.day > stop.due_on:
        yield "after its deadline"
    if not chinese_calendar.is_workday(spot.day):
        yield "on a day off"
    weekday = spot.day.weekday()
    if weekday not in stop.hours.weekdays and not (weekday > 4 and {0, 1, 2, 3, 4} <= stop.hours.weekdays):
        yield "closed"
    for minute in range(spot.start, spot.start + stop.minutes):
        if not stop.hours.opens <= minute < stop.hours.closes:
            yield "outside the unit's hours"
            break
        if not team.starts <= minute < team.ends:
            yield "outside the team's hours"
            break
        if problem.rest and problem.rest[0] <= minute < problem.rest[1]:
            yield "at noon"
            break
    if team.car == Car.NONE and (not stop.district or stop.district != team.district):
        yield "no car"
    if stop.day not in {None, spot.day} or stop.start not in {None, spot.start}:
        yield "moved though pinned"
    if stop.team not in {None, spot.team}:
        yield "another team though pinned"


districts = st.sampled_from(["", "东", "西", "南"])
minutes = st.integers(0, 23).map(lambda step: 8 * 60 + 25 * step)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    # From before the holiday of May, with a Sunday that is worked on 26 April and one on 9 May.
    first = draw(st.sampled_from([date(2020, 4, 24), date(2020, 4, 30), MONDAY]))
    days = days_of(first, first + timedelta(days=draw(st.integers(0, 10))))
    teams = []
    for lead_id in range(draw(st.integers(1, 2))):
        for number in range(draw(st.integers(1, 3))):
            starts = draw(st.sampled_from([8 * 60, NINE, 13 * 60]))
            teams.append(
                Team(
                    key=f"t{lead_id}-{number}",
                    lead_id=lead_id,
                    district=draw(districts),
                    car=draw(st.sampled_from(Car)),
                    starts=starts,
                    ends=starts + draw(st.sampled_from([120, 300, 540])),
                    most=draw(st.integers(1, 4)),
                )
            )
    leads = sorted({team.lead_id for team in teams})
    stops = []
    for visit_id in range(draw(st.integers(1, 8))):
        opens = draw(minutes)
        hours = Hours(
            draw(st.one_of(st.just(WEEK), st.frozensets(st.integers(0, 6), min_size=1))),
            opens,
            opens + draw(st.sampled_from([60, 200, 480])),
        )
        pinned = draw(st.booleans()) if days else False
        stops.append(
            Stop(
                visit_id=visit_id,
                unit_id=100 + visit_id,
                lead_id=draw(st.sampled_from(leads)),
                district=draw(districts),
                hours=hours,
                minutes=draw(st.sampled_from([30, 45, 100])),
                due_on=first + timedelta(days=draw(st.integers(-1, 10))),
                day=draw(st.sampled_from(days)) if pinned else None,
                start=draw(minutes) if pinned and draw(st.booleans()) else None,
            )
        )
    standing = [
        Standing(
            visit_id=50 + number,
            unit_id=150 + number,
            district=draw(districts),
            team=draw(st.sampled_from(teams)).key,
            day=draw(st.sampled_from(days)),
            start=draw(st.one_of(st.none(), minutes)),
            minutes=45,
        )
        for number in range(draw(st.integers(0, 3)) if days else 0)
    ]
    return Problem(
        days, teams, stops, standing, 20, 60, draw(st.sampled_from([None, (12 * 60, 13 * 60 + 30)]))
    )


@given(problems())
def test_greedy_breaks_no_rule(problem: Problem) -> None:
    proposal = propose(problem, only_greedy=True)
    assert proposal.method == Method.GREEDY
    assert wrongs(problem, proposal.spots) == []
    assert proposal.spots.keys() | proposal.unplaced.keys() == {stop.visit_id for stop in problem.stops}


@given(problems())
@settings(max_examples=20)
def test_the_solver_breaks_no_rule_and_is_never_worse(problem: Problem) -> None:
    proposal = propose(problem)
    assert proposal.method == Method.SOLVER
    assert wrongs(problem, proposal.spots) == []
    assert proposal.cost <= cost(problem, greedy.arrange(problem))


@given(problems())
@settings(max_examples=10)
def test_days_arranged_anew_break_no_rule(problem: Problem) -> None:
    """As where a lead has so many visits that they are arranged part by part."""
    for part in problem.parts():
        known = greedy.arrange(part)
        found = solver._improved(part, known, 6, float("inf"))
        assert wrongs(part, found) == []
        assert cost(part, found) <= cost(part, known)


@given(problems())
def test_what_a_proposal_says_breaks_nothing_when_it_is_asked_of_each(problem: Problem) -> None:
    """The question asked before a visit is moved by hand agrees with the proposal."""
    spots = greedy.arrange(problem)
    stops = {stop.visit_id: stop for stop in problem.stops}
    world = [*problem.standing]
    world += [
        Standing(
            pk, stops[pk].unit_id, stops[pk].district, spot.team, spot.day, spot.start, stops[pk].minutes
        )
        for pk, spot in spots.items()
    ]
    for pk, spot in spots.items():
        assert [one for one in breaks(stops[pk], spot, world, problem) if one.rule.is_hard] == []


@given(problems(), st.data())
def test_a_spot_breaks_a_rule_where_the_slow_reading_finds_a_wrong(
    problem: Problem, data: st.DataObject
) -> None:
    stop = replace(data.draw(st.sampled_from(problem.stops)), day=None, start=None)
    spot = Spot(
        data.draw(st.dates(date(2020, 4, 20), date(2020, 5, 10))),
        data.draw(minutes),
        data.draw(st.sampled_from(problem.teams)).key,
    )
    hard = [one for one in breaks(stop, spot, problem.standing, problem) if one.rule.is_hard]
    alone = replace(problem, stops=[stop])
    assert bool(hard) == bool(wrongs(alone, {stop.visit_id: spot}))


def one_team(**changes: object) -> Team:
    team = Team("t", 1, "东", Car.OWN, NINE, FIVE, 4)
    return replace(team, **changes)  # type: ignore[arg-type]  # facts of the right kinds


def one_stop(visit_id: int, **changes: object) -> Stop:
    stop = Stop(visit_id, visit_id, 1, "东", USUAL, 45, MONDAY + timedelta(days=4))
    return replace(stop, **changes)  # type: ignore[arg-type]  # as above


def problem_of(stops: list[Stop], *teams: Team, standing: tuple[Standing, ...] = ()) -> Problem:
    days = days_of(MONDAY, MONDAY + timedelta(days=4))
    return Problem(days, teams or (one_team(),), stops, standing, 20, 60)


@pytest.mark.parametrize("only_greedy", [True, False])
def test_neighbours_share_a_day(*, only_greedy: bool) -> None:
    stops = [one_stop(number, district=district) for number, district in enumerate("东西东西东西", 1)]
    proposal = propose(problem_of(stops), only_greedy=only_greedy)
    by_day: dict[date, set[str]] = defaultdict(set)
    for stop in stops:
        by_day[proposal.spots[stop.visit_id].day].add(stop.district)
    assert sorted(map(sorted, by_day.values())) == [["东"], ["西"]]
    assert min(spot.start for spot in proposal.spots.values()) == NINE
    assert max(spot.start for spot in proposal.spots.values()) == NINE + 2 * (45 + 20)


def test_the_proposal_is_the_same_every_time() -> None:
    stops = [one_stop(number, district="东西南"[number % 3]) for number in range(14)]
    teams = [one_team(key=f"t{number}", most=3) for number in range(3)]
    assert propose(problem_of(stops, *teams)) == propose(problem_of(stops, *teams))


@pytest.mark.parametrize(
    ("stop", "team", "why"),
    [
        (one_stop(1, due_on=date(2020, 4, 12)), one_team(), Why.DEADLINE_OVER),
        (one_stop(1, district="西"), one_team(car=Car.NONE, district="东"), Why.NO_CAR),
        (one_stop(1, district="西"), one_team(car=Car.NONE, district=""), Why.TEAM_DISTRICT),
        (one_stop(1, district=""), one_team(car=Car.NONE, district="东"), Why.UNIT_DISTRICT),
        (one_stop(1, district=""), one_team(car=Car.NONE, district=""), Why.UNIT_DISTRICT),
        (one_stop(1, hours=Hours(frozenset({6}), NINE, FIVE)), one_team(), Why.CLOSED),
        (one_stop(1, hours=Hours(WEEK, NINE, NINE + 30)), one_team(), Why.TOO_SHORT),
        (one_stop(1, day=date(2020, 4, 18)), one_team(), Why.FIXED_DAY),
        (one_stop(1, start=20 * 60), one_team(), Why.FIXED_DAY),
    ],
)
@pytest.mark.parametrize("only_greedy", [True, False])
def test_a_visit_without_a_place_says_why(stop: Stop, team: Team, why: Why, *, only_greedy: bool) -> None:
    proposal = propose(problem_of([stop], team), only_greedy=only_greedy)
    assert (proposal.spots, proposal.unplaced) == ({}, {1: why})


def test_full_days_are_said() -> None:
    stops = [one_stop(number) for number in range(6)]
    proposal = propose(problem_of(stops, one_team(most=1)))
    assert len(proposal.spots) == 5
    assert set(proposal.unplaced.values()) == {Why.NO_ROOM}


@pytest.mark.parametrize(
    "fixed",
    [
        [(600, "东"), (600, "西")],
        [(600, "东"), (620, "东")],
        [(540, "东"), (700, "西"), (860, "东")],
        [(600, ""), (600, "")],
    ],
)
def test_fixed_visits_against_the_rules_leave_room_for_the_others(fixed: list[tuple[int, str]]) -> None:
    days = days_of(MONDAY, MONDAY + timedelta(1))
    team = Team("t0-0", 0, "", Car.OWN, starts=8 * 60, ends=18 * 60, most=9)
    standing = [
        Standing(90 + number, 90 + number, district, "t0-0", MONDAY, start, 40)
        for number, (start, district) in enumerate(fixed)
    ]
    stops = [Stop(number, number, 0, "东", USUAL, 40, days[-1]) for number in range(4)]
    problem = Problem(days=days, teams=[team], stops=stops, standing=standing, near=10, far=30)
    spots, is_best = solver.arrange(problem, {})
    assert set(spots) == {0, 1, 2, 3}
    assert not is_best, "nobody proves what is measured roughly"
    assert wrongs(problem, spots) == []


def test_a_shared_car_is_out_with_one_team_a_day() -> None:
    stops = [one_stop(number, day=MONDAY) for number in range(2)]
    teams = [one_team(key=key, car=Car.SHARED, most=1) for key in ("a", "b")]
    for only_greedy in (True, False):
        proposal = propose(problem_of(stops, *teams), only_greedy=only_greedy)
        assert list(proposal.unplaced.values()) == [Why.NO_ROOM]


def test_a_weekend_day_that_is_worked_is_like_a_weekday() -> None:
    sunday = date(2020, 4, 26)
    assert windows(one_stop(1, due_on=sunday), one_team(), sunday, problem_of([]))
    tuesdays = Hours(frozenset({1}), NINE, FIVE)
    assert not windows(one_stop(1, due_on=sunday, hours=tuesdays), one_team(), sunday, problem_of([]))


def test_every_rule_can_be_broken_by_hand() -> None:
    other = Standing(2, 2, "西", "t", MONDAY, 10 * 60, 45)
    shared = one_team(key="s", car=Car.SHARED)
    problem = replace(
        problem_of(
            [],
            one_team(most=1),
            shared,
            one_team(key="u", car=Car.SHARED),
            one_team(key="x", lead_id=2),
            one_team(key="n", car=Car.NONE, district="南"),
        ),
        rest=(12 * 60, 13 * 60 + 30),
    )
    world = [other, Standing(3, 3, "东", "u", MONDAY, None, 45)]
    saturday, late = date(2020, 4, 18), date(2020, 4, 20)
    spots = [
        Spot(saturday, NINE, "t"),
        Spot(late, NINE, "t"),
        Spot(MONDAY, 8 * 60, "t"),
        Spot(MONDAY, 12 * 60, "t"),
        Spot(MONDAY, 10 * 60 + 30, "t"),
        Spot(MONDAY, 11 * 60, "t"),
        Spot(MONDAY, NINE, "x"),
        Spot(MONDAY, NINE, "s"),
        Spot(MONDAY, NINE, "n"),
    ]
    broken = {one.rule for spot in spots for one in breaks(one_stop(1), spot, world, problem)}
    closed = one_stop(1, hours=Hours(frozenset({1}), NINE, FIVE))
    broken |= {one.rule for one in breaks(closed, spots[4], world, problem)}
    assert broken == set(Rule)
    assert [one.minutes for one in breaks(one_stop(1), spots[5], [other], problem) if one.minutes] == [45]


def test_a_visit_is_not_in_its_own_way() -> None:
    here = Standing(1, 1, "东", "t", MONDAY, NINE, 45)
    assert breaks(one_stop(1), Spot(MONDAY, NINE + 5, "t"), [here], problem_of([], one_team(most=1))) == []
