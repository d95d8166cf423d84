"""Helpers are proposed fairly: the same unit first, nobody with two more than need be, always the same."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from songnuan.casework.proposing import Candidate, Family, propose

UNITS = st.integers(1, 4)
House = tuple[list[Family], list[Candidate]]


@st.composite
def houses(draw: st.DrawFn) -> House:
    """Return families and helpers of some units, some of whom declined some families."""
    helpers = [
        Candidate(pk, frozenset(draw(st.sets(UNITS, max_size=2))), draw(st.integers(0, 5)))
        for pk in range(1, draw(st.integers(0, 5)) + 1)
    ]
    some = st.sets(st.integers(1, 5), max_size=3)
    families = [
        Family(pk, draw(UNITS), frozenset(draw(some))) for pk in range(1, draw(st.integers(0, 12)) + 1)
    ]
    return families, helpers


@given(houses())
def test_every_family_that_somebody_can_take_has_somebody(
    house: House,
) -> None:
    families, helpers = house
    found = propose(families, helpers)
    for family in families:
        able = {one.user_id for one in helpers} - family.declined
        assert (family.case_id in found) == bool(able)
        assert found.get(family.case_id, 0) not in family.declined


@given(houses())
def test_the_same_unit_stands_first(house: House) -> None:
    families, helpers = house
    found = propose(families, helpers)
    units = {one.user_id: one.units for one in helpers}
    for family in families:
        near = {pk for pk, some in units.items() if family.unit_id in some and pk not in family.declined}
        if near:
            assert found[family.case_id] in near


@given(houses())
def test_nobody_has_two_more_than_who_could_take_one(house: House) -> None:
    families, helpers = house
    found = propose(families, helpers)
    load = Counter({one.user_id: one.load for one in helpers}) + Counter(found.values())
    units = {one.user_id: one.units for one in helpers}
    for family in families:
        if family.case_id not in found:
            continue
        able = [pk for pk in units if pk not in family.declined]
        near = [pk for pk in able if family.unit_id in units[pk]]
        least = min(load[pk] for pk in near or able)
        assert load[found[family.case_id]] <= least + 1


@given(houses(), st.randoms(use_true_random=False))
def test_it_is_the_same_in_whatever_order(house: House, chance: object) -> None:
    families, helpers = house
    before = propose(families, helpers)
    chance.shuffle(families)  # type: ignore[attr-defined]  # a random.Random
    chance.shuffle(helpers)  # type: ignore[attr-defined]
    assert propose(families, helpers) == before


def test_who_has_many_already_is_spared() -> None:
    helpers = [Candidate(1, frozenset({1}), 3), Candidate(2, frozenset({1})), Candidate(3, frozenset({2}))]
    found = propose([Family(pk, 1) for pk in (1, 2, 3)], helpers)
    assert found == {1: 2, 2: 2, 3: 2}
    assert propose([Family(1, 1, frozenset({1, 2}))], helpers) == {1: 3}
    assert propose([Family(1, 1, frozenset({1, 2, 3}))], helpers) == {}
