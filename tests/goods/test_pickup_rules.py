"""Who gets a kit in which batch."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songnuan.goods.pickup_rules import (
    BatchDay,
    Coverage,
    Expected,
    Placed,
    Standing,
    carried,
    coverage,
    differences,
    divided,
    missed,
)
from songnuan.goods.pickup_states import Mode, Portioned

FIRST, SECOND = date(2020, 5, 18), date(2020, 6, 2)
BATCHES = (BatchDay(1, FIRST), BatchDay(2, SECOND))
BEFORE, BETWEEN, AFTER = date(2020, 5, 8), date(2020, 5, 25), date(2020, 6, 3)


def people(*units: int) -> list[Expected]:
    """Somebody for each unit that is told, numbered from 1."""
    return [Expected(place, unit) for place, unit in enumerate(units, 1)]


def standing(**told: object) -> Standing:
    facts = {"portion_id": 1, "person_id": 1, "unit_id": 7, "round": 1, "batch": 1, "status": Portioned.OPEN}
    return Standing(**{**facts, **told})  # type: ignore[arg-type]


def as_made(found: tuple[Placed, ...]) -> list[Standing]:
    return [
        Standing(place, one.person_id, one.unit_id, one.round, one.batch, one.status)
        for place, one in enumerate(found, 1)
    ]


def test_batches_divide_people_into_parts_of_like_size_and_keep_units_together() -> None:
    chosen = divided(people(*[1] * 4, *[2] * 3, *[3] * 2, 4), [], [1, 2])
    assert Counter(chosen.values()) == {1: 5, 2: 5}
    assert [len({chosen[one.person_id] for one in people(*[1] * 4)})] == [1]
    assert {chosen[1], chosen[5]} == {1, 2}


def test_a_school_whose_teachers_all_stand_at_one_unit_is_divided_in_the_order_of_the_roster() -> None:
    assert divided(people(*[1] * 5), [], [1, 2]) == {1: 1, 2: 1, 3: 1, 4: 2, 5: 2}


def test_a_latecomer_goes_with_the_others_of_the_unit_or_where_fewest_are() -> None:
    there = [standing(portion_id=n, person_id=n, unit_id=7, batch=2) for n in (11, 12)]
    assert divided([Expected(1, 7)], there, [1, 2]) == {1: 2}
    assert divided([Expected(1, 8)], there, [1, 2]) == {1: 1}


def test_rounds_give_everybody_one_in_each() -> None:
    found = differences(people(7, 8), [], Mode.ROUNDS, BATCHES, BEFORE)
    assert [(one.person_id, one.round, one.batch) for one in found.made] == [
        (1, 1, 1),
        (1, 2, 2),
        (2, 1, 1),
        (2, 2, 2),
    ]


@pytest.mark.parametrize(
    ("mode", "day", "expected"),
    [
        (Mode.ROUNDS, FIRST, [(1, 1, Portioned.OPEN), (2, 2, Portioned.OPEN)]),
        (Mode.ROUNDS, BETWEEN, [(2, 2, Portioned.OPEN)]),
        (Mode.ROUNDS, AFTER, [(2, 2, Portioned.REFERRED)]),
        (Mode.DIVIDE, BETWEEN, [(1, 2, Portioned.OPEN)]),
        (Mode.DIVIDE, AFTER, [(1, 2, Portioned.REFERRED)]),
    ],
)
def test_who_joins_late_is_not_forgotten(
    mode: Mode, day: date, expected: list[tuple[int, int, Portioned]]
) -> None:
    found = differences([Expected(5, 7)], [], mode, BATCHES, day)
    assert [(one.round, one.batch, one.status) for one in found.made] == expected


def test_who_left_is_not_counted_and_what_was_fetched_stays() -> None:
    portions = [
        standing(),
        standing(portion_id=2, round=2, batch=2, status=Portioned.TAKEN),
        standing(portion_id=3, person_id=2, status=Portioned.REFERRED),
        standing(portion_id=4, person_id=3, status=Portioned.SETTLED),
    ]
    found = differences([], portions, Mode.DIVIDE, BATCHES, BETWEEN)
    assert (found.left, found.made, found.back) == ((1, 3), (), ())


@pytest.mark.parametrize(
    ("day", "batch", "status"),
    [
        (BEFORE, 1, Portioned.OPEN),
        (BETWEEN, 2, Portioned.OPEN),
        (AFTER, 1, Portioned.REFERRED),
    ],
)
def test_who_comes_back_gets_the_portion_of_then(day: date, batch: int, status: Portioned) -> None:
    found = differences([Expected(1, 8)], [standing(status=Portioned.LEFT)], Mode.DIVIDE, BATCHES, day)
    assert found.back == ((1, Placed(1, 8, 1, batch, status)),)
    assert not found.made


def test_the_same_roster_again_changes_nothing_and_a_new_unit_is_told() -> None:
    portions = as_made(differences(people(7, 7, 8), [], Mode.DIVIDE, BATCHES, BEFORE).made)
    assert differences(people(7, 7, 8), portions, Mode.DIVIDE, BATCHES, BETWEEN).is_empty
    assert differences(people(7, 9, 8), portions, Mode.DIVIDE, BATCHES, BETWEEN).moved == ((2, 9),)


def test_a_round_that_is_added_later_is_for_everybody() -> None:
    portions = as_made(differences(people(7, 8), [], Mode.ROUNDS, BATCHES, BEFORE).made)
    third = (*BATCHES, BatchDay(3, date(2020, 6, 16)))
    found = differences(people(7, 8), portions, Mode.ROUNDS, third, BETWEEN)
    assert [(one.person_id, one.round, one.batch) for one in found.made] == [(1, 3, 3), (2, 3, 3)]
    once = as_made(differences(people(7, 8), [], Mode.DIVIDE, BATCHES, BEFORE).made)
    assert differences(people(7, 8), once, Mode.DIVIDE, third, BETWEEN).is_empty


@pytest.mark.parametrize("first", [Portioned.TAKEN, Portioned.SETTLED])
def test_of_somebody_whom_the_register_had_twice_one_portion_counts(first: Portioned) -> None:
    portions = [standing(), standing(portion_id=2, status=first), standing(portion_id=3)]
    found = differences(people(7), portions, Mode.DIVIDE, BATCHES, BEFORE)
    assert (found.left, found.made, found.back) == ((1, 3), (), ())
    waiting = [standing(), standing(portion_id=2, status=Portioned.LEFT), standing(portion_id=3)]
    found = differences(people(7), waiting, Mode.DIVIDE, BATCHES, BEFORE)
    assert (found.left, found.back) == ((3,), ())


def test_what_was_not_fetched_goes_on_and_after_the_last_batch_to_the_office() -> None:
    portions = [
        standing(),
        standing(portion_id=2, batch=2),
        standing(portion_id=3, status=Portioned.TAKEN),
        standing(portion_id=4, status=Portioned.LEFT),
    ]
    assert missed(portions, BATCHES, FIRST) == ({}, [])
    assert missed(portions, BATCHES, FIRST + timedelta(days=1)) == ({1: 2}, [])
    assert missed(portions, BATCHES, SECOND) == ({1: 2}, [])
    assert missed(portions, BATCHES, AFTER) == ({}, [1, 2])


def test_a_batch_lasts_all_of_its_day() -> None:
    assert carried(1, BATCHES, FIRST) == 1
    assert carried(1, BATCHES, FIRST + timedelta(days=1)) == 2
    assert carried(2, BATCHES, AFTER) is None


def test_coverage_counts_who_is_due_and_not_who_left() -> None:
    told = [Portioned.TAKEN, Portioned.TAKEN, Portioned.OPEN, Portioned.LEFT, Portioned.SETTLED]
    found = coverage([*told, Portioned.REFERRED])
    assert found == Coverage(due=5, taken=2, settled=1, referred=1)
    assert found.open == 2
    assert coverage({Portioned.OPEN: 3, Portioned.LEFT: 2}) == Coverage(due=3)


DAYS = st.dates(BEFORE, AFTER)


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 5)), max_size=60),
    st.sampled_from(Mode),
    st.integers(1, 4),
    st.lists(st.tuples(DAYS, st.sets(st.integers(1, 60))), max_size=5),
)
def test_however_often_the_roster_changes_nobody_is_forgotten_and_nobody_gets_two(
    told: list[tuple[int, int]], mode: Mode, number: int, later: list[tuple[date, set[int]]]
) -> None:
    batches = [BatchDay(place + 1, FIRST + timedelta(days=5 * place)) for place in range(number)]
    roster = {person: Expected(person, unit) for person, unit in told}
    portions: list[Standing] = []
    moments = [(BEFORE, set(roster)), *sorted(later, key=lambda one: one[0]), (AFTER, set(roster))]
    for day, present in moments:
        now = [one for person, one in roster.items() if person in present]
        found = differences(now, portions, mode, batches, day)
        kept = {one.portion_id: one for one in portions}
        for pk in found.left:
            kept[pk] = _with(kept[pk], status=Portioned.LEFT)
        for pk, placed in found.back:
            kept[pk] = _with(kept[pk], status=placed.status, batch=placed.batch)
        first = len(kept) + 1
        for place, one in enumerate(found.made, first):
            kept[place] = Standing(place, one.person_id, one.unit_id, one.round, one.batch, one.status)
        portions = list(kept.values())
        assert differences(now, portions, mode, batches, day).is_empty
        onward, office = missed(portions, batches, day)
        assert not set(onward) & set(office)
        portions = [
            _with(one, batch=onward.get(one.portion_id, one.batch))
            if one.portion_id not in office
            else _with(one, status=Portioned.REFERRED)
            for one in portions
        ]
        once = Counter((one.person_id, one.round) for one in portions)
        assert set(once.values()) <= {1}
        waiting = {one.person_id for one in portions if one.status is not Portioned.LEFT}
        assert waiting == {one.person_id for one in now}
        if mode is Mode.DIVIDE:
            assert set(Counter(one.person_id for one in portions).values()) <= {1}


def _with(one: Standing, **told: object) -> Standing:
    facts = {name: getattr(one, name) for name in one.__slots__}
    return Standing(**{**facts, **told})


@given(st.lists(st.integers(1, 6), max_size=80), st.integers(1, 4))
def test_batches_differ_by_no_more_than_the_largest_unit(units: list[int], number: int) -> None:
    everybody = people(*units)
    chosen = divided(everybody, [], list(range(1, number + 1)))
    assert set(chosen) == {one.person_id for one in everybody}
    sizes = Counter(dict.fromkeys(range(1, number + 1), 0))
    sizes.update(chosen.values())
    largest = max(Counter(units).values(), default=0)
    assert max(sizes.values()) - min(sizes.values()) <= max(largest, 1)
    assert max(sizes.values()) <= -(-len(units) // number)
